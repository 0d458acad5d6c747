"""Up, down and reset of three small services, against the floor."""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml

from sandboxctl import clock
from sandboxctl.lifecycle.down import plan_down
from sandboxctl.lifecycle.reset import plan_reset
from sandboxctl.lifecycle.up import plan_up
from tests.benchmarks import floor, frame, prototype
from tests.benchmarks.frame import timed

ROUNDS = 7
THREE = {
    "blueprint": 1,
    "name": "three",
    "opens": "web",
    "services": {
        "web": {
            "source": "./web",
            "runtime": "static",
            "depends_on": ["db"],
        },
        "cache": {"template": "redis"},
        "db": {"template": "postgres", "fill": ["homes"]},
    },
    "data": {
        "tables": {
            "homes": {
                "rows": 2000,
                "columns": {"uprn": {"kind": "uprn", "unique": True}, "at": {"kind": "address"}},
            }
        }
    },
}


def three(folder: Path) -> Path:
    """The blueprint of three services, written."""
    (folder / "web").mkdir(exist_ok=True)
    (folder / "web" / "index.html").write_text("<!doctype html><title>three</title>")
    file = folder / "blueprint.yaml"
    file.write_text(yaml.safe_dump(THREE))
    return file


def measure() -> None:
    """Nothing is kept for undo here: the floor keeps nothing either."""
    with tempfile.TemporaryDirectory() as folder, prototype.den(undo=0) as engine:
        loaded = prototype.loaded(engine, three(Path(folder)), "three")

        def up() -> None:
            prototype.up(engine, loaded, "three")

        def down() -> None:
            with engine.lock("three"):
                prototype.done(engine, plan_down(engine, "three"))

        def reset() -> None:
            with engine.lock("three"):
                prototype.done(engine, plan_reset(engine, "three", spared=False))

        up()  # prepared: images and baseline are there from now on
        wanted = plan_up(engine, loaded, "other", now=clock.now()).wanted
        assert wanted is not None
        down()
        ups, downs, floors, floor_downs, resets = [], [], [], [], []
        for _ in range(ROUNDS):
            made: list[floor.Made] = []
            floors.append(timed(lambda made=made: made.append(floor.up(engine, wanted))))  # type: ignore[misc]
            floor_downs.append(timed(lambda made=made: floor.down(engine, made[0])))  # type: ignore[misc]
            ups.append(timed(up))
            resets.append(timed(reset))
            downs.append(timed(down))
        alls, floor_alls = [], []
        for _ in range(ROUNDS):
            floor.up(engine, wanted)
            floor_alls.append(timed(lambda: floor.everything(engine)))
            engine.close()
            engine.enter(lambda _: None)
            up()
            alls.append(timed(down) + timed(lambda: engine.leave(lambda _: None)))
            engine.enter(lambda _: None)
    frame.row("up, 3 services, to all ready / floor", ups, floors, 1.5)
    frame.row("down / floor", downs, floor_downs, 1.5)
    frame.row("down --all, gateway and state too / floor", alls, floor_alls, 1.5)
    both = [one + other for one, other in zip(floors, floor_downs, strict=True)]
    frame.row("reset, old one gone too / floor up + down", resets, both, 1.5)
