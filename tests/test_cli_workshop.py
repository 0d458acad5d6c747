"""`workshop` on a den in memory: what each verb answers, asks, writes and refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import click
import pytest

from sandboxctl import clock
from sandboxctl.cli import workshop_board
from sandboxctl.cli.complete import asked
from sandboxctl.cli.progress import BEFORE, Progress, sandbox
from sandboxctl.cli.session import Session
from sandboxctl.engine import connect
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.errors import NotReady
from sandboxctl.lifecycle.execute import News
from sandboxctl.sandbox.operations import RemoveNetwork, WaitReady
from sandboxctl.sandbox.plan import IMAGES, Draft, Plan
from sandboxctl.workshop.certificate import Certificate, holds
from sandboxctl.workshop.evidence import Evidence
from tests.cli import WITH_DATABASE, at_terminal, blueprint, facts, sandboxctl

FILE = """\
workshop: 1
name: spring
title: Spring den
until: "23:59"
blueprint: ./page
spares: 0
teams: {heron: {}, otter: {title: The otters}}
"""


@pytest.fixture(autouse=True)
def _den(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    connect.IN_MEMORY.clear()
    yield
    connect.IN_MEMORY.clear()


@pytest.fixture
def page(tmp_path: Path) -> str:
    return blueprint(tmp_path / "page", WITH_DATABASE)


@pytest.fixture
def spring(tmp_path: Path, page: str) -> str:
    (tmp_path / "spring.yaml").write_text(FILE)
    assert page
    return str(tmp_path / "spring.yaml")


def up(*words: str, code: int = 0) -> dict[str, list[str]]:
    result = sandboxctl("workshop", "up", *words)
    assert result.exit_code == code, result.output
    return facts(result)


def test_up_says_how_many_fit_and_gives_every_team_its_link(page: str) -> None:
    result = sandboxctl("workshop", "up", page, "--teams", "3")
    said = facts(result)
    assert result.exit_code == 0
    assert result.stderr.count("3 teams asked for, 15 fit; memory would bind first") == 1
    assert said["ready"] == ["3 of 3 teams"]
    assert said["team"] == ["team-01", "team-02", "team-03"]
    assert all(re.search(r"/_den/enter/[a-z2-7]{26}$", link) for link in said["link"])
    assert said["next"][0].endswith("workshop status page")


def test_up_as_json_is_one_answer(page: str) -> None:
    row = json.loads(sandboxctl("workshop", "up", page, "--teams", "a,b", "--json").stdout)
    assert [one["team"] for one in row["teams"]] == ["a", "b"]
    assert (row["ready"], row["changed"], row["failed"], row["fits"]) == (2, 2, {}, 15)
    again = json.loads(sandboxctl("workshop", "up", page, "--teams", "a,b", "--json").stdout)
    assert (again["changed"], again["fits"]) == (0, None)


def test_a_file_says_it_all_and_is_not_contradicted(spring: str) -> None:
    said = up(spring)
    assert said["workshop"] == ["spring"]
    assert said["team"] == ["heron", "otter"]
    for words in (["--teams", "3"], ["--name", "x"], ["--set", "a=b"]):
        refused = sandboxctl("workshop", "up", spring, *words)
        assert refused.exit_code == 2
        assert f"{words[0]} stands in the file" in refused.stderr
    assert up(spring, "--spares", "2")["ready"] == ["2 of 2 teams"]
    assert facts(sandboxctl("workshop", "ls"))["spares"] == ["2"]


@pytest.mark.parametrize(
    ("teams", "why"),
    [
        (None, "say how many teams"),
        ("0", "should be between 1 and 250"),
        ("a,b,a", "a stands there twice"),
        ("Heron", "cannot be the name of a sandbox"),
    ],
)
def test_teams_that_cannot_be(page: str, teams: str | None, why: str) -> None:
    refused = sandboxctl("workshop", "up", page, *(["--teams", teams] if teams else []))
    assert refused.exit_code == 2
    assert why in refused.stderr


class Lame(MemoryEngine):
    """One team's page does not answer while it is ``ill``."""

    ill = True

    def when_ready(self, sandbox: str, operation: WaitReady) -> Future[None]:
        answer: Future[None] = Future()
        if self.ill and (sandbox, operation.container.name) == ("team-02", "web"):
            answer.set_exception(NotReady(f"web of {sandbox} never answers", hint="Mend it."))
        else:
            answer.set_result(None)
        return answer


