"""Power cuts: a till's system calls, recorded, and every state its disk could have been in, opened.

Three tills with synchronous=FULL: the journal alone, with a mirror, and with a log that is taken
into the file all the time. Whatever they acknowledged must be there. The fourth, with NORMAL, must
be seen to lose something, or this bench sees nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.bench.machine import machine
from tests.crash import power, shim

_FULL: dict[str, tuple[tuple[str, ...], bool]] = {
    "alone": ((), False),
    "mirror": ((), True),
    "taken_in": (("--log-pages", "60"), True),
}


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--sales", type=int, default=60)
    parser.add_argument("--states", type=int, default=6_600, help="of the tills with FULL together")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    lacking = shim.why_not()
    if lacking is not None:
        sys.stderr.write(f"{lacking}\n")
        return 1
    stories: list[str] = []
    states = lost = corrupt = 0
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name:
        folder = Path(name)
        library = shim.build(folder)
        for till, (arguments, mirror) in _FULL.items():
            log = power.record(
                library, folder / till, sales=options.sales, arguments=arguments, mirror=mirror
            )
            survived = power.replay(
                log,
                folder / "work",
                seed=options.seed,
                states_max=options.states // len(_FULL),
                with_mirror=mirror,
            )
            states, lost = states + survived.states, lost + survived.lost
            corrupt += survived.corrupt
            stories += [f"{till}: {story}" for story in survived.stories]
        arguments = ("--synchronous", "NORMAL")
        log = power.record(
            library, folder / "normal", sales=options.sales, arguments=arguments, mirror=False
        )
        normal = power.replay(
            log,
            folder / "work",
            seed=options.seed,
            states_max=options.states // 10,
            with_mirror=False,
        )
    print(
        json.dumps(
            {
                "bench": "powerloss",
                "machine": machine(),
                "figures": {
                    "states": states,
                    "lost": lost,
                    "corrupt": corrupt,
                    "normal_states": normal.states,
                    "normal_lost": normal.lost,
                    "normal_noticed": normal.corrupt,
                },
                "limits": {"lost": 0, "corrupt": 0},
                "seed": options.seed,
                "stories": stories[:10],
                "method": "LD_PRELOAD recorder; nothing, everything, the beginning, or any sectors "
                "(reordered, some garbage) of what was not synced; normal_lost opened with rows "
                "missing, normal_noticed did not open",
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
