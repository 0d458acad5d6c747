"""The board: one line for each service, alive on a terminal, lines in a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandboxctl import clock
from sandboxctl.blueprint.load import Facts, load
from sandboxctl.cli import show
from sandboxctl.cli.progress import BEFORE, Progress, subject
from sandboxctl.engine import connect
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.lifecycle.execute import News
from sandboxctl.lifecycle.up import plan_up
from sandboxctl.sandbox.plan import Plan, Step
from tests.cli import WITH_DATABASE, at_terminal, blueprint, sandboxctl

BROKEN = """
import sys
from sandboxctl.cli.main import main
from sandboxctl.engine import connect, memory
connect.IN_MEMORY["den"] = memory.MemoryEngine(broken=frozenset({"web"}))
main(["-H", "memory", *sys.argv[1:]])
"""

SLOW = """
import sys, termios, time
from sandboxctl.cli.main import main
from sandboxctl.engine import connect, memory
class Slow(memory.MemoryEngine):
    def apply(self, sandbox, operation, note):
        note("at it")
        time.sleep(1)
        super().apply(sandbox, operation, note)
connect.IN_MEMORY["den"] = Slow()
try:
    main(["-H", "memory", "up", *sys.argv[1:]])
finally:
    print("echo is back:", bool(termios.tcgetattr(0)[3] & termios.ECHO))