def test_one_broken_team_is_named_and_the_others_are_ready(page: str) -> None:
    engine = connect.IN_MEMORY["den"] = Lame()
    result = sandboxctl("workshop", "up", page, "--teams", "3")
    assert result.exit_code == 1
    assert "web of team-02 never answers" in result.stderr
    said = facts(result)
    assert said["ready"] == ["2 of 3 teams"]
    assert said["failed"] == ["team-02: web of team-02 never answers"]
    assert facts(sandboxctl("workshop", "status", "page"))["state"] == [
        "ready",
        "not finished",
        "ready",
    ]
    engine.ill = False
    assert up(page, "--teams", "3")["ready"] == ["3 of 3 teams"]


def test_what_does_not_fit_is_not_started_even_if_agreed_to(page: str) -> None:
    refused = sandboxctl("workshop", "up", page, "--teams", "40", "--yes")
    assert refused.exit_code == 4
    assert "40 teams asked for, 15 fit: memory binds" in refused.stderr
    assert facts(sandboxctl("ls")) == {}
    assert sandboxctl("workshop", "ls").stdout.startswith("No workshops.")


def test_a_change_that_loses_something_is_asked_for_once(page: str) -> None:
    up(page, "--teams", "3")
    file = Path(page) / "blueprint.yaml"
    file.write_text(file.read_text().replace("database: homes", "database: other"))
    refused = sandboxctl("workshop", "up", page, "--teams", "3")
    assert refused.exit_code == 1
    assert "team-01, team-02, team-03: everything entered in db" in refused.stderr
    assert up(page, "--teams", "3", "--yes")["changed"] == ["3"]


def test_teams_that_nobody_asks_for_stay_until_that_is_said(page: str) -> None:
    up(page, "--teams", "3")
    fewer = sandboxctl("workshop", "up", page, "--teams", "2")
    assert "Not asked for any more, and stays: team-03 (--remove-others)." in fewer.stderr
    assert facts(fewer)["departed"] == ["team-03"]
    said = up(page, "--teams", "2", "--remove-others", "--yes")
    assert said["team"] == ["team-01", "team-02"]
    assert facts(sandboxctl("ls"))["sandbox"] == ["team-01", "team-02"]


def test_status_is_for_a_room_and_shows_no_key(spring: str) -> None:
    up(spring)
    shown = sandboxctl("workshop", "status", "spring")
    assert shown.stdout.startswith("Spring den: 2 ready\n")
    assert "_den/enter" not in shown.stdout
    row = json.loads(sandboxctl("workshop", "status", "spring", "--json").stdout)
    assert [one["title"] for one in row["teams"]] == ["", "The otters"]
    assert row["teams"][0]["state"] == "ready"
    sandboxctl("down", "heron")
    states = [one["state"] for one in _status("spring")]
    assert states == ["not there", "ready"]


def _status(name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        sandboxctl("workshop", "status", name, "--json").stdout
    )["teams"]
    return found


def test_a_workshop_that_is_not_there_is_an_error_that_helps(page: str) -> None:
    up(page, "--teams", "1")
    for verb in (["status"], ["reset"], ["pause"], ["resume"], ["close"], ["sheet"]):
        result = sandboxctl("workshop", *verb, "pgae")
        assert result.exit_code == 1
        assert "There is no workshop pgae. Did you mean page?" in result.stderr


def test_reset_of_all_is_asked_for_and_of_one_is_not(page: str) -> None:
    up(page, "--teams", "3")
    refused = sandboxctl("workshop", "reset", "page")
    assert refused.exit_code == 1
    assert "3 teams of page would be put back to minute zero." in refused.stderr
    one = facts(sandboxctl("workshop", "reset", "page", "--team", "team-02"))
    assert one["done"] == ["back to minute zero: 1 of 1 teams"]
    assert one["lost"] == ["what was entered in db"]
    all_ = facts(sandboxctl("workshop", "reset", "page", "--yes"))
    assert all_["done"] == ["back to minute zero: 3 of 3 teams"]
    assert [one["resets"] for one in _status("page")] == [1, 2, 1]


