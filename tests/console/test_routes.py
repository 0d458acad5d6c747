"""Every page there is, a new one too: who sees it, and what a form of it needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from sandboxctl.console import pages
from tests.console.rig import TEAM, Rig
from tests.console.site import HOST, ORIGIN, Site, Visitor

OTHER = "otter"
OPEN = {"start.start", "start.robots", "static", "enter.enter", "enter.enter_team"}
"""What a stranger finds: where to come in, and nothing of anybody."""
OWN = {"enter.leave"}
"""What anybody changes of themselves."""


@pytest.fixture
def site(rig: Rig) -> Site:
    rig.up()
    rig.up(OTHER)
    rig.work.begin()
    return Site(rig)


def routes(app: Flask, method: str) -> Iterator[tuple[str, str]]:
    """Endpoint and path of each rule, as of the other team's sandbox."""
    values = {"sandbox": OTHER, "filename": "console.css", "verb": "reset", "seconds": "1"}
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            asked = {
                key: values.get(key, "start" if key == "name" else "x") for key in rule.arguments
            }
            with app.test_request_context(headers={"Host": HOST}):
                yield rule.endpoint, app.url_for(rule.endpoint, _external=False, **asked)


def form(site: Site, visitor: Visitor) -> dict[str, str]:
    cookie = visitor.client.get_cookie("console", "127.0.0.1")
    found = site.access.visitor(cookie.value) if cookie else None
    told = {"once": "1", "live": "1", "text": "x", "what": "stop db", "to": "", "minutes": "15"}
    return {"form": found.form if found else "", **told}


def state(site: Site) -> object:
    work = site.rig.work
    jobs = [work.jobs.of(name) for name in (TEAM, OTHER)]
    said = work.hands.up, work.hands.messages, work.hands.notes("x"), work.hands.notes("start")
    visits = [one.number for one in site.access.visits()]
    return site.rig.engine.records(), jobs, said, visits, site.access.unused


def test_there_are_pages(site: Site) -> None:
    assert len(list(routes(site.app, "GET"))) > 20
    assert len(list(routes(site.app, "POST"))) > 10


def test_a_stranger_sees_nothing_and_changes_nothing(site: Site) -> None:
    before = state(site)
    for endpoint, path in routes(site.app, "GET"):
        expected = {200} if endpoint in OPEN else {404}
        assert site.stranger().get(path).status_code in expected, path
    for _, path in routes(site.app, "POST"):
        stranger = site.stranger()
        assert stranger.post(path, form(site, stranger)).status_code in (404, 405, 429), path
    assert state(site) == before


def test_a_team_sees_and_changes_nothing_of_another(site: Site) -> None:
    team = site.team(TEAM)
    before = state(site)
    for endpoint, path in routes(site.app, "GET"):
        found = team.get(path).status_code
        assert found in ({200, 303} if endpoint in OPEN else {404}), path
    for endpoint, path in routes(site.app, "POST"):
        if endpoint not in OWN:
            again = site.team(TEAM)  # nobody is slowed down here
            before = state(site)
            assert again.post(path, form(site, again)).status_code == 404, path
            assert state(site) == before, path


def test_an_observer_changes_nothing_and_sees_no_page_that_is_a_facilitator_s(site: Site) -> None:
    seen = set()
    observer = site.observer()
    before = state(site)
    for endpoint, path in routes(site.app, "GET"):
        status = observer.get(path).status_code
        assert status in (200, 303, 404), path
        if status == 200:
            seen.add(endpoint)
    assert seen >= {"team.team", "team.wrong", "team.check", "start.start"}
    assert not {one for one in seen if one.partition(".")[0] in ("access", "desk", "opening")}
    assert state(site) == before
    for endpoint, path in routes(site.app, "POST"):
        if endpoint not in OWN:
            again = site.observer()
            before = state(site)
            assert again.post(path, form(site, again)).status_code == 404, path
            assert state(site) == before, path


def test_a_supplier_sees_the_desk_and_changes_nothing(site: Site) -> None:
    supplier = site.supplier()
    before = state(site)
    assert supplier.get("/").headers["Location"] == "/desk"
    for endpoint, path in routes(site.app, "GET"):
        expected = {200, 303} if endpoint in {*OPEN, "desk.desk"} else {404}
        assert supplier.get(path).status_code in expected, path
    assert state(site) == before
    for endpoint, path in routes(site.app, "POST"):
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
    for endpoint, path in routes(site.app, "POST"):
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
    for _, path in routes(site.app, "POST"):
        assert who.post(path, form(site, who), **told).status_code == 403, path
    assert state(site) == before
