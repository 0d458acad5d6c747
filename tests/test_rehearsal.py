"""A rehearsal, twice the same or not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sandboxctl.engine import connect
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.protocol import Answer, Note
from sandboxctl.sandbox.operations import Operation, RemoveNetwork
from sandboxctl.sandbox.rehearsal import Receipt, Round, problems
from tests.cli import WITH_DATABASE, blueprint, sandboxctl
from tests.recipes import NOON


def seen(**more: Any) -> Round:
    return Round(up=1, reset=1, undo=1, close=1, **more)


def test_twice_the_same_is_no_problem() -> None:
    both = seen(data={"db.homes": "7|1"}, ready={"db": 1.0, "web": 3.0})
    assert problems([both, both]) == ()
    nearly = seen(data={"db.homes": "7|1"}, ready={"db": 2.4, "web": 2.0})
    assert problems([both, nearly]) == (), "within a second there is no order"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({"data": {"db.homes": "7|1"}}, {"data": {"db.homes": "7|2"}}, "db.homes was not the same"),
        ({"data": {"db.homes": "7|1"}}, {}, "db.homes was not the same both times"),
        (
            {"ready": {"db": 1.0, "web": 3.0}},
            {"ready": {"db": 3.0, "web": 1.0}},
            "db was ready before web one time, and after it the other",
        ),
        (
            {"ready": {"db": 3.0, "web": 1.0}},
            {"ready": {"db": 1.0, "web": 3.0}},
            "db was ready before web one time, and after it the other",
        ),
        ({"left": ("a network",)}, {}, "time 1: left behind: a network"),
        ({}, {"failures": ("it would not",)}, "time 2: it would not"),
    ],
)
def test_what_differs_is_said(first: dict[str, Any], second: dict[str, Any], said: str) -> None:
    found = problems([seen(**first), seen(**second)])
    assert len(found) == 1
    assert said in found[0]


def test_a_receipt_knows_the_most_memory_of_a_team() -> None:
    rounds = (seen(memory={"web": 5, "db": 7}), seen(memory={"web": 6, "db": 5}))
    given: dict[str, Any] = {
        "name": "page",
        "blueprint": "b" * 64,
        "recipe": "r",
        "teams": 2,
        "at": NOON,
        "sandboxctl": "0",
        "engine": "e",
    }
    receipt = Receipt(**given, rounds=rounds)
    assert (receipt.passed, receipt.memory) == (True, 12)
    assert not Receipt(**given, rounds=rounds, problems=("x",)).passed
    assert Receipt(**given, rounds=()).memory == 0
    assert Receipt.model_validate_json(receipt.model_dump_json()) == receipt


class Tables(MemoryEngine):
    """Its databases have a table of seven rows, which a TRUNCATE empties until the next reset;
    ``drifts`` and it is another table each time."""

    drifts, turns = False, 0

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        super().apply(sandbox, operation, note)
        if isinstance(operation, RemoveNetwork):
            self.__dict__.get("emptied", set()).discard((sandbox, operation.generation))

    def run(self, sandbox: str, service: str, argv: Sequence[str], stdin: bytes = b"") -> Answer:
        assert (service, stdin) == ("db", b"")
        live = self.observe(sandbox).live
        assert live
        key = (sandbox, live.number)
        emptied: set[tuple[str, int]] = self.__dict__.setdefault("emptied", set())
        if argv[-1].startswith("TRUNCATE"):
            emptied.add(key)
        self.turns += self.drifts
        return Answer(0, b"0|0" if key in emptied else f"7|{self.turns}".encode())

    def fetch(self, sandbox: str, path: str = "/") -> Answer:
        found = super().fetch(sandbox, path)
        live = self.observe(sandbox).live
        runs = live and all(seen.runs for seen in live.services.values())
        return found if runs else Answer(503, b"", found.target)


FILLED = (
    WITH_DATABASE
    + """\
    fill: [homes]
data:
  tables:
    homes: {rows: 7, columns: {uprn: {kind: uprn, unique: true}}}
"""
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(blueprint(tmp_path, FILLED))


def test_a_rehearsal_goes_through_a_day_twice_and_leaves_only_its_receipt(folder: Path) -> None:
    connect.IN_MEMORY["den"] = Tables()
    done = sandboxctl("rehearse", str(folder), "--teams", "2", "--json")
    told = json.loads(done.stdout)
    assert told["problems"] == []
    receipt = Receipt.model_validate_json(Path(told["receipt"]).read_text())
    assert (receipt.teams, len(receipt.rounds), receipt.passed) == (2, 2, True)
    assert receipt.rounds[0].data == {"db.homes": "7|0"}
    assert set(receipt.rounds[0].ready) >= {"db"}
    assert receipt.memory > 0
    assert connect.IN_MEMORY["den"].sandboxes() == []
    assert "done" in done.stderr


def test_what_is_not_the_same_twice_fails(folder: Path) -> None:
    engine = connect.IN_MEMORY["den"] = Tables()
    engine.drifts = True
    done = sandboxctl("rehearse", str(folder), "--receipt", "here.json")
    assert done.exit_code == 1
    assert "db.homes was not the same both times" in done.stdout
    assert "a reset did not bring back what minute zero was" in done.stdout
    assert not Receipt.model_validate_json(Path("here.json").read_text()).passed
    assert engine.sandboxes() == []


def test_a_rehearsal_that_is_there_is_not_disturbed(folder: Path) -> None:
    connect.IN_MEMORY["den"] = Tables()
    sandboxctl("up", str(folder), "--name", "rehearsal-1")
    done = sandboxctl("rehearse", str(folder))
    assert done.exit_code == 1
    assert "rehearsal-1 of an earlier rehearsal is there" in done.stderr
    assert "sandboxctl down rehearsal-1" in done.stderr


def test_a_den_in_memory_is_not_rehearsed_in(folder: Path) -> None:
    connect.IN_MEMORY["den"] = MemoryEngine()
    done = sandboxctl("rehearse", str(folder))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "a den in memory runs nothing" in done.stderr
    assert "without `-H memory`" in done.stderr
    assert list(folder.glob("*.json")) == []


def test_minute_zero_that_cannot_be_made_ends_it(folder: Path) -> None:
    engine = connect.IN_MEMORY["den"] = Tables(broken=frozenset({"db"}))
    done = sandboxctl("rehearse", str(folder))
    assert done.exit_code
    assert "db" in done.stderr
    assert engine.sandboxes() == []
