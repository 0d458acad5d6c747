"""Spares as the den's state knows them: offered, taken back, and what is decided without a look."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sandboxctl.engine import observing
from sandboxctl.engine.decided import Decided
from sandboxctl.engine.line import Line
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import sparing
from sandboxctl.sandbox.names import SPARE
from sandboxctl.sandbox.operations import Offer, Withdraw
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Observed

PART = "spares"


def change(line: Line, name: str, operation: Offer | Withdraw) -> None:
    """See `offer` and `withdraw`."""
    if isinstance(operation, Offer):
        offer(line, name, operation)
    else:
        withdraw(line, name)


def offer(line: Line, name: str, operation: Offer) -> None:
    """Its recipe is kept before. SpareTaken where what becomes ready was withdrawn meanwhile."""
    digest = operation.recipe.digest
    if operation.ready and name not in line.ask("part", name=PART)["state"]:
        raise sparing.withdrawn(name)
    line.ask("keep", name=digest, text=operation.recipe.model_dump_json())
    line.ask("decide", part=PART, name=name, what=operation.spare.model_dump(mode="json"))


def withdraw(line: Line, name: str) -> None:
    """SpareTaken where it is a sandbox's own by now: then its objects have to stay."""
    if line.ask("decide", part=PART, name=name, what=None)["changed"]:
        return
    if name in _homes(line.ask("read")["state"]):
        raise sparing.taken(name)


def lost(there: Collection[str], decided: Decided) -> list[str]:
    """Objects of spares that are neither offered nor anybody's. ``there`` was looked at before:
    what is begun or taken since then is decided by now."""
    mine = [name for name in there if name.startswith(SPARE)]
    if not mine:
        return []
    known = {*decided.part(PART), *_homes(decided.records())}
    return sorted({*mine} - known)


class Recipes:
    """Those that the den keeps, by their digests: what a digest says never changes."""

    def __init__(self, line: Callable[[], Line]) -> None:
        self._line, self._known = line, dict[str, Recipe]()

    def __call__(self, digest: str, text: str | None) -> Recipe:
        """The one of this digest, made of ``text`` where that is at hand; EngineError if the den
        does not keep it."""
        if digest not in self._known:
            text = text or self._line().ask("kept", name=digest)["text"]
            if text is None:
                raise EngineError(
                    f"the den keeps no recipe {digest}", hint="Run `up` with the blueprint again."
                )
            self._known[digest] = Recipe.model_validate_json(text)
        return self._known[digest]

    def forget(self) -> None:
        """What a sandbox that is gone was made from may be gone too."""
        self._known.clear()


def glance(line: Line, sandbox: str, now: datetime, recipes: Recipes) -> Observed | None:
    """One question for all that has to be known before a spare is taken. None where there is no
    sandbox, or its recipe is not kept."""
    told = line.ask("glance", sandbox=sandbox)
    record = observing.record(told["record"], sandbox)
    if record is None or told["recipe"] is None:
        return None
    made_of = recipes(record.recipe, told["recipe"])
    spares = observing.spares(told[PART])
    return sparing.without_looking(sandbox, record, made_of, spares, now)


def _homes(stored: Mapping[str, Any]) -> frozenset[str]:
    """As it is stored: what a version that we do not know wrote has its homes all the same.
    EngineError where it cannot be told: then nobody's is nobody's."""
    if any(not isinstance(one, dict) for one in stored.values()):
        raise EngineError("what is decided cannot be read", hint=observing.UNREADABLE)
    found = (
        home
        for one in stored.values()
        for home in (one.get("home"), *(aside.get("home") for aside in one.get("asides") or ()))
    )
    return frozenset(home for home in found if home)
