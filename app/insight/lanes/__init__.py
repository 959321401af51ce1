"""What traces of one target side by side say together: from several places, by several protocols, by both families."""
