"""Looking at sandboxes on a daemon: at one, or at many with one question for each kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

from sandboxctl.engine import observing
from sandboxctl.engine.look import subnets
from sandboxctl.engine.placed import with_container
from sandboxctl.engine.translate import in_our_words
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.sparing import with_claimed
from sandboxctl.sandbox.state import Generation, Observed, Record, Seen
from sandboxctl.workshop.inventory import Thing

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.engine.decided import Decided
    from sandboxctl.engine.images import Images
    from sandboxctl.sandbox.den import Den

FEW = 3
"""So many sandboxes are asked for one by one: an engine tells of one faster than of all."""


class Looking:
    """What is there of a den's sandboxes. Changes nothing."""

    def __init__(
        self,
        api: APIClient,
        den: Den,
        decided: Decided,
        images: Images,
        taken: Callable[[], tuple[IPv4Network, ...]],
    ) -> None:
        self._api, self._den, self._decided = api, den, decided
        self._images, self._taken = images, taken
        self._ours = {"label": [f"{labels.DEN}={den.name}"]}

    def observe(self, sandbox: str, references: Collection[str] = ()) -> Observed:
        """See `Engine.observe`."""
        return self.observe_all([sandbox], references)[sandbox]

    def observe_all(
        self, sandboxes: Collection[str], references: Collection[str] = ()
    ) -> dict[str, Observed]:
        """See `Engine.observe_all`."""
        stored = self._decided.records()
        records = {name: observing.record(stored.get(name), name) for name in sandboxes}
        found = self._found(records)
        images = frozenset(one for one in set(references) if self._images.has(one))
        taken = self._taken()
        return {
            name: Observed(
                name,
                _with_homes(found, name, record),
                record,
                images,
                taken,
                self._den.range,
                self._den.name,
            )
            for name, record in records.items()
        }

    def generations(self, sandbox: str, aside: Collection[int] = ()) -> dict[int, Generation]:
        """Those that carry the labels of one sandbox, or of a spare. Why the services of those
        ``aside`` do not run is no question."""
        install = self._decided.install()
        return observing.generations(self._api, self._ours, install, sandbox, aside)

    def _found(self, records: Mapping[str, Record | None]) -> dict[str, dict[int, Generation]]:
        """Generations by whose labels they carry."""
        if len(records) > FEW:
            return self._listed(records)
        found: dict[str, dict[int, Generation]] = {}
        for name, record in records.items():
            aside = {one.generation for one in record.asides} if record else set()
            found[name] = self.generations(name, aside)
            for number, home in record.homes.items() if record else ():
                found[home] = self.generations(home, (1,) if number in aside else ())
        return found

    def _listed(self, records: Mapping[str, Record | None]) -> dict[str, dict[int, Generation]]:
        live = {
            (one.home or name, 1 if one.home else one.live) for name, one in records.items() if one
        }
        begun = {name for name, one in records.items() if one is None}
        found: dict[str, dict[int, Generation]] = {}
        with in_our_words("looking at many sandboxes"):
            for one in self._api.networks(filters=self._ours):
                if owner := self._owner(one):
                    _put(found, owner, subnet=subnets(one)[0])
            for one in self._api.containers(all=True, filters=self._ours):
                if owner := self._owner(one):
                    asked = (owner.sandbox, owner.generation) in live or owner.sandbox in begun
                    seen = observing.seen(self._api, one, owner.service, asked)
                    _put(found, owner, seen=seen, called=_name(one))
        return found

    def _owner(self, one: Mapping[str, Any]) -> Owner | None:
        """Whose it is, if it is a sandbox's of this den; look-alikes are not."""
        owner = labels.owner(one.get("Labels") or {})
        mine = owner is not None and owner.install == self._decided.install() and owner.sandbox
        return owner if mine else None

    # -- everything, to be counted ---------------------------------------------------------

    def inventory(self) -> tuple[Thing, ...]:
        """See `Engine.inventory`."""
        with in_our_words("counting what is there"):
            found = [
                *(("container", c["Id"], _name(c), c) for c in self._all_containers()),
                *(
                    ("network", n["Id"], n["Name"], n)
                    for n in self._api.networks(filters=self._ours)
                ),
                *(("volume", v["Name"], v["Name"], v) for v in self._volumes()),
            ]
        things = [self._thing(*one) for one in found]
        images = (self._image(one) for one in self._images.list())
        return (*(one for one in things if one), *images)

    def image_users(self, references: Collection[str]) -> dict[str, tuple[str, ...]]:
        """See `Engine.image_users`."""
        return {one.tag: one.used_by for one in self._images.list() if one.tag in references}

    def _all_containers(self) -> Collection[Mapping[str, Any]]:
        found: Collection[Mapping[str, Any]] = self._api.containers(all=True, filters=self._ours)
        return found

    def _volumes(self) -> Collection[Mapping[str, Any]]:
        return self._api.volumes(filters=self._ours)["Volumes"] or ()

    def _thing(self, kind: Any, id_: str, name: str, one: Mapping[str, Any]) -> Thing | None:
        owner = labels.owner(one.get("Labels") or {})
        if owner is None or owner.install != self._decided.install():
            return None
        return Thing(kind=kind, id=id_, name=name, sandbox=owner.sandbox, role=owner.kind)

    def _image(self, one: Any) -> Thing:
        """Images have no den: they are shared, and named by what went into them."""
        return Thing(kind="image", id=one.id, name=one.tag, role=one.kind)


def _name(container: Mapping[str, Any]) -> str:
    return str((container["Names"] or ["?"])[0]).lstrip("/")


def _put(
    found: dict[str, dict[int, Generation]],
    owner: Owner,
    *,
    subnet: IPv4Network | None = None,
    seen: Seen | None = None,
    called: str = "",
) -> None:
    mine = found.setdefault(owner.sandbox, {})
    before = mine.get(owner.generation, Generation(owner.generation))
    after = with_container(before, called, seen) if seen else before
    mine[owner.generation] = replace(after, subnet=subnet or before.subnet)


def _with_homes(
    found: Mapping[str, Mapping[int, Generation]], sandbox: str, record: Record | None
) -> dict[int, Generation]:
    """What carries the sandbox's own labels, and the spares that are its own by now."""
    homes = record.homes if record else {}
    looked = {number: found.get(home, {}) for number, home in homes.items()}
    mine = with_claimed(found.get(sandbox, {}), looked, homes)
    return {number: mine[number] for number in sorted(mine)}
