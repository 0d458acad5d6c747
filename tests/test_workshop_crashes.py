"""`workshop up` and `workshop close` killed at any call of the engine, and run again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.protocol import Note
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.many import carry_out_all
from sandboxctl.lifecycle.status import overview
from sandboxctl.lifecycle.workshops import belongings, closing, kept
from sandboxctl.lifecycle.workshops.opening import plan_open
from sandboxctl.lifecycle.workshops.told import evidence
from sandboxctl.sandbox.operations import Operation
from sandboxctl.workshop.asked import Asked
from sandboxctl.workshop.certificate import Certificate
from sandboxctl.workshop.inventory import Inventory
from sandboxctl.workshop.teams import Team
from tests import pipeline
from tests.cli import WITH_DATABASE, blueprint
from tests.recipes import NOON


class Killed(BaseException):
    """SIGKILL: nothing of ours runs any more."""


class Mortal(MemoryEngine):
    """Dies at call ``at``: before it is done, or ``after``."""

    at, after, calls = 0, False, 0

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        self.calls += 1
        now = self.calls == self.at
        if now and not self.after:
            raise Killed
        super().apply(sandbox, operation, note)
        if now:
            raise Killed

    def revived(self) -> None:
        self.at = self.calls = 0


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    file = Path(blueprint(tmp_path / "page", WITH_DATABASE)) / "blueprint.yaml"
    return Asked("day", "", None, 2, 0, each=Team("", file))


def up(engine: MemoryEngine, asked: Asked) -> None:
    found = plan_open(engine, asked, now=NOON)
    kept.write(engine, found.workshop)
    assert carry_out_all(engine, found.proposals, lambda _: None) == {}


def close(engine: MemoryEngine, before: Inventory | None = None) -> tuple[Inventory, Certificate]:
    """As the verb does it; ``before`` is what an earlier run had written down."""
    workshop = closing.begin(engine, kept.known(engine, "day"), now=NOON)
    mine = belongings.of(engine, workshop, before=before)
    begun = closing.Begun(workshop, mine, closing.look(engine, mine, before))
    record = evidence(engine, workshop, [], now=NOON)
    seen.append(begun.before)
    assert execute(closing.plan_close(engine, begun), engine, tell=lambda _: None) == {}
    return begun.before, closing.finish(engine, begun, record)


seen: list[Inventory] = []


def deaths(calls: int) -> Iterator[tuple[int, bool]]:
    return ((at, after) for at in range(1, calls + 1) for after in (False, True))


def test_up_is_finished_by_the_next_run_wherever_it_was_killed(asked: Asked) -> None:
    whole = Mortal()
    up(whole, asked)
    for at, after in deaths(whole.calls):
        engine = Mortal()
        engine.at, engine.after = at, after
        with pytest.raises(Killed):
            up(engine, asked)
        engine.revived()
        up(engine, asked)
        assert {one.state for one in overview(engine, now=NOON)} == {"ready"}
        assert [len(engine.observe(n).generations) for n in engine.sandboxes()] == [1, 1]
        assert engine.making() == []


def test_close_is_finished_by_the_next_run_wherever_it_was_killed(asked: Asked) -> None:
    whole = Mortal()
    up(whole, asked)
    whole.revived()
    expected, _ = close(whole)
    for at, after in deaths(whole.calls):
        engine = Mortal()
        up(engine, asked)
        engine.revived()
        engine.at, engine.after = at, after
        with pytest.raises(Killed):
            close(engine)
        engine.revived()
        before, paper = close(engine, seen[-1])
        assert before.counts == expected.counts
        assert paper.after.things == ()
        assert not {*before.things} & {*engine.inventory()}, (at, after)
        assert engine.sandboxes() == []


def test_what_somebody_else_needs_by_now_is_not_said_to_be_removed(asked: Asked) -> None:
    engine = Mortal()
    up(engine, asked)
    engine.revived()
    engine.at, engine.after = 1, True
    with pytest.raises(Killed):
        close(engine)
    engine.revived()
    assert asked.each
    pipeline.up(engine, asked.each.blueprint.parent, "other")
    images = {one.name for one in seen[-1].things if one.kind == "image"}
    _, paper = close(engine, seen[-1])
    assert images
    assert images <= {one.name for one in engine.inventory()}
    assert not images & {one.name for one in paper.before.things}
    assert paper.after.things == ()
