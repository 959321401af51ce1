"""Spells of waiting: where they begin and end, what belongs together, and when a queue has gone."""

from __future__ import annotations

from array import array
from random import Random

import pytest
from hopscope.app.insight.evidence.spells import LONG, QUIET, Spell, begun_with, has_gone, spells, together

WAITED_US = 30_000


def history(waits: set[int], rounds: int) -> tuple[bytes, int]:
    """RTTs of 20 ms, and of 60 ms in some rounds."""
    values = array("i", [60_000 if number in waits else 20_000 for number in range(rounds)])
    return values.tobytes(), WAITED_US


def test_a_spell_has_the_rounds_in_which_packets_waited() -> None:
    """From the first to the last of them, whatever single waits there are long before and after."""
    waits = {3, *range(100, 160), 215}
    assert spells([history(waits, 240)], 1000) == (Spell(1100, 1159, 60),)


def test_single_waits_before_a_transfer_are_not_its_beginning() -> None:
    """Two strays within the minute before it."""
    (spell,) = spells([history({62, 66, *range(84, 110)}, 120)], 0)
    assert (spell.first, spell.last) == (84, 109)


def test_short_gaps_do_not_end_a_spell() -> None:
    """A sawtooth that is low every few seconds is one spell."""
    waits = {number for number in range(100, 160) if number % 6 > 1}
    (spell,) = spells([history(waits, 240)], 0)
    assert (spell.first, spell.last) == (min(waits), max(waits))


def test_two_transfers_are_two_spells() -> None:
    """With a minute of quiet between them."""
    found = spells([history({*range(20, 60), *range(130, 170)}, 240)], 0)
    assert [(one.first, one.last) for one in found] == [(20, 59), (130, 169)]


def test_hops_tell_it_together() -> None:
    """A wait at any of them counts."""
    one, other = history(set(range(50, 80, 2)), 120), history(set(range(51, 81, 2)), 120)
    assert spells([one, other], 0) == (Spell(50, 79, 30),)


@pytest.mark.parametrize("seed", range(10))
def test_a_heavy_tail_does_not_come_and_go(seed: int) -> None:
    """One round in eight shows something: that is one spell or few, nearly all the time, and a pause means nothing."""
    chance = Random(seed)
    waits = {number for number in range(240) if chance.random() < 0.125}
    found = spells([history(waits, 240)], 0)
    assert len(found) <= 2
    assert sum(one.last - one.first for one in found) > 150
    assert not has_gone(found, QUIET)


def test_nothing_waited() -> None:
    """No spell, and nothing that could have gone."""
    assert spells([history(set(), 60)], 0) == ()
    assert not has_gone((), 500)


def test_one_spell_has_gone_after_half_a_minute() -> None:
    """So dense a one: sooner would be chance no more, yet queues drain for a moment."""
    known = [Spell(100, 159, 55)]
    assert not has_gone(known, QUIET - 1)
    assert has_gone(known, QUIET)


def test_what_came_back_before_has_not_gone_in_as_long_a_pause() -> None:
    """Transfers with forty seconds between them: another forty mean nothing; two minutes always do."""
    known = [Spell(100, 120, 20), Spell(160, 180, 20), Spell(220, 240, 20)]
    assert not has_gone(known, 40)
    assert has_gone(known, LONG)


def test_the_present_queue_began_after_the_last_time_it_had_gone() -> None:
    """Two spells long apart are two queues, two that are near are one."""
    assert begun_with([Spell(0, 50, 40), Spell(250, 300, 40), Spell(320, 340, 20)]) == 1
    assert begun_with([Spell(0, 50, 40), Spell(70, 90, 20)]) == 0


def test_spells_are_remembered_beyond_what_one_look_sees() -> None:
    """A spell that goes on is one, an older one is kept, and what a later look sees takes the place of the rest."""
    earlier = (Spell(10, 40, 30), Spell(100, 200, 90))
    assert together(earlier, (Spell(150, 230, 70),), 150) == (Spell(10, 40, 30), Spell(100, 230, 90))
    assert together(earlier, (Spell(300, 330, 20),), 150) == (*earlier, Spell(300, 330, 20))
    assert together(earlier, (), 250) == earlier
    assert together((), (Spell(1, 9, 8),), 0) == (Spell(1, 9, 8),)
    parted = (Spell(25, 39, 15), Spell(52, 263, 115))
    assert together((Spell(1, 263, 129),), parted, 25) == (Spell(1, 39, 129), Spell(52, 263, 115))
