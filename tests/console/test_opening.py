"""A workshop from the catalogue to its certificate, in the browser of a facilitator."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from sandboxctl.console.task import Task, read, written
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.protocol import Note
from sandboxctl.lifecycle import ledger
from sandboxctl.sandbox.operations import Operation
from sandboxctl.workshop.inventory import Thing
from tests.cli import WITH_DATABASE, blueprint
from tests.console.rig import Rig, until
from tests.console.site import Site, Visitor

CHECK = "/open/page/check"
WHO = "facilitator, in the console"
TYPED = {"name": "spring", "title": "Spring workshop", "teams": "Heron\nBlue Otter!", "until": ""}


CHOOSY = """\
blueprint: 1
name: choosy
opens: web
parameters:
  homes: {type: integer, default: 20, minimum: 10, maximum: 500, about: Homes in the stock}
  mood: {type: text, default: calm, choices: [calm, busy]}
  late: {type: boolean, default: false, about: Whether letters come late}
services:
  web:
    source: ./site
    runtime: static
    environment: {SAYS: "{{ homes }} {{ mood }} {{ late }}"}
"""


class Killed(BaseException):
    """Nothing of ours runs any more."""


class Keeps(MemoryEngine):
    """Somebody holds on to a container of it, for as long as ``kept``; dies at call ``at``."""

    kept, at, calls = False, 0, 0

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        super().apply(sandbox, operation, note)
        self.calls += 1
        if self.calls == self.at:
            raise Killed

    def inventory(self) -> tuple[Thing, ...]:
        found = tuple(super().inventory())
        if not self.kept:
            return found
        return (*found, Thing(kind="container", id="ab" * 20, name="x", sandbox="heron"))


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    blueprint(tmp_path / "catalogue" / "page", WITH_DATABASE)
    blueprint(tmp_path / "catalogue" / "choosy", CHOOSY)
    (tmp_path / "catalogue" / "torn").mkdir()
    (tmp_path / "catalogue" / "torn" / "blueprint.yaml").write_text("blueprint: 1\nname: []\n")
    found = Rig(tmp_path, Keeps(), folders=(tmp_path / "catalogue",))
    yield found
    found.work.end()


@pytest.fixture
def site(rig: Rig) -> Site:
    rig.work.begin()
    return Site(rig)


def asked(**more: str) -> str:
    return f"{CHECK}?{urlencode(TYPED | more)}"


def ended(site: Site, answer: TestResponse) -> Task:
    """What was asked for, once it is over and seen."""
    assert answer.status_code == 303, answer.text
    tasks = site.rig.work.tasks
    reference = answer.headers["Location"].rpartition("/")[2]

    def now() -> Task:
        found = tasks.get(reference)
        assert found
        return found

    until(lambda: not now().active, "a task")
    site.rig.work.board.look()
    return now()


def opened(site: Site, visitor: Visitor) -> Task:
    return ended(site, visitor.post(CHECK, page=asked()))


def closed(site: Site, visitor: Visitor) -> Task:
    return ended(site, visitor.post("/wall/spring/close", page="/wall/spring/close"))


def test_the_catalogue_has_what_is_shipped_and_what_lies_in_a_folder(site: Site) -> None:
    text = site.facilitator().get("/open").text
    assert "Repair right first time" in text
    assert 'href="/open/page"' in text
    assert "This one cannot be read." in text
    assert 'href="/open/torn"' not in text


def test_nobody_else_opens_or_closes_anything(site: Site) -> None:
    opened(site, site.facilitator())
    closed(site, site.facilitator())
    opened(site, site.facilitator())
    paper = site.rig.work.papers.all()[0].name
    paths = ["/open", "/open/page", CHECK, "/wall/spring/close", "/wall/spring/sheet"]
    paths += [f"/closed/{paper}", f"/closed/{paper}/record.json", f"/closed/{paper}/all.zip"]
    paths += [f"/tasks/{site.rig.work.tasks.of('spring')[0].reference}"]
    for visitor in (site.observer(), site.team("heron"), site.stranger()):
        for path in paths:
            assert visitor.get(path).status_code == 404, path
    assert site.facilitator().get(paths[-1]).status_code == 200


def test_the_answers_are_checked_before_anything_is_started(site: Site) -> None:
    text = site.facilitator().get(asked()).text
    assert "Check your answers" in text
    assert "2 teams: heron, blue-otter" in text
    assert "All of them fit" in text
    assert "2 teams asked for" in text
    assert "Open it" in text
    assert site.rig.engine.records() == {}


def test_what_a_blueprint_lets_somebody_choose_is_asked_for_and_told(site: Site) -> None:
    visitor = site.facilitator()
    text = visitor.get("/open/choosy?set-homes=40&set-mood=busy").text
    for said in ("Homes in the stock", "Usually: 20.", "From 10 to 500.", 'value="40"'):
        assert said in text
    assert "<option selected>busy</option>" in text
    chosen = {**TYPED, "set-homes": "40", "set-late": "true", "set-mood": "", "set-other": "x"}
    page = f"/open/choosy/check?{urlencode(chosen)}"
    text = visitor.get(page).text
    assert "<dt>Homes in the stock</dt><dd>40</dd>" in text
    assert "<dt>Whether letters come late</dt><dd>true</dd>" in text
    assert "calm" not in text
    task = ended(site, visitor.post("/open/choosy/check", page=page))
    assert (task.state, task.args["set"]) == ("done", {"homes": "40", "late": "true"})
    recipes = {one.recipe for one in site.rig.engine.records().values()}
    made = [site.rig.engine.recipe(one).containers["web"] for one in recipes]
    assert [one.environment["SAYS"] for one in made] == ["40 calm true"]


def test_what_cannot_be_chosen_is_asked_for_again(site: Site) -> None:
    visitor = site.facilitator()
    for wrong in ("9", "many", "501"):
        page = f"/open/choosy/check?{urlencode({**TYPED, 'set-homes': wrong})}"
        answer = visitor.get(page)
        assert answer.status_code == 422
        assert "Homes in the stock: should be" in answer.text
        assert 'id="set-homes" aria-invalid="true"' in answer.text
        assert "--set" not in answer.text
        assert f'value="{wrong}"' in answer.text


def test_everything_that_cannot_be_is_told_at_once_and_marked(site: Site) -> None:
    wrong = {**TYPED, "teams": "", "number": "0", "until": "25:99", "set-homes": "many"}
    answer = site.facilitator().get(f"/open/choosy/check?{urlencode(wrong)}")
    assert answer.status_code == 422
    for said in ("between 1 and 250", "a time such as 17:00", "Homes in the stock: should be"):
        assert said in answer.text
    assert answer.text.count('aria-invalid="true"') == 3
    told = {**TYPED, "set-homes": "4 0,0"}
    text = site.facilitator().get(f"/open/choosy/check?{urlencode(told)}").text
    assert "<dd>400</dd>" in text, "as the page itself writes numbers"


def test_what_does_not_fit_is_told_with_how_many_do_and_has_no_button(site: Site) -> None:
    text = site.facilitator().get(f"{CHECK}?name=big&number=250").text
    assert "There is no room for all of them" in text
    assert "runs out first" in text
    assert "Open it" not in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"teams": "", "number": "0"}, "has to be between 1 and 250"),
        ({"teams": "", "number": "many"}, "has to be between 1 and 250"),
        ({"teams": "heron\nHeron"}, "heron stands there twice"),
        ({"teams": "!"}, "cannot be the name"),
        ({"teams": "x" * 61}, "at most 60 characters"),
        ({"teams": "\n".join(f"t{n}" for n in range(251))}, "1 to 250 teams"),
        ({"name": "Spring!"}, "cannot be the name"),
        ({"until": "soon"}, "a time such as 17:00"),
        ({"until": "2020-01-01 17:00"}, "within the next 14 days"),
    ],
)
def test_what_cannot_be_is_asked_for_again(site: Site, typed: dict[str, str], said: str) -> None:
    visitor = site.facilitator()
    answer = visitor.get(asked(**typed))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'role="alert"' in answer.text
    form = {"form": visitor.fields(asked())["form"], "once": "1", **TYPED, **typed}
    refused = visitor.post(CHECK, form)
    if refused.status_code != 400:  # only the lifecycle knows
        assert ended(site, refused).state == "failed"
    assert site.rig.engine.records() == {}


def test_what_is_not_in_the_catalogue_is_not_there(site: Site) -> None:
    visitor = site.facilitator()
    assert visitor.get("/open/none").status_code == 404
    assert visitor.get("/open/..%2F..%2Fetc").status_code == 404
    form = {"form": visitor.fields(asked())["form"], **TYPED}
    assert visitor.post(CHECK, form).status_code == 400


def test_it_opens_and_says_how_far_it_is(site: Site) -> None:
    visitor = site.facilitator()
    task = opened(site, visitor)
    assert (task.state, task.ready, task.failed) == ("done", 2, {})
    assert set(site.rig.engine.records()) == {"heron", "blue-otter"}
    text = visitor.get(f"/tasks/{task.reference}").text
    assert "Spring workshop is open" in text
    assert 'href="/wall/spring"' in text
    assert "Blue Otter!" in visitor.get("/wall/spring").text
    assert "2 of 2 ready" in visitor.get("/wall/spring").text
    assert visitor.get(f"/tasks/{task.reference}/now").status_code == 200
    assert visitor.get("/tasks/NONE-2222").status_code == 404


def test_generated_names_and_an_end(site: Site) -> None:
    visitor = site.facilitator()
    page = f"{CHECK}?name=day&number=3&until=23.59"
    assert ended(site, visitor.post(CHECK, page=page)).ready == 3
    workshop = site.rig.work.board.seen.workshops["day"]
    assert list(workshop.teams) == ["team-01", "team-02", "team-03"]
    assert f"{workshop.until:%H:%M}" == "23:59"


def test_pressed_twice_it_opens_once_and_a_second_of_that_name_is_refused(site: Site) -> None:
    visitor = site.facilitator()
    fields = visitor.fields(asked())
    one, two = visitor.post(CHECK, fields), visitor.post(CHECK, fields)
    assert one.headers["Location"] == two.headers["Location"]
    ended(site, one)
    other = ended(site, visitor.post(CHECK, {**fields, "once": "another"}))
    assert other.state == "failed"
    text = visitor.get(f"/tasks/{other.reference}").text
    assert "There is a workshop spring already" in text
    again = ended(site, visitor.post(f"/tasks/{other.reference}/again", {"form": fields["form"]}))
    assert again.state == "failed", "what was refused is not taken over by asking again"
    assert visitor.get(asked()).status_code == 422


def test_a_console_that_ended_in_the_middle_goes_on(site: Site) -> None:
    task = opened(site, site.facilitator())
    with site.rig.store.connection() as db:
        half = written(task).replace('"state": "done"', '"state": "working"')
        db.execute("UPDATE tasks SET state = 'working', told = ?", (half,))
        db.commit()
    site.rig.again().begin()
    again = Site(site.rig)
    until(lambda: not again.rig.work.tasks.active)
    found = again.rig.work.tasks.get(task.reference)
    assert found
    assert (found.state, found.interrupted, found.ready) == ("done", True, 2)
    again.rig.work.board.look()
    assert "It was interrupted" in again.facilitator().get(f"/tasks/{task.reference}").text


@pytest.mark.parametrize("at", [1, 3, 6, 9])
def test_killed_in_the_middle_of_opening_and_of_closing_it_goes_on(site: Site, at: int) -> None:
    visitor, engine = site.facilitator(), site.rig.engine
    assert isinstance(engine, Keeps)
    engine.at = at
    place = visitor.post(CHECK, page=asked()).headers["Location"]
    until(lambda: engine.calls >= at)
    site = taken_up(site)
    assert "It was interrupted" in site.facilitator().get(place).text
    assert {one.status.state for one in site.rig.work.board.seen.teams.values()} == {"ready"}
    assert len(site.rig.engine.records()) == 2
    visitor, engine.calls = site.facilitator(), 0
    place = visitor.post("/wall/spring/close", page="/wall/spring/close").headers["Location"]
    until(lambda: engine.calls >= at)
    site = taken_up(site)
    assert "nothing of it is left" in site.facilitator().get(place).text
    assert site.rig.engine.records() == {}
    paper = site.rig.work.papers.of("spring")
    assert paper
    assert {one.name for one in paper.evidence.teams} == {"heron", "blue-otter"}


def taken_up(site: Site) -> Site:
    """By another console, on the same den."""
    assert [one.state for one in site.rig.work.tasks.active] == ["working"]
    site.rig.again().begin()
    until(lambda: not site.rig.work.tasks.active)
    site.rig.work.board.look()
    return Site(site.rig)


def test_the_sheet_has_every_link_and_is_kept_nowhere(site: Site) -> None:
    visitor = site.facilitator()
    opened(site, visitor)
    answer = visitor.get("/wall/spring/sheet")
    for name, record in site.rig.engine.records().items():
        assert f"{record.key}" in answer.text, name
    assert answer.text.count("<svg") == 2
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "style-src 'sha256-" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_closing_says_what_goes_and_leaves_papers(site: Site) -> None:
    visitor = site.facilitator()
    opened(site, visitor)
    visitor.post("/wall/spring/note", {"text": "All came", "to": ""}, page="/wall/spring")
    text = visitor.get("/wall/spring/close").text
    assert "the practice areas of 2 teams" in text
    assert "This cannot be taken back." in text
    task = closed(site, visitor)
    assert task.state == "done", task
    assert site.rig.engine.records() == {}
    place = f"/closed/{task.paper}"
    assert f'href="{place}"' in visitor.get(f"/tasks/{task.reference}").text
    assert f'href="{place}"' in visitor.get("/").text
    assert f'href="{place}/heron.html"' in visitor.get(place).text
    assert "Certificate of removal" in visitor.get(f"{place}/certificate.html").text
    assert "sha256-" in visitor.get(f"{place}/heron.html").headers["Content-Security-Policy"]
    record = visitor.get(f"{place}/record.json")
    assert "attachment" in record.headers["Content-Disposition"]
    assert json.loads(record.text)["name"] == "spring"
    with zipfile.ZipFile(BytesIO(visitor.get(f"{place}/all.zip").data)) as packed:
        assert {name.rpartition("/")[2] for name in packed.namelist()} == {
            "record.json",
            "certificate.json",
            "certificate.html",
            "heron.html",
            "blue-otter.html",
        }
    for path in (f"{place}/before.json", f"{place}/..%2Fx", "/closed/none", "/closed/..%2F.."):
        assert visitor.get(path).status_code == 404, path


def test_the_wall_of_a_closed_workshop_says_so(site: Site) -> None:
    visitor = site.facilitator()
    opened(site, visitor)
    fields = visitor.fields("/wall/spring/close")
    task = closed(site, visitor)
    for one in (visitor, site.observer()):
        assert "Spring workshop is closed" in one.get("/wall/spring").text
    assert visitor.get("/wall/spring/now").status_code == 404, "the page loads itself again"
    assert task.paper not in site.observer().get("/wall/spring").text
    late = visitor.post("/wall/spring/close", {**fields, "once": task.once})
    assert late.headers["Location"] == f"/tasks/{task.reference}", "pressed twice"
    assert visitor.post("/wall/spring/close", {**fields, "once": "new"}).status_code == 404
    assert visitor.post("/wall/spring/close", {**fields, "once": ""}).status_code == 400
    wait = visitor.post(f"/tasks/{task.reference}/again", fields)
    assert wait.headers["Location"] == f"/tasks/{task.reference}", "it is done"


def test_where_something_is_left_there_is_no_certificate_and_it_says_what(site: Site) -> None:
    visitor = site.facilitator()
    opened(site, visitor)
    engine = site.rig.engine
    assert isinstance(engine, Keeps)
    engine.kept = True
    task = closed(site, visitor)
    text = visitor.get(f"/tasks/{task.reference}").text
    assert "Spring workshop is not closed yet" in text
    assert "1 object is left of spring" in text
    assert "container x of heron" in text
    assert site.rig.work.papers.all() == []
    wall = visitor.get("/wall/spring").text
    assert "It is being closed since" in wall
    assert "Finish that" in wall
    assert "For all teams" not in wall
    assert visitor.get("/wall/spring/all/reset").status_code == 404
    assert "Somebody began that" in visitor.get("/wall/spring/close").text
    form = {"form": visitor.fields("/open/page/check?name=o&number=1")["form"]}
    assert visitor.post("/wall/spring/all/reset", {**form, "once": "1"}).status_code == 404
    engine.kept = False
    again = visitor.post(f"/tasks/{task.reference}/again", form)
    assert ended(site, again).state == "done"
    assert len(site.rig.work.papers.all()) == 1


def test_a_closing_that_was_certified_before_the_console_ended_is_done(site: Site) -> None:
    visitor = site.facilitator()
    opened(site, visitor)
    task = closed(site, visitor)
    with site.rig.store.connection() as db:
        half = written(task).replace('"state": "done"', '"state": "working"')
        told = (half, task.reference)
        db.execute("UPDATE tasks SET state = 'working', told = ? WHERE reference = ?", told)
        db.commit()
    site.rig.again().begin()
    until(lambda: not site.rig.work.tasks.active)
    found = site.rig.work.tasks.get(task.reference)
    assert found
    assert (found.state, found.paper, found.interrupted) == ("done", task.paper, True)


def test_a_paper_that_is_torn_is_not_shown(site: Site) -> None:
    visitor = site.facilitator()
    opened(site, visitor)
    task = closed(site, visitor)
    place = ledger.path().with_name(f"closed-{site.rig.engine.den.name}") / task.paper
    assert place.stat().st_mode & 0o077 == 0
    record = place / "record.json"
    record.write_text(record.read_text().replace("spring", "autumn"))
    assert visitor.get(f"/closed/{task.paper}").status_code == 404
    assert site.rig.work.papers.all() == []


def test_a_bug_of_ours_is_said_and_the_next_task_is_done(site: Site) -> None:
    work = site.rig.work
    broken = work.tasks.submit("open", "odd", once="1", by="facilitator", nothing="known")
    until(lambda: not work.tasks.active)
    found = work.tasks.get(broken.reference)
    assert found
    assert (found.state, found.why) == ("failed", "why.bug")
    assert "mistake in the console" in site.facilitator().get(f"/tasks/{found.reference}").text
    assert opened(site, site.facilitator()).state == "done"


def test_one_team_is_reset_from_the_wall_and_no_other(site: Site) -> None:
    visitor = site.facilitator()
    opened(site, visitor)
    text = visitor.get("/wall/spring/teams/heron").text
    for verb in ("extend", "pause", "reset"):
        assert f'href="/wall/spring/all/{verb}?team=heron"' in text
    page = "/wall/spring/all/reset?team=heron"
    assert "<h1>Reset Heron</h1>" in visitor.get(page).text
    assert visitor.get("/wall/spring/all/reset?team=none").status_code == 404
    visitor.post("/wall/spring/all/reset", page=page)
    until(lambda: site.rig.engine.records()["heron"].live == 2)
    assert site.rig.engine.records()["blue-otter"].live == 1


def test_one_team_is_told_something_and_the_wall_says_what(site: Site) -> None:
    visitor = site.facilitator()
    opened(site, visitor)
    page = "/wall/spring/teams/heron"
    visitor.post("/wall/spring/say", {"text": "Come to the front"}, page=page)
    assert "Come to the front" in visitor.get(page).text
    assert "Come to the front" not in visitor.get("/wall/spring/teams/blue-otter").text


def test_a_task_is_read_as_it_was_written(site: Site) -> None:
    task = opened(site, site.facilitator())
    assert read(written(task)) == task


def test_the_ledger_says_who_and_the_papers_have_its_head_and_the_notes(rig: Rig) -> None:
    engine = rig.engine
    assert isinstance(engine, Keeps)
    engine.lasts = True
    rig.work.begin()
    site = Site(rig)
    visitor = site.facilitator()
    opened(site, visitor)
    visitor.post("/wall/spring/note", {"text": "All came", "to": ""}, page="/wall/spring")
    page = "/wall/spring/teams/heron"
    visitor.post("/wall/spring/note", {"text": "They saw it", "to": "heron"}, page=page)
    team, learned = site.team("heron"), "/team/heron/learned"
    team.post(learned, {"text": "It broke twice"}, page=learned)
    task = closed(site, visitor)
    assert task.state == "done", task
    told = ledger.events(engine.den.name, since=task.asked - timedelta(hours=1))
    work = [one for one in told if one.verb != "visit" and one.who == WHO]
    mine = [(one.verb, one.sandbox, one.what) for one in work]
    assert mine == [
        ("workshop up", "", "spring"),
        ("workshop up", "heron", "ready"),
        ("workshop up", "blue-otter", "ready"),
        ("note", "", "All came"),
        ("note", "heron", "They saw it"),
        ("workshop close", "", "spring"),
    ]
    paper = rig.work.papers.find(task.paper)
    assert paper
    assert paper.evidence.ledger_head == paper.certificate.ledger_head != ""
    assert "All came" in visitor.get(f"/closed/{task.paper}").text
    page = visitor.get(f"/closed/{task.paper}/heron.html").text
    assert "It broke twice" in page
    assert "They saw it" not in page, "what others say of a team is not for it to take home"
    assert "They saw it" in visitor.get(f"/closed/{task.paper}/record.json").text


class Slow(Keeps):
    """Waits before its first step until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        assert self.go_on.wait(60)
        super().apply(sandbox, operation, note)


