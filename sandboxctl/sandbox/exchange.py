"""One service becomes another container in its place: all that depends on it stops before, and
starts anew behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.operations import BringBack, StartAgain, StopService, WaitReady
from sandboxctl.sandbox.plan import Draft, Key
from sandboxctl.sandbox.recipe import Container
from sandboxctl.sandbox.state import Generation, Observed
from sandboxctl.sandbox.wanted import Wanted, in_order


@dataclass(frozen=True, slots=True)
class Here:
    """Where it happens: the live generation, and what is decided of it."""

    draft: Draft
    wanted: Wanted
    live: Generation
    places: Mapping[str, str]

    def stop(self, container: Container, why: str, *after: Key | None) -> Key | None:
        """Stopped; None where it does not run."""
        seen = self.live.services.get(container.name)
        if seen is None or seen.condition not in ("running", "paused", "restarting"):
            return None
        operation = StopService(self.live.number, container.name, container.grace)
        return self.draft.add(operation, why, *after, home=self.live.home)

    def start(self, container: Container, why: str, *after: Key | None) -> Key:
        again = StartAgain(self.live.number, container)
        return self.wait(container, self.draft.add(again, why, *after, home=self.live.home))

    def wait(self, container: Container, started: Key) -> Key:
        waiting = WaitReady(self.live.number, container, self.places[container.name])
        return self.draft.add(waiting, "it was started", started, home=self.live.home)


def dependents(containers: Mapping[str, Container], service: str) -> list[str]:
    """Services that need it, or need what needs it; each after those it needs itself."""
    found = {service}
    for name in in_order(containers):
        if found & set(containers[name].depends_on):
            found.add(name)
    return [name for name in in_order(containers) if name in found - {service}]


def exchanged(here: Here, service: str, to: str, after: Key | None, why: str) -> dict[str, Key]:
    """The container with the id ``to`` is the service, and all that depends on it starts anew."""
    draft, live, container = here.draft, here.live, here.wanted.recipe.containers[service]
    rest = stopped_before(here, service, after)
    seen = live.services.get(service)
    stopped = None
    if seen and seen.id != to:
        stopped = here.stop(container, why, after, *rest)
    back = draft.add(
        BringBack(live.number, service, to), why, after, stopped, *rest, home=live.home
    )
    return started_behind(here, service, here.start(container, why, back))


def stopped_before(here: Here, service: str, after: Key | None) -> list[Key]:
    """All that depends on a service, those first that nothing depends on."""
    containers, stopped = here.wanted.recipe.containers, dict[str, Key]()
    for name in reversed(dependents(containers, service)):
        needing = [stopped[one] for one in stopped if name in containers[one].depends_on]
        why = f"{service} becomes another one"
        if key := here.stop(containers[name], why, after, *needing):
            stopped[name] = key
    return list(stopped.values())


def started_behind(here: Here, service: str, answering: Key) -> dict[str, Key]:
    containers, ready = here.wanted.recipe.containers, {service: answering}
    for name in dependents(containers, service):
        needs = [ready[one] for one in containers[name].depends_on if one in ready]
        ready[name] = here.start(containers[name], f"{service} is another one", *needs)
    return ready


def here_of(wanted: Wanted, observed: Observed, draft: Draft) -> Here:
    live = observed.live
    assert live is not None
    assert live.subnet is not None
    places = addresses.services(live.subnet, wanted.recipe.containers)
    return Here(draft, wanted, live, places)
