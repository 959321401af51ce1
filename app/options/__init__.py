"""The command line: one table of options feeds the parser, the help text and shell completion."""
