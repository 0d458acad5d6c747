"""A Docker daemon: here, over TCP with TLS, or behind ssh://."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING

from sandboxctl.engine import meant, observing, settling, spares
from sandboxctl.engine.parts import Parts
from sandboxctl.engine.protocol import PATIENCE
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import names
from sandboxctl.sandbox import operations as do
from sandboxctl.sandbox.operations import Operation, WaitReady

if TYPE_CHECKING:
    from sandboxctl.engine.attached import Attached
    from sandboxctl.engine.protocol import Answer, Note
    from sandboxctl.sandbox.disk import Wrote
    from sandboxctl.sandbox.machines import About
    from sandboxctl.sandbox.recipe import Recipe
    from sandboxctl.sandbox.state import Capacity, Observed, Spare


class DockerEngine(Parts):
    """Keeps the promises of Engine on a Docker daemon."""

    lasts = True

    # -- the den ---------------------------------------------------------------------------

    def enter(self, note: Note) -> None:
        from sandboxctl.engine import entry  # it knows all images, and most commands none

        entry.enter(self._api, self.den, self.images, self._networks, self._decided, note)

    def leave(self, note: Note, *, patience: float = PATIENCE) -> None:
        if left := [*self.sandboxes(), *self.spares()]:
            raise EngineError(
                f"there are sandboxes in {self.den.name}: {', '.join(left)}",
                hint="Run `sandboxctl down --all`.",
            )
        from sandboxctl.engine import leaving  # few commands leave a den

        leaving.alone(self._api, self.den, self._decided, patience)
        leaving.remove(self._api, self.den, self._decided, note)
        self.close()

    def abandon(self, note: Note) -> None:
        from sandboxctl.engine import abandon

        install = self._decided.install()
        self.close()
        abandon.everything(self._api, self.den, install, note)

    def close(self) -> None:
        try:
            self._laying.close()
            self._decided.close()
        finally:
            for client in (self._api, self._slow):
                client.close()

    def about(self) -> About:
        return observing.about(self._api, self._decided.install())

    def capacity(self) -> Capacity:
        return observing.capacity(self._api, self._ours)

    def version(self) -> str:
        with in_our_words("asking the engine for its version"):
            return f"Docker Engine {self._api.version()['Version']}"

    # -- looking ---------------------------------------------------------------------------

    def sandboxes(self) -> Sequence[str]:
        found = observing.found(self._api, self._ours, self._decided.install())
        known = {*found, *self._decided.records()}
        return sorted(name for name in known if not name.startswith(names.OURS))

    def making(self) -> Sequence[str]:
        found = observing.found(self._api, self._ours, self._decided.install())
        begun = [name for name in found if name.startswith(names.BASELINE)]
        return sorted([*begun, *spares.lost(found, self._decided)])

    def spares(self) -> Mapping[str, Spare]:
        return observing.spares(self._decided.part(spares.PART))

    def glance(self, sandbox: str, now: datetime) -> Observed | None:
        return spares.glance(self._decided.line(), sandbox, now, self._recipes)

    def recipe(self, digest: str) -> Recipe:
        return self._recipes(digest, None)

    def secrets(self, sandbox: str, wanted: Sequence[str]) -> Mapping[str, str]:
        from sandboxctl.engine import given

        return given.asked(self._api, self.den, sandbox, self.observe(sandbox).live, wanted)

    # -- doing -----------------------------------------------------------------------------

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        with in_our_words(str(operation)):
            self._apply(sandbox, operation, note)

    def _apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        match operation:
            case do.Pull(reference):
                self.images.pull(reference, note)
            case do.MakeImage(build):
                self.images.build(build, note)
            case do.CreateNetwork():
                self._containers.means()  # what cannot be confined is not begun
                self._networks.create(sandbox, operation)
            case do.StartService(container, place, image):
                self._containers.start(sandbox, container, place, image)
            case do.StartAgain(generation, container):
                self._containers.start_again(sandbox, generation, container.name)
            case do.StopService(generation, name, grace):
                self._containers.stop(sandbox, generation, name, grace)
            case WaitReady():
                self.when_ready(sandbox, operation).result()
            case do.RunOnce():
                self._services.run_once(sandbox, operation, note)
            case do.RunInside(generation, service, argv) | do.ReadAll(generation, service, argv):
                self._services.run_inside(sandbox, generation, service, argv)
            case do.Fill():
                self._services.fill(sandbox, operation, note)
            case do.Commit():
                self._services.commit(sandbox, operation, note)
            case do.ReplaceKey():
                line = self._decided.line()
                settling.replace_key(line, sandbox, self.observe(sandbox).generations)
            case do.GoLive() | do.GoBack() | do.Answers() | do.Hold() | do.Rest() | do.Close():
                settling.settle(self._decided.line(), self.den, sandbox, operation)
                if isinstance(operation, do.Close):
                    self._recipes.forget()
            case do.WriteDown() | do.WriteHappened() | do.Extend():
                settling.write(self._decided.line(), sandbox, operation)
            case do.LayAside(generation, services):
                self._laying.aside(sandbox, generation, services)
            case do.Freeze(generation, name):
                self._containers.freeze(sandbox, generation, name)
            case do.RemoveImage(reference):
                self.images.remove(reference)
            case do.Drain(number, places):
                at = places or settling.places(self._looking.generations(sandbox).get(number))
                settling.drain(self._decided.line(), at)
            case do.Offer() | do.Withdraw():
                spares.change(self._decided.line(), sandbox, operation)
            case do.RemoveService(generation, name):
                self._containers.remove(sandbox, generation, name)
            case do.PutAside() | do.BringBack() | do.RemoveAside():
                from sandboxctl.engine import beside

                beside.apply(self._api, self.den, self._containers, sandbox, operation)
            case do.TakeSnapshot() | do.WriteSnapshots() | do.RemoveSnapshots():
                self._snapshots.apply(sandbox, operation, note)
            case do.RemoveNetwork(generation):
                self._containers.forget_carried(sandbox, generation)
                self._networks.remove(sandbox, generation)

    def when_ready(self, sandbox: str, operation: WaitReady) -> Future[None]:
        name = names.container(
            self.den.name, sandbox, operation.generation, operation.container.name
        )
        from sandboxctl.engine.readiness import Waiting

        waiting = Waiting(sandbox, operation, name, Future())
        self._readiness.watch(waiting)
        return waiting.future

    def logs(
        self, sandbox: str, service: str | None, *, tail: int, follow: bool
    ) -> Iterator[tuple[str, str]]:
        shown = meant.shown(self.observe(sandbox), service)
        return self._services.logs(*shown, tail=tail, follow=follow)

    def run(self, sandbox: str, service: str, argv: Sequence[str], stdin: bytes = b"") -> Answer:
        whose, generation, _ = meant.shown(self.observe(sandbox), service)
        with in_our_words(f"running {argv[0]} in {service} of {sandbox}"):
            return self._services.run(whose, generation, service, argv, stdin)

    def attach(self, sandbox: str, service: str, argv: Sequence[str], *, tty: bool) -> Attached:
        """An interactive command inside a service."""
        whose, generation, _ = meant.shown(self.observe(sandbox), service)
        container = names.container(self.den.name, whose, generation, service)
        from sandboxctl.engine.attached import Attached

        return Attached(self._api, container, argv, tty=tty)

    def wrote(self) -> Sequence[Wrote]:
        return observing.whose(self._layers.wrote(), self.records())

    def used(self, sandbox: str) -> Mapping[str, int]:
        from sandboxctl.engine import usage

        called = usage.running(self.den.name, self.observe(sandbox))
        return usage.used(self._api, called)

    def known(self, sandbox: str) -> Mapping[str, Sequence[str]]:
        return self._services.known(self._decided.owners(sandbox))

    def fetch(self, sandbox: str, path: str = "/") -> Answer:
        record = self._decided.record(sandbox)
        return settling.fetch(self._decided.line(), self.den, sandbox, record, path)