def test_a_reset_of_all_can_be_undone_for_all(page: str) -> None:
    up(page, "--teams", "3")
    sandboxctl("workshop", "reset", "page", "--team", "team-01", "--team", "team-03")
    undone = sandboxctl("workshop", "reset", "page", "--undo", "--yes", "--json")
    told = json.loads(undone.stdout)
    assert (undone.exit_code, told["done"], list(told["failed"])) == (1, 2, ["team-02"])
    assert "nothing was put aside" in told["failed"]["team-02"]
    for team in ("team-01", "team-03"):
        assert json.loads(sandboxctl("status", team, "--json").stdout)["generation"] == 1


def test_a_plan_for_teams_counts_the_spares_that_are_asked_for(page: str) -> None:
    few, many = (
        json.loads(sandboxctl("plan", page, "--teams", "3", "--spares", n, "--json").stdout)
        for n in ("0", "9")
    )
    assert few["spares"] == 0
    assert many["spares"] == 9


def test_a_workshop_file_is_no_blueprint_and_is_told_so(spring: str) -> None:
    for verb in ("validate", "up", "rehearse"):
        result = sandboxctl(verb, spring)
        assert result.exit_code == 2, result.stderr
        assert "is a workshop file, not a blueprint" in result.stderr
        assert f"sandboxctl workshop up {spring}" in result.stderr
        assert "DEN274" in result.stderr
    assert sandboxctl("plan", spring).exit_code == 0


def test_pause_resume_and_more_time(page: str) -> None:
    up(page, "--teams", "2", "--lifetime", "2h")
    assert facts(sandboxctl("workshop", "pause", "page"))["done"] == ["paused: 2 of 2 teams"]
    assert [one["state"] for one in _status("page")] == ["paused", "paused"]
    sandboxctl("workshop", "extend", "page", "1m", "--team", "team-01")
    assert [one["state"] for one in _status("page")] == ["paused", "paused"]
    sandboxctl("workshop", "resume", "page", "--team", "team-01")
    assert [one["state"] for one in _status("page")] == ["ready", "paused"]
    sandboxctl("workshop", "resume", "page")
    longer = json.loads(sandboxctl("workshop", "extend", "page", "30m", "--json").stdout)
    assert (longer["done"], longer["failed"]) == (2, {})
    left = json.loads(sandboxctl("workshop", "ls", "--json").stdout)[0]["left_seconds"]
    assert 2.4 * 3600 < left <= 2.5 * 3600
    sandboxctl("down", "team-02")
    absent = json.loads(sandboxctl("workshop", "pause", "page", "--json").stdout)
    assert absent["not_there"] == ["team-02"]


def test_the_sheet_has_every_link_and_is_nobody_else_s(spring: str, tmp_path: Path) -> None:
    said = up(spring)
    told = facts(sandboxctl("workshop", "sheet", "spring", "-o", "cards.html"))
    assert told["teams"] == ["2"]
    text = (tmp_path / "cards.html").read_text()
    assert all(link in text for link in said["link"])
    assert "The otters" in text
    assert (tmp_path / "cards.html").stat().st_mode & 0o077 == 0
    one = facts(sandboxctl("workshop", "sheet", "spring", "--team", "heron"))
    assert one["sheet"] == ["spring-sheet.html"]
    refused = sandboxctl("workshop", "sheet", "spring", "-o", "nowhere/x.html")
    assert "cannot be written" in refused.stderr


def test_close_keeps_the_record_and_certifies_that_nothing_is_left(
    spring: str, tmp_path: Path
) -> None:
    up(spring)
    sandboxctl("workshop", "reset", "spring", "--yes")
    assert sandboxctl("workshop", "close", "spring").exit_code == 1  # nobody agreed
    said = sandboxctl("workshop", "close", "spring", "--keep", "kept", "--yes")
    assert said.exit_code == 0, said.output
    kept = tmp_path / "kept"
    assert {one.name for one in kept.iterdir()} == {
        "before.json",
        "certificate.html",
        "certificate.json",
        "heron.html",
        "otter.html",
        "record.json",
    }
    record = Evidence.model_validate_json((kept / "record.json").read_text())
    paper = Certificate.model_validate_json((kept / "certificate.json").read_text())
    assert holds(paper, record)
    assert facts(said)["record sha256"] == [record.sha256]
    assert facts(said)["removed"] == ["8 containers, 4 networks, 2 images"]
    assert sandboxctl("workshop", "ls").stdout.startswith("No workshops.")
    assert facts(sandboxctl("ls")) == {}
    assert "_den/enter" not in "".join(one.read_text() for one in kept.iterdir())


