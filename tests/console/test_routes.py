"""Every page there is, a new one too: who sees it, and what a form of it needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandboxctl.console import pages
from sandboxctl.console.wish import Wish
from tests.cli import WITH_DATABASE, blueprint
from tests.console.rig import TEAM, Rig, until
from tests.console.site import HOST, ORIGIN, Site, Visitor

OTHER = "otter"
OPEN = {"start.start", "start.robots", "static", "enter.enter", "enter.enter_team"}
"""What a stranger finds: where to come in, and nothing of anybody."""
OWN = {"enter.leave"}
"""What anybody changes of themselves."""


DAY, SEAT, GONE = "start", "blue-otter", "gone"
"""A workshop, which has the name of a point to return to, a team of it, and one that is closed."""
PAST = {"enter.link", "enter.team_link", "enter.from_gateway", "static"}
"""What opens to who has its token, and a file."""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """What every page is about is there: else each could be told apart from none by nothing."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    blueprint(tmp_path / "catalogue" / "page", WITH_DATABASE)
    rig = Rig(tmp_path, folders=(tmp_path / "catalogue",))
    rig.up()
    rig.work.begin()
    for name, teams in ((DAY, (OTHER, SEAT)), (GONE, ("wren",))):
        asked = rig.work.tasks.submit
        asked("open", name, once="1", by="f", **Wish("page", name, teams=teams).args)
        until(lambda: not rig.work.tasks.active)
    rig.work.tasks.submit("close", GONE, once="2", by="f")
    until(lambda: not rig.work.tasks.active)
    rig.work.board.look()
    rig.done("snapshot", OTHER, "kept", name="kept")
    yield Site(rig)
    rig.work.end()


def routes(site: Site, method: str) -> Iterator[tuple[str, str]]:
    """Endpoint and path of each rule, as of the other team's sandbox."""
    work = site.rig.work
    values = {
        "sandbox": OTHER,
        "filename": "console.css",
        "verb": "reset",
        "seconds": "1",
        "name": DAY,
        "team": SEAT,
        "blueprint": "page",
        "paper": work.papers.all()[0].name,
        "file": "record.json",
    }
    task, job = work.tasks.of(DAY)[0].reference, work.jobs.of(OTHER)[-1].reference
    for rule in site.app.url_map.iter_rules():
        if method in (rule.methods or ()):
            reference = task if rule.endpoint.startswith("task.") else job
            known = {**values, "reference": reference}
            asked = {key: known.get(key, "x") for key in rule.arguments}
            with site.app.test_request_context(headers={"Host": HOST}):
                yield rule.endpoint, site.app.url_for(rule.endpoint, _external=False, **asked)


def form(site: Site, visitor: Visitor) -> dict[str, str]:
    cookie = visitor.client.get_cookie("console", "127.0.0.1")
    found = site.access.visitor(cookie.value) if cookie else None
    told = {"once": "1", "live": "1", "text": "x", "what": "stop db", "to": "", "minutes": "15"}
    return {"form": found.form if found else "", **told}


def state(site: Site) -> object:
    work = site.rig.work
    jobs = [work.jobs.of(name) for name in (TEAM, OTHER, SEAT)], work.tasks.of(DAY)
    said = work.hands.up, work.hands.messages, work.hands.notes(DAY)
    visits = [one.number for one in site.access.visits()]
    return site.rig.engine.records(), jobs, said, visits, site.access.unused


def test_there_are_pages(site: Site) -> None:
    assert len(list(routes(site, "GET"))) > 20
    assert len(list(routes(site, "POST"))) > 10


def test_who_runs_it_sees_every_page(site: Site) -> None:
    """So a page that others do not see is one that is there."""
    for endpoint, path in routes(site, "GET"):
        if endpoint not in PAST:
            again = site.facilitator()  # nobody is slowed down here
            assert again.get(path).status_code in (200, 303), path


def test_a_stranger_sees_nothing_and_changes_nothing(site: Site) -> None:
    before = state(site)
    for endpoint, path in routes(site, "GET"):
        expected = {200} if endpoint in OPEN else {404}
        assert site.stranger().get(path).status_code in expected, path
    for _, path in routes(site, "POST"):
        stranger = site.stranger()
        assert stranger.post(path, form(site, stranger)).status_code in (404, 405, 429), path
    assert state(site) == before


def test_a_team_sees_and_changes_nothing_of_another(site: Site) -> None:
    team = site.team(TEAM)
    before = state(site)
    for endpoint, path in routes(site, "GET"):
        found = team.get(path).status_code
        assert found in ({200, 303} if endpoint in OPEN else {404}), path
    for endpoint, path in routes(site, "POST"):
        if endpoint not in OWN:
            again = site.team(TEAM)  # nobody is slowed down here
            before = state(site)
            assert again.post(path, form(site, again)).status_code == 404, path
            assert state(site) == before, path


def test_an_observer_changes_nothing_and_sees_no_page_that_is_a_facilitator_s(site: Site) -> None:
    seen = set()
    observer = site.observer()
    before = state(site)
    for endpoint, path in routes(site, "GET"):
        status = observer.get(path).status_code
        assert status in (200, 303, 404), path
        if status == 200:
            seen.add(endpoint)
    assert seen >= {"team.team", "team.wrong", "team.check", "start.start", "wall.wall", "wall.one"}
    private = ("access", "desk", "opening", "closing", "task")
    assert not {one for one in seen if one.partition(".")[0] in private}
    assert state(site) == before
    for endpoint, path in routes(site, "POST"):
        if endpoint not in OWN:
            again = site.observer()
            before = state(site)
            assert again.post(path, form(site, again)).status_code == 404, path
            assert state(site) == before, path


def test_a_supplier_sees_the_desk_and_changes_nothing(site: Site) -> None:
    supplier = site.supplier()
    before = state(site)
    assert supplier.get("/").headers["Location"] == "/desk"
    for endpoint, path in routes(site, "GET"):
        expected = {200, 303} if endpoint in {*OPEN, "desk.desk"} else {404}
        assert supplier.get(path).status_code in expected, path
    assert state(site) == before
    for endpoint, path in routes(site, "POST"):
        if endpoint not in {*OWN, "desk.look"}:
            again = site.supplier()
            before = state(site)
            assert again.post(path, form(site, again)).status_code == 404, path
            assert state(site) == before, path
    assert "It cannot be taken" in supplier.post("/desk", form(site, supplier)).text


@pytest.mark.parametrize("role", ["facilitator", "team"])
def test_every_form_needs_the_token_of_its_session(site: Site, role: str) -> None:
    who = site.facilitator() if role == "facilitator" else site.team(OTHER)
    before = state(site)
    for endpoint, path in routes(site, "POST"):
        if endpoint not in pages.ENTERING:
            for wrong in ("", "x", "0" * 64):
                answer = who.post(path, {**form(site, who), "form": wrong})
                assert answer.status_code == 403, path
    assert state(site) == before


@pytest.mark.parametrize(
    "told",
    [
        {"Origin": "https://evil.example"},
        {"Origin": ORIGIN.replace("http:", "https:")},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_no_form_of_another_page_is_taken(site: Site, told: dict[str, str]) -> None:
    who = site.facilitator()
    before = state(site)
    for _, path in routes(site, "POST"):
        assert who.post(path, form(site, who), **told).status_code == 403, path
    assert state(site) == before
