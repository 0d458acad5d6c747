"""What each of the three sees, and what becomes of what they press."""

from __future__ import annotations

import json
import re

import pytest

from sandboxctl import clock
from sandboxctl.console.points import Point
from sandboxctl.sandbox import ticket
from sandboxctl.sandbox.operations import StopService
from sandboxctl.workshop.record import Member, Workshop
from tests.console.rig import TEAM, Rig, until
from tests.console.site import SECRET, Site


@pytest.fixture
def site(busy: Rig) -> Site:
    return Site(busy)


def ended(site: Site, address: str) -> None:
    found = site.rig.work.jobs.get(address.rpartition("/")[2])
    assert found
    site.rig.ended(found)
    site.rig.work.board.look()


def test_a_team_comes_in_with_its_key_and_sees_its_page(site: Site) -> None:
    visitor = site.stranger()
    asked = visitor.get(f"/team/{TEAM}/enter/{site.key(TEAM)}")
    assert "Come in" in asked.text
    assert visitor.get(f"/team/{TEAM}").status_code == 404, "looking at a link changes nothing"
    came = visitor.post(f"/team/{TEAM}/enter", visitor.fields(asked.request.path))
    assert came.headers["Location"] == f"/team/{TEAM}"
    text = visitor.get(f"/team/{TEAM}").text
    assert "<h1>Heron</h1>" in text
    assert "Something went wrong" in text


def test_back_to_the_beginning_takes_three_clicks_and_can_be_taken_back(site: Site) -> None:
    team = site.team(TEAM)
    wrong = team.get(f"/team/{TEAM}/wrong").text
    assert f'href="/team/{TEAM}/check/start"' in wrong
    check = f"/team/{TEAM}/check/start"
    assert "You keep" in team.get(check).text
    assert "Nobody has measured that" in team.get(check).text
    pressed = team.post(check, page=check)
    ended(site, pressed.headers["Location"])
    done = team.get(pressed.headers["Location"]).text
    assert "You are back at the beginning" in done
    undo = re.search(rf'href="(/team/{TEAM}/check/[^"]+)"', done)
    assert undo
    back = team.post(undo[1], page=undo[1])
    ended(site, back.headers["Location"])
    assert "You are back where you were" in team.get(back.headers["Location"]).text
    assert site.rig.engine.records()[TEAM].live == 1


def test_what_is_there_now_is_kept_and_can_be_gone_back_to(site: Site) -> None:
    team = site.team(TEAM)
    form = team.fields(f"/team/{TEAM}")
    kept = team.post(f"/team/{TEAM}/keep", form)
    ended(site, kept.headers["Location"])
    assert team.post(f"/team/{TEAM}/keep", form).headers["Location"] == kept.headers["Location"]
    snapshots = site.rig.engine.records()[TEAM].snapshots
    assert [one.name.startswith("kept-") for one in snapshots] == [True], "pressed twice is once"
    check = f"/team/{TEAM}/check/{snapshots[0].name}"
    assert f'href="{check}"' in team.get(f"/team/{TEAM}/wrong").text
    ended(site, team.post(check, page=check).headers["Location"])
    assert site.rig.engine.records()[TEAM].live == 2


def test_each_result_leads_back_from_what_it_did(site: Site) -> None:
    team, start = site.team(TEAM), f"/team/{TEAM}/check/start"
    first = team.post(start, page=start).headers["Location"]
    ended(site, first)
    kept = team.post(f"/team/{TEAM}/keep", page=f"/team/{TEAM}").headers["Location"]
    ended(site, kept)
    assert "/check/" not in team.get(kept).text, "keeping is nothing to go back from"

    form = {**team.fields(f"/team/{TEAM}/break"), "what": "stop db"}
    broken = team.post(f"/team/{TEAM}/break", form).headers["Location"]
    ended(site, broken)
    text = team.get(broken).text
    assert "Broken on purpose: db stops" in text
    back = re.findall(rf'href="/team/{TEAM}/check/([^"]+)"', text)
    assert [one.startswith("before-fault-") for one in back] == [True], "and no earlier reset's"
    assert "it was stopped on purpose" not in text

    check = f"/team/{TEAM}/check/{back[0]}"
    restored = team.post(check, page=check).headers["Location"]
    ended(site, restored)
    assert "You are back at what was kept" in team.get(restored).text
    assert re.search(rf'href="/team/{TEAM}/check/auto-', team.get(restored).text)
    assert "/check/" not in team.get(first).text, "something else has happened since"