def test_spares_stand_ready_are_taken_by_a_reset_and_go_with_the_workshop(
    page: str, tmp_path: Path
) -> None:
    up(page, "--teams", "3", "--spares", "2")
    engine = connect.IN_MEMORY["den"]
    assert [one.ready for one in engine.spares().values()] == [True, True]
    said = facts(sandboxctl("workshop", "reset", "page", "--yes"))
    assert said["done"] == ["back to minute zero: 3 of 3 teams"]
    records = [engine.observe(name).record for name in engine.sandboxes()]
    homes = sorted(one.home.partition(".")[0] for one in records if one)
    assert homes == ["", "spare", "spare"]
    assert engine.spares() == {}
    up(page, "--teams", "3", "--spares", "1")
    assert len(engine.spares()) == 1
    done = sandboxctl("workshop", "close", "page", "--keep", "kept", "--yes")
    assert done.exit_code == 0, done.output
    # Three live generations, as many put aside, and a spare: of two services each.
    paper = json.loads((tmp_path / "kept" / "certificate.json").read_text())
    kinds = [one["kind"] for one in paper["before"]["things"]]
    assert (kinds.count("container"), kinds.count("network")) == (14, 7)
    assert engine.spares() == {}
    assert engine.making() == []


def test_no_room_for_a_spare_leaves_the_teams_ready(page: str) -> None:
    engine = connect.IN_MEMORY["den"] = MemoryEngine(memory=1400 * 1024**2)
    result = sandboxctl("workshop", "up", page, "--teams", "1", "--spares", "1")
    assert result.exit_code == 0, result.output
    assert facts(result)["ready"] == ["1 of 1 team"]
    assert "A reset makes its generation then." in result.stderr
    assert engine.spares() == {}


class Sticky(MemoryEngine):
    """One container cannot be removed, as if its name were another one's."""

    stuck = True

    def apply(self, sandbox: str, operation: object, note: object) -> None:
        if Sticky.stuck and (sandbox, str(operation)) == ("otter", "remove web"):
            return
        super().apply(sandbox, operation, note)  # type: ignore[arg-type]  # as they are given


def test_close_refuses_to_certify_what_is_left_and_goes_on_later(
    spring: str, tmp_path: Path
) -> None:
    connect.IN_MEMORY["den"] = Sticky()
    up(spring)
    refused = sandboxctl("workshop", "close", "spring", "--keep", "kept", "--yes")
    assert refused.exit_code == 1
    assert "left of spring, so there is no certificate" in refused.stderr
    assert "otter" in refused.stderr
    kept = tmp_path / "kept"
    assert not (kept / "certificate.json").exists()
    first = (kept / "record.json").read_text()
    assert facts(sandboxctl("workshop", "ls"))["state"] == ["is being closed"]
    for words in (["up", spring], ["reset", "spring", "--yes"], ["pause", "spring"]):
        assert "is being closed since" in sandboxctl("workshop", *words).stderr
    Sticky.stuck = False
    done = sandboxctl("workshop", "close", "spring", "--keep", "kept")  # agreed to before
    assert done.exit_code == 0, done.output
    assert "Going on with what was begun" in done.stderr
    assert (kept / "record.json").read_text() == first
    paper = json.loads((kept / "certificate.json").read_text())
    assert len(paper["before"]["things"]) == 8
    assert paper["after"]["things"] == []


def test_a_team_that_was_taken_down_stands_in_the_record(spring: str, tmp_path: Path) -> None:
    up(spring)
    sandboxctl("workshop", "reset", "spring", "--yes")
    sandboxctl("snapshot", "otter", "best")
    assert sandboxctl("down", "otter").exit_code == 0
    assert sandboxctl("workshop", "close", "spring", "--keep", "kept", "--yes").exit_code == 0
    record = Evidence.model_validate_json((tmp_path / "kept" / "record.json").read_text())
    assert [one.generations for one in record.teams] == [2, 2]
    assert [[one.name for one in team.snapshots] for team in record.teams] == [[], ["best"]]
    assert "best" in (tmp_path / "kept" / "otter.html").read_text()


