"""The console under a room's load: thirty teams' pages and two walls that ask once a second, while
a team presses reset every other second; and what a browser sees of it.

The console is the command `sandboxctl serve`, as somebody starts it, on a den of thirty teams with
spares on a real engine. Clients are of this machine, over loopback. CONSOLE_SECONDS is how long.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from sandboxctl import clock
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.many import carry_out_all
from sandboxctl.lifecycle.spares import make_one
from sandboxctl.lifecycle.workshops import kept
from sandboxctl.lifecycle.workshops.opening import plan_open
from sandboxctl.workshop.asked import of_blueprint
from tests import dens, load
from tests.benchmarks import frame, prototype, spares

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEAMS, WALLS, SPARES = 30, 2, 4
NAME = "bench"
SECONDS = float(os.environ.get("CONSOLE_SECONDS", "300"))
RESET_EVERY = 2.0
PAGE, REGION = 10, 1.0
"""Every tenth time the whole page is loaded; a page asks for what is live once a second."""
P95, FIRST, PAINT, NEWS, MEMORY = 0.200, 0.150, 0.500, 2.0, 150.0
IDLE = 5.0
"""Seconds after which a connection is not used again: the console may have closed it."""
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
LIVE = re.compile(r'data-live="([^"]*)"')


@dataclass
class Visitor:
    """A browser's connection, with the cookie it got. ``took`` is told of each page, in seconds."""

    url: str
    took: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    _cookie: str = ""
    _line: http.client.HTTPConnection | None = None
    _last: float = 0.0

    def get(self, path: str, **headers: str) -> tuple[int, str, str]:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Where it leads."""
        told = {"Origin": self.url, "Content-Type": "application/x-www-form-urlencoded"}
        status, text, onward = self._ask("POST", path, urlencode(fields), told)
        if status != 303:
            raise SystemExit(f"{path} answers {status}: {text[:300]}")
        return urlsplit(onward).path

    def enter(self, link: str) -> None:
        path = urlsplit(link).path
        _, text, _ = self.get(path)
        to = re.search(r'<form[^>]* action="([^"]+)"', text)
        assert to, text
        self.post(to[1], self.fields(text))

    def fields(self, text: str) -> dict[str, str]:
        return {unescape(name): unescape(value) for name, value in HIDDEN.findall(text)}

    def look_on(self, path: str, until: float) -> None:
        """As a tab does it that is left open: a page, and what is live on it."""
        turn, tag, live = 0, "", ""
        while time.monotonic() < until:
            begun = time.perf_counter()
            try:
                if turn % PAGE == 0:
                    status, text, _ = self.get(path)
                    found = LIVE.search(text)
                    live, tag = (found[1] if found else path), ""
                else:
                    status, _, tag = self.get(live, **({"If-None-Match": tag} if tag else {}))
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(repr(error))
                self._line = None
            else:
                self.took.append(time.perf_counter() - begun)
                if status not in (200, 304):
                    self.failed.append(f"{path}: {status}")
            turn += 1
            time.sleep(max(0.0, REGION - (time.perf_counter() - begun)))

    def _ask(
        self, how: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, str, str]:
        if self._line is None or time.monotonic() - self._last > IDLE:
            where = urlsplit(self.url)
            assert where.hostname
            self._line = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
        told = {**headers, **({"Cookie": self._cookie} if self._cookie else {})}
        self._last = time.monotonic()
        self._line.request(how, path, body, told)
        answer = self._line.getresponse()
        text = answer.read().decode()
        if cookie := answer.headers.get("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        onward = answer.headers.get("Location") or answer.headers.get("ETag") or ""
        return answer.status, text, onward


def measure() -> None:
    with tempfile.TemporaryDirectory() as folder, prototype.den() as engine:
        keys = _opened(engine, load.written(Path(folder) / "steady"))
        with _serving(engine, Path(folder)) as (running, told):
            teams = {}
            for name, key in keys.items():
                teams[name] = Visitor(told["console"])
                teams[name].enter(f"{told['console']}/team/{name}/enter/{key}")
            wall = Visitor(told["console"])
            wall.enter(told["facilitator"])
            _answers(engine, teams)
            _browser(told["console"], wall, teams)
            _room(running.pid, teams, wall)


def _opened(engine: DockerEngine, file: Path) -> dict[str, str]:
    """The keys of thirty teams, which have spares."""
    asked = of_blueprint(file / "blueprint.yaml", NAME, TEAMS, values={}, spares=SPARES)
    found = plan_open(engine, asked, now=clock.now(), physics=False)
    failed = carry_out_all(engine, found.proposals, lambda _: None)
    if failed:
        raise SystemExit("; ".join(map(str, failed.values())))
    kept.write(engine, found.workshop)
    records = engine.records()
    digest = next(iter(records.values())).recipe
    for _ in range(SPARES):
        make_one(engine, digest, now=clock.now(), tell=lambda _: None)
    return {name: one.key for name, one in records.items()}


@contextmanager
def _serving(
    engine: DockerEngine, folder: Path
) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    command = spares.Command(engine, folder)
    words = [*command.words, "--json", "serve", "--port", str(dens.free_port())]
    with subprocess.Popen(
        words, env=command.environment, stdout=subprocess.PIPE, stderr=sys.stderr, text=True
    ) as running:
        try:
            assert running.stdout
            told = ""
            while not told.rstrip().endswith("}"):
                line = running.stdout.readline()
                if not line:
                    raise SystemExit(f"serve ended, and said {told!r}")
                told += line
            yield running, json.loads(told)
        finally:
            running.terminate()
            running.wait(timeout=60)


def _answers(engine: DockerEngine, teams: dict[str, Visitor]) -> None:
    """From the last click to the first answer of the new generation, from a spare."""
    took = []
    for name, visitor in list(teams.items())[:10]:
        _until(lambda: any(one.ready for one in engine.spares().values()), "a spare stands ready")
        time.sleep(2)  # it is seen by the console, and nothing else is made
        asked = datetime.now().astimezone()
        address = _pressed(visitor, name)
        job = _done(visitor, address)
        begun = datetime.fromisoformat(job["began"])
        if not job["spare"]:
            continue
        took.append((begun - asked).total_seconds() + float(job["answered"]))
    bar = [FIRST] * len(took)
    frame.row("last click to the first answer, from a spare / 150 ms", took, bar, 1)


def _done(visitor: Visitor, address: str) -> dict[str, str]:
    """The record of a job, once it is done."""
    _until(lambda: _record(visitor, address)["state"] == "done", "it is over")
    return _record(visitor, address)


def _pressed(visitor: Visitor, name: str) -> str:
    check = f"/team/{name}/check/start"
    _, text, _ = visitor.get(check)
    return visitor.post(check, visitor.fields(text))


def _record(visitor: Visitor, address: str) -> dict[str, str]:
    _, text, _ = visitor.get(f"{address}/record")
    found: dict[str, str] = json.loads(text)
    return found


def _painted(page: Page) -> float:
    """Seconds from asking for a page to its first paint."""
    paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    while not (found := float(page.evaluate(paint))):  # its policy lets no page wait for itself
        time.sleep(0.01)
    return found / 1000


def _browser(url: str, wall: Visitor, teams: dict[str, Visitor]) -> None:
    """The first paint of a wall of thirty teams, and how old a hand is when it is seen."""
    from playwright.sync_api import sync_playwright

    painted, seen = [], []
    cookie, _, value = wall._cookie.partition("=")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        context = browser.new_context(viewport={"width": 1920, "height": 1080})
        context.add_cookies([{"name": cookie, "value": value, "url": url}])
        for _ in range(7):
            page = context.new_page()
            page.goto(f"{url}/wall/{NAME}")
            painted.append(_painted(page))
            page.close()
        page = context.new_page()
        page.goto(f"{url}/wall/{NAME}")
        raised = page.get_by_role("region", name="All teams").get_by_text("Waits for help")
        for name, visitor in list(teams.items())[:7]:
            before = raised.count()
            _, text, _ = visitor.get(f"/team/{name}/wrong")
            begun = time.perf_counter()
            visitor.post(f"/team/{name}/hand", {**visitor.fields(text), "hand": "up"})
            raised.nth(before).wait_for()
            seen.append(time.perf_counter() - begun)
        browser.close()
    frame.row("first paint of a wall of 30 teams / 500 ms", painted, [PAINT] * len(painted), 1)
    frame.row("from an event to the wall / 2 s", seen, [NEWS] * len(seen), 1)


def _room(pid: int, teams: dict[str, Visitor], wall: Visitor) -> None:
    end = time.monotonic() + SECONDS
    others = [Visitor(wall.url, _cookie=wall._cookie) for _ in range(WALLS)]
    looking = [Visitor(one.url, _cookie=one._cookie) for one in teams.values()]
    memory: list[float] = []
    resets: list[str] = []
    over = threading.Event()
    with ThreadPoolExecutor(TEAMS + WALLS + 2) as pool:
        tabs = [
            *(
                pool.submit(one.look_on, f"/team/{name}", end)
                for name, one in zip(teams, looking, strict=True)
            ),
            *(pool.submit(one.look_on, f"/wall/{NAME}", end) for one in others),
        ]
        sampled = pool.submit(_sampled, pid, memory, over)
        names, turn = list(teams), 0
        while time.monotonic() < end:
            begun = time.monotonic()
            name = names[turn % len(names)]
            resets.append(_pressed(teams[name], name))
            turn += 1
            time.sleep(max(0.0, RESET_EVERY - (time.monotonic() - begun)))
        for tab in tabs:
            tab.result()
        over.set()
        sampled.result()
    time.sleep(5)
    states = [
        _record(teams[address.split("/")[2]], address)["state"] for address in dict.fromkeys(resets)
    ]
    took = [one for visitor in (*looking, *others) for one in visitor.took]
    failed = [one for visitor in (*looking, *others) for one in visitor.failed]
    for one in sorted(set(failed))[:5]:
        print(f"  {failed.count(one)} times {one}", flush=True)
    p95 = statistics.quantiles(took, n=20)[-1]
    label = f"p95 of {len(took):,} pages, {len(states)} resets in {SECONDS:g} s / 200 ms"
    frame.row(label, [p95], [P95], 1, key="console-p95")
    frame.count("pages that failed", len(failed), n=len(took))
    frame.count("resets that were not done", len([s for s in states if s != "done"]), n=len(states))
    frame.row(
        "most memory of the console / 150 MB",
        [max(memory)],
        [MEMORY],
        1,
        key="console-memory",
        unit="MB",
    )
    fifth = max(1, len(memory) // 5)
    frame.row(
        "memory at the end / after a fifth of the time",
        [statistics.median(memory[-fifth:])],
        [statistics.median(memory[fifth : 2 * fifth])],
        1.1,
        key="console-memory-flat",
        unit="MB",
    )


def _sampled(pid: int, memory: list[float], over: threading.Event) -> None:
    """Megabytes that it holds, with what it has started."""
    while not over.wait(2):
        memory.append(sum(_resident(one) for one in (pid, *_children(pid))) / 1e6)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found]


def _resident(pid: int) -> int:
    try:
        said = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+) kB", said)
    return int(found[1]) * 1024 if found else 0


def _until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 60
    while not true():
        if time.monotonic() > end:
            raise SystemExit(f"not within a minute: {what}")
        time.sleep(0.02)
