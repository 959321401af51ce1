"""Old Pythons make of lines and packets what this one does, with the modules as they travel."""

from __future__ import annotations

import json
import random
import subprocess
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest
from hopscope.app.vantage.bundle import modules
from support import far_vectors, fuzz, fuzz_inputs
from support.old_pythons import PYTHONS

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES, PACKETS = 800, 400


def _inputs() -> Iterator[tuple[str, bytes]]:
    """What each kind of vector is made of; the same each time."""
    source = random.Random(7)
    written = [fuzz.line(source) for _ in range(LINES)]
    for line in written:
        yield "line", line.split(b"\n")[0][:4000]
    yield "stream", b"\n".join(written[:200])
    for data in written[:20]:
        yield "builders", data[:40] or b"\0"
    reader = fuzz_inputs.READERS["packets"]
    seeds = reader.seeds()
    for data in [*seeds, *(fuzz_inputs.mutated(source, seeds, reader.words) for _ in range(PACKETS))]:
        yield "packet", data


@lru_cache(maxsize=1)
def exported() -> str:
    """The modules and the vectors with what they come to here, as JSON."""
    vectors = [(kind, data.hex(), far_vectors.computed(kind, data)) for kind, data in _inputs()]
    found = [outcome for kind, _, outcome in vectors if kind == "packet"]
    assert any("ttl-expired" in json.dumps(outcome) and "24001" in json.dumps(outcome) for outcome in found)
    return json.dumps({"modules": [("hopscope", True, ""), *modules()], "vectors": vectors})


@pytest.mark.parametrize("version", sorted(PYTHONS), ids=lambda version: "{}.{}".format(*version))
def test_vectors_come_out_the_same(version: tuple[int, int]) -> None:
    """Command lines, streams, packets whole, quoted and broken, what is built and what is allowed, to the byte."""
    command = [PYTHONS[version], "-I", "-S", far_vectors.__file__]
    done = subprocess.run(command, input=exported(), capture_output=True, text=True, check=False)
    assert not done.stderr
    count = len(json.loads(exported())["vectors"])
    assert done.stdout == "{} vectors, {}.{}\n".format(count, *version)


def test_a_difference_is_printed() -> None:
    """A vector that came out otherwise is told with both outcomes."""
    given = json.loads(exported())
    given["vectors"] = [["line", b"1 x".hex(), "nothing"]]
    command = [PYTHONS[min(PYTHONS)], "-I", "-S", far_vectors.__file__]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.stdout.startswith("line 312078 ")
    assert done.stdout.splitlines()[0].endswith('"nothing"')
