"""Pages and work are two processes: what the first can reach, and who outlives whom."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest

from sandboxctl.console import fence, line
from sandboxctl.console.far import Far
from sandboxctl.console.line import LONGEST, Lines, answer
from sandboxctl.console.questions import Questions
from sandboxctl.console.serving import Serving, Where
from sandboxctl.console.wish import Wish
from sandboxctl.errors import EngineError, SandboxError
from tests import pipeline
from tests.cli import WITH_DATABASE, blueprint
from tests.console.rig import TEAM, Rig, until
from tests.test_cli_serve import answer as page
from tests.test_cli_serve import first, free, served

fenced = pytest.mark.skipif(
    not fence.is_known(),
    reason="the filter names calls by their numbers, known for Linux on x86-64 and arm64; "
    "elsewhere there is none, and docs/console.md says so",
)
REACHES = """
import socket, subprocess, sys
from sandboxctl.console import fence
kind, where = sys.argv[1], sys.argv[2]
family = getattr(socket, kind)
to = where if kind == "AF_UNIX" else ("127.0.0.1", int(where))
def reaches():
    try:
        with socket.socket(family) as one:
            one.connect(to)
    except PermissionError:
        return "refused"
    return "reached"
told = [reaches(), str(fence.close()), reaches()]
below = "import socket, sys; socket.socket(socket.%s).connect(%r)" % (kind, to)
told.append(str(subprocess.run([sys.executable, "-c", below], capture_output=True).returncode))
print(*told)
"""


@fenced
@pytest.mark.parametrize("kind", ["AF_UNIX", "AF_INET"])
def test_behind_the_fence_nothing_can_be_connected_to(tmp_path: Path, kind: str) -> None:
    with socket.socket(getattr(socket, kind)) as door:
        where = str(tmp_path / "engine.sock")
        door.bind(where if kind == "AF_UNIX" else ("127.0.0.1", 0))
        door.listen()
        where = where if kind == "AF_UNIX" else str(door.getsockname()[1])
        told = subprocess.run(
            [sys.executable, "-c", REACHES, kind, where], text=True, capture_output=True, check=True
        )
    assert told.stdout.split() == ["reached", "True", "refused", "1"], told


CALLS = """
import ctypes, errno, os
from sandboxctl.console import fence
call = ctypes.CDLL(None, use_errno=True).syscall
def told(number):
    failed = call(number, -1, 0, 0, 0, 0, 0) == -1
    return errno.errorcode.get(ctypes.get_errno()) if failed else "done"
