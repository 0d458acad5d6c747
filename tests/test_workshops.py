"""The verbs of a workshop on the engine in memory: one plan, and nobody holds up another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from sandboxctl import clock
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.protocol import Note
from sandboxctl.errors import AddressTaken, BlueprintError, EngineError, SandboxError
from sandboxctl.lifecycle.execute import News
from sandboxctl.lifecycle.leases import Leases
from sandboxctl.lifecycle.ledger import Event
from sandboxctl.lifecycle.many import LEAST, at_once, carry_out_all, failing, plan_of
from sandboxctl.lifecycle.snapshot import plan_snapshot
from sandboxctl.lifecycle.spares import make_one
from sandboxctl.lifecycle.status import overview
from sandboxctl.lifecycle.workshops import belongings, closing, kept
from sandboxctl.lifecycle.workshops.opening import Opening, plan_open
from sandboxctl.lifecycle.workshops.together import (
    plan_extend_all,
    plan_pause_all,
    plan_reset_all,
    plan_resume_all,
)
from sandboxctl.lifecycle.workshops.told import evidence
from sandboxctl.sandbox.den import Den, GatewaySettings
from sandboxctl.sandbox.operations import Answers, CreateNetwork, Operation
from sandboxctl.sandbox.state import Observed, Spare
from sandboxctl.workshop.asked import Asked
from sandboxctl.workshop.inventory import Inventory
from sandboxctl.workshop.teams import Team
from tests import pipeline
from tests.cli import PAGE, WITH_DATABASE, blueprint
from tests.recipes import EVENING, NOON

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SECRET = PAGE.replace("runtime: static", "runtime: static\n    secrets: [KEY, TOKEN]") + (
    "secrets: {KEY: {generate: 40}, TOKEN: {ask: 'The token of the map'}}\n"
)


@pytest.fixture(autouse=True)
def ledger_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody did on this machine is no part of these."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return Path(blueprint(tmp_path / "page", WITH_DATABASE)) / "blueprint.yaml"


def of(file: Path, teams: int | str = 3, **more: Any) -> Asked:
    """A workshop `day` of one blueprint."""
    given = {"title": "", "until": None, "spares": 0, **more}
    if isinstance(teams, int):
        return Asked(name="day", number=teams, each=Team("", file), **given)
    named = tuple(Team(name, file) for name in teams.split(","))
    return Asked(name="day", number=len(named), named=named, **given)


def opened(engine: MemoryEngine, asked: Asked, **more: Any) -> Opening:
    """`workshop up` that has to succeed."""
    found = plan_open(engine, asked, now=NOON, **more)
    kept.write(engine, found.workshop)
    assert carry_out_all(engine, found.proposals, lambda _: None) == {}
    return found


def states(engine: MemoryEngine) -> dict[str, str]:
    return {one.sandbox: one.state for one in overview(engine, now=NOON)}


def test_all_teams_are_up_and_again_does_nothing(page: Path) -> None:
    engine = MemoryEngine()
    first = opened(engine, of(page))
    assert states(engine) == dict.fromkeys(["team-01", "team-02", "team-03"], "ready")
    assert first.added == ("team-01", "team-02", "team-03")
    record = engine.observe("team-02").record
    assert record
    assert (record.workshop, record.team, record.until) == ("day", "team-02", EVENING)
    again = opened(engine, of(page))
    assert not plan_of(again.proposals)
    assert (again.fit, again.added, again.lost, again.departed) == (None, (), {}, ())


def test_images_are_made_once_for_all(page: Path) -> None:
    news: list[News] = []
    found = plan_open(MemoryEngine(), of(page, 30), now=NOON, physics=False)
    made = [str(step.operation) for step in plan_of(found.proposals).steps]
    assert len([one for one in made if one.startswith("build ")]) == 5
    assert len([one for one in made if one.startswith("open the gateway")]) == 30
    assert news == []


def test_one_look_at_thirty_teams(page: Path) -> None:
    class Counting(MemoryEngine):
        looks = 0

        def observe(self, sandbox: str, references: Collection[str] = ()) -> Observed:
            Counting.looks += not sandbox.startswith("team-")
            return super().observe(sandbox, references)

        def observe_all(
            self, sandboxes: Collection[str], references: Collection[str] = ()
        ) -> Mapping[str, Observed]:
            Counting.looks += 1
            return super().observe_all(sandboxes, references)

    engine = Counting(memory=64 * 1024**3)
    opened(engine, of(page, 30))
    Counting.looks = 0
    overview(engine, now=NOON)
    assert Counting.looks == 1


def test_a_team_that_is_missing_comes_back_and_more_are_added(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))
    seen = engine.observe("team-02")
    for name in ("web", "db"):
        engine.apply("team-02", _removal(1, name), lambda _: None)
    assert seen.live
    found = opened(engine, of(page, 5))
    assert set(states(engine).values()) == {"ready"}
    assert found.added == ("team-04", "team-05")
    assert found.workshop.since == NOON


def _removal(number: int, name: str) -> Operation:
    from sandboxctl.sandbox.operations import RemoveService

    return RemoveService(number, name)


def test_fewer_teams_take_nothing_away(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))
    found = opened(engine, of(page, 2))
    assert found.departed == ("team-03",)
    assert list(found.workshop.teams) == ["team-01", "team-02", "team-03"]
    assert set(states(engine).values()) == {"ready"}


def test_a_changed_blueprint_says_what_is_lost_and_carries_the_rest_over(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))
    page.write_text(page.read_text().replace("runtime: static", "runtime: static\n    cpus: 0.3"))
    kept_data = plan_open(engine, of(page), now=NOON)
    assert kept_data.lost == {}
    over = str(plan_of(kept_data.proposals))
    assert over.count("keep db as sandboxctl/carried:") == 3
    page.write_text(page.read_text().replace("database: homes", "database: other"))
    lost = plan_open(engine, of(page), now=NOON)
    assert lost.lost == dict.fromkeys(["team-01", "team-02", "team-03"], ("db",))
    assert carry_out_all(engine, lost.proposals, lambda _: None, most=1) == {}
    assert {one.generation for one in overview(engine, now=NOON)} == {2}


def test_what_does_not_fit_is_refused_before_anything_is_there(page: Path) -> None:
    engine = MemoryEngine(memory=1024**3)
    with pytest.raises(EngineError, match="3 teams asked for, 1 fit: memory binds") as caught:
        plan_open(engine, of(page), now=NOON)
    assert "--teams 1" in caught.value.hint
    assert engine.sandboxes() == []
    assert plan_open(engine, of(page), now=NOON, physics=False).fit


def test_ports_of_the_room_are_counted(page: Path) -> None:
    engine = MemoryEngine(Den(gateway=GatewaySettings(ports=2)))
    with pytest.raises(EngineError, match="ports bind, 1 short"):
        plan_open(engine, of(page), now=NOON)
    opened(engine, of(page, 2))
    assert {one.url for one in overview(engine, now=NOON)} == {
        "http://127.0.0.1:8081/",
        "http://127.0.0.1:8082/",
    }


def test_a_name_of_somebody_else_is_refused(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page, "heron,otter"))
    other = Asked("night", "", None, 1, 0, named=(Team("otter", page),))
    with pytest.raises(BlueprintError, match="otter is a sandbox already") as caught:
        plan_open(engine, other, now=NOON)
    assert caught.value.code == "DEN233"
    engine.decide(kept.PART, "day", None)
    assert plan_open(engine, of(page, "heron,otter"), now=NOON).added == ()  # by their records


def test_a_team_does_not_change_its_blueprint_by_accident(page: Path, tmp_path: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page, "heron"))
    other = Path(blueprint(tmp_path / "other", PAGE.replace("name: page", "name: other")))
    with pytest.raises(BlueprintError, match="heron is a sandbox of page, not of other"):
        plan_open(engine, of(other / "blueprint.yaml", "heron"), now=NOON)


def test_every_team_has_secrets_of_its_own_and_what_was_given(tmp_path: Path) -> None:
    file = Path(blueprint(tmp_path / "page", SECRET)) / "blueprint.yaml"
    engine = MemoryEngine()
    with pytest.raises(BlueprintError, match="TOKEN: The token of the map"):
        plan_open(engine, of(file), now=NOON)
    with pytest.raises(BlueprintError, match="does not ask for the secret OTHER"):
        plan_open(engine, of(file), now=NOON, given={"TOKEN": "t", "OTHER": "x"})
    opened(engine, of(file), given={"TOKEN": "t0k3n"})
    values = [engine.secrets(name, ["KEY", "TOKEN"]) for name in engine.sandboxes()]
    assert {one["TOKEN"] for one in values} == {"t0k3n"}
    assert len({one["KEY"] for one in values}) == 3
    reset = plan_reset_all(engine, engine.sandboxes(), now=NOON)
    assert carry_out_all(engine, reset, lambda _: None) == {}
    assert {engine.secrets(n, ["TOKEN"])["TOKEN"] for n in engine.sandboxes()} == {"t0k3n"}


def test_a_blueprint_for_each_team(page: Path, tmp_path: Path) -> None:
    engine = MemoryEngine()
    text = (
        PAGE.replace("name: page", "name: other") + "    environment: {ME: '{{ sandbox.url }}'}\n"
    )
    other = Path(blueprint(tmp_path / "other", text)) / "blueprint.yaml"
    named = (Team("heron", page), Team("otter", other), Team("badger", other))
    found = opened(engine, Asked("day", "", None, 3, 1, named=named))
    assert found.workshop.blueprints == ("page", "other")
    assert len(found.workshop.made_of) == 3  # otter's and badger's name their own address
    urls = [
        engine.recipe(found.workshop.teams[name].recipe).containers["web"].environment["ME"]
        for name in ("otter", "badger")
    ]
    assert urls == [engine.den.url("otter"), engine.den.url("badger")]


class Picky(MemoryEngine):
    """Somebody else is faster at ``stolen``, once; ``bad`` teams never have a network."""

    stolen: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        if isinstance(operation, CreateNetwork):
            if sandbox in self.bad:
                raise SandboxError(f"no network for {sandbox}", hint="None.")
            if sandbox in self.stolen:
                self.stolen = tuple(one for one in self.stolen if one != sandbox)
                thief = CreateNetwork(1, operation.subnet, "x")
                super().apply("thief", thief, note)
                raise AddressTaken(f"{operation.subnet} is in use", hint="Plan again.")
        super().apply(sandbox, operation, note)


def test_only_those_whose_address_was_taken_are_planned_again(page: Path) -> None:
    engine = Picky()
    engine.stolen = ("team-02",)
    told: list[News] = []
    found = plan_open(engine, of(page), now=NOON)
    assert carry_out_all(engine, found.proposals, told.append) == {}
    begun = [n.step.sandbox for n in told if n.step and n.state == "working" and not n.note]
    networks = [n for n in told if n.step and isinstance(n.step.operation, CreateNetwork)]
    assert sum(n.state == "done" for n in networks) == 3
    assert begun.count("team-02") > begun.count("team-01")
    subnets = [engine.observe(n).generations[1].subnet for n in ("team-01", "team-02", "team-03")]
    assert len(set(subnets)) == 3


def test_one_broken_team_stops_no_other_and_running_it_again_finishes(page: Path) -> None:
    engine = Picky()
    engine.bad = ("team-02",)
    found = plan_open(engine, of(page), now=NOON)
    failed = carry_out_all(engine, found.proposals, lambda _: None)
    assert {n: str(e) for n, e in failing(found.proposals, failed).items()} == {
        "team-02": "no network for team-02"
    }
    assert states(engine) == {"team-01": "ready", "team-03": "ready"}
    engine.bad = ()
    opened(engine, of(page))
    assert set(states(engine).values()) == {"ready"}


def test_what_all_share_and_fails_fails_all(page: Path) -> None:
    class NoImages(MemoryEngine):
        def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
            if str(operation).startswith("build sandboxctl/base"):
                raise EngineError("no base", hint="None.")
            super().apply(sandbox, operation, note)

    engine = NoImages()
    found = plan_open(engine, of(page), now=NOON)
    failed = carry_out_all(engine, found.proposals, lambda _: None)
    assert len(failed) == 1
    assert set(failing(found.proposals, failed)) == {"team-01", "team-02", "team-03"}


def test_next_generations_are_built_as_many_at_once_as_there_is_room_for(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page, 4))
    proposals = plan_reset_all(engine, engine.sandboxes(), now=NOON)
    assert at_once(engine, proposals) > LEAST
    engine._memory = 1
    assert at_once(engine, proposals) == LEAST
    order: list[str] = []

    def tell(news: News) -> None:
        if news.step and news.state == "done":
            order.append(news.step.sandbox)

    assert carry_out_all(engine, proposals, tell, most=LEAST) == {}
    first = set(order[: len(order) // 2])
    assert first == {"team-01", "team-02"}
    assert {one.generation for one in overview(engine, now=NOON)} == {2}
    assert {one.resets for one in overview(engine, now=NOON)} == {1}


def test_a_reset_that_fails_for_one_leaves_its_old_one(page: Path) -> None:
    engine = Picky()
    opened(engine, of(page))
    engine.bad = ("team-03",)
    proposals = plan_reset_all(engine, engine.sandboxes(), now=NOON)
    failed = carry_out_all(engine, proposals, lambda _: None)
    assert set(failing(proposals, failed)) == {"team-03"}
    assert [one.generation for one in overview(engine, now=NOON)] == [2, 2, 1]
    assert sorted(engine.observe("team-03").generations) == [1]
    assert proposals["team-01"].lost == ("db",)


class Mute(MemoryEngine):
    """What was a spare does not answer in one team."""

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        if sandbox == "team-01" and isinstance(operation, Answers) and operation.theirs:
            raise EngineError("it says nothing", hint="None.")
        super().apply(sandbox, operation, note)


def test_a_spare_that_does_not_answer_is_given_back_and_holds_up_nobody(page: Path) -> None:
    engine = Mute()
    opened(engine, of(page, 2, spares=2))
    recipe = kept.known(engine, "day").teams["team-01"].recipe
    for _ in range(2):
        assert not make_one(engine, recipe, now=NOON, tell=lambda _: None)
    proposals = plan_reset_all(engine, engine.sandboxes(), now=NOON)
    assert carry_out_all(engine, proposals, lambda _: None) == {}
    first, second = (engine.observe(name).record for name in engine.sandboxes())
    assert first
    assert second
    assert (bool(first.home), bool(second.home)) == (False, True)
    assert (first.resets, second.resets) == (1, 1)
    assert engine.spares() == {}
    assert engine.making() == []


def test_an_image_that_is_gone_is_said_before_a_reset(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))
    engine._images = frozenset()
    with pytest.raises(EngineError, match="team-01 cannot start again from minute zero"):
        plan_reset_all(engine, engine.sandboxes(), now=NOON)


def test_pause_and_resume_are_undone_by_each_other_and_done_twice_are_nothing(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))
    assert not carry_out(engine, plan_pause_all(engine, engine.sandboxes()))
    assert set(states(engine).values()) == {"paused"}
    assert not plan_pause_all(engine, engine.sandboxes())
    conditions = {seen.condition for seen in overview(engine, now=NOON)[0].services}
    assert conditions == {"paused"}
    resumed = plan_resume_all(engine, engine.sandboxes(), now=NOON)
    assert carry_out_all(engine, resumed, lambda _: None) == {}
    assert set(states(engine).values()) == {"ready"}
    assert not plan_of(plan_resume_all(engine, engine.sandboxes(), now=NOON))
    assert not plan_pause_all(engine, ["nobody"])


def carry_out(engine: MemoryEngine, plan: Any) -> Mapping[Any, Any]:
    from sandboxctl.lifecycle.execute import execute

    return execute(plan, engine, tell=lambda _: None)


def test_more_time_for_all(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))
    longer = plan_extend_all(engine, engine.sandboxes(), timedelta(minutes=30), now=NOON)
    assert not carry_out(engine, longer)
    assert {one.until for one in overview(engine, now=NOON)} == {EVENING + timedelta(minutes=30)}
    assert not carry_out(engine, plan_pause_all(engine, engine.sandboxes()))
    assert not carry_out(engine, plan_extend_all(engine, ["team-01"], timedelta(hours=1), now=NOON))
    assert set(states(engine).values()) == {"paused"}, "more time wakes nobody up"


def test_workshops_that_are_not_there_and_teams_that_are_not_of_it(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))
    with pytest.raises(SandboxError, match=r"no workshop dya\. Did you mean day\?"):
        kept.known(engine, "dya")
    found = kept.known(engine, "day")
    assert kept.chosen(found, ()) == ["team-01", "team-02", "team-03"]
    assert kept.chosen(found, ["team-02", "team-02"]) == ["team-02"]
    with pytest.raises(SandboxError, match="day has no team team-33"):
        kept.chosen(found, ["team-33"])
    kept.write(engine, closing.begin(engine, found, now=NOON))
    with pytest.raises(SandboxError, match="is being closed since 12:00"):
        plan_open(engine, of(page), now=NOON)


SPARED = IPv4Network("10.213.9.0/29")


def closed(engine: MemoryEngine) -> closing.Begun:
    workshop = closing.begin(engine, kept.known(engine, "day"), now=NOON)
    mine = belongings.of(engine, workshop)
    return closing.Begun(workshop, mine, closing.look(engine, mine))


def event(verb: str, sandbox: str, what: str, **detail: Any) -> Event:
    return Event(NOON, "den", verb, sandbox, what, "kim", detail)


def test_everything_of_it_goes_and_nothing_of_anybody_else(page: Path, tmp_path: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page, spares=1))
    other = Path(blueprint(tmp_path / "other", PAGE.replace("name: page", "name: other")))
    night = Asked("night", "", None, 1, 0, named=(Team("owl", other / "blueprint.yaml"),))
    found = plan_open(engine, night, now=NOON)
    kept.write(engine, found.workshop)
    carry_out_all(engine, found.proposals, lambda _: None)
    recipe = kept.known(engine, "day").teams["team-01"].recipe
    spare = f"spare.{recipe}.0001"
    engine.apply(spare, CreateNetwork(1, SPARED, recipe), lambda _: None)
    engine._spares[spare] = Spare(recipe=recipe, subnet=SPARED, since=NOON)
    begun = closed(engine)
    assert begun.belongings.spares == (spare,)
    assert begun.before.counts == {"container": 6, "network": 4, "image": 1, "volume": 0}
    assert [one.partition(":")[0] for one in begun.belongings.images] == ["sandboxctl/postgres"]
    record = evidence(engine, begun.workshop, _events(), now=NOON, head="ab" * 32)
    assert record.ledger_head == "ab" * 32
    assert not carry_out(engine, closing.plan_close(engine, begun))
    paper = closing.finish(engine, begun, record)
    assert paper.after.things == ()
    assert states(engine) == {"owl": "ready"}
    assert any("static" in one for one in engine._images)  # owl's, too


def _events() -> list[Event]:
    """A day of team-01, as the ledger has it."""

    def event(verb: str, what: str, minutes: int, **detail: Any) -> Event:
        return Event(NOON + timedelta(minutes=minutes), "den", verb, "team-01", what, "me", detail)

    return [
        event("workshop up", "failed", 0, why="no network", code="DEN900"),
        event("workshop up", "ready", 1),
        event("workshop reset", "back to minute zero", 2, seconds=0.4, lost=["db"]),
        event("reset", "back to before the reset", 3, lost="everything"),
        event("went out", "1 places", 4, places=[_place(3)]),
        event("went out", "1 places", 5, places=[_place(4)]),
        event("reset", "failed (1)", 6),
    ]


def _place(times: int) -> dict[str, Any]:
    return {"service": "web", "to": "example.com:443", "times": times, "refused": 0, "bytes": 5}


def test_the_record_has_what_people_said(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))

    events = [
        event("reset", "team-01", "failed (1)"),
        event("hand", "team-01", "raised"),
        event("hand", "team-01", "lowered", seconds=95),
        event("note", "team-01", "failed to find the button", workshop="day"),
        event("message", "team-01", "failed? come to the front"),
        event("visit", "team-01", "came in"),
        event("note", "", "all are back", workshop="day"),
        event("note", "", "of another one", workshop="night"),
    ]
    found = evidence(engine, kept.known(engine, "day"), events, now=NOON)
    first, second, _ = found.teams
    assert [(one.text, one.by) for one in first.notes] == [("failed to find the button", "kim")]
    assert [one.seconds for one in first.helped] == [95]
    assert (second.helped, second.notes) == ((), ())
    assert first.with_earlier(first) == first  # what a ledger has is told once
    assert [(one.why, one.mended) for one in first.failures] == [("reset failed (1)", False)]
    assert [one.text for one in found.notes] == ["all are back"]


def test_what_was_broken_on_purpose_and_who_nobody_came_to_is_in_the_record(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))

    events = [
        event("fault", "team-01", "db: stop, on purpose", service="db"),
        event("fault", "team-01", "failed (1)", why="there is no db"),
        event("reset", "team-01", "back to minute zero", lost=["db"], changed=0),
        event("reset", "team-01", "back to minute zero", lost=["db"], changed=2),
        event("fault", "team-02", "web: slow, on purpose", service="web"),
        event("hand", "team-02", "raised"),
    ]
    first, second, _ = evidence(engine, kept.known(engine, "day"), events, now=NOON).teams
    assert [(one.service, one.why, one.mended) for one in first.failures] == [
        ("db", "stop, on purpose", True),
        ("", "there is no db", True),
    ]
    assert [one.lost for one in first.resets] == ["", "db"], "what nobody entered is not lost"
    nobody = "asked for help, and nobody had come when the workshop was closed"
    assert [(one.service, one.why, one.mended) for one in second.failures] == [
        ("web", "slow, on purpose", False),
        ("", nobody, False),
    ]


def test_the_record_tells_of_each_team(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))
    engine.apply("team-02", _stop("web"), lambda _: None)
    found = evidence(engine, kept.known(engine, "day"), _events(), now=NOON)
    first, second, _ = found.teams
    assert first.ready == NOON + timedelta(minutes=1)
    assert [(one.why, one.seconds, one.lost) for one in first.resets] == [
        ("reset", 0.4, "db"),
        ("undo", None, "everything"),
    ]
    assert [(one.why, one.code, one.mended) for one in first.failures] == [
        ("no network", "DEN900", True),
        ("reset failed (1)", "", False),
    ]
    assert [(one.to, one.times, one.bytes) for one in first.went_out] == [
        ("example.com:443", 7, 10)
    ]
    assert [(one.service, one.why) for one in second.failures] == [("web", "it was stopped")]
    assert found.are_equal
    assert [one.name for one in found.blueprints] == ["page"]
    assert found.den.install == "memory"


def later(until: timedelta) -> datetime:
    return EVENING + until


def test_what_is_known_of_a_team_outlives_its_sandbox(page: Path) -> None:
    """`watch` takes teams away at their end, and `close` comes after."""
    engine = MemoryEngine()
    opened(engine, of(page))
    assert not carry_out(engine, plan_of(plan_reset_all(engine, ["team-01"], now=NOON)))
    assert not carry_out(engine, plan_snapshot(engine, "team-01", "best", now=NOON))
    engine.apply("team-02", _stop("web"), lambda _: None)
    expected = evidence(engine, kept.known(engine, "day"), _events(), now=later(MINUTE))
    watch = Leases(boot=lambda: 0.0)
    with engine.lock(kept.lock("day")):
        assert list(watch(engine, later(MINUTE))) == [], "somebody changes the workshop"
    told = [(one.event, one.sandbox) for one in watch(engine, later(MINUTE))]
    assert told == [("ended", team) for team in ("team-01", "team-02", "team-03")]
    assert engine.sandboxes() == []
    found = evidence(engine, kept.known(engine, "day"), _events(), now=later(MINUTE))
    assert found == expected, "the same, whether its sandboxes are there or not"
    assert [one.generations for one in found.teams] == [2, 1, 1]
    assert [one.name for one in found.teams[0].snapshots] == ["best"]
    assert [one.why for one in found.teams[1].failures] == ["it was stopped"]
    again = opened(engine, of(page), until=later(HOUR))
    assert again.workshop.gone.keys() == {"team-01", "team-02", "team-03"}, "up forgets nothing"
    begun = closed(engine)
    record = evidence(engine, begun.workshop, _events(), now=later(HOUR))
    assert [len(one.failures) for one in record.teams] == [2, 1, 0], "each thing once"
    assert not carry_out(engine, closing.plan_close(engine, begun))
    assert closing.finish(engine, begun, record).after.things == ()


def test_nothing_is_reaped_of_a_workshop_that_cannot_be_read(page: Path, tmp_path: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page, 1))
    pipeline.up(engine, Path(blueprint(tmp_path / "b", PAGE)), "owl")
    engine.decide("workshops", "day", {"format": 2, "name": "day"})
    end = clock.now() + timedelta(days=300)
    told = list(Leases(boot=lambda: 0.0)(engine, max(end, later(MINUTE))))
    assert {(one.event, one.sandbox) for one in told} == {("failed", "team-01"), ("ended", "owl")}
    assert "a newer sandboxctl wrote it" in next(o.words for o in told if o.event == "failed")
    assert engine.sandboxes() == ["team-01"]


def _stop(name: str) -> Operation:
    from sandboxctl.sandbox.operations import StopService

    return StopService(1, name, 0)


def test_an_image_that_others_run_from_is_not_left_but_stays(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))
    begun = closed(engine)
    images = {*begun.belongings.images}
    assert len(images) == 2, "minute zero, and the page"
    assert images < {one.name for one in begun.before.things}
    pipeline.up(engine, page.parent, "owl")  # somebody else, since it was looked at
    record = evidence(engine, begun.workshop, [], now=NOON)
    assert not carry_out(engine, closing.plan_close(engine, begun))
    paper = closing.finish(engine, begun, record)
    in_use = [one.count for one in paper.stays if one.role == "in use by another den or sandbox"]
    assert in_use == [2]
    assert not images & {one.name for one in paper.before.things}, "they were not removed"
    assert states(engine)["owl"] == "ready"
    again = closed(engine)
    assert again.belongings.images == ()
    assert closing.finish(engine, again, record).stays == paper.stays, "known from the beginning"


def test_nothing_is_certified_while_something_is_left(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))
    begun = closed(engine)
    record = evidence(engine, begun.workshop, [], now=NOON)
    with pytest.raises(SandboxError, match="are left of day, so there is no certificate") as caught:
        closing.finish(engine, begun, record)
    assert caught.value.code == "DEN954"


def test_a_second_look_remembers_what_the_first_one_saw(page: Path) -> None:
    engine = MemoryEngine()
    opened(engine, of(page))
    begun = closed(engine)
    assert not carry_out(engine, closing.plan_close(engine, begun))
    again = closing.look(engine, begun.belongings, begun.before)
    assert again == begun.before
    assert closing.look(engine, begun.belongings, Inventory(at=NOON)).things == ()
