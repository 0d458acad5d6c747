"""Who may come in: what a facilitator sees of it, ends and lets in, and what the ledger says."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

import pytest

from sandboxctl.console.access import Visit
from sandboxctl.console.pages.access import INVITED
from sandboxctl.lifecycle import ledger
from tests.console.rig import TEAM, Rig
from tests.console.site import ORIGIN, Site, Visitor

PAGE = "/access"


@pytest.fixture
def site(rig: Rig) -> Site:
    rig.engine.lasts = True  # type: ignore[misc]
    rig.up()
    rig.work.begin()
    return Site(rig)


def visits(site: Site) -> list[tuple[str, str]]:
    return [(one.role, one.sandbox) for one in site.access.visits()]


def number(site: Site, role: str) -> Visit:
    return next(one for one in site.access.visits() if one.role == role)


def test_who_is_in_stands_there_by_role_and_since_when(site: Site) -> None:
    site.team(TEAM)
    site.observer()
    facilitator = site.facilitator()
    text = facilitator.get(PAGE).text
    found = [text.index(f"<strong>{who}") for who in ("Facilitator", "Observer", "Team Heron")]
    assert found == sorted(found)
    assert text.count("since ") == 3
    assert text.count("this is you") == 1
    assert text.count('name="visit"') == 2, "nobody ends their own by mistake"
    for who in (site.observer(), site.team(TEAM)):
        assert who.get(PAGE).status_code == 404


def test_one_visit_is_ended_and_no_other(site: Site) -> None:
    facilitator, observer, team = site.facilitator(), site.observer(), site.team(TEAM)
    form = {"visit": str(number(site, "team").number)}
    for _ in range(2):  # pressed twice
        assert facilitator.post(f"{PAGE}/end", form, page=PAGE).status_code == 303
    assert team.get(f"/team/{TEAM}").status_code == 404
    assert observer.get("/").status_code == 200
    assert visits(site) == [("facilitator", ""), ("observer", "")]
    for wrong in ("", "x", "-1", "9" * 30):
        answer = facilitator.post(f"{PAGE}/end", {"visit": wrong}, page=PAGE)
        assert answer.status_code == 404


def test_all_others_are_ended_and_links_with_them(site: Site) -> None:
    facilitator, other, team = site.facilitator(), site.facilitator(), site.team(TEAM)
    link = site.access.invite("facilitator")
    assert "1 link waits" in facilitator.get(PAGE).text
    check = f"{PAGE}/end-others"
    assert "2 other visits end" in facilitator.get(check).text
    assert facilitator.post(check, page=check).status_code == 303
    assert visits(site) == [("facilitator", "")]
    assert other.get(PAGE).status_code == 404
    assert team.get(f"/team/{TEAM}").status_code == 404
    assert site.stranger().post("/enter", {"token": link}).status_code == 404
    assert facilitator.get(PAGE).status_code == 200
    assert "Nobody else is in" in facilitator.get(check).text


@pytest.mark.parametrize("role", INVITED)
def test_a_new_link_lets_one_in(site: Site, role: str) -> None:
    facilitator = site.facilitator()
    made = facilitator.post(f"{PAGE}/link", {"role": role}, page=PAGE)
    assert made.headers["Cache-Control"] == "no-store"
    found = re.search(rf"{ORIGIN}/enter/([a-z2-7]{{32}})<", made.text)
    assert found
    assert site.stranger().post("/enter", {"token": found[1]}).status_code == 303
    assert site.stranger().post("/enter", {"token": found[1]}).status_code == 404
    assert facilitator.post(f"{PAGE}/link", {"role": "team"}, page=PAGE).status_code == 404


@pytest.mark.parametrize("role", ["facilitator", "observer", "team"])
def test_everybody_can_leave(site: Site, role: str) -> None:
    who = site.team(TEAM) if role == "team" else getattr(site, role)()
    page = f"/team/{TEAM}"
    assert 'action="/leave"' in who.get(page).text
    assert who.post("/leave", page=page).headers["Location"] == "/"
    assert visits(site) == []
    assert who.get(page).status_code == 404
    assert "/leave" not in site.stranger().get("/").text


def test_a_visit_whose_key_was_replaced_is_not_listed(site: Site) -> None:
    site.access.enter_team(TEAM, "another key")
    assert "Team Heron" not in site.facilitator().get(PAGE).text
    site.access.enter_team("gone", "x")
    assert "Team gone" in site.facilitator().get(PAGE).text


def test_coming_in_and_leaving_are_in_the_ledger_and_no_token_is(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = site.access.invite("facilitator")
    facilitator = site.stranger()
    facilitator.get(f"/enter/{link}")
    facilitator.post("/enter", {"token": link})
    team, observer = site.team(TEAM), site.observer()
    site.stranger().get(f"/team/{TEAM}/enter/{site.key(TEAM)}")
    site.stranger().post("/enter", {"token": "wrong" * 6})
    facilitator.post(f"{PAGE}/end", {"visit": str(number(site, "team").number)}, page=PAGE)
    made = facilitator.post(f"{PAGE}/link", {"role": "observer"}, page=PAGE).text
    observer.post("/leave", page="/")
    cookies = [cookie(one) for one in (facilitator, team, observer)]
    site.rig.work.points = None  # type: ignore[assignment]  # anything that breaks
    site.facilitator().get(f"/team/{TEAM}/wrong")
    events = ledger.events(site.rig.engine.den.name, since=datetime.min.replace(tzinfo=UTC))
    told = [(one.what, one.sandbox, one.who, one.detail) for one in events if one.verb == "visit"]
    names = {"facilitator": "facilitator", "observer": "observer", "team": f"team {TEAM}"}
    assert [one[:3] for one in told][:6] == [
        ("came in", "", "facilitator, in the console"),
        ("came in", TEAM, f"{names['team']}, in the console"),
        ("came in", "", "observer, in the console"),
        ("ended", TEAM, "facilitator, in the console"),
        ("link made", "", "facilitator, in the console"),
        ("left", "", "observer, in the console"),
    ]
    assert [one[3].get("role") for one in told][:4] == ["facilitator", "team", "observer", "team"]
    new = re.search(r"/enter/([a-z2-7]{32})<", made)
    assert new
    written = repr(events) + caplog.text + "".join(map(repr, caplog.records))
    assert "a page ended with a bug" in caplog.text
    for secret in (link, new[1], site.key(TEAM), "wrong" * 6, *filter(None, cookies)):
        assert secret not in written


def cookie(visitor: Visitor) -> str:
    found = visitor.client.get_cookie("console", "127.0.0.1")
    return found.value if found else ""
