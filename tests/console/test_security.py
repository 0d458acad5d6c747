"""Section 5 of what has to hold: who comes in, what a form needs, what every answer carries."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from sandboxctl.console.access import LINK, SESSION, Access
from sandboxctl.console.limits import PAGES, Limit, Rate
from sandboxctl.console.origins import hosts, is_loopback, is_ours
from tests.cli import PAGE
from tests.console.rig import STORE, TEAM, Rig
from tests.console.site import HOST, Site


@pytest.fixture
def site(busy: Rig) -> Site:
    return Site(busy)


def test_a_link_works_once_and_looking_at_it_does_not_use_it(site: Site) -> None:
    token = site.access.invite("facilitator")
    visitor = site.stranger()
    for _ in range(3):
        assert visitor.get(f"/enter/{token}").status_code == 200
    assert visitor.post("/enter", {"token": token}).status_code == 303
    assert site.stranger().post("/enter", {"token": token}).status_code == 404
    assert site.stranger().get(f"/enter/{token}").status_code == 404
    assert visitor.get("/").status_code == 200


def test_nothing_that_opens_anything_is_in_the_file(site: Site) -> None:
    token = site.access.invite("observer")
    team = site.team(TEAM)
    cookie = team.client.get_cookie("console", "127.0.0.1")
    assert cookie
    site.rig.work.end()
    written = b"".join(path.read_bytes() for path in site.rig.folder.glob(f"{STORE}*"))
    assert len(token) == 32
    for secret in (token, cookie.value, site.key(TEAM)):
        assert secret.encode() not in written
    assert hashlib.sha256(cookie.value.encode()).hexdigest().encode() in written


@pytest.mark.parametrize("key", ["nobody", "", "none", "0" * 64])
def test_a_sandbox_that_has_no_key_yet_is_opened_by_none(site: Site, key: str) -> None:
    board = site.rig.work.board
    seen = board.seen
    nameless = replace(seen.teams[TEAM], key="")
    board.seen = replace(seen, teams={**seen.teams, "ghost": nameless})
    visitor = site.stranger()
    assert visitor.post("/team/ghost/enter", {"key": key}).status_code == 404
    assert visitor.get("/team/ghost").status_code == 404


def test_links_and_sessions_end(rig: Rig) -> None:
    site = Site(rig)
    times = [site.console.now()]
    access = Access(rig.store, lambda: times[0])
    token = access.invite("facilitator")
    times[0] += LINK + timedelta(seconds=1)
    assert access.invited(token) is None
    assert access.enter(token) is None
    session = access.enter(access.invite("facilitator"))
    assert session
    assert access.visitor(session)
    times[0] += SESSION + timedelta(seconds=1)
    assert access.visitor(session) is None


def test_the_cookie_is_for_nobody_else(site: Site) -> None:
    answer = site.stranger().post(f"/team/{TEAM}/enter", {"key": site.key(TEAM)})
    cookie = answer.headers["Set-Cookie"]
    for flag in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://heron.den.localhost:8080"},
    ],
)
def test_a_form_of_another_page_changes_nothing(site: Site, headers: dict[str, str]) -> None:
    team = site.team(TEAM)
    check = f"/team/{TEAM}/check/start"
    fields = team.fields(check)
    told = {"Origin": f"http://{HOST}", **headers}
    answer = team.client.post(check, data=fields, headers={"Host": HOST, **told})
    assert answer.status_code == 403
    assert site.rig.work.jobs.of(TEAM) == []


def test_a_form_needs_the_token_of_its_own_session(site: Site) -> None:
    one, two = site.team(TEAM), site.team(TEAM)
    check = f"/team/{TEAM}/check/start"
    fields = one.fields(check)
    assert two.post(check, fields).status_code == 403
    assert one.post(check, {**fields, "form": ""}).status_code == 403
    assert site.stranger().post(check, fields).status_code == 404
    assert site.rig.work.jobs.of(TEAM) == []


def test_an_observer_sees_and_changes_nothing(site: Site) -> None:
    observer = site.observer()
    page = f"/team/{TEAM}"
    text = observer.get(page).text
    assert "Heron" in text
    for path in ("/hand", "/check/start", "/restart", "/learned", "/break"):
        form = {"form": _form(site, observer), "once": "1", "live": "1", "text": "x"}
        assert observer.post(f"{page}{path}", form).status_code == 404
    assert site.rig.work.jobs.of(TEAM) == []
    assert "<form" not in observer.get(f"{page}/check/start").text.partition("<main")[2]


def _form(site: Site, visitor: object) -> str:
    cookie = visitor.client.get_cookie("console", "127.0.0.1")  # type: ignore[attr-defined]
    found = site.access.visitor(cookie.value)
    assert found
    return found.form


def test_every_get_changes_nothing(site: Site) -> None:
    visitor = site.facilitator()
    before = site.rig.engine.records()
    for rule in site.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            values = {"sandbox": TEAM, "name": "start", "reference": "x", "verb": "reset"}
            values |= {"token": "x", "key": "x", "seconds": "1", "random": "r", "mac": "m"}
            values |= {"team": TEAM, "blueprint": "repair-right", "paper": "x", "file": "x"}
            asked = {key: values[key] for key in rule.arguments}
            with site.app.test_request_context(headers={"Host": HOST}):
                path = site.app.url_for(rule.endpoint, _external=False, **asked)
            assert visitor.get(path).status_code < 500
    assert site.rig.engine.records() == before
    assert site.rig.work.jobs.of(TEAM) == []
    assert site.rig.work.hands.up == {}


@pytest.mark.parametrize(
    "path", ["/", "/nothing", f"/team/{TEAM}", "/static/console.css", "/static/none", "/enter/x"]
)
def test_every_answer_carries_what_browsers_are_to_obey(site: Site, path: str) -> None:
    for visitor in (site.stranger(), site.team(TEAM)):
        headers = visitor.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"
        if not path.startswith("/static/console"):
            assert headers["Cache-Control"] == "no-store"


def test_a_host_that_is_not_ours_is_not_served(site: Site) -> None:
    answer = site.app.test_client().get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_pages_have_no_script_and_no_style_of_their_own(site: Site) -> None:
    team = site.team(TEAM)
    for path in ("", "/wrong", "/check/start", "/learned", "/break"):
        text = team.get(f"/team/{TEAM}{path}").text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick" not in text
        assert text.count("<script") == 1


def test_what_teams_write_and_are_called_stays_text(rig: Rig) -> None:
    nasty = "<script>alert(1)</script>\u202e&\x00"
    rig.up(text=PAGE.replace("A page", '"<img src=x onerror=alert(1)>"'))
    rig.work.begin()
    site = Site(rig)
    team = site.team(TEAM)
    page = f"/team/{TEAM}/learned"
    assert team.post(page, {"text": nasty}, page=page).status_code == 303
    rig.work.hands.say([TEAM], nasty, by="facilitator")
    text = team.get(f"/team/{TEAM}").text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_bug_of_ours_is_a_reference_and_no_trace(site: Site) -> None:
    site.rig.work.points = None  # type: ignore[assignment]  # anything that breaks
    team = site.team(TEAM)
    answer = team.get(f"/team/{TEAM}/wrong")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "NoneType" not in answer.text


def test_a_form_that_is_too_large_is_refused(site: Site) -> None:
    team = site.team(TEAM)
    page = f"/team/{TEAM}/learned"
    assert team.post(page, {"text": "x" * 100_000}, page=page).status_code == 413


def test_too_many_wrong_keys_are_slowed_down_and_the_right_one_is_not_counted(site: Site) -> None:
    visitor = site.stranger()
    path, link = f"/team/{TEAM}/enter", site.access.invite("observer")
    answers = [visitor.post(path, {"key": "x"}).status_code for _ in range(21)]
    assert answers == [404] * 20 + [429]
    last = visitor.post("/enter", {"token": "x"})
    assert last.status_code == 429, "of links as of keys"
    assert last.headers["X-Content-Type-Options"] == "nosniff"
    assert site.stranger().post(path, {"key": site.key(TEAM)}).status_code == 303
    assert site.stranger().post("/enter", {"token": link}).status_code == 303


def test_who_asks_too_often_keeps_nobody_at_its_address_from_coming_in(site: Site) -> None:
    link = site.access.invite("facilitator")
    for _ in range(PAGES.burst * 3):
        site.stranger().get("/")
    assert site.stranger().get("/").status_code == 429
    assert site.stranger().get("/enter/wrong").status_code == 429
    assert site.stranger().get(f"/enter/{link}").status_code == 200
    assert site.stranger().get(f"/team/{TEAM}/enter/{site.key(TEAM)}").status_code == 200
    assert site.facilitator().get("/").status_code == 200
    assert site.team(TEAM).get(f"/team/{TEAM}").status_code == 200


def test_who_asks_too_often_is_told_so_and_nobody_else_is(site: Site) -> None:
    one, two = site.team(TEAM), site.team(TEAM)
    page = f"/team/{TEAM}/now"
    answers = {one.get(page).status_code for _ in range(PAGES.burst * 3)}
    assert answers == {200, 429}
    assert two.get(page).status_code == 200, "though both come from one address"


def test_a_bucket_fills_again() -> None:
    at = [0.0]
    limit = Limit(Rate(2, 10.0), lambda: at[0])
    assert [limit.take("a"), limit.take("a"), limit.take("a")] == [True, True, False]
    assert limit.take("b")
    assert limit.empty("a")
    at[0] = 10.0
    assert not limit.empty("a")
    assert limit.take("a")


def test_names_that_are_ours() -> None:
    assert hosts("127.0.0.1", 8090) >= {"127.0.0.1:8090", "localhost:8090", "[::1]:8090"}
    assert hosts("192.0.2.10", 8090, ["wall.example"]) == {"192.0.2.10:8090", "wall.example:8090"}
    assert "wall.example" in hosts("192.0.2.10", 80, ["wall.example"])
    assert is_loopback("::1")
    assert not is_loopback("wall.example")


def test_who_says_nothing_of_where_it_comes_from_is_not_believed() -> None:
    assert not is_ours({}, "http", HOST)
    assert is_ours({"Sec-Fetch-Site": "same-origin"}, "http", HOST)
    assert is_ours({"Origin": f"http://{HOST}"}, "http", HOST)
    assert not is_ours({"Origin": f"https://{HOST}"}, "http", HOST)
