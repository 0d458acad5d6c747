"""Break it on purpose: what a team chooses to fail, after a state to return to was kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from sandboxctl import clock
from sandboxctl.console.steps import BREAKING, Progress
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.execute import News, execute
from sandboxctl.lifecycle.reset import known
from sandboxctl.lifecycle.snapshot import plan_forget, plan_snapshot, take
from sandboxctl.sandbox import snapshots
from sandboxctl.sandbox.happening import Happening, WriteHappened
from sandboxctl.sandbox.names import EGRESS
from sandboxctl.sandbox.operations import Freeze, StartAgain, StopService
from sandboxctl.sandbox.plan import Draft, Plan
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.restarting import ON_PURPOSE
from sandboxctl.sandbox.state import Generation, Observed

Kind: TypeAlias = Literal["stop", "slow", "fill"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SLOW = 20.0
"""Seconds for which a service that is made slow stands still."""
LONGEST = 120.0
BEFORE = "before-fault-"
"""Begins the name of what is kept before a fault, so that the oldest of them can make room."""
KEEP = 2
"""Of those, so many stay: a sandbox has few snapshots, and some are its team's own."""
MOST = 256
"""MiB that are written at most."""
NO_PROGRAM = (126, 127)
"""How a command ends that is not in an image, as for shells and engines."""
FULL = "/tmp/filled-on-purpose"
"""What is written where it is filled: every service has a bounded /tmp, however small."""


@dataclass(frozen=True, slots=True)
class Broken:
    """``words`` for the ledger; ``snapshot`` what was kept before, empty where nothing keeps
    data."""

    service: str
    words: str
    snapshot: str
    failed: Mapping[Any, SandboxError]


def break_it(
    engine: Engine,
    sandbox: str,
    reference: str,
    args: Mapping[str, Any],
    tell: Progress,
    *,
    begun: bool = False,
) -> Broken:
    """``args`` say the ``kind`` and the ``service``, and how many ``seconds`` a slow one stands
    still; whoever waits for that calls `plan_on` afterwards. The caller holds the sandbox's lock.
    What is kept before is named by the ``reference``, so that nothing is kept twice; ``begun``: an
    earlier try was interrupted, and what is broken may be so by that.

    SandboxError for a service that there is not, or does not run; where nothing can be kept for
    another reason than that there is nothing, nothing is broken."""
    kind, service = args["kind"], str(args["service"])
    seconds(args)
    observed = engine.observe(sandbox)
    recipe = engine.recipe(known(observed).recipe)
    if begun and (name := kept_before(reference)) in [
        one.name for one in snapshots.whole(observed)
    ]:
        seen = observed.live.services.get(service) if observed.live else None
        if seen and not seen.runs:
            return Broken(service, f"{service}: {kind}, on purpose", name, {})
    live = _live(observed, recipe, kind, service)
    snapshot, failed = _kept(engine, observed, recipe, reference, tell)
    words = f"{service}: {kind}, on purpose"
    if failed:
        return Broken(service, words, "", failed)
    tell.reach(BREAKING)
    if kind == "fill":
        _fill(engine, sandbox, service)
    again = dict(known(observed).again) | ({service: ON_PURPOSE} if kind == "stop" else {})
    note = WriteHappened((Happening(at=clock.now(), words=words),), again)
    failed = execute(_plan(sandbox, live, recipe, kind, service, note), engine, tell=_nobody)
    return Broken(service, words, snapshot, failed)


def seconds(args: Mapping[str, Any]) -> float:
    """How long it stands still; SandboxError for what is longer than `LONGEST`."""
    asked = float(args.get("seconds", SLOW))
    if not 0 <= asked <= LONGEST:
        raise SandboxError(
            f"a service cannot stand still for {asked:g} s on purpose",
            hint=f"Ask for {LONGEST:g} s at most; stopped, it stays so for as long as you like.",
        )
    return asked


def plan_on(observed: Observed, recipe: Recipe, generation: int, service: str) -> Plan:
    """A service that stands still goes on; nothing where another generation is live."""
    draft, live, record = Draft(observed.sandbox), observed.live, observed.record
    if live is None or record is None or record.live != generation or record.paused:
        return Plan()
    seen = live.services.get(service)
    if seen is None or seen.condition != "paused":
        return Plan()
    again = StartAgain(live.number, recipe.containers[service])
    draft.add(again, "it was slow for long enough", home=live.home)
    return Plan(tuple(draft.steps))


def _live(observed: Observed, recipe: Recipe, kind: str, service: str) -> Generation:
    live, sandbox = observed.live, observed.sandbox
    if kind not in KINDS or service not in recipe.containers or service == EGRESS:
        raise SandboxError(
            f"{sandbox} has nothing called {service} that could be broken by {kind}",
            hint=f"It has {', '.join(sorted(recipe.containers))}; one of them can be made to "
            f"{', '.join(KINDS)}.",
        )
    if live is None or service not in live.services or not live.services[service].runs:
        raise SandboxError(
            f"{service} of {sandbox} does not run: it is broken already",
            hint=f"`sandboxctl restart {sandbox} {service}` starts it again.",
        )
    return live


def _kept(
    engine: Engine, observed: Observed, recipe: Recipe, reference: str, tell: Progress
) -> tuple[str, Mapping[Any, SandboxError]]:
    """The name of what was kept; empty where no service keeps data."""
    if not any(one.stateful for one in recipe.containers.values()):
        return "", {}
    sandbox = observed.sandbox
    name = kept_before(reference)
    there = [one.name for one in snapshots.whole(observed)]
    if name in there:
        return name, {}
    ours = [one for one in there if one.startswith(BEFORE)]
    for old in ours[: max(0, len(ours) - KEEP + 1)]:
        execute(plan_forget(engine, sandbox, old), engine, tell=_nobody)
    plan = plan_snapshot(engine, sandbox, name, now=clock.now())
    return name, take(engine, plan, tell)


def kept_before(reference: str) -> str:
    """The name of what is kept before a job of that reference breaks something."""
    return f"{BEFORE}{reference.rpartition('-')[2].lower()}"


def _plan(
    sandbox: str, live: Generation, recipe: Recipe, kind: str, service: str, note: WriteHappened
) -> Plan:
    """It is written down first, so that nobody who looks after the den starts it again."""
    draft = Draft(sandbox)
    noted = draft.add(note, "so that everybody knows")
    if kind == "slow":
        draft.add(Freeze(live.number, service), "you asked for it", noted, home=live.home)
    elif kind == "stop":
        stop = StopService(live.number, service, recipe.containers[service].grace)
        draft.add(stop, "you asked for it", noted, home=live.home)
    return Plan(tuple(draft.steps))


def _fill(engine: Engine, sandbox: str, service: str) -> None:
    """Until nothing more goes in. What a service has under /tmp is memory of its own: where that
    is full first, the engine ends what took it, and that is as good."""
    answer = engine.run(
        sandbox, service, ["dd", "if=/dev/zero", f"of={FULL}", "bs=1M", f"count={MOST}"]
    )
    if answer.status in NO_PROGRAM:
        raise SandboxError(
            f"{service} of {sandbox} cannot be filled: its image has no program for that",
            hint="Stop it, or make it slow.",
        )


def _nobody(_: News) -> None:
    """Is told, and tells nobody."""