def test_close_in_another_folder_makes_a_record_of_what_is_left(spring: str) -> None:
    connect.IN_MEMORY["den"] = Sticky()
    Sticky.stuck = True
    up(spring)
    assert sandboxctl("workshop", "close", "spring", "--keep", "one", "--yes").exit_code == 1
    Sticky.stuck = False
    assert sandboxctl("workshop", "close", "spring", "--keep", "two").exit_code == 0


def test_plan_tells_teams_that_are_alike_once(page: str, spring: str) -> None:
    shown = sandboxctl("plan", page, "--teams", "12")
    assert shown.exit_code == 0
    assert "12 teams asked for, 15 fit" in shown.stdout
    assert "each of 12 teams (team-01 … team-12)" in shown.stdout
    assert shown.stdout.count("a network of its own") == 1
    row = json.loads(sandboxctl("plan", page, "--teams", "2", "--json").stdout)
    assert row["capacity"]["binds"] == "memory"
    assert [one["teams"] for one in row["groups"]] == [["team-01", "team-02"]]
    assert "each of 2 teams (heron and otter)" in sandboxctl("plan", spring).stdout
    too_many = sandboxctl("plan", page, "--teams", "40")
    assert too_many.exit_code == 4
    assert "40 teams asked for, 15 fit: memory binds" in too_many.stdout
    assert facts(sandboxctl("ls")) == {}


def test_plan_of_a_workshop_that_is_there(page: str) -> None:
    up(page, "--teams", "2")
    assert (
        "each of 2 teams (team-01 and team-02): nothing to do"
        in sandboxctl("plan", page, "--teams", "2").stdout
    )
    file = Path(page) / "blueprint.yaml"
    file.write_text(file.read_text().replace("database: homes", "database: other"))
    shown = sandboxctl("plan", page, "--teams", "1").stdout
    assert "lost: what was entered in db of team-01" in shown
    assert "not asked for any more, and stay: team-02" in shown


def test_the_tab_key_knows_workshops_and_their_teams(spring: str) -> None:
    up(spring)
    ctx = _context()
    assert [item.value for item in asked("workshops", ctx, "sp")] == ["spring"]
    ctx.params["workshop"] = "spring"
    assert [(item.value, item.help) for item in asked("teams", ctx, "o")] == [
        ("otter", "The otters")
    ]


def _context() -> click.Context:
    return click.Context(click.Command("x"), obj=Session(engine="memory"))


def cell(team: str, state: str = "ready", **more: object) -> workshop_board.Cell:
    return workshop_board.Cell(team, state, **more)  # type: ignore[arg-type]  # as a test says


def test_the_board_is_columns_where_there_is_room_and_reads_down() -> None:
    cells = [cell(f"team-{n:02}", left="3 h left", address="http://x/") for n in range(1, 31)]
    wide, narrow = workshop_board.Drawn(cells, 120), workshop_board.Drawn(cells, 30)
    assert (wide.columns, narrow.columns) == (4, 1)
    assert [one.team for one in wide.rows[0]] == ["team-01", "team-09", "team-17", "team-25"]
    assert max(map(len, wide.lines)) <= 120
    assert wide.lines[0].startswith("✓ team-01  READY")
    assert wide.lines[1].startswith("  3 h left · http://x/")
    assert len(narrow.lines) == 60
    assert workshop_board.Drawn([], 80).lines == []


def test_thirty_teams_fit_a_small_screen() -> None:
    cells = [cell(f"team-{n:02}", left="3 h left", address="http://x/") for n in range(1, 30)]
    cells.append(cell("team-30", "in trouble", down=("web down", "db down"), address="http://x/"))
    small = workshop_board.Drawn(cells, 80, 22)
    assert (small.brief, small.left_out) == (True, 0)
    assert len(small.lines) <= 22
    assert max(map(len, small.lines)) <= 80
    assert "! team-30  IN TROUBLE" in "\n".join(small.lines)
    large = workshop_board.Drawn(cells, 200, 58)
    assert (large.brief, large.lines) == (False, workshop_board.Drawn(cells, 200).lines)


