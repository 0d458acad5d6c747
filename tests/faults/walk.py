"""The walk: a verb is run with one call gone wrong, then again; then everything is looked at."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sandboxctl.errors import SandboxError
from tests import pipeline
from tests.faults.invariants import Untouched, violations
from tests.faults.proxy import Call, How
from tests.faults.rig import VICTIM, Ran, Rig
from tests.faults.verbs import Verb

TRIES = 3
"""How often a verb may be run until it is done, after a call whose answer got lost."""


@dataclass(frozen=True)
class Round:
    """One verb with one call gone wrong. ``struck`` is whether it came to that call at all."""

    verb: str
    call: Call
    how: How
    struck: bool
    wrong: Sequence[str]
    said: str

    def __str__(self) -> str:
        found = "; ".join(self.wrong) if self.wrong else "as it must be"
        return f"{self.verb}, {self.how} at {self.call}: {found}"


def calls_of(rig: Rig, verb: Verb) -> list[Call]:
    """Every call of a verb that succeeds, in the order in which they came."""
    verb.begin(rig)
    return rig.calls(*verb.words(rig))


def one_of_each_kind(calls: Iterable[Call]) -> list[Call]:
    """The first of each kind: whatever there is to a kind of call, it is seen once."""
    return [call for call in calls if call.nth == 1]


def taken(
    rig: Rig, verb: Verb, call: Call, how: How, act: Callable[[], None] | None = None
) -> Round:
    """One round. ``act`` is what happens at the call, where it is not the command that ends."""
    rig.engine.close()  # its line may have ended with the last round
    entered = verb.begin(rig)
    victim = Untouched.now(rig)
    words = verb.words(rig)
    first, struck = rig.struck(call, how, *words, act=act)
    made = list(rig.proxy.made)
    rig.engine.close()
    wrong = [*_at_once(rig, verb, first)] if act is None else []
    said = [first.said]
    last = first
    rig.proxy.until_back()
    for _ in range(TRIES):
        if how.startswith("killed") or last.code:
            rig.proxy.begin()
            last = rig.run(*(verb.again(rig, entered) if verb.again else words))
            said.append(last.said)
            made += rig.proxy.made
        if last.code == 0 or how.startswith("killed"):
            break
    if last.code and not _is_gone_already(verb, last):
        wrong.append(f"run again it ended with {last.code}")
    rig.mend_gateway()
    wrong += [*verb.wrong(rig, entered)] if not wrong else []
    wrong += violations(rig, victim, made)
    if wrong:  # so that one violation is not told again and again
        with contextlib.suppress(SandboxError, AssertionError):  # what stays is told next time
            pipeline.sweep(rig.engine, but=VICTIM)
    return Round(verb.name, call, how, struck, wrong, "\n--- again\n".join(said))


def _at_once(rig: Rig, verb: Verb, ran: Ran) -> Iterable[str]:
    """Before anybody runs anything again."""
    if "Traceback" in ran.said or ran.code == 70:
        yield "it ended with a bug of ours"
    if verb.serves:
        try:
            status, _ = rig.read()
        except (SandboxError, OSError) as error:
            yield f"nobody answers: {error}"
        else:
            if status != 200:
                yield f"it answers {status} right after"


def _is_gone_already(verb: Verb, ran: Ran) -> bool:
    return verb.name.startswith("down") and "There is no sandbox" in ran.said
