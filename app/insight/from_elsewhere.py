"""An assessment in the words for a trace from a named vantage point: what probes is not this host."""

from __future__ import annotations

from dataclasses import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .assessment import Assessment, Verdict

# Our own phrases name the machine that probes in these forms alone.
_WORDS = (("this host", "the vantage point"), ("This host", "The vantage point"))


def from_elsewhere(assessment: Assessment) -> Assessment:
    """The same assessment, told of another machine than this one."""
    sentences = tuple((_told(lead), _told(rest)) for lead, rest in assessment.sentences)
    return replace(assessment, sentences=sentences, verdicts=tuple(map(_verdict, assessment.verdicts)))


def _verdict(verdict: Verdict) -> Verdict:
    return replace(
        verdict,
        phrase=_told(verdict.phrase),
        brief=_told(verdict.brief),
        figures=_told(verdict.figures),
        reasons=tuple(map(_told, verdict.reasons)),
        settle=_told(verdict.settle),
    )


def _told(text: str) -> str:
    for here, there in _WORDS:
        text = text.replace(here, there)
    return text