def test_where_not_all_fit_trouble_stands_first_and_the_rest_is_counted() -> None:
    cells = [cell(f"team-{n:03}") for n in range(1, 250)] + [cell("team-250", "in trouble")]
    small = workshop_board.Drawn(cells, 80, 22)
    assert len(small.lines) == 22
    assert small.lines[0].startswith("! team-250  IN TROUBLE")
    assert small.lines[-1] == f"… and {small.left_out} more"
    assert small.left_out == 250 - len(small.shown)


def test_a_state_is_a_word_and_a_sign() -> None:
    down = cell("heron", "in trouble", down=("db down",), resets=2)
    assert down.first == "! heron  IN TROUBLE: db down"
    assert down.second == "  2 resets"
    assert cell("x", resets=1).second == "  1 reset"
    assert len(set(workshop_board.SIGNS.values())) == len(workshop_board.SIGNS)
    assert workshop_board.SIGNS.keys() == workshop_board.COLOURS.keys()
    assert workshop_board.counted([down, cell("x"), cell("y")]) == "2 ready, 1 in trouble"
    assert workshop_board.cell("gone", "", None).state == "not there"


SEEN = """
import sys
from sandboxctl.cli.main import main
try:
    main(["-H", "memory", "workshop", "up", sys.argv[1], "--teams", "30"])
except SystemExit as first:
    assert first.code == 4, first.code
try:
    main(["-H", "memory", "workshop", "up", sys.argv[1], "--teams", "12"])
except SystemExit as first:
    assert first.code == 0, first.code
main(["-H", "memory", "workshop", "status", "page"])
"""


def test_on_a_terminal_it_is_a_board(page: str) -> None:
    screen = at_terminal(page, script=SEEN, columns=120)
    assert screen.code == 0, screen.text
    assert "page: 12 ready" in screen.text
    assert re.search(r"✓ team-01  READY.*✓ team-0[2-9]  READY", screen.text)


def test_progress_has_a_line_for_each_team() -> None:
    draft, shared = Draft("team-01"), Draft(IMAGES)
    first = draft.add(RemoveNetwork(1), "x")
    draft.add(RemoveNetwork(2), "x", first)
    plan = Plan((*shared.steps, *draft.steps)) + _removals(9)
    progress = Progress(sandbox)
    progress.expect(plan)
    assert list(progress.lines) == [f"team-{n:02}" for n in range(1, 10)]
    assert len(progress.shown(20)) == 9
    progress.hear(News(plan.steps[-1], "working"), 1.0)
    progress.hear(News(plan.steps[-2], "failed", "no"), 1.0)
    assert [line.subject for line in progress.shown(2)] == ["team-08", "team-09"]
    assert progress.counted == "1 FAILED, 1 working, 7 waiting"
    progress.hear(News(None, "working", "den"), 0.0)
    assert BEFORE in progress.lines


def _removals(number: int) -> Plan:
    found = Plan()
    for n in range(2, number + 1):
        draft = Draft(f"team-{n:02}")
        draft.add(RemoveNetwork(1), "x")
        found += Plan(tuple(draft.steps))
    return found


def test_the_time_of_a_lease_is_the_same_for_all(page: str) -> None:
    up(page, "--teams", "2", "--until", f"{clock.now().astimezone():%H:%M}")
    left = {round(float(str(one["left_seconds"]))) for one in _status("page")}
    assert len(left) == 1


@pytest.mark.parametrize(
    ("teams", "line", "key"),
    [
        ("teams: 2\nset:\n  homse: 1\n", 6, "set.homse"),
        ("teams: [ant]\nset: {homse: 1}\n", 5, "set.homse"),
        ("teams:\n  ant:\n  bee:\n    set: {homse: 1}\n", 7, "teams.bee.set.homse"),
    ],
)
@pytest.mark.parametrize("verb", ["plan", "workshop up"])
def test_a_value_that_no_blueprint_has_is_named_by_file_and_line(
    page: str, tmp_path: Path, verb: str, teams: str, line: int, key: str
) -> None:
    file = tmp_path / "day.yaml"
    file.write_text(f"workshop: 1\nname: day\nblueprint: {page}\n{teams}")
    refused = sandboxctl(*verb.split(), str(file))
    assert refused.exit_code == 2
    assert f"{file}:{line}: {key}: is not a parameter" in refused.stderr
    assert "--set" not in refused.stderr