def test_who_took_a_reset_back_may_take_that_back(site: Site) -> None:
    team, start = site.team(TEAM), f"/team/{TEAM}/check/start"
    ended(site, team.post(start, page=start).headers["Location"])
    undo = next(one for one in points(site) if one.verb == "undo")
    check = f"/team/{TEAM}/check/{undo.name}"
    back = team.post(check, page=check).headers["Location"]
    ended(site, back)
    again = re.search(rf'href="/team/{TEAM}/check/(auto-[^"]+)"', team.get(back).text)
    assert again, "what the page before had promised"
    check = f"/team/{TEAM}/check/{again[1]}"
    ended(site, team.post(check, page=check).headers["Location"])


def points(site: Site) -> tuple[Point, ...]:
    team = site.rig.work.board.seen.teams[TEAM]
    return site.rig.work.points.of(team, clock.now())


def test_what_stands_still_is_told_as_paused_and_not_as_broken(site: Site) -> None:
    site.rig.done("pause", once="still")
    site.rig.work.board.look()
    text = site.team(TEAM).get(f"/team/{TEAM}").text
    assert "Paused" in text
    assert "has stopped" not in text
    wrong = site.team(TEAM).get(f"/team/{TEAM}/wrong").text
    assert "Your facilitator has paused it" in wrong
    assert "Start it again" not in wrong


def test_a_page_that_nobody_looked_for_yet_loads_again_until_it_says_all(rig: Rig) -> None:
    rig.up()
    site = Site(rig)
    rig.work.board.look()
    rig.work.working.begin()  # and no board that looks by itself
    team = site.team(TEAM)
    check = f"/team/{TEAM}/check/start"
    address = team.post(check, page=check).headers["Location"]
    found = rig.work.jobs.get(address.rpartition("/")[2])
    assert found
    rig.ended(found)
    before = team.get(address).text
    assert "You are back at the beginning" in before
    assert 'http-equiv="refresh"' in before
    assert "Bring it back" not in before
    rig.work.board.look()
    after = team.get(address).text
    assert 'http-equiv="refresh"' not in after
    assert "Bring it back" in after


def test_a_double_click_the_back_button_and_two_people_are_one_reset(site: Site) -> None:
    one, two = site.team(TEAM), site.team(TEAM)
    check = f"/team/{TEAM}/check/start"
    first, other = one.fields(check), two.fields(check)
    pressed = [one.post(check, first), one.post(check, first), two.post(check, other)]
    places = [answer.headers["Location"] for answer in pressed]
    ended(site, places[0])
    again = one.post(check, first)  # the back button, and once more
    assert again.headers["Location"] == places[0] == places[1]
    assert site.rig.engine.records()[TEAM].live == 2
    assert site.rig.engine.records()[TEAM].resets == 1
    if places[2] != places[0]:  # it came after the end: then it is told so
        assert "Somebody was faster" in two.get(places[2]).text


def test_the_record_of_a_reset_is_a_file_without_anybody_s_secrets(site: Site) -> None:
    team = site.team(TEAM)
    check = f"/team/{TEAM}/check/start"
    place = team.post(check, page=check).headers["Location"]
    ended(site, place)
    saved = team.get(f"{place}/record")
    assert "attachment" in saved.headers["Content-Disposition"]
    told = json.loads(saved.text)
    assert (told["verb"], told["state"], told["sandbox"]) == ("reset", "done", TEAM)
    assert not {"once", "told", "recipe"} & set(told)


def test_a_hand_goes_up_and_down_and_is_on_the_wall(site: Site) -> None:
    team = site.team(TEAM)
    page = f"/team/{TEAM}"
    team.post(f"{page}/hand", {"hand": "up"}, page=page)
    team.post(f"{page}/hand", {"hand": "up"}, page=page)
    assert "Your facilitator was asked" in team.get(page).text, "two who call at once call once"
    team.post(f"{page}/hand", {"hand": "down"}, page=page)
    assert "Your facilitator was asked" not in team.get(page).text


