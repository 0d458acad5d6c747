"""`make walk`: every call of every verb goes wrong once. An hour or two; `VERB…` names some.

--how killed lost …   what goes wrong; killed is both before and after
--only TEXT           calls with this in their name
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import walk
from tests.faults.rig import rig
from tests.faults.verbs import VERBS

KILLED = ("killed before", "killed after")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("verbs", nargs="*", default=[*VERBS])
    asked.add_argument("--how", nargs="*", default=["killed", "lost"])
    asked.add_argument("--only", default="")
    asked.add_argument("--each-kind", action="store_true")
    given = asked.parse_args()
    hows = [one for how in given.how for one in (KILLED if how == "killed" else (how,))]
    failed = 0
    with tempfile.TemporaryDirectory() as folder, rig(Path(folder)) as den:
        for name in given.verbs:
            verb, begun, rounds, missed = VERBS[name], time.monotonic(), 0, 0
            calls = walk.calls_of(den, verb)
            chosen = walk.one_of_each_kind(calls) if given.each_kind else calls
            print(f"{name}: {len(calls)} calls", flush=True)
            for call in (one for one in chosen if given.only in str(one)):
                for how in hows:
                    found = walk.taken(den, verb, call, how)
                    rounds, missed = rounds + 1, missed + (not found.struck)
                    if found.wrong:
                        failed += 1
                        print(f"  {found}\n{found.said}\n", flush=True)
            took = time.monotonic() - begun
            print(f"{name}: {rounds} rounds in {took:.0f} s, {missed} not come to", flush=True)
    print(f"{failed} violations")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