numbers = fence.CALLS[os.uname().machine][1]
assert fence.close()
print(*sorted({told(number) for number in numbers.values()}))
print(told(numbers["connect"] + 0x40000000), os.getpid() > 0)
"""


@fenced
def test_the_ways_around_the_fence_are_closed_as_well() -> None:
    told = subprocess.run([sys.executable, "-c", CALLS], text=True, capture_output=True, check=True)
    assert told.stdout.split() == ["EPERM", "EPERM", "True"], told


@pytest.fixture
def serving(rig: Rig) -> Iterator[Serving]:
    rig.up()
    found = Serving(rig.engine.den, lambda: rig.engine, Where(port=free()))
    found.begin()
    yield found
    found.end()


def test_who_shows_pages_has_no_engine(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///var/run/docker.sock")
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    serving = Serving(rig.engine.den, lambda: rig.engine, Where(port=free()))
    serving.begin()
    try:
        place = Path(f"/proc/{serving.pages.pid}")
        told = (place / "environ").read_bytes()
        assert b"DOCKER_HOST" not in told
        assert b"SSH_AUTH_SOCK" not in told
        status = (place / "status").read_text().splitlines()
        assert "Seccomp:\t2" in status
        assert "NoNewPrivs:\t1" in status
        assert "docker" not in (place / "maps").read_text()
    finally:
        serving.end()
    assert not place.exists()


def test_pages_that_end_are_shown_again(serving: Serving) -> None:
    assert page(serving.where.port, "/")[0] == 200
    before = serving.pages.pid
    os.kill(before, signal.SIGKILL)
    until(lambda: serving.pages.pid != before)
    assert page(serving.where.port, "/")[0] == 200
    assert serving.access.invited(serving.link().rpartition("/")[2]) == "facilitator"


def test_pages_end_with_who_works_however_that_ends(tmp_path: Path) -> None:
    port = free()
    with served(tmp_path, "--port", str(port)) as running:
        first(running)
        assert page(port, "/")[0] == 200
        running.kill()
        running.wait()

    def gone() -> bool:
        try:
            page(port, "/")
        except OSError:
            return True
        return False

    until(gone)


@pytest.fixture
def asked(busy: Rig) -> Iterator[Far]:
    here, there = Pipe()
    answers = Questions(busy.work, lambda: "secret").answers
    thread = threading.Thread(target=answer, args=(here, answers))
    thread.start()
    lines = Lines([there])
    yield Far(lines, busy.engine.den)
    there.close()
    thread.join()


def test_what_is_asked_is_answered_from_what_there_is(busy: Rig, asked: Far) -> None:
    assert asked.board.seen == busy.work.board.seen
    seen = asked.board.seen
    busy.work.board.look()
    assert asked.board.seen.at == seen.at, "for one page it is the same"
    asked.board.anew()
    assert asked.board.seen.at > seen.at
    team = asked.board.seen.teams[TEAM]
    assert asked.board.recipe(team.recipe) == busy.work.board.recipe(team.recipe)
    assert asked.board.recipe("nobody's") is None
    job = asked.jobs.submit("reset", TEAM, once="1", by="the team", seen_generation=1)
    done = busy.ended(job)
    asked.board.anew()
    assert asked.jobs.get(job.reference) == done
    assert asked.jobs.of(TEAM, since=done.asked) == [done]
    assert asked.secret() == "secret"
    late = asked.jobs.submit("reset", TEAM, once="2", by="the team", seen_generation=99)
    assert late.state == "overtaken"
    assert asked.jobs.of(TEAM, since=done.asked) == [late, done], "nothing that is seen changed"


RESET = {"verb": "reset", "sandbox": TEAM, "once": "1", "by": "x", "live": 1, "args": {}}

OPEN: dict[str, Any] = {
    "verb": "open",
    "workshop": "spring",
    "once": "1",
    "by": "x",
    "again": False,
    "args": Wish("repair-right", "spring", number=1).args,
}


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("submit", {**RESET, "verb": "rm"}),
        ("submit", {**RESET, "sandbox": "nobody"}),
        ("submit", {**RESET, "live": "the last"}),
        ("submit", {**RESET, "args": {"batch": "forged"}}),
        ("submit", {**RESET, "by": "x" * 201}),
        ("submit", {**RESET, "by": "half \ud800"}),
        ("submit", {**RESET, "verb": "prolong", "args": {"workshop": "x", "minutes": 5}}),
        ("submit", {**RESET, "verb": "extend", "args": {"until": "9999-01-01T00:00:00Z"}}),
        ("submit", {**RESET, "verb": "extend", "args": {"minutes": float("nan")}}),
        ("submit", {**RESET, "verb": "extend", "args": {"minutes": 100_000}}),
        ("submit", {**RESET, "verb": "restore", "args": {"name": "x" * 2_000}}),
        ("submit_all", {"verb": "reset", "workshop": "x", "teams": [], "once": "1", "by": "x"}),
        ("task", {**OPEN, "workshop": "other"}),
        ("task", {**OPEN, "args": {"name": "spring"}}),
        ("task", {**OPEN, "args": {**OPEN["args"], "more": "x"}}),
        ("task", {**OPEN, "verb": "close"}),
        ("task", {**OPEN, "args": {**OPEN["args"], "until": "2020-01-01T00:00:00"}}),
        ("task", {**OPEN, "args": {**OPEN["args"], "until": "2020-01-01T00:00:00+00:00"}}),
        ("task", {**OPEN, "args": {**OPEN["args"], "until": "9999-01-01T00:00:00+00:00"}}),
        ("task", {**OPEN, "args": {**OPEN["args"], "number": "many"}}),
        ("task", {**OPEN, "args": {**OPEN["args"], "set": ["x"]}}),
        ("task", {**OPEN, "args": {**OPEN["args"], "title": 1}}),
        ("task", {**OPEN, "verb": "down"}),
        ("points", {"sandbox": "../x", "now": "2026-01-01T00:00:00Z"}),
        ("raise_hand", {"sandbox": "nobody", "by": "x"}),
        ("note", {"text": "x", "workshop": "x", "sandbox": "nobody", "by": "x"}),
        ("seen", {"version": "many"}),
        ("__init__", {}),
        ("answers", {}),
        ("_team", {"sandbox": TEAM}),
        ("write", {}),
    ],
)
def test_what_nobody_may_ask_does_nothing(
    busy: Rig, asked: Far, question: str, values: dict[str, Any]
) -> None:
    before = busy.work.board.seen.version
    with pytest.raises(ValueError, match="nobody can be asked"):
        asked._ask(question, **values)
    assert busy.work.board.seen.version == before
    assert asked.board.seen.version == before, "the next question is answered"


def test_nothing_is_opened_but_what_is_in_the_catalogue(asked: Far) -> None:
    for name in ("../../etc", "/etc", "none", ""):
        wanted = Wish(name, "spring", number=1)
        with pytest.raises(SandboxError, match="no such blueprint"):
            asked.tasks.submit("open", "spring", once="1", by="x", **wanted.args)
        with pytest.raises(SandboxError, match="no such blueprint"):
            asked.forecast(wanted)
    assert asked.tasks.of("spring") == []


@pytest.mark.parametrize(
    "given", [b"", b"\x80\x04.", b"[]", b'{"a":1}', b'["seen", 1]', b"[" * 99_999]
)
def test_what_is_no_question_is_told_so(busy: Rig, given: bytes) -> None:
    answers = Questions(busy.work, lambda: "").answers
    with pytest.raises(ValueError, match="nobody can be asked"):
        line.heard(line.answered(given, answers))


def test_what_goes_wrong_is_told_as_what_it_is(caplog: pytest.LogCaptureFixture) -> None:
    def refuse() -> None:
        raise SandboxError("no", hint="Do not.", code="DEN1")

    def break_it() -> None:
        raise ZeroDivisionError

    answers = {"refuse": refuse, "break": break_it}
    with pytest.raises(SandboxError, match=r"no \[DEN1\]") as refused:
        line.heard(line.answered(line.asked("refuse", {}), answers))
    assert refused.value.hint == "Do not."
    with caplog.at_level(logging.ERROR), pytest.raises(RuntimeError, match="in the log"):
        line.heard(line.answered(line.asked("break", {}), answers))
    assert "ZeroDivisionError" in caplog.text


def test_a_question_without_end_ends_the_line_and_who_has_gone_is_told_of() -> None:
    here, there = Pipe()
    thread = threading.Thread(target=answer, args=(here, {}))
    thread.start()
    with pytest.raises(ValueError, match="that much"):
        Lines([there])("note", text="x" * (LONGEST + 1))
    with contextlib.suppress(BrokenPipeError):  # the other end may be faster
        there.send_bytes(b"x" * (LONGEST + 1))
    thread.join()
    with pytest.raises(EngineError, match="the console ends"):
        Lines([there])("seen", version=1)
    there.close()


def test_the_pages_process_cannot_ask_for_an_engine(busy: Rig) -> None:
    """All that it can ask for: whoever adds to this has thought of who may ask."""
    assert sorted(Questions(busy.work, lambda: "").answers) == [
        "active",
        "forecast",
        "job",
        "jobs",
        "lower_hand",
        "measured",
        "note",
        "notes",
        "points",
        "raise_hand",
        "recipe",
        "say",
        "secret",
        "seen",
        "submit",
        "submit_all",
        "task",
        "tasks",
        "told_of",
        "visit",
    ]


def test_every_question_of_the_pages_has_an_answer(rig: Rig) -> None:
    pipeline.up(rig.engine, blueprint(rig.folder / "page", WITH_DATABASE), "other")
    rig.up()
    rig.work.begin()
    here, there = Pipe()
    answers = Questions(rig.work, lambda: "").answers
    thread = threading.Thread(target=answer, args=(here, answers))
    thread.start()
    far = Far(Lines([there]), rig.engine.den)
    far.hands.raise_hand(TEAM, by="team heron")
    assert TEAM in rig.work.hands.up
    far.hands.lower_hand(TEAM, by="facilitator")
    far.hands.lower_hand("gone", by="facilitator")
    far.hands.say([TEAM, "gone"], "Lunch", by="facilitator")
    assert list(rig.work.hands.messages) == [TEAM]
    note = far.hands.note("It worked", workshop="w", by="facilitator")
    assert far.hands.notes("w") == [note]
    far.visit("", "came in", "facilitator", {"role": "facilitator"})
    assert far.tasks.active == []
    assert far.tasks.of("w") == []
    assert far.tasks.get("none") is None
    assert far.measured("reset", spare=False, recipe="") is None
    there.close()
    thread.join()
