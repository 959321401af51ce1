"""The hopscope program: command line, trace, statistics, reports and screens."""
