"""Two traces of one target side by side: what differs, by which test, and from which hop on."""
