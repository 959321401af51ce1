"""Loss in words: where it is, how much of what is known, and what else it may be."""

from __future__ import annotations

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.answer import Answer, figures
from hopscope.app.insight.place import Place
from hopscope.app.insight.sentences import LENGTHS, sentences

NUMBERS: dict[str, float | int | str] = {
    "after_ttl": 3, "from_ttl": 4, "share": 0.12, "low": 0.08, "high": 0.16, "lost": 36, "completed": 300,
    "at_target": "yes", "end_ttl": 8, "pooled_from": 0, "alone": "no", "early": "no", "silent_beyond": 0,
}  # fmt: skip


def told(rule: rules.Rule, **more: float | str) -> list[str]:
    """The sentence in its lengths."""
    numbers = {**NUMBERS, **more}
    ends = int(numbers["after_ttl"]), int(numbers["from_ttl"])
    wordings = sentences(Answer((rule,), "warning", Place(*ends), figures=figures(numbers.items())))
    texts = [f"{lead} {rest}" for lead, rest in wordings]
    assert all(len(text) <= length for text, length in zip(texts, LENGTHS, strict=False))
    return texts


def test_the_end_of_the_path_is_its_last_two_hops() -> None:
    """Loss that may be limits of two hops is at the end; of more hops the range is told."""
    end = told(rules.TARGET_LOSS_OR_LIMIT, after_ttl=6, from_ttl=7, last_hops=2)
    assert end[0].startswith("Loss at the end of the path: 12.0 % from hop 7 on, or rate-limited replies; 36 of 300")
    wide = told(rules.TARGET_LOSS_OR_LIMIT, after_ttl=2, from_ttl=3, last_hops=6)
    assert wide[0].startswith("Loss on the path: 12.0 % from hop 3 on, or rate-limited replies at hops 3-8; 36 of 300")
    assert wide[-1] == "Loss: 12.0 % from hop 3 on, or rate-limited replies."


def test_loss_that_was_just_told_has_a_range() -> None:
    """A handful of losses is no figure with a decimal."""
    texts = told(rules.PATH_LOSS, early="yes", share=0.0612, low=0.021, high=0.152, ago_us=20_000_000)
    assert texts[0].startswith("Loss on the path, confirming: about 6 % (2-15 %) from hop 4 on in the last 20 s: 36 of")
    assert texts[-1] == "Loss: about 6 % from hop 4 on in the last 20 s."


@pytest.mark.parametrize(("share", "said"), [(0.004, "0.4"), (0.0004, "0.1"), (0.014, "1"), (0.55, "55")])
def test_a_share_of_few_losses_is_rounded(share: float, said: str) -> None:
    """Whole percents, and from below one tenths."""
    assert told(rules.PATH_LOSS, early="yes", share=share, ago_us=20_000_000)[0].split()[6] == said


def test_what_else_it_may_be_is_in_the_shortest_wording() -> None:
    """Whoever reads 56 characters is not told of a fault that may be none."""
    for rule in (rules.TARGET_LOSS_OR_LIMIT, rules.LAST_HOP_LOSS_OR_LIMIT):
        for alone in ("yes", "no"):
            texts = told(rule, after_ttl=7, from_ttl=8, alone=alone, last_hops=1)
            assert all("rate-limited replies" in text for text in texts)