"""


@pytest.fixture(autouse=True)
def _den(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    connect.IN_MEMORY.clear()
    yield
    connect.IN_MEMORY.clear()


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return blueprint(tmp_path / "page", WITH_DATABASE)


@pytest.fixture
def plan(folder: str) -> Plan:
    facts = Facts("den.localhost", "http", 8080, "page", "http://page.den.localhost:8080/")
    loaded = load(Path(folder) / "blueprint.yaml", facts=facts)
    return plan_up(MemoryEngine(), loaded, "page", now=clock.now()).plan


def steps_of(plan: Plan, name: str) -> list[Step]:
    return [step for step in plan.steps if subject(step) == name]


def test_thirty_steps_are_a_handful_of_lines(plan: Plan) -> None:
    progress = Progress()
    progress.expect(plan)
    assert list(progress.lines) == ["images", "network", "db", "web", "gateway"]
    assert progress.words(progress.lines["web"]) == "for images, network"
    assert {line.state for line in progress.lines.values()} == {"waiting"}


def test_a_line_goes_from_waiting_to_done_and_keeps_its_time(plan: Plan) -> None:
    progress, (start, wait) = Progress(), steps_of(plan, "web")
    progress.expect(plan)
    line = progress.lines["web"]
    assert line.seconds(99) is None
    progress.hear(News(start, "working"), 1.0)
    assert (line.state, line.seconds(3.0)) == ("working", 2.0)
    progress.hear(News(start, "done"), 2.0)
    progress.hear(News(wait, "working", "asked 4 times"), 2.5)
    assert progress.words(line).endswith("on port 8080): asked 4 times")
    progress.hear(News(wait, "done"), 4.0)
    assert (line.state, line.seconds(99.0), progress.words(line)) == ("done", 3.0, "")


def test_a_failure_stays_on_its_line_and_others_wait_for_it(plan: Plan) -> None:
    progress = Progress()
    progress.expect(plan)
    for step in plan.steps:
        if subject(step) in ("images", "network", "web"):
            progress.hear(News(step, "working"), 1.0)
            progress.hear(News(step, "done"), 2.0)
    start, _ = steps_of(plan, "db")
    progress.hear(News(start, "working"), 2.0)
    progress.hear(News(start, "failed", "no image\nits last words"), 3.0)
    assert progress.lines["db"].state == "FAILED"
    assert progress.words(progress.lines["db"]) == "no image"
    assert progress.words(progress.lines["gateway"]) == "for db"


def test_what_comes_before_the_plan_has_a_line_too() -> None:
    progress = Progress()
    progress.hear(News(None, "working", "building the gateway"), 1.0)
    line = progress.lines[BEFORE]
    assert (line.state, progress.words(line)) == ("working", "building the gateway")
    progress.finished(5.0)
    assert (line.state, line.seconds(9.0)) == ("done", 4.0)


def test_a_plan_made_anew_on_the_way_only_adds(plan: Plan) -> None:
    progress = Progress()
    progress.expect(Plan())
    start, wait = steps_of(plan, "web")
    progress.hear(News(start, "working"), 1.0)
    progress.hear(News(start, "done"), 2.0)
    assert progress.lines["web"].state == "done"
    progress.hear(News(wait, "working"), 2.0)
    assert progress.lines["web"].state == "working"


def test_on_a_terminal_lines_are_redrawn_and_the_cursor_comes_back(folder: str) -> None:
    screen = at_terminal("-H", "memory", "up", folder)
    assert screen.code == 0
    assert "\x1b[" in screen.text
    assert screen.text.count("\x1b[?25l") == screen.text.count("\x1b[?25h")
    for word in ("images", "network", "db", "web", "gateway", "done", "is ready"):
        assert word in screen.text


@pytest.mark.parametrize("way", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {}])
def test_who_cannot_use_colour_gets_none(folder: str, way: dict[str, str]) -> None:
    words = ["-H", "memory", "up", folder, *([] if way else ["--plain"])]
    screen = at_terminal(*words, environment=way)
    assert screen.code == 0
    assert "\x1b" not in screen.text
    assert "page: start web: done 0." in screen.text
    assert "\nurl: http://page.den.localhost:8080/\r\n" in screen.text


def test_a_failure_is_said_in_words_at_the_end(folder: str) -> None:
    screen = at_terminal("up", folder, script=BROKEN)
    assert screen.code == 1
    assert "FAILED" in screen.text
    last = screen.text.rpartition("\x1b[?25h")[2]
    assert "page: wait for web" in last
    assert "→ Take it out of `broken`." in last


def test_keys_do_not_tear_the_board_and_it_says_that_it_stops(folder: str) -> None:
    screen = at_terminal(folder, script=SLOW, typed={"at it": "x\r\ry\r\x03"})
    assert screen.code == 130
    drawn, _, after = screen.text.rpartition("\x1b[?25h")
    assert "Stopping. Once more to leave at once." in drawn
    assert "^C" not in screen.text
    assert "\r\n\r\n" not in drawn
    assert "Stopping" not in after
    assert "Stopped." in after
    assert "echo is back: True" in after


def test_echo_is_back_after_a_success(folder: str) -> None:
    screen = at_terminal(folder, script=SLOW)
    assert (screen.code, "echo is back: True" in screen.text) == (0, True)


def test_markup_in_a_title_is_text(tmp_path: Path) -> None:
    text = WITH_DATABASE.replace("name: page", 'name: page\ntitle: "[red]A[/x] page"')
    screen = at_terminal("-H", "memory", "up", blueprint(tmp_path / "odd", text))
    assert screen.code == 0
    assert "[red]A[/x] page" in screen.text


def test_in_a_pipe_each_step_is_a_line_with_its_time(folder: str) -> None:
    lines = sandboxctl("up", folder).stderr.splitlines()
    assert "page: open the gateway to generation 1: done 0.0 s" in lines
    assert all(": done " in line for line in lines[1:])


def test_ls_on_a_terminal_is_a_table(folder: str) -> None:
    script = BROKEN.replace('"web"', '"nothing"').replace(
        'main(["-H", "memory", *sys.argv[1:]])',
        'try:\n    main(["-H", "memory", "up", sys.argv[1]])\nexcept SystemExit:\n    pass\n'
        'main(["-H", "memory", "ls"])',
    )
    screen = at_terminal(folder, script=script)
    assert screen.code == 0, screen.text
    table = screen.text.rpartition("down page")[2]
    assert "sandbox" in table
    assert "2 of 2 run" in table


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        ("", "–"),
        (True, "yes"),
        (False, "no"),
        (1.25, "1.2"),
        (3, "3"),
        ("a\x1bb", r"a\x1bb"),
        (timedelta(hours=1, minutes=5), "1 h 5 min"),
        (-timedelta(minutes=5), "over since 5 min"),
    ],
)
def test_values_in_words(value: show.Value, words: str) -> None:
    assert show.words(value) == words


def test_dates_are_in_words() -> None:
    moment = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    assert show.words(moment) == f"{moment.astimezone():%A %-d %B %Y, %H:%M}"
    assert "March 2026" in show.words(moment)
