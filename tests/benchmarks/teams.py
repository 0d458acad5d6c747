"""Thirty teams of three services with data: all ready, read through, and closed; and the floor of
the same containers by raw calls, in turns. What each team adds on disk is what the engine's file
system says: the engine itself counts shared blocks as if each were its own.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sandboxctl import clock
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.many import WORKERS, carry_out_all
from sandboxctl.lifecycle.workshops import belongings, closing, kept
from sandboxctl.lifecycle.workshops.opening import plan_open
from sandboxctl.sandbox.wanted import Wanted
from sandboxctl.workshop.asked import of_blueprint
from tests import dens
from tests.benchmarks import floor, frame, machine, prototype

TEAMS, ROUNDS = 30, 3
ROWS = 500_000
GROWTH = (1, 2, 5, 10, 15, 20, 25, 30)
SERVICES = (1, 2, 3, 4, 6, 8, 10, 12)
NAME = "bench"


def measure() -> None:
    with _prepared(prototype.document(ROWS, memory="256m")) as (engine, file, wanted):
        root = machine.root(engine)
        ups, downs, floors, floor_downs = [], [], [], []
        extra: list[float] = []
        for _ in range(ROUNDS):
            up, down = _floor(engine, wanted, TEAMS)
            floors.append(up)
            floor_downs.append(down)
            before = machine.used(root)
            ups.append(frame.timed(lambda: opened(engine, file, TEAMS)))
            _read_everything(engine)
            extra.append((machine.used(root) - before) / TEAMS / 1e6)
            downs.append(frame.timed(lambda: closed(engine)))
        left = [one for one in dens.leftovers(engine._api, engine.den) if not _of_the_den(one)]
    frame.row(f"{TEAMS} teams of 3 services, to all ready / floor", ups, floors, 1.2)
    frame.row(f"{TEAMS} teams closed / floor", downs, floor_downs, 1.2)
    frame.count("objects left of them", len(left), n=TEAMS * 4)
    twenty = [20.0] * len(extra)
    frame.row(
        "disk that a team adds once it has read everything / 20 MB", extra, twenty, 1, unit="MB"
    )


def growth(counts: Sequence[int] = GROWTH) -> None:
    """Seconds until all are ready, and until all are gone, for more and more teams."""
    with _prepared(prototype.document(ROWS, memory="256m")) as (engine, file, wanted):
        for count in counts:
            if frame.known("teams", count):
                continue
            floor_up, floor_down = _floor(engine, wanted, count)
            up = frame.timed(lambda count=count: opened(engine, file, count))  # type: ignore[misc]
            down = frame.timed(lambda: closed(engine))
            took = {"ready": up, "floor": floor_up, "closed": down, "floor gone": floor_down}
            frame.point("teams", count, took, unit="s", axis="teams of three services")


def services(counts: Sequence[int] = SERVICES) -> None:
    """The same for one team whose blueprint has more and more services."""
    from tests.benchmarks import resets

    for count in counts:
        if frame.known("services", count):
            continue
        with tempfile.TemporaryDirectory() as folder, prototype.den() as engine:
            file = prototype.written(Path(folder), prototype.grown(count))
            wanted = prototype.up(engine, prototype.loaded(engine, file, "homes"), "homes").wanted
            assert wanted is not None
            ours, base, _ = resets.sides(engine, wanted, 3)
        middle = {"reset": sorted(ours)[1], "floor": sorted(base)[1]}
        frame.point("services", count, middle, unit="s", axis="services of the blueprint")


def opened(engine: DockerEngine, file: Path, count: int) -> None:
    """What `workshop up` does; the plan is in the time."""
    asked = of_blueprint(file, NAME, count, values={}, spares=0)
    found = plan_open(engine, asked, now=clock.now(), physics=False)
    failed = carry_out_all(engine, found.proposals, lambda _: None)
    if failed:
        raise SystemExit("; ".join(map(str, failed.values())))
    kept.write(engine, found.workshop)


def closed(engine: DockerEngine) -> None:
    """What `workshop close` does to the engine. The baseline stays, for the next round."""
    workshop = closing.begin(engine, kept.known(engine, NAME), now=clock.now())
    whole = closing.count(engine)
    mine = replace(belongings.of(engine, workshop, whole), images=())
    begun = closing.Begun(workshop, mine, closing.look(engine, mine, whole=whole))
    plan = closing.plan_close(engine, begun)
    failed = execute(plan, engine, tell=lambda _: None, workers=WORKERS)
    if failed:
        raise SystemExit("; ".join(map(str, failed.values())))
    kept.forget(engine, NAME)


def _floor(engine: DockerEngine, wanted: Wanted, count: int) -> tuple[float, float]:
    made: list[floor.Made] = []
    up = frame.timed(lambda: made.extend(floor.many_up(engine, wanted, count)))
    return up, frame.timed(lambda: floor.many_down(engine, made))


def _of_the_den(thing: str) -> bool:
    """Its gateway and the door, the edge network, its state: they stay until the den goes."""
    return thing.endswith(("-gateway", "-door", "-edge", "-state"))


def _read_everything(engine: DockerEngine) -> None:
    for name in engine.sandboxes():
        answer = engine.fetch(name, "/all")
        if answer.status != 200:
            raise SystemExit(f"{name} does not read its table: {answer.output!r}")


@contextlib.contextmanager
def _prepared(document: dict[str, object]) -> Iterator[tuple[DockerEngine, Path, Wanted]]:
    """A den in which the images and the baseline of the blueprint are there already."""
    with tempfile.TemporaryDirectory() as folder, prototype.den() as engine:
        file = prototype.written(Path(folder), document)
        first = prototype.up(engine, prototype.loaded(engine, file, "first"), "first")
        prototype.down(engine, "first")
        assert first.wanted is not None
        yield engine, file, first.wanted