def test_what_was_learned_is_kept_and_an_empty_one_is_asked_for_again(site: Site) -> None:
    team = site.team(TEAM)
    page = f"/team/{TEAM}/learned"
    refused = team.post(page, {"text": " "}, page=page)
    assert refused.status_code == 422
    assert "Write something" in refused.text
    kept = team.post(page, {"text": "<b>It broke</b>"}, page=page)
    assert kept.status_code == 303


def test_breaking_it_on_purpose_can_be_undone(site: Site) -> None:
    team = site.team(TEAM)
    page = f"/team/{TEAM}/break"
    assert "db stops" in team.get(page).text
    place = team.post(page, {"what": "stop db"}, page=page).headers["Location"]
    ended(site, place)
    assert "db has stopped answering" in team.get(f"/team/{TEAM}/wrong").text
    assert "before it was broken on purpose" in team.get(f"/team/{TEAM}/wrong").text
    assert team.post(page, {"what": "explode db"}, page=page).status_code == 404


def test_a_ticket_of_the_gateway_opens_once(site: Site) -> None:
    seconds = str(int(site.console.now().timestamp()))
    mac = ticket.mac(SECRET, TEAM, seconds, "r")
    path = f"/team/{TEAM}/from/{seconds}/r/{mac}"
    visitor = site.stranger()
    fields = visitor.fields(path)
    assert visitor.post(f"/team/{TEAM}/enter", fields).status_code == 303
    assert visitor.get(path).headers["Location"] == f"/team/{TEAM}", "who is in goes on"
    assert site.stranger().post(f"/team/{TEAM}/enter", fields).status_code == 404


@pytest.mark.parametrize("path", ["", "/wrong", "/now", "/learned", "/break", "/check/start"])
def test_another_team_and_a_stranger_see_nothing(site: Site, path: str) -> None:
    site.rig.up("otter")
    site.rig.work.board.look()
    otter = site.team("otter")
    pages = [
        who.get(f"/team/{name}{path}")
        for who, name in (
            (otter, TEAM),
            (site.stranger(), TEAM),
            (otter, "nobody"),
            (site.stranger(), "nobody"),
        )
    ]
    assert {page.status_code for page in pages} == {404}
    assert pages[0].text == pages[2].text, "of another team's nobody can tell whether it is there"
    assert pages[1].text == pages[3].text


def test_a_key_that_was_replaced_ends_the_session(site: Site) -> None:
    team = site.team(TEAM)
    engine = site.rig.engine
    from sandboxctl.sandbox.operations import ReplaceKey

    engine.apply(TEAM, ReplaceKey(), lambda _: None)
    site.rig.work.board.look()
    assert team.get(f"/team/{TEAM}").status_code == 404


def test_the_engine_away_is_said_in_words(site: Site) -> None:
    team = site.team(TEAM)
    site.rig.away = True
    site.rig.work._look._hang_up()
    site.rig.work.board.look()
    assert "does not answer at the moment" in team.get(f"/team/{TEAM}").text
    site.rig.away = False
    until(lambda: not site.rig.work.board.seen.engine)


def test_the_room_sees_how_each_service_is_on_the_picture(rig: Rig) -> None:
    rig.up("heron")
    records = rig.engine.records()
    member = Member(sandbox="heron", blueprint="page", recipe=records["heron"].recipe)
    found = Workshop(
        name="spring",
        teams={"heron": member, "otter": member.model_copy(update={"sandbox": "otter"})},
        since=records["heron"].since,
        until=records["heron"].until,
    )
    rig.engine.decide("workshops", "spring", found.model_dump(mode="json"))
    rig.work.begin()
    site = Site(rig)
    room = site.observer()
    page = room.get("/wall/spring/teams/heron").text
    assert "<svg" in page
    assert "✓ running" in page
    rig.engine.apply("heron", StopService(1, "db", 0), lambda _: None)
    rig.work.board.look()
    now = room.get("/wall/spring/teams/heron/now")
    assert "✗" in now.text
    assert (
        room.get(
            "/wall/spring/teams/heron/now", **{"If-None-Match": now.headers["ETag"]}
        ).status_code
        == 304
    )
    assert "<svg" not in room.get("/wall/spring/teams/otter").text, "nothing of it is there"
    assert room.get("/wall/spring/teams/nobody/now").status_code == 404
    assert site.team("heron").get("/wall/spring/teams/heron/now").status_code == 404
