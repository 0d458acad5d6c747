"""What a picture of a sandbox tells: the same facts for the drawing and for whoever reads it as
text. From a recipe, as `plan` has it; nothing is looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sandboxctl.sandbox.recipe import Baseline, Container, Recipe, WayOut
from sandboxctl.sandbox.state import Seen
from sandboxctl.sandbox.wanted import in_order

SIGNS = {"running": "✓", "paused": "‖", "gone": "✗", "exited": "✗", "dead": "✗"}
"""Before a state's word, which says it alone, too."""
OTHER_SIGN = "…"


@dataclass(frozen=True, slots=True)
class Box:
    """One service. ``opens`` paths of the sandbox's address, by its own port; ``public`` the port
    of an address of its own, 0 for none; ``needs`` services it waits for, and ``asks`` the proxy
    that it goes out by; ``tables`` it is filled with; ``state`` a word, empty where none was asked
    for."""

    name: str
    opens: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    public: int = 0
    needs: tuple[str, ...] = ()
    asks: str = ""
    keeps: bool = False
    tables: tuple[str, ...] = ()
    state: str = ""
    why: str = ""

    @property
    def sign(self) -> str:
        return SIGNS.get(self.state, OTHER_SIGN)

    @property
    def facts(self) -> Iterator[str]:
        """Each in a few words."""
        if self.state:
            yield f"{self.sign} {self.state}"
        for port, paths in self.opens.items():
            yield f"opens {', '.join(paths)} on port {port}"
        if self.public:
            yield f"own address, port {self.public}"
        if self.tables:
            yield f"filled: {', '.join(self.tables)}"
        elif self.keeps:
            yield "keeps data"


@dataclass(frozen=True, slots=True)
class Pictured:
    """``boxes`` so that each comes before those it needs; ``out`` what a proxy lets through, and
    ``proxy`` its name."""

    title: str
    boxes: tuple[Box, ...]
    out: tuple[WayOut, ...] = ()
    proxy: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(f"{way.host}:{way.port}" for way in self.out))


def pictured(
    recipe: Recipe, baseline: Baseline | None = None, live: Sequence[Seen] | None = None
) -> Pictured:
    """``baseline`` has the tables that are filled; ``live`` what runs now, None: not asked for."""
    proxy = next((one for one in recipe.containers.values() if one.ways_out), None)
    out = tuple(sorted(proxy.ways_out, key=lambda way: way.sorting)) if proxy else ()
    askers = {way.service for way in out}
    seen = None if live is None else {one.service: one for one in live}
    order = [recipe.containers[name] for name in reversed(in_order(recipe.containers))]
    order.sort(key=lambda one: one is proxy)  # whoever goes out asks it
    boxes = tuple(
        _box(one, recipe, baseline, seen, proxy.name if proxy and one.name in askers else "")
        for one in order
    )
    return Pictured(recipe.title or recipe.blueprint, boxes, out, proxy.name if proxy else "")


def _box(
    one: Container,
    recipe: Recipe,
    baseline: Baseline | None,
    live: Mapping[str, Seen] | None,
    asks: str,
) -> Box:
    opens: dict[int, tuple[str, ...]] = {}
    for path, way in recipe.opens.items():
        if way.service == one.name:
            opens[way.port] = (*opens.get(way.port, ()), path)
    fills = baseline.fill if baseline else ()
    there = live.get(one.name) if live is not None else None
    return Box(
        name=one.name,
        opens=opens,
        public=one.public,
        needs=tuple(n for n in one.depends_on if n in recipe.containers and n != asks),
        asks=asks,
        keeps=one.stateful,
        tables=tuple(load.table for load in fills if load.table and load.service == one.name),
        state="" if live is None else there.condition if there else "gone",
        why=there.why if there else "",
    )


def text(facts: Pictured) -> str:
    """The picture in sentences, a fact on each line, in the order in which it is looked at."""
    return "\n".join(_lines(facts))


def _lines(facts: Pictured) -> Iterator[str]:
    yield f"{plain(facts.title)}: {_count(len(facts.boxes), 'service')} on one closed network."
    yield "People reach the gateway with a browser."
    for box in facts.boxes:
        name = plain(box.name)
        for port, paths in box.opens.items():
            yield f"The gateway leads {plain(', '.join(paths))} to {name}, port {port}."
        if box.public:
            yield f"The gateway leads an address of its own to {name}, port {box.public}."
    for box in facts.boxes:
        yield from _told(box)
    for way in facts.out:
        yield f"Way out: {plain(way.service)} to {plain(way.host)}, port {way.port}, by a proxy."
    if not facts.out:
        yield "There is no way out of the network."


def _told(box: Box) -> Iterator[str]:
    name = plain(box.name)
    if box.state:
        why = f", {plain(box.why)}" if box.why else ""
        yield f"{name} now: {box.state}{why}."
    yield f"{name} waits for {', '.join(map(plain, box.needs)) or 'nobody'}."
    if box.keeps:
        yield f"{name} keeps data."
    if box.tables:
        yield f"{name} is filled with synthetic data: {', '.join(map(plain, box.tables))}."


def plain(told: str) -> str:
    """On one line whatever a supplier wrote, without what no XML may hold or what turns the order
    of letters around."""
    return "".join(c if c.isprintable() else "�" for c in told)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
