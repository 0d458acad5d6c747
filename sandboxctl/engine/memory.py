"""A den without Docker: for trying a blueprint on a train, and for the tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace

from sandboxctl.engine import meant
from sandboxctl.engine.memory_den import MemoryDen
from sandboxctl.engine.memory_kept import snapshotted, started, swapped
from sandboxctl.engine.memory_state import (
    answers,
    laid_aside,
    networked,
    noted,
    seen_in,
    spoken_of,
    went_live,
    with_service,
    with_subnet,
    without_service,
)
from sandboxctl.engine.memory_watched import MemoryBeat
from sandboxctl.engine.protocol import PATIENCE, Answer, Note
from sandboxctl.errors import EngineError, NotReady
from sandboxctl.sandbox import names
from sandboxctl.sandbox import operations as do
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.operations import Operation, WaitReady
from sandboxctl.sandbox.state import Observed

GIBIBYTE = 1024**3


class MemoryEngine(MemoryDen):
    """Keeps the promises of Engine. ``broken`` names services that start and never answer,
    ``unstartable`` those that do not start at all; ``wrote`` is what services wrote, in bytes."""

    def __init__(
        self,
        den: Den | None = None,
        *,
        memory: int = 8 * GIBIBYTE,
        broken: frozenset[str] = frozenset(),
        unstartable: frozenset[str] = frozenset(),
        wrote: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(den, memory=memory, wrote=wrote)
        self._broken, self._unstartable = broken, unstartable
        self.beat = MemoryBeat(self._sandboxes)
        self.pulse, self.times = self.beat.pulse, self.beat.times
        self.still, self.ends = self.beat.still, self.beat.ends

    def enter(self, note: Note) -> None:
        note("the den is in memory; it ends with this command")

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        note(str(operation))
        with self._change:
            before = self._sandboxes.get(sandbox, Observed(sandbox))
            after = self._after(before, operation)
            self._sandboxes[sandbox] = after
            if not after:
                del self._sandboxes[sandbox]

    def when_ready(self, sandbox: str, operation: WaitReady) -> Future[None]:
        answer: Future[None] = Future()
        name = operation.container.name
        if name in self._broken:
            error = NotReady(f"{name} of {sandbox} never answers", hint="Take it out of `broken`.")
            answer.set_exception(error)
        else:
            answer.set_result(None)
        return answer

    def logs(
        self, sandbox: str, service: str | None, *, tail: int, follow: bool
    ) -> Iterator[tuple[str, str]]:
        _, _, services = meant.shown(self.observe(sandbox), service)
        for name in services:
            if tail and not follow:
                yield name, f"{name} of {sandbox} is in memory and says nothing"

    def run(self, sandbox: str, service: str, argv: Sequence[str], stdin: bytes = b"") -> Answer:
        meant.shown(self.observe(sandbox), service)
        return Answer(0, f"{' '.join(argv)}\n".encode() + stdin)

    def fetch(self, sandbox: str, path: str = "/") -> Answer:
        known = self._sandboxes[sandbox].record if sandbox in self._sandboxes else None
        if known is None:
            return Answer(404, path.encode())
        return Answer(200, path.encode(), names.target(sandbox, known.live))

    def leave(self, note: Note, *, patience: float = PATIENCE) -> None:
        if self._sandboxes or self._spares:
            raise EngineError(
                "there are sandboxes or spares in this den", hint="Run `sandboxctl down --all`."
            )
        self._locks.all_free(self.den.name, patience)
        self.approvals.forget()
        self._parts.clear()
        note("the den is gone")

    def abandon(self, note: Note) -> None:
        self._sandboxes.clear()
        self._promised.clear()
        self._spares.clear()
        self.approvals.forget()
        note("the den is gone")

    def close(self) -> None:
        self._locks.forget()

    def _after(self, before: Observed, operation: Operation) -> Observed:
        match operation:
            case do.Pull(reference):
                self._images |= {reference}
            case do.MakeImage(build):
                self._images |= {build.tag}
            case do.RemoveImage(reference):
                used = self.image_users([reference])[reference]
                self._images -= frozenset() if used else {reference}
            case do.Commit(tag=tag):
                self._images |= {tag}
            case do.RunOnce(keep=tag) if tag:
                self._images |= {tag}
            case do.CreateNetwork(number, subnet):
                return networked(before, number, subnet, self._taken())
            case do.StartService(container, place, image):
                if container.name in self._unstartable:
                    raise EngineError(f"{container.name} does not start", hint="Try another.")
                if image not in self._images:
                    raise EngineError(f"no image {image}", hint="Pull or build it.")
                self._promised[before.sandbox, place.generation, container.name] = container.memory
                self._given[before.sandbox] = place.secrets
                return started(before, container.name, place, image)
            case do.StartAgain(number, container):
                found = seen_in(before, number, container.name)
                if found is None:
                    raise EngineError(f"{container.name} is gone", hint="Run `up` again.")
                return with_service(before, number, replace(found, condition="running", why=""))
            case do.LayAside(number, services):
                return laid_aside(before, number, services)
            case do.StopService(number, name):
                found = seen_in(before, number, name)
                stopped = found and replace(found, condition="exited", why="it was stopped")
                return with_service(before, number, stopped) if stopped else before
            case do.GoLive(recipe=recipe, home=home):
                self._spares.claim(home, before)
                self._recipes[recipe.digest] = recipe
                beside = [one for one in self._sandboxes.values() if one is not before]
                return went_live(before, operation, self.den.gateway.ports, beside)
            case do.GoBack(record):
                return replace(before, record=record)
            case do.Offer() | do.Withdraw():
                self._spares.change(before.sandbox, operation, self._sandboxes.values())
                if isinstance(operation, do.Offer):
                    self._recipes[operation.recipe.digest] = operation.recipe
            case do.Freeze(number, name):
                found = seen_in(before, number, name)
                still = found and replace(found, condition="paused", why="it is paused")
                return with_service(before, number, still) if still else before
            case (
                do.WriteDown()
                | do.WriteHappened()
                | do.Extend()
                | do.ReplaceKey()
                | do.Hold()
                | do.Rest()
            ) if before.record:
                return replace(before, record=noted(before.record, operation))
            case do.PutAside() | do.BringBack() | do.RemoveAside():
                return swapped(before, operation)
            case do.TakeSnapshot() | do.WriteSnapshots() | do.RemoveSnapshots():
                after, self._images = snapshotted(before, operation, self._images, self.den.name)
                return after
            case do.Close():
                others = [one for one in self._sandboxes.values() if one is not before]
                kept, said = spoken_of(others, self._spares.values()), str(self._parts)
                keep = {d: r for d, r in self._recipes.items() if d in kept or d in said}
                self._recipes = keep
                return replace(before, record=None)
            case do.RemoveService(number, name):
                self._promised.pop((before.sandbox, number, name), None)
                return without_service(before, number, name)
            case do.RemoveNetwork(number):
                return with_subnet(before, number, subnet=None)
            case (
                do.WriteDown() | do.WriteHappened() | do.Extend() | do.Hold() | do.ReplaceKey()
            ):  # of a sandbox that is gone
                pass
            case do.Rest() | do.RunOnce() | do.RunInside() | do.Fill() | do.Drain() | do.ReadAll():
                pass
            case WaitReady() | do.Answers():
                answers(operation, self.observe(before.sandbox))
        return before
