"""The prototype that is reset: a page that reads a filled table, a database, and a cache."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import yaml

from sandboxctl import clock
from sandboxctl.blueprint.load import Facts, Loaded, load
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.change import Proposal, carry_out
from sandboxctl.lifecycle.down import plan_down, plan_leftovers
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.spares import plan_without_spares
from sandboxctl.lifecycle.up import plan_up
from sandboxctl.sandbox.den import Den, GatewaySettings

PAGE = '''"""`/` reads one home by its key, `/all` reads every page of the table."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg

ASKED = {
    "/": "select uprn, at from homes order by uprn limit 1",
    "/all": "select count(*), sum(length(at)) from homes",
}


class Homes(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/health":
            return self._answer(200, "ok")
        try:
            with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3) as database:
                found = database.execute(ASKED.get(self.path, ASKED["/"])).fetchone()
        except psycopg.Error as why:
            return self._answer(503, str(why))
        return self._answer(200, repr(found))

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


ThreadingHTTPServer(("0.0.0.0", 8000), Homes).serve_forever()
'''
PINS = "psycopg==3.3.9\npsycopg-binary==3.3.9\ntyping-extensions==4.16.0\n"


def document(rows: int, name: str = "homes", memory: str = "512m") -> dict[str, Any]:
    """Three services, one of them filled with ``rows`` rows."""
    return {
        "blueprint": 1,
        "name": name,
        "opens": "web",
        "services": {
            "web": {
                "source": "./web",
                "runtime": "python",
                "command": ["python", "app.py"],
                "environment": {"DATABASE_URL": "postgresql://homes@db/homes"},
                "expose": [8000],
                "healthcheck": {"http": "/health"},
                "depends_on": ["db", "cache"],
                "mem_limit": "128m",
                "stop_grace_period": "1s",
            },
            "cache": {"template": "redis"},
            "db": {
                "template": "postgres",
                "with": {"database": "homes", "user": "homes"},
                "fill": ["homes"],
                "mem_limit": memory,
                "cpus": 2,
                "storage_opt": {"size": "8g"},
            },
        },
        "data": {
            "seed": 7,
            "tables": {
                "homes": {
                    "rows": rows,
                    "columns": {
                        "uprn": {"kind": "uprn", "unique": True},
                        "at": {"kind": "address"},
                        "bedrooms": {"kind": "choice", "of": {1: 0.2, 2: 0.4, 3: 0.4}},
                    },
                }
            },
        },
    }


def grown(services: int) -> dict[str, Any]:
    """The same with so many services: more caches, or fewer."""
    made = document(10_000, f"grown-{services}")
    cache = made["services"].pop("cache")
    db, web = made["services"]["db"], made["services"]["web"]
    if services == 1:
        page = {"source": "./page", "runtime": "static"}
        return {**made, "services": {"web": page}, "data": None}
    names = [f"cache{n}" for n in range(1, services - 1)]
    return {
        **made,
        "services": {
            "web": {**web, "depends_on": ["db", *names]},
            "db": db,
            **{name: dict(cache) for name in names},
        },
    }


def written(folder: Path, made: dict[str, Any]) -> Path:
    for part in ("web", "page"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "web" / "app.py").write_text(PAGE)
    (folder / "web" / "requirements.txt").write_text(PINS)
    (folder / "page" / "index.html").write_text("<!doctype html><title>page</title>")
    file = folder / "blueprint.yaml"
    kept = {key: value for key, value in made.items() if value is not None}
    file.write_text(yaml.safe_dump(kept))
    return file


@contextlib.contextmanager
def den(**settings: Any) -> Iterator[DockerEngine]:
    """A den of its own with room for a hundred sandboxes, gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    range_ = IPv4Network(f"10.{64 + secrets.randbelow(64)}.{secrets.randbelow(16) * 16}.0/20")
    chosen = Den(
        name=f"bench-{secrets.token_hex(3)}",
        range=range_,
        gateway=GatewaySettings(port=port),
        **settings,
    )
    engine = DockerEngine(chosen, os.environ.get("DOCKER_HOST"))
    engine.enter(lambda _: None)
    try:
        yield engine
    finally:
        for name in engine.sandboxes():
            down(engine, name)
        left = plan_without_spares(engine) + plan_leftovers(engine)
        execute(left, engine, tell=lambda _: None)
        engine.leave(lambda _: None)
        engine.close()


def loaded(engine: DockerEngine, file: Path, name: str) -> Loaded:
    gate = engine.den.gateway
    return load(file, facts=Facts(gate.domain, gate.scheme, gate.port, name, engine.den.url(name)))


def up(engine: DockerEngine, asked: Loaded, name: str) -> Proposal:
    with engine.lock(name):
        proposal = plan_up(engine, asked, name, now=clock.now())
        done(engine, proposal)
    return proposal


def down(engine: DockerEngine, name: str) -> None:
    with engine.lock(name):
        done(engine, plan_down(engine, name))


def done(engine: DockerEngine, proposal: Proposal) -> None:
    """Carried out; a benchmark of what failed would be none."""
    failed = carry_out(engine, proposal, lambda _: None)
    if failed:
        raise SystemExit("; ".join(f"{error}" for error in failed.values()))
