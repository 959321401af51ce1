"""How well ``--mtu`` finds the path MTU on paths whose truth is known.

    python tests/bench/path_mtu.py [RUNS]

Each cell is a path of four routers and the target, searched RUNS times (200 unless told otherwise) with fixed seeds, in
virtual time: clean, lossy, rate-limited, narrow, and with a black hole behind hop 2. Of each: in how many runs a black
hole was claimed, the hops with a wrong and with no number, and what the search cost.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.mtu import SETTINGS, sizes, survey
from support.mtu import scenario as path
from support.virtual import Lab

RUNS = 200
NARROW, HOLE = "mtu = 1400", "mtu = 1400, mtu_black_hole = true"
OLD = "mtu = 1373, mtu_unsaid = true"


def limited(*hops: str, per_s: float = 1, burst: int = 6) -> tuple[str, ...]:
    """Hops that limit their answers."""
    limit = f"rate_limit = {{ per_s = {per_s}, burst = {burst} }}"
    return tuple(f"{limit}, {more}" if more else limit for more in hops)


# Name, hops, true path MTU behind hop 2.
CELLS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("clean", ("", "", "", ""), 1500),
    ("loss 5 % at hop 1", ("loss_percent = 5", "", "", ""), 1500),
    ("loss 20 % at hop 2", ("", "loss_percent = 20", "", ""), 1500),
    ("loss 50 % at hop 3", ("", "", "loss_percent = 50", ""), 1500),
    ("loss 30 % on the way back", ("back_loss_percent = 30", "", "", ""), 1500),
    ("routers lose 70 % of their replies", ("reply_loss_percent = 70",) * 4, 1500),
    ("routers answer once a second", limited("", "", "", "", burst=1), 1500),
    ("narrow, reported", ("", NARROW, "", ""), 1400),
    ("narrow, reported, loss 20 %", ("loss_percent = 20", NARROW, "", ""), 1400),
    ("narrow, reported, rate-limited", limited("", NARROW, "", "", burst=1), 1400),
    ("narrow, without a size", ("", OLD, "", ""), 1373),
    ("black hole", ("", HOLE, "", ""), 1400),
    ("black hole, loss 10 %", ("loss_percent = 10", HOLE, "", ""), 1400),
    ("black hole, loss 30 %", ("loss_percent = 30", HOLE, "", ""), 1400),
    ("black hole, rate-limited", limited("", HOLE, "", ""), 1400),
)


def main() -> None:
    """Print a line a cell."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    print(f"{'path':36} {'holes':>6} {'wrong':>6} {'none':>6} {'hops':>6} {'probes':>7} {'s':>6}")
    for name, hops, mtu in CELLS:
        holes = wrong = unknown = probes = 0
        seconds = 0.0
        truth = [1500, 1500, mtu, mtu, mtu]
        for seed in range(runs):
            lab = Lab(path(*hops), seed)
            made, world = survey(lab, (lab.target(4),), SETTINGS)
            [result] = made.results()
            holes += any(fall.cause == "black-hole" for fall in result.falls)
            found = sizes(result)
            unknown += found.count(None) + max(len(truth) - len(found), 0)
            # Where the target's first answers are lost, it stands some hops farther away.
            wrong += sum(size not in {None, 1500 if at < 2 else mtu} for at, size in enumerate(found))
            probes += result.probes
            seconds += world.elapsed_s
        row = f"{holes:6} {wrong:6} {unknown:6} {runs * len(truth):6} {probes / runs:7.1f} {seconds / runs:6.1f}"
        print(f"{name:36} {row}", flush=True)


if __name__ == "__main__":
    main()
