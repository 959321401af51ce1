"""The one list of a theme's colours, by meaning; inks and the configuration name them. No toolkit is needed."""

from __future__ import annotations

FOREGROUNDS = (
    "text",
    "strong",
    "muted",
    "accent",
    "ok",
    "note",
    "warn",
    "bad",
    "change",
    "strip",
    "faint",
    "rule",
)
BACKGROUNDS = ("bg", "headbg", "dlg", "selbg", "chbg")
TOKENS = (*FOREGROUNDS, *BACKGROUNDS)
