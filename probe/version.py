"""The version of hopscope: the package, its program and its probe process have one."""

VERSION = "0.1.0"
