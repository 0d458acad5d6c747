"""`rehearse`: the day in small, twice: up, checks, break, reset, undo, close; all of it again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sandboxctl import __version__, clock
from sandboxctl.blueprint.load import Loaded
from sandboxctl.data.proof.canonical import fingerprint
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.assemble import Assembled, assemble
from sandboxctl.lifecycle.change import Proposal
from sandboxctl.lifecycle.down import plan_down
from sandboxctl.lifecycle.execute import Listener, News, execute
from sandboxctl.lifecycle.fingerprints import broken, fingerprints
from sandboxctl.lifecycle.locks import all_held
from sandboxctl.lifecycle.many import carry_out_all, failing, propose_all
from sandboxctl.lifecycle.reset import plan_reset
from sandboxctl.lifecycle.undo import plan_undo
from sandboxctl.lifecycle.up import plan_up
from sandboxctl.sandbox.operations import MakeImage, Pull, StopService, WaitReady
from sandboxctl.sandbox.plan import Draft, Plan
from sandboxctl.sandbox.recipe import digest
from sandboxctl.sandbox.rehearsal import Receipt, Round, problems

TIMES = 2
LEASE = timedelta(hours=1)
"""How long what a rehearsal leaves behind may live, if it is killed."""
PATIENCE = 10.0

Loader = Callable[[str], Loaded]
"""The blueprint as it is for a sandbox of this name."""


def names(teams: int) -> list[str]:
    return [f"rehearsal-{number}" for number in range(1, teams + 1)]


def rehearse(
    engine: Engine,
    load: Loader,
    teams: int,
    tell: Listener,
    given: Mapping[str, str] | None = None,
) -> Receipt:
    """Everything twice, and what was seen.

    Raises SandboxError where a rehearsal is under way already, or not even minute zero can be
    made; what goes wrong after that is in the receipt.
    """
    who = names(teams)
    there = sorted(set(who) & set(engine.sandboxes()))
    if there:
        raise SandboxError(
            f"{', '.join(there)} of an earlier rehearsal is there",
            hint=f"`sandboxctl down {' '.join(there)}`, if nobody is rehearsing.",
        )
    stage = _Stage(engine, {name: load(name) for name in who}, tell, given or {})
    with all_held(engine, who, patience=PATIENCE):
        try:
            stage.made()
            rounds = tuple(stage.round() for _ in range(TIMES))
        finally:
            stage.cleared()
    return _receipt(engine, stage, teams, rounds)


def _receipt(engine: Engine, stage: _Stage, teams: int, rounds: tuple[Round, ...]) -> Receipt:
    loaded = next(iter(stage.loaded.values()))
    recipe, data = stage.assembled.recipe, loaded.blueprint.data
    return Receipt(
        name=loaded.blueprint.name,
        blueprint=digest(
            [loaded.blueprint.model_dump(mode="json"), recipe.model_dump(mode="json")]
        ),
        recipe=recipe.digest,
        data=fingerprint(data) if data else "",
        seed=data.seed if data else None,
        teams=teams,
        at=clock.now(),
        sandboxctl=__version__,
        engine=engine.version(),
        rounds=rounds,
        problems=problems(rounds),
    )


@dataclass
class _Stage:
    """The sandboxes of a rehearsal, and what is seen of them."""

    engine: Engine
    loaded: Mapping[str, Loaded]
    tell: Listener
    given: Mapping[str, str]
    failures: list[str] = field(default_factory=list)
    ready: dict[str, float] = field(default_factory=dict)
    began: float = 0.0

    @property
    def assembled(self) -> Assembled:
        """All teams have the same but for their names."""
        return assemble(next(iter(self.loaded.values())))

    def made(self) -> None:
        """Images and minute zero, which are made once and measured nowhere."""
        first = next(iter(self.loaded))
        proposals = {first: self._up(first)}
        failed = failing(proposals, carry_out_all(self.engine, proposals, self.tell))
        if failed:
            raise failed[first]
        self._close([first])

    def round(self) -> Round:
        """One time through. What fails is told, and the rest of the round still happens."""
        self.failures, self.ready = [], {}
        up, _ = self._timed(self._ups, "up")
        memory, data = self._memory(), self._data("at minute zero")
        self._checked("after up")
        for name in self.loaded:
            broken(self.engine, name, self.assembled)
        changed = self._data("after it was broken", same=False)
        self._stop_what_is_seen()
        reset, _ = self._timed(self._resets, "reset")
        self._checked("after the reset")
        if self._data("after the reset") != data:
            self.failures.append("a reset did not bring back what minute zero was")
        undo, _ = self._timed(self._undos, "undo")
        if self._data("after the undo", same=False) != changed:
            self.failures.append("an undo did not bring back what had been there")
        close, left = self._timed(lambda: self._close(list(self.loaded)), "close")
        return Round(
            up=up,
            reset=reset,
            undo=undo,
            close=close,
            ready={name: round(at, 2) for name, at in self.ready.items()},
            memory=memory,
            data=data,
            left=tuple(left),
            failures=tuple(self.failures),
        )

    def cleared(self) -> None:
        """Nothing of it stays, whatever happened."""
        there = [name for name in self.loaded if self.engine.observe(name)]
        if there:
            self._close(there)

    def _timed(self, what: Callable[[], list[str]], verb: str) -> tuple[float, list[str]]:
        self.tell(News(None, "working", f"rehearsing: {verb}"))
        self.began = time.monotonic()
        found = what()
        return round(time.monotonic() - self.began, 2), found

    def _up(self, name: str) -> Proposal:
        now = clock.now()
        return plan_up(
            self.engine, self.loaded[name], name, now=now, until=now + LEASE, given=self.given
        )

    def _ups(self) -> list[str]:
        wanted = {name: self._up(name).wanted for name in self.loaded}
        proposals = propose_all(self.engine, {n: w for n, w in wanted.items() if w})
        for step in {s.key: s for p in proposals.values() for s in p.plan.steps}.values():
            if isinstance(step.operation, (Pull, MakeImage)):
                self.failures.append(f"it would need the network: {step.operation}")
        return self._carried(proposals, "up")

    def _resets(self) -> list[str]:
        wanted = {name: plan_reset(self.engine, name, spared=False).wanted for name in self.loaded}
        return self._carried(
            propose_all(self.engine, {n: w for n, w in wanted.items() if w}), "reset"
        )

    def _undos(self) -> list[str]:
        now = clock.now()
        return self._carried(
            {name: plan_undo(self.engine, name, now=now) for name in self.loaded}, "undo"
        )

    def _close(self, who: Sequence[str]) -> list[str]:
        self._carried({name: plan_down(self.engine, name) for name in who}, "close")
        return [f"something of {name}" for name in who if self.engine.observe(name)]

    def _carried(self, proposals: Mapping[str, Proposal], verb: str) -> list[str]:
        failed = failing(proposals, carry_out_all(self.engine, proposals, self._heard))
        self.failures += [f"{verb} of {name}: {error}" for name, error in failed.items()]
        return []

    def _heard(self, news: News) -> None:
        if news.step and news.state == "done" and isinstance(news.step.operation, WaitReady):
            service, took = news.step.operation.container.name, time.monotonic() - self.began
            self.ready.setdefault(service, took)
        self.tell(news)

    def _memory(self) -> dict[str, int]:
        most: dict[str, int] = {}
        for name in self.loaded:
            for service, used in self.engine.used(name).items():
                most[service] = max(used, most.get(service, 0))
        return most

    def _data(self, when: str, *, same: bool = True) -> dict[str, str]:
        """Of the first team, after a look that every other has the same."""
        seen = {name: fingerprints(self.engine, name, self.assembled) for name in self.loaded}
        first = next(iter(seen.values()))
        if same:
            self.failures += [
                f"{name} has other data than the first team {when}"
                for name, found in seen.items()
                if found != first
            ]
        return first

    def _checked(self, when: str) -> None:
        for name in self.loaded:
            answer = self.engine.fetch(name)
            if not 200 <= answer.status < 400:
                self.failures.append(f"the first page of {name} answers {answer.status} {when}")

    def _stop_what_is_seen(self) -> None:
        """What a team does at its worst: everything is gone already, now every page is dead."""
        opened = {way.service for way in self.assembled.recipe.opens.values()}
        for name in self.loaded:
            live = self.engine.observe(name).live
            if live is None:
                continue
            draft = Draft(name)
            for service in sorted(opened & live.services.keys()):
                stop = StopService(live.number, service, grace=0)
                draft.add(stop, "it is rehearsed that it breaks", home=live.home)
            execute(Plan(tuple(draft.steps)), self.engine, tell=self.tell)
            if self.engine.fetch(name).status < 500:
                self.failures.append(f"the first page of {name} answered although it was stopped")
