"""`make walk`: every call of every verb goes wrong once. An hour or two; `VERB…` names some.

--how killed lost …   what goes wrong; killed is both before and after
--only TEXT           calls with this in their name
--each-kind           the first call of each kind
--changing            not those that only ask
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from tests.faults import walk
from tests.faults.proxy import How
from tests.faults.rig import Rig, rig
from tests.faults.verbs import VERBS, Verb

HOWS: dict[str, tuple[How, ...]] = {how: (how,) for how in get_args(How)}
HOWS["killed"] = ("killed before", "killed after")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("verbs", nargs="*", default=[*VERBS])
    asked.add_argument("--how", nargs="*", choices=HOWS, default=["killed", "lost"])
    asked.add_argument("--only", default="")
    asked.add_argument("--each-kind", action="store_true")
    asked.add_argument("--changing", action="store_true")
    given = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hows = [one for how in given.how for one in HOWS[how]]
    failed = 0
    for alone in (False, True):
        verbs = [VERBS[name] for name in given.verbs if VERBS[name].alone is alone]
        if verbs:
            with tempfile.TemporaryDirectory() as folder, rig(Path(folder), alone=alone) as den:
                failed += sum(walked(den, verb, hows, given) for verb in verbs)
    print(f"{failed} violations")
    return int(failed > 0)


def walked(den: Rig, verb: Verb, hows: Sequence[How], given: argparse.Namespace) -> int:
    """How many rounds did not end as they must."""
    begun, rounds, missed, failed = time.monotonic(), 0, 0, 0
    calls = walk.calls_of(den, verb)
    chosen = walk.one_of_each_kind(calls) if given.each_kind else calls
    chosen = [call for call in chosen if given.only in str(call)]
    chosen = [call for call in chosen if not (given.changing and call.only_asks)]
    print(f"{verb.name}: {len(calls)} calls, {len(chosen)} chosen", flush=True)
    for call, how in ((call, how) for call in chosen for how in hows):
        if how == "killed after" and call.only_asks:
            continue  # as killed before the next one
        found = walk.taken(den, verb, call, how)
        rounds, missed = rounds + 1, missed + (not found.struck)
        if found.wrong:
            failed += 1
            print(f"  {found}\n{found.said}\n", flush=True)
        print(f"{rounds} {call} {how}", end="\r", file=sys.stderr, flush=True)
    took = time.monotonic() - begun
    print(f"{verb.name}: {rounds} rounds in {took:.0f} s, {missed} not come to", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
