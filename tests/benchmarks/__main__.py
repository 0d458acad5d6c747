"""`make bench`: how fast, as ratios measured in one run. A benchmark, not a test.

Each row is the median of several rounds in which both sides took turns, so that what else the
machine does meets both alike.
"""

from __future__ import annotations

import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Network
from pathlib import Path

import yaml

from sandboxctl import clock
from sandboxctl.blueprint.load import Facts, load
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.change import Proposal, carry_out
from sandboxctl.lifecycle.down import plan_down
from sandboxctl.lifecycle.reset import plan_reset
from sandboxctl.lifecycle.up import plan_up
from sandboxctl.sandbox.den import Den, GatewaySettings
from tests.benchmarks import data, floor, isolation, loading, neighbour, reading, storm

ROUNDS, CONFINED = 7, 15
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


def timed(what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def row(name: str, ours: list[float], base: list[float], bar: float) -> None:
    """One line: the ratio of medians, both medians in ms, and the bar it has to stay under."""
    mine, its = statistics.median(ours), statistics.median(base)
    verdict = "ok" if mine / its < bar else "OVER"
    print(
        f"{name:<46}{mine / its:6.2f} x   bar {bar:4.2f} x   {verdict:<5}"
        f"({mine * 1000:7.0f} ms / {its * 1000:7.0f} ms, n={len(ours)})",
        flush=True,
    )


def start_up() -> None:
    """How long a command takes that does nothing, against Python doing nothing."""
    command = str(Path(sys.executable).with_name("sandboxctl"))
    bare: list[float] = []
    took: dict[str, list[float]] = {"--version": [], "--help": []}
    for _ in range(15):
        bare.append(timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)))
        for flag, times in took.items():
            times.append(
                timed(
                    lambda flag=flag: subprocess.run(  # type: ignore[misc]
                        [command, flag], check=True, stdout=subprocess.DEVNULL
                    )
                )
            )
    for flag, times in took.items():
        row(f"sandboxctl {flag} / python -c pass", times, bare, 10)


@contextmanager
def den() -> Iterator[DockerEngine]:
    """A den of its own, gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    part = 64 + secrets.randbelow(64)
    range_ = IPv4Network(f"10.{part}.{secrets.randbelow(16) * 16}.0/20")
    settings = Den(
        name=f"bench-{secrets.token_hex(3)}", range=range_, gateway=GatewaySettings(port=port)
    )
    engine = DockerEngine(settings, os.environ.get("DOCKER_HOST"))
    engine.enter(lambda note: print(f"  {note}", file=sys.stderr))
    try:
        yield engine
    finally:
        for name in engine.sandboxes():
            done(engine, plan_down(engine, name))
        engine.leave(lambda _: None)


def done(engine: DockerEngine, proposal: Proposal) -> None:
    failed = carry_out(engine, proposal, lambda _: None)
    if failed:
        raise SystemExit("; ".join(str(error) for error in failed.values()))


def three(folder: Path) -> Path:
    """The blueprint of three services, written."""
    (folder / "web").mkdir(exist_ok=True)
    (folder / "web" / "index.html").write_text("<!doctype html><title>three</title>")
    file = folder / "blueprint.yaml"
    file.write_text(yaml.safe_dump(THREE))
    return file


def cost_of_isolation(folder: Path) -> None:
    file = three(folder)
    with den() as engine:
        gate, name = engine.den.gateway, "three"
        facts = Facts(gate.domain, gate.scheme, gate.port, name, engine.den.url(name))
        loaded = load(file, facts=facts)

        def up() -> None:
            with engine.lock(name):
                done(engine, plan_up(engine, loaded, name, now=clock.now()))

        def down() -> None:
            with engine.lock(name):
                done(engine, plan_down(engine, name))

        up()  # prepared: images and baseline are there from now on
        down()
        confined, opened = [], []
        for _ in range(CONFINED):
            confined.append(timed(up))
            down()
            with isolation.without(engine):
                opened.append(timed(up))
                if not isolation.is_open(engine, name):
                    raise SystemExit("both sides are the same")
                down()
        row("up, 3 services / the same without isolation", confined, opened, 1.15)


def on_an_engine(folder: Path) -> None:
    file = three(folder)
    with den() as engine:
        gate = engine.den.gateway
        facts = Facts(gate.domain, gate.scheme, gate.port, "three", engine.den.url("three"))
        loaded = load(file, facts=facts)

        def up() -> None:
            with engine.lock("three"):
                done(engine, plan_up(engine, loaded, "three", now=clock.now()))

        def down() -> None:
            with engine.lock("three"):
                done(engine, plan_down(engine, "three"))

        def reset() -> None:
            with engine.lock("three"):
                done(engine, plan_reset(engine, "three"))

        up()  # prepared: images and baseline are there from now on
        wanted = plan_up(engine, loaded, "other", now=clock.now()).wanted
        assert wanted is not None
        down()
        ups, downs, floors, floor_downs, resets = [], [], [], [], []
        for _ in range(ROUNDS):
            made: dict[str, str] = {}
            floors.append(timed(lambda made=made: made.update(floor.up(engine, wanted))))  # type: ignore[misc]
            floor_downs.append(timed(lambda made=made: floor.down(engine, made)))  # type: ignore[misc]
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
        row("up, 3 services, to all ready / floor", ups, floors, 1.5)
        row("down / floor", downs, floor_downs, 1.5)
        row("down --all, gateway and state too / floor", alls, floor_alls, 1.5)
        both = [one + other for one, other in zip(floors, floor_downs, strict=True)]
        row("reset, old one gone too / floor up + down", resets, both, 1.5)


def into_a_database(folder: Path) -> None:
    file = folder / "blueprint.yaml"
    file.write_text(yaml.safe_dump(loading.BLUEPRINT))
    with den() as engine:
        gate, name = engine.den.gateway, "loading"
        facts = Facts(gate.domain, gate.scheme, gate.port, name, engine.den.url(name))
        asked = load(file, facts=facts)
        with engine.lock(name):
            done(engine, plan_up(engine, asked, name, now=clock.now()))
        loading.load(engine, name)


def main(parts: list[str]) -> None:
    """All of it, or the parts that are named."""
    with tempfile.TemporaryDirectory() as folder:
        if "engine" in parts:
            start_up()
            on_an_engine(Path(folder))
        if "isolation" in parts:
            cost_of_isolation(Path(folder))
        if "neighbour" in parts:
            neighbour.main()
        if "reading" in parts:
            reading.main()
        if "data" in parts:
            data.main()
            into_a_database(Path(folder))
        if "storm" in parts:  # for as long as it takes: only where it is asked for
            with den() as engine:
                storm.measure(engine, Path(folder) / "idle")


PARTS = ["engine", "isolation", "neighbour", "reading", "data"]

if __name__ == "__main__":
    main(sys.argv[1:] or PARTS)
