"""The hopscope program: command line, trace, statistics, reports and screens."""

VERSION = "0.1.0"
