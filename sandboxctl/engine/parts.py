"""What a Docker engine is made of, and what it leaves to its parts.

Each part is imported and made when it is first needed: a command needs few of them, and a reset
from a spare, which should feel like nothing, hardly any.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import RLock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sandboxctl.engine.client import both
from sandboxctl.engine.decided import Decided
from sandboxctl.engine.laying import Laying
from sandboxctl.engine.spares import Recipes
from sandboxctl.sandbox import labels

if TYPE_CHECKING:
    from docker.tls import TLSConfig

    from sandboxctl.engine.ahead import Ahead
    from sandboxctl.engine.approvals import DenApprovals
    from sandboxctl.engine.containers import Containers
    from sandboxctl.engine.images import Images
    from sandboxctl.engine.layers import Layers
    from sandboxctl.engine.looking import Looking
    from sandboxctl.engine.networks import Networks
    from sandboxctl.engine.pulse import Beat
    from sandboxctl.engine.readiness import Readiness
    from sandboxctl.engine.services import Services
    from sandboxctl.engine.snapshots import Snapshots
    from sandboxctl.sandbox.den import Den
    from sandboxctl.sandbox.lease import Times
    from sandboxctl.sandbox.restarting import Ended, Pulse, Still
    from sandboxctl.sandbox.state import Observed, Record
    from sandboxctl.workshop.inventory import Thing


T = TypeVar("T")


class Once(Generic[T]):
    """An attribute that is made when it is first asked for, once, however many threads ask:
    `functools.cached_property` promises that no longer from Python 3.12 on."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make, self._name, self._guard = make, make.__name__, RLock()

    def __get__(self, whole: Parts, _: type[Parts]) -> T:
        with self._guard:
            if self._name not in whole.__dict__:
                whole.__dict__[self._name] = self._make(whole)
            made: T = whole.__dict__[self._name]
            return made


class Parts:
    """``url`` empty: as the environment says; ``ahead`` was begun for the same engine and den."""

    def __init__(
        self,
        den: Den,
        url: str | None = None,
        tls: TLSConfig | None = None,
        ahead: Ahead | None = None,
    ) -> None:
        self.den = den
        self._api, self._slow = ahead.clients if ahead else both(url, tls)
        self._decided = Decided(self._api, den, ahead)
        self._ours = {"label": [f"{labels.DEN}={den.name}"]}
        self._recipes = Recipes(self._decided.line)
        self._laying = Laying(self._api, den, self._decided.install)

    @Once
    def images(self) -> Images:
        from sandboxctl.engine.images import Images

        return Images(self._slow, self.den.images)

    @Once
    def approvals(self) -> DenApprovals:
        from sandboxctl.engine.approvals import DenApprovals

        return DenApprovals(self._decided, lambda wanted: self.images.identities(wanted))

    @Once
    def _containers(self) -> Containers:
        from sandboxctl.engine.containers import Containers

        return Containers(self._api, self.den, self.images, self._decided.install)

    @Once
    def _networks(self) -> Networks:
        from sandboxctl.engine.networks import Networks

        return Networks(self._api, self.den, self._decided.install)

    @Once
    def _services(self) -> Services:
        from sandboxctl.engine.services import Services

        return Services(self._slow, self.den, self._containers)

    @Once
    def _snapshots(self) -> Snapshots:
        from sandboxctl.engine.snapshots import Snapshots

        return Snapshots(self._slow, self.den, self._services, self._decided)

    @Once
    def _layers(self) -> Layers:
        from sandboxctl.engine.layers import Layers

        return Layers(self._api, self._ours, self._decided.install)

    @Once
    def _readiness(self) -> Readiness:
        from sandboxctl.engine.readiness import Readiness

        return Readiness(self._api, self.den, self._ours, self._decided.line)

    @Once
    def _looking(self) -> Looking:
        from sandboxctl.engine.looking import Looking

        return Looking(self._api, self.den, self._decided, self.images, self._networks.taken)

    @Once
    def _beat(self) -> Beat:
        from sandboxctl.engine.pulse import Beat

        return Beat(self._api, self.den, self._ours, self._decided)

    # -- what a part answers as it is: see `Engine` -------------------------------------------

    def observe(self, sandbox: str, references: Collection[str] = ()) -> Observed:
        return self._looking.observe(sandbox, references)

    def observe_all(
        self, sandboxes: Collection[str], references: Collection[str] = ()
    ) -> Mapping[str, Observed]:
        return self._looking.observe_all(sandboxes, references)

    def inventory(self) -> Sequence[Thing]:
        return self._looking.inventory()

    def records(self) -> Mapping[str, Record]:
        from sandboxctl.engine import observing

        return observing.records(self._decided.records())

    def image_users(self, references: Collection[str]) -> Mapping[str, Sequence[str]]:
        return self._looking.image_users(references)

    def pulse(self) -> Pulse | None:
        return self._beat.pulse()

    def times(self) -> Times | None:
        return self._beat.times()

    def still(self) -> Sequence[Still]:
        return self._beat.still()

    def ends(self, observed: Observed) -> Sequence[Ended]:
        return self._beat.ends(observed)

    def free(self) -> int | None:
        return self._layers.free()

    def filled(self, references: Collection[str]) -> Mapping[str, int]:
        return self._layers.filled(references)

    def part(self, name: str) -> Mapping[str, Any]:
        return self._decided.part(name)

    def decide(self, part: str, name: str, what: object) -> None:
        self._decided.decide(part, name, what)

    def console(self, url: str) -> str:
        return self._decided.console(url)

    def changes(self) -> Mapping[str, int]:
        return self._decided.changes()

    def holder(self, name: str) -> str:
        return self._decided.holder(name)

    def lock(self, name: str, *, patience: float = 0) -> AbstractContextManager[None]:
        return self._decided.lock(name, patience=patience)
