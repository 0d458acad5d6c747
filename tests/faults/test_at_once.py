"""Two commands at once, from one controller or from two: one of them waits, or is told why not."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import conftest, dens, pipeline
from tests.faults.invariants import Untouched, violations
from tests.faults.proxy import Call, Fault
from tests.faults.rig import NAME, Ran, Rig, ended

pytestmark = pytest.mark.engine

OTHER = "other"
LOCKED = 4
"""The exit code of a command that somebody else kept from a sandbox."""


@pytest.fixture(params=["one controller", "two controllers"])
def second_home(den: Rig, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Where the second command has its settings and its ledger."""
    if request.param == "one controller":
        return den.home
    conftest.write_settings(tmp_path, den.den)
    return tmp_path


@pytest.fixture(autouse=True)
def _nothing_is_left(den: Rig) -> Iterator[None]:
    yield
    for name in (NAME, OTHER):
        pipeline.down(den.engine, name)


def at_once(den: Rig, home: Path, first: tuple[str, ...], second: tuple[str, ...]) -> list[Ran]:
    with den.begun(*first) as one, den.begun(*second, home=home) as other:
        return [ended(one), ended(other)]


def assert_one_done(ran: list[Ran]) -> None:
    """At least one; the other one too, or it was told who is at it."""
    codes = sorted(one.code for one in ran)
    told = "\n---\n".join(one.said for one in ran)
    assert codes[0] == 0, told
    assert codes[1] in (0, LOCKED), told
    if codes[1]:
        assert "is being changed by" in told


def test_two_that_start_the_same_sandbox_make_one(den: Rig, second_home: Path) -> None:
    den.forget_baseline()
    victim, up = Untouched.now(den), ("up", str(den.folder), "--name", NAME)
    den.proxy.begin()
    assert_one_done(at_once(den, second_home, up, up))
    assert violations(den, victim, den.proxy.made) == []
    assert list(den.engine.observe(NAME).generations) == [1]


def test_two_that_need_the_same_minute_zero_make_it_once(den: Rig, second_home: Path) -> None:
    """The second must not take what the first has begun for left over."""
    den.forget_baseline()
    victim, up = Untouched.now(den), ("up", str(den.folder), "--name")
    den.proxy.begin()
    ran = at_once(den, second_home, (*up, NAME), (*up, OTHER))
    assert [one.code for one in ran] == [0, 0], "\n---\n".join(one.said for one in ran)
    assert den.proxy.calls.count(Call("POST /commit", 1)) == 1
    assert Call("POST /commit", 2) not in den.proxy.calls
    assert violations(den, victim, den.proxy.made) == []


@pytest.mark.parametrize("second", ["reset", "down"])
def test_whatever_meets_a_reset_the_sandbox_is_whole_or_gone(den: Rig, second: str) -> None:
    den.up()
    victim = Untouched.now(den)
    den.proxy.begin()
    ran = at_once(den, den.home, ("reset", NAME), (second, NAME))
    told = "\n---\n".join(one.said for one in ran)
    assert 0 in [one.code for one in ran], told
    assert all(code in (0, 1, LOCKED) for code in (one.code for one in ran)), told
    assert "Traceback" not in told
    assert violations(den, victim, den.proxy.made) == []


def test_who_holds_a_sandbox_and_sleeps_is_named_and_goes_on_later(den: Rig) -> None:
    """A lock is not a lease: nobody takes it from a process that lives."""
    den.up()
    victim = Untouched.now(den)
    fault = Fault(Call("POST /containers/create", 1), "beside")
    with den.begun("reset", NAME) as sleeper:
        fault.act = lambda: sleeper.send_signal(signal.SIGSTOP)
        den.proxy.begin(fault)
        assert fault.struck.wait(60)
        refused = den.run("reset", NAME, through=False)
        assert refused.code == LOCKED
        assert f"{NAME} is being changed by" in refused.said
        sleeper.send_signal(signal.SIGCONT)
        assert ended(sleeper).code == 0
    assert violations(den, victim, den.proxy.made) == []
    dens.until(lambda: den.lines == ["minute zero"])
