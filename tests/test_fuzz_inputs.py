"""All that reads what others wrote takes a corpus and what is made of it; ``bench.fuzz`` goes on for long."""

from __future__ import annotations

import pytest
from hopscope.probe import icmp_meaning
from support import fuzz_inputs

COUNTS = {"packets": 8000, "answers": 8000, "dns": 5000, "configuration": 1000, "scenario": 1000, "report": 1000}


@pytest.mark.parametrize("name", fuzz_inputs.READERS)
def test_a_fixed_number_of_inputs(name: str) -> None:
    """Each is read, or refused by the error that is documented, and no other."""
    fuzz_inputs.run(name, COUNTS[name], seed=1)


def test_inputs_can_be_made_again() -> None:
    """The same seed makes the same inputs, so a fault that is found can be looked at."""
    import random

    seeds = fuzz_inputs.READERS["packets"].seeds()
    made = [[fuzz_inputs.mutated(random.Random(3), seeds, (b"x",)) for _ in range(5)] for _ in range(2)]
    assert made[0] == made[1]


def test_changed_packets_are_summed_up_anew() -> None:
    """Most of what a changed packet has to say lies behind its checksums."""
    (expired,) = (one for one in fuzz_inputs.READERS["packets"].seeds() if one[:1] == b"\x45" and one[20:21] == b"\x0b")
    changed = bytearray(expired)
    changed[-1] ^= 0xFF
    assert not icmp_meaning.icmp_message(4, bytes(changed))
    assert icmp_meaning.icmp_message(4, fuzz_inputs.repaired(bytes(changed)))
