"""How many requests that change something each generation was sent: HAProxy counts them.

Each HAProxy counts its own. What one has counted that gives way to another is kept in den.json,
under its name: kept twice it is the same, and one that can be asked is not looked up there.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from . import admin, store
from .admin import Admins, Away

PART = "counted"
_ROW = re.compile(r"^0x[0-9a-f]+: key=(\S+) .*\bgpc0=(\d+)", re.MULTILINE)


def counted(folder: Path, admins: Admins) -> dict[str, Any]:
    """``changes``  by sandbox and generation, such as ``demo/3``; without those that had none."""
    each = store.as_object(store.stored(folder).get(PART))
    each |= dict(admins.each(lambda at: (at.stem, _table(at))))
    whole: Counter[str] = Counter()
    for one in each.values():
        whole.update(one)
    return {"changes": dict(sorted(whole.items()))}


def keep(folder: Path, admins: Admins, name: str) -> None:
    """Writes down what an HAProxy has counted that takes no visitor any more."""
    with contextlib.suppress(Away):
        mine = _table(admins.socket(name))
        with store.alone(folder / "locks" / ".state"):
            whole = store.stored(folder)
            there = {t: n for t, n in mine.items() if t.partition("/")[0] in whole["sandboxes"]}
            if there:
                whole[PART] = {**store.as_object(whole.get(PART)), name: there}
                store.write(folder / "den.json", json.dumps(whole, indent=1, sort_keys=True))


def forget(folder: Path, admins: Admins, sandbox: str) -> None:
    """Of a sandbox that is gone: the next one of its name begins with none."""
    mine = f"{sandbox}/"

    def cleared(at: Path) -> None:
        theirs = [target for target in _table(at) if target.startswith(mine)]
        admin.tell(at, [f"clear table changes key {target}" for target in theirs])

    with contextlib.suppress(Away):
        admins.each(cleared)
    with store.alone(folder / "locks" / ".state"):
        whole = store.stored(folder)
        before = store.as_object(whole.get(PART))
        left = {
            name: {target: n for target, n in one.items() if not target.startswith(mine)}
            for name, one in before.items()
        }
        if left != before:
            whole[PART] = {name: one for name, one in left.items() if one}
            store.write(folder / "den.json", json.dumps(whole, indent=1, sort_keys=True))


def _table(at: Path) -> dict[str, int]:
    """Nothing where an HAProxy of an earlier version does not count."""
    return {target: int(n) for target, n in _ROW.findall(admin.ask(at, "show table changes"))}
