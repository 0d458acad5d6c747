"""The order in which locks are taken: one for all, whoever takes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandboxctl.engine import connect, replacing, trial
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.errors import Held
from sandboxctl.lifecycle import locks
from sandboxctl.lifecycle.reset import reset
from sandboxctl.lifecycle.spares import lock_of
from sandboxctl.lifecycle.watch import LOCK
from sandboxctl.lifecycle.workshops import closing, kept
from sandboxctl.sandbox import names
from tests.cli import WITH_DATABASE, blueprint, sandboxctl

ORDER = [
    LOCK,
    kept.lock("spring"),
    "aardvark",
    "zebra",
    names.spare("r", "x"),
    lock_of("a"),
    lock_of("b"),
    names.BASELINE + "k",
    replacing.LOCK,
    trial.LOCK,
]


class Noting(MemoryEngine):
    """Notes what is held whenever another lock is taken; ``before`` happens once, before a lock of
    that name is taken by somebody else."""

    def __init__(self) -> None:
        super().__init__()
        self.nested: list[list[str]] = []
        self.before = ""
        self.within, self._take = list[str](), self._locks.lock
        self.lock = self._noted

    @contextmanager
    def _noted(self, name: str, *, patience: float = 0) -> Iterator[None]:
        if name == self.before:
            self.before = ""
            self.meanwhile(name)
        with self._take(name, patience=patience):
            self.within.append(name)
            self.nested.append([*self.within])
            try:
                yield
            finally:
                self.within.remove(name)

    def meanwhile(self, name: str) -> None:
        """A team begins again, and takes a spare."""
        assert reset(self, name).spare


class Growing(Noting):
    """Another command gives the workshop a team."""

    def meanwhile(self, name: str) -> None:
        entry = self.observe(name)
        assert entry.record
        self._sandboxes["yak"] = type(entry)("yak", record=entry.record)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    connect.IN_MEMORY.clear()
    yield blueprint(tmp_path / "b", WITH_DATABASE)
    connect.IN_MEMORY.clear()


def opened(page: str, engine: Noting) -> Noting:
    """With the workshop `spring`, two teams and a spare."""
    connect.IN_MEMORY["den"] = engine
    words = ["--name", "spring", "--teams", "aardvark,zebra", "--spares", "1"]
    result = sandboxctl("workshop", "up", page, *words)
    assert result.exit_code == 0, result.output
    assert engine.spares()
    engine.nested.clear()
    return engine


def test_each_kind_has_its_place() -> None:
    assert locks.in_order([*reversed(ORDER), "zebra"]) == ORDER


def test_all_or_none() -> None:
    engine = MemoryEngine()
    with engine.lock("zebra"), pytest.raises(Held), locks.all_held(engine, ORDER, patience=0):
        raise AssertionError
    with locks.all_held(engine, ORDER, patience=0):
        assert all(engine.holder(name) for name in ORDER)


@pytest.mark.parametrize("words", [["workshop", "close", "spring"], ["down", "--all"]])
def test_who_takes_many_takes_them_in_that_order(page: str, words: list[str]) -> None:
    engine = opened(page, Noting())
    result = sandboxctl(*words, "--yes")
    assert result.exit_code == 0, result.output
    most = max(engine.nested, key=len)
    assert len(most) >= 3
    assert any(name.startswith(locks.SPARES) for name in most)
    for held in engine.nested:
        assert held == locks.in_order(held)


def test_what_belongs_to_a_workshop_is_looked_at_once_nobody_can_change_it(page: str) -> None:
    engine = opened(page, Noting())
    engine.before = "zebra"
    result = sandboxctl("workshop", "close", "spring", "--yes")
    assert result.exit_code == 0, result.output
    assert not engine.before
    assert engine.inventory() == [one for one in engine.inventory() if one.kind == "image"]


def test_what_comes_to_it_meanwhile_is_not_forgotten(page: str) -> None:
    engine = opened(page, Growing())
    engine.before = "zebra"
    result = sandboxctl("workshop", "close", "spring", "--yes")
    assert result.exit_code == 1
    assert "another command gave spring more meanwhile: yak" in result.stderr
    assert "workshop close spring` again" in result.stderr
    assert engine.sandboxes() == ["aardvark", "yak", "zebra"], "nothing was removed"
    with closing.held(engine, kept.known(engine, "spring"), patience=0):
        assert engine.holder("yak")
    assert sandboxctl("workshop", "close", "spring", "--yes").exit_code == 0
    assert engine.sandboxes() == []


def test_a_den_is_not_taken_away_while_somebody_is_at_work_in_it() -> None:
    """Whoever builds an image has made nothing yet that could be seen."""
    engine = MemoryEngine()
    busy = pytest.raises(Held, match="zebra is being changed by another command")
    with engine.lock(LOCK), engine.lock("zebra"), busy:
        engine.leave(lambda _: None)
    with engine.lock(LOCK):
        engine.leave(lambda _: None)
