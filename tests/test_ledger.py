"""The ledger: added to, never changed, for its owner only, and in nobody's way."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from sandboxctl import codes
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import ledger
from sandboxctl.lifecycle.ledger import Event
from tests.recipes import NOON

UP = Event(NOON, "den", "up", "heron", "ready", "kim@desk", {"steps": 3})


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@contextmanager
def opened() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(ledger.path(), isolation_level=None)) as connection:
        yield connection


def written() -> list[Event]:
    """What a ledger holds, oldest first."""
    with opened() as connection:
        rows = connection.execute(
            "SELECT at, den, verb, sandbox, what, who, detail FROM events ORDER BY number"
        ).fetchall()
    return [
        Event(datetime.fromisoformat(at), den, verb, sandbox, what, who, json.loads(detail))
        for at, den, verb, sandbox, what, who, detail in rows
    ]


def test_what_was_done_is_read_back_in_order() -> None:
    assert not ledger.path().exists()
    ledger.write(UP)
    ledger.write(Event(NOON, "den", "down", "heron", "gone", "kim@desk"))
    assert [event.verb for event in written()] == ["up", "down"]
    assert written()[0] == UP


def test_whoever_runs_the_command_is_named() -> None:
    ledger.write(Event(NOON, "den", "up"))
    assert written()[0].who == ledger.me()
    assert "@" in ledger.me()


def test_only_its_owner_may_read_it(home: Path) -> None:
    before = os.umask(0)
    try:
        ledger.write(UP)
    finally:
        os.umask(before)
    files = sorted((home / "sandboxctl").iterdir())
    assert ledger.path() in files
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_rights_that_were_loosened_are_taken_back() -> None:
    ledger.write(UP)
    ledger.path().chmod(0o644)
    ledger.write(UP)
    assert stat.S_IMODE(ledger.path().stat().st_mode) == 0o600


def test_it_has_a_version_a_write_ahead_log_and_a_chain() -> None:
    ledger.write(UP)
    with opened() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        ((chain,),) = connection.execute("SELECT chain FROM events").fetchall()
    assert len(chain) == 64


@pytest.mark.parametrize("change", ["UPDATE events SET who = 'nobody'", "DELETE FROM events"])
def test_what_is_written_stays(change: str) -> None:
    ledger.write(UP)
    with opened() as connection, pytest.raises(sqlite3.IntegrityError, match="only added to"):
        connection.execute(change)
    assert written() == [UP]


def test_commands_that_write_at_once_are_all_in_it() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ledger.write, [UP] * 40))
    assert written() == [UP] * 40


def test_what_fails_is_not_written_and_what_is_not_written_is_not_done() -> None:
    with pytest.raises(ZeroDivisionError), ledger.writing(UP):
        raise ZeroDivisionError
    assert written() == []
    ledger.path().write_bytes(b"no database at all, and long enough to be taken for one" * 20)
    done: list[str] = []
    with pytest.raises(SandboxError, match="cannot be written"), ledger.writing(UP):
        done.append("done")
    assert done == []


def broken(home: Path) -> None:
    (home / "sandboxctl").mkdir(parents=True)
    ledger.path().write_bytes(b"no database at all, and long enough to be taken for one" * 20)


def newer(_: Path) -> None:
    ledger.write(UP)
    with opened() as connection:
        connection.execute("PRAGMA user_version = 99")


def a_folder(_: Path) -> None:
    ledger.path().mkdir(parents=True)


def a_link(home: Path) -> None:
    (home / "sandboxctl").mkdir(parents=True)
    ledger.path().symlink_to(home / "elsewhere")


def no_room_for_a_folder(home: Path) -> None:
    home.write_text("a file where the folder should be")


@pytest.mark.parametrize("spoil", [broken, newer, a_folder, a_link, no_room_for_a_folder])
def test_a_ledger_that_cannot_be_written_is_said_so(
    home: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(home)
    with pytest.raises(SandboxError, match="cannot be written") as caught:
        ledger.write(UP)
    assert caught.value.code in codes.ALL
    assert caught.value.hint
    assert not (home / "elsewhere").exists()


def test_a_ledger_that_is_locked_is_waited_for_and_then_left() -> None:
    ledger.write(UP)
    with opened() as connection:
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(SandboxError, match="locked"):
            ledger.write(UP)
        connection.execute("ROLLBACK")
    ledger.write(UP)
    assert len(written()) == 2


FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from datetime import UTC, datetime
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import ledger
try:
    ledger.write(ledger.Event(datetime.now(UTC), "den", "up"))
except SandboxError as error:
    print(error)
"""


def test_a_disk_that_is_full_is_said_so() -> None:
    run = [sys.executable, "-c", FULL]
    told = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60)
    assert "cannot be written" in told.stdout
    assert told.stderr == ""
