"""The seam between deciding and doing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from concurrent.futures import Future
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sandboxctl.sandbox.approval import Approval
    from sandboxctl.sandbox.den import Den
    from sandboxctl.sandbox.disk import Wrote
    from sandboxctl.sandbox.lease import Times
    from sandboxctl.sandbox.machines import About
    from sandboxctl.sandbox.operations import Operation, WaitReady
    from sandboxctl.sandbox.recipe import Recipe
    from sandboxctl.sandbox.restarting import Ended, Pulse, Still
    from sandboxctl.sandbox.state import Capacity, Observed, Record, Spare
    from sandboxctl.workshop.inventory import Thing

Note: TypeAlias = Callable[[str], None]
"""Told from any thread what an operation is busy with, in words."""

PATIENCE = 10.0
"""Seconds that a command waits for another one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command inside a service gave back, or a page that was asked for.

    ``target``  whose page it is, such as ``demo/3``: sandbox and generation; empty where nobody's.
    """

    status: int
    output: bytes
    target: str = ""


class Approvals(Protocol):
    """What was granted in a den, where every controller sees it."""

    def known(self) -> Sequence[Approval]:
        """All of it, ended ones too; nothing where there is no den yet. What is not in a form
        that we know grants nothing."""

    def give(self, approval: Approval) -> None:
        """Write it down, in the place of what was granted for the same subject before."""

    def take_back(self, subject: str) -> None:
        """Grant nothing for this subject any more."""

    def identities(self, references: Collection[str]) -> Mapping[str, str]:
        """The id of each of these images that is on the engine: another content, another id."""


class Engine(Protocol):
    """A place where sandboxes live: a Docker daemon, here or over ssh; a dict in memory.

    An engine never decides. It reports what is there and carries out one operation at a time,
    from many threads at once. Whatever its library raises leaves as an EngineError.
    """

    @property
    def den(self) -> Den:
        """The settings it was opened with."""

    @property
    def lasts(self) -> bool:
        """Whether its dens are still there when this process is over, and so their history."""

    @property
    def approvals(self) -> Approvals:
        """What was granted here; `enter` comes before giving or taking back."""

    def enter(self, note: Note) -> None:
        """Make the den ready to be changed: its gateway runs, its state can be written.

        Images, the gateway and the state are made where they are missing. Needed before `apply`
        and `lock`; everything else works without, and then changes nothing."""

    def image_users(self, references: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Names of all containers of the engine that use each of these images, of any den."""

    def filled(self, references: Collection[str]) -> Mapping[str, int]:
        """Bytes of data in each of these images that is there and was filled."""

    def about(self) -> About:
        """Whose den it is, and who runs it."""

    def capacity(self) -> Capacity:
        """What the engine has, and what is promised to running containers."""

    def sandboxes(self) -> Sequence[str]:
        """Names of all sandboxes of this den, sorted; what baselines are made in is not one."""

    def making(self) -> Sequence[str]:
        """Names of what baselines are being made in, or were when somebody was interrupted, and of
        what is left of spares that are neither offered nor anybody's."""

    def observe(self, sandbox: str, references: Collection[str] = ()) -> Observed:
        """What is there now, and which of these images; an unknown sandbox is an empty one."""

    def observe_all(
        self, sandboxes: Collection[str], references: Collection[str] = ()
    ) -> Mapping[str, Observed]:
        """The same of many, with one look: in the order given, each of them."""

    def inventory(self) -> Sequence[Thing]:
        """Every container, network and volume of this den, and the images that we made on this
        engine, which dens share."""

    def part(self, name: str) -> Mapping[str, Any]:
        """A part of what is decided, such as the workshops; empty where there is no den yet."""

    def decide(self, part: str, name: str, what: object) -> None:
        """Write one entry of it, as JSON has it; None: nothing any more."""

    def records(self) -> Mapping[str, Record]:
        """What is decided about each sandbox, in one question; without those in a form that we
        do not know. EngineError where it cannot be read."""

    def console(self, url: str) -> str:
        """Say for a minute that the console is at ``url``; empty: that it is gone.

        Visitors of a sandbox are led there from its ``/_den``, each with a ticket (see
        `sandboxctl.sandbox.ticket`). Its secret is answered: it stays while it is renewed in
        time, is another one afterwards, and empty where the console is gone."""

    def changes(self) -> Mapping[str, int]:
        """How many requests that change something were sent to each generation, by its target,
        such as ``heron/3``; without those that had none. At least so many: a gateway that is
        killed, or gives way to one with other ports, forgets. Empty where none runs."""

    def pulse(self) -> Pulse | None:
        """When the gateway and the engine began and ended; None where there is no den yet."""

    def times(self) -> Times | None:
        """What the engine's clocks say; None where no gateway runs that could tell."""

    def still(self) -> Sequence[Still]:
        """Every container of a service that does not run, those put aside too; in one question."""

    def ends(self, observed: Observed) -> Sequence[Ended]:
        """How each service of the live generation ended last, whether it runs again or not."""

    def spares(self) -> Mapping[str, Spare]:
        """Generations that belong to nobody yet, by name."""

    def glance(self, sandbox: str, now: datetime) -> Observed | None:
        """A sandbox and the spares, going by what is decided: nothing is looked at. None where
        there is no such sandbox. See `sparing.without_looking`."""

    def recipe(self, digest: str) -> Recipe:
        """A recipe that the den keeps; EngineError if it does not."""

    def secrets(self, sandbox: str, wanted: Sequence[str]) -> Mapping[str, str]:
        """Values that the live generation was given: they are kept nowhere else."""

    def known(self, sandbox: str) -> Mapping[str, Sequence[str]]:
        """Every secret that a service of any generation has, by name: to be masked."""

    def wrote(self) -> Sequence[Wrote]:
        """What each running service that keeps data wrote to disk: of sandboxes, and of what
        baselines are made in. Bounded in time, whatever a service did."""

    def used(self, sandbox: str) -> Mapping[str, int]:
        """Bytes of memory that each running service of the live generation uses now."""

    def version(self) -> str:
        """What it is, in words: ``Docker Engine 28.0.1``."""

    def free(self) -> int | None:
        """Bytes free where services write; None where that cannot be seen from here."""

    def holder(self, name: str) -> str:
        """Who holds a lock, in words; empty where nobody does."""

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        """Do it and return once it is true. Doing it twice is harmless."""

    def when_ready(self, sandbox: str, operation: WaitReady) -> Future[None]:
        """Done when the service answers; NotReady when it died or its time is over. Holds no
        thread of the caller's."""

    def lock(self, name: str, *, patience: float = 0) -> AbstractContextManager[None]:
        """One command at a time changes a sandbox; Held names who does after ``patience`` seconds.
        Free the moment the holder dies. Which there are, and in which order they are taken:
        `sandboxctl.lifecycle.locks`."""

    def logs(
        self, sandbox: str, service: str | None, *, tail: int, follow: bool
    ) -> Iterator[tuple[str, str]]:
        """(service, line) of the live generation, or of one that failed to become it."""

    def run(self, sandbox: str, service: str, argv: Sequence[str], stdin: bytes = b"") -> Answer:
        """Run a command inside a service of the live generation."""

    def fetch(self, sandbox: str, path: str = "/") -> Answer:
        """GET a page of a sandbox through the gateway: HTTP status and the beginning of it."""

    def leave(self, note: Note, *, patience: float = PATIENCE) -> None:
        """Remove the gateway and the den's state; refused while there are sandboxes or spares, and
        while somebody holds a lock for ``patience`` seconds: Held names who does."""

    def abandon(self, note: Note) -> None:
        """Remove all that carries the den's labels, for a den whose state cannot be read."""

    def close(self) -> None:
        """Let go of connections and locks; what runs goes on."""
