"""A ledger that cannot be written keeps nobody from working: what was done is done, and said."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import conftest
from tests.faults.invariants import Untouched, violations
from tests.faults.proxy import Call, Fault
from tests.faults.rig import NAME, Rig

pytestmark = pytest.mark.engine

Spoilt = Callable[[Path], contextlib.AbstractContextManager[object]]


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Somebody else writes, and does not end."""
    with contextlib.closing(sqlite3.connect(folder / "ledger.sqlite3")) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextlib.contextmanager
def full(folder: Path) -> Iterator[None]:
    """A disk of its own, with no room on it."""
    with mounted(folder, "size=64k"):
        with contextlib.suppress(OSError):
            (folder / "everything").write_bytes(b"x" * 2**20)
        yield


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    with mounted(folder, "ro"):
        yield


@contextlib.contextmanager
def torn(folder: Path) -> Iterator[None]:
    (folder / "ledger.sqlite3").write_bytes(b"SQLite format 3\0 and then nothing of the kind")
    yield


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    if os.geteuid():
        pytest.skip("only root may mount a disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("spoilt", [locked, full, read_only, torn])
def test_a_reset_is_done_and_told_where_the_ledger_cannot_be_written(
    den: Rig, tmp_path: Path, spoilt: Spoilt
) -> None:
    den.up()
    den.write("something")
    victim = Untouched.now(den)
    conftest.write_settings(tmp_path, den.den)
    state = tmp_path / "state"
    (state / "sandboxctl").mkdir(parents=True)
    with spoilt(state / "sandboxctl"):
        ran = den.run("reset", NAME, home=tmp_path, state=state)
    assert ran.code == 0, ran.said
    assert "Done, and not written down" in ran.said
    assert den.lines == ["minute zero"]
    assert violations(den, victim) == []


def test_a_ledger_that_goes_in_the_middle_is_begun_anew(den: Rig) -> None:
    den.up()
    victim = Untouched.now(den)
    ledger = den.home / "sandboxctl" / "ledger.sqlite3"

    def lose() -> None:
        for file in ledger.parent.glob("ledger.sqlite3*"):
            file.unlink()

    fault = Fault(Call("POST /containers/create", 1), "beside", lose)
    assert den.run("reset", NAME).code == 0
    den.proxy.begin(fault)
    ran = den.run("reset", NAME)
    assert fault.struck.is_set()
    assert ran.code == 0, ran.said
    with contextlib.closing(sqlite3.connect(ledger)) as opened:
        assert opened.execute("SELECT count(*) FROM events").fetchone() == (1,)
    assert violations(den, victim) == []
