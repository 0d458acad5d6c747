"""In which order a plan is carried out where there are fewer workers than steps."""

from __future__ import annotations

from pathlib import Path

from sandboxctl import clock
from sandboxctl.blueprint.load import find
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.lifecycle.execute import News, execute
from sandboxctl.lifecycle.many import plan_of
from sandboxctl.lifecycle.workshops.opening import plan_open
from sandboxctl.sandbox.operations import GoLive, RemoveImage
from sandboxctl.sandbox.plan import Draft, Plan
from sandboxctl.workshop.asked import of_blueprint
from tests.cli import WITH_DATABASE, blueprint

TEAMS = 4


def test_the_first_team_is_ready_before_the_last_one_is_begun(tmp_path: Path) -> None:
    engine = MemoryEngine()
    engine.enter(lambda _: None)
    folder = Path(blueprint(tmp_path / "page", WITH_DATABASE))
    asked = of_blueprint(find(str(folder)), "spring", TEAMS, values={}, spares=0)
    found = plan_open(engine, asked, now=clock.now(), physics=False)
    plan = plan_of(found.proposals)
    told: list[News] = []
    assert not execute(plan, engine, tell=told.append, workers=1)
    began: dict[str, int] = {}
    for n, news in enumerate(told):
        if news.step:
            began.setdefault(news.step.sandbox, n)
    live = [
        n
        for n, news in enumerate(told)
        if news.step and news.state == "done" and isinstance(news.step.operation, GoLive)
    ]
    assert len(began) >= TEAMS
    assert min(live) < max(began.values())


def test_no_more_is_begun_than_there_are_workers() -> None:
    draft = Draft("den")
    for n in range(20):
        draft.add(RemoveImage(f"sandboxctl/none:{n}"), "nobody needs it")
    under_way, most = 0, 0

    def tell(news: News) -> None:
        nonlocal under_way, most
        if news.state == "working" and not news.note:
            under_way += 1
            most = max(most, under_way)
        elif news.state != "working":
            under_way -= 1

    assert not execute(Plan(tuple(draft.steps)), MemoryEngine(), tell=tell, workers=3)
    assert (most, under_way) == (3, 0)