def test_a_workshop_that_is_under_way_is_not_closed_beside_that(rig: Rig) -> None:
    rig.engine = engine = Slow()
    engine.go_on.set()
    rig.work.begin()
    site = Site(rig)
    visitor = site.facilitator()
    opened(site, visitor)
    engine.go_on.clear()
    one = visitor.post("/wall/spring/close", page="/wall/spring/close")
    place = one.headers["Location"]
    assert visitor.get("/wall/spring/close").headers["Location"] == place
    assert f'href="{place}"' in visitor.get("/").text
    until(lambda: "Removing everything" in visitor.get(place).text)
    site.rig.work.board.look()
    assert f'href="{place}"' in visitor.get("/wall/spring").text
    assert "How far it is" in visitor.get("/wall/spring").text
    again = visitor.post(f"{place}/again", page="/open/page/check?name=other&number=1")
    assert again.headers["Location"] == place
    engine.go_on.set()
    assert ended(site, one).state == "done"
    assert len(site.rig.work.tasks.of("spring")) == 2


def test_nobody_resets_everybody_by_forgetting_to_choose(site: Site) -> None:
    visitor = site.facilitator()
    opened(site, visitor)
    page = "/wall/spring/all/reset"
    text = visitor.get(page).text
    assert text.count('type="checkbox" checked') == 2
    assert "nothing was entered or changed" in text
    refused = visitor.post(page, page=page)
    assert refused.status_code == 422
    assert "Tick the teams that it is for" in refused.text
    assert site.rig.work.jobs.of("heron") == []
    visitor.post(page, {"team": "heron"}, page=page)
    assert [one.verb for one in site.rig.work.jobs.of("heron")] == ["reset"]
    assert site.rig.work.jobs.of("blue-otter") == []


def test_what_was_said_stands_on_the_wall_with_who_sees_it(site: Site) -> None:
    visitor = site.facilitator()
    opened(site, visitor)
    wall = "/wall/spring"
    visitor.post(f"{wall}/say", {"text": "Lunch", "to": ""}, page=wall)
    visitor.post(f"{wall}/say", {"text": "Well done", "to": "heron"}, page=wall)
    text = visitor.get(wall).text
    assert '<strong>Heron</strong> <span class="said">Well done</span>' in text
    assert '<strong>Blue Otter!</strong> <span class="said">Lunch</span>' in text
    assert "Shown now" not in site.observer().get(wall).text
