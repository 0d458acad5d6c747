"""Pages to print or keep: one file each, nothing from elsewhere, nothing that runs."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, timedelta, timezone
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from sandboxctl.report.pages import Card, certificate_page, code, day, sheet, team_page
from sandboxctl.workshop.certificate import Certificate, certify
from sandboxctl.workshop.inventory import Inventory
from tests.workshops import (
    GATEWAY,
    OPENED,
    RECIPE,
    after,
    before,
    blueprint,
    evidence,
    heron,
    otter,
)

LONDON = ZoneInfo("Europe/London")
NASTY = "<script>alert(1)</script>\"'&"
LINK = "http://heron.den.example.org:8080/_den/enter/Zx9kQ2mVb7"
CARDS = [
    Card("heron", "Team Heron", LINK, "http://heron.den.example.org:8080/"),
    Card("otter", NASTY, LINK.replace("heron", "otter"), "http://otter.den.example.org:8080/"),
]


def certificate(**more: object) -> Certificate:
    ours, _ = before().split(["heron", "otter"], [RECIPE])
    stays = Inventory(at=after(485), things=(GATEWAY,))
    found = certify(evidence(), before=ours, after=Inventory(at=after(485)), stays=stays)
    return found.model_copy(update=more)


PAGES: dict[str, Callable[[], str]] = {
    "sheet": lambda: sheet("Spring den", CARDS, after(480), zone=LONDON),
    "team": lambda: team_page(evidence(), heron(), zone=LONDON),
    "team of which nothing is known": lambda: team_page(evidence(), otter(), zone=LONDON),
    "nasty team": lambda: team_page(evidence(title=NASTY), heron(title=NASTY), zone=LONDON),
    "certificate": lambda: certificate_page(certificate(), zone=LONDON),
}


class Tags(HTMLParser):
    """Every tag with its attributes, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += " " if tag in ("td", "th", "dd", "dt", "p") else ""
        if tag not in ("meta", "path", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += "" if self.open[-1:] == ["style"] else data


def text(page: str) -> str:
    return " ".join(Tags(page).text.split())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nobody_and_runs_nothing(name: str) -> None:
    page = PAGES[name]()
    found = Tags(page)
    assert found.open == []
    for tag, attributes in found.tags:
        assert tag not in ("script", "link", "img", "iframe", "object", "form", "base")
        assert not [key for key in attributes if key.startswith("on") or key in ("src", "style")]
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(styles) == 1
    assert "url(" not in styles[0]
    assert "@import" not in styles[0]
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    assert policy in page
    assert "<script" not in page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody(name: str) -> None:
    page = PAGES[name]()
    tags = [tag for tag, _ in Tags(page).tags]
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert tags.count("h1") == tags.count("main") == 1
    assert re.search(r"<title>[^<]+</title>", page)
    for tag, attributes in Tags(page).tags:
        assert tag != "th" or attributes["scope"] in ("col", "row")
        assert tag != "svg" or attributes["role"] == "img"


def test_each_team_has_a_card_with_its_link_as_code_and_as_text() -> None:
    page = sheet("Spring den", CARDS, after(480), zone=LONDON)
    found = Tags(page)
    assert [tag for tag, _ in found.tags].count("article") == 2
    links = [attributes["href"] for tag, attributes in found.tags if tag == "a"]
    assert links == [card.link for card in CARDS]
    assert page.count(code(CARDS[0].link, "QR code of the link for Team Heron")) == 1
    said = text(page)
    assert "2 teams, until Tuesday 12 May 2026, 17:00 BST" in said
    assert NASTY in said
    for card in CARDS:
        assert said.count(card.link) == 1
        assert f"After that {card.address} is enough there" in said
    assert "this machine only" not in said
    assert "1 team, until" in text(sheet("x", CARDS[:1], after(480), zone=LONDON))


def test_a_sheet_of_links_that_nobody_else_can_open_says_so() -> None:
    page = sheet("Spring den", CARDS, after(480), zone=LONDON, only_here=True)
    assert "These links work on this machine only." in text(page)


def test_a_code_has_its_quiet_zone_and_a_name() -> None:
    import segno

    drawn = code(LINK, NASTY)
    modules = segno.make_qr(LINK, error="m").symbol_size(border=0)[0]
    assert f'viewBox="0 0 {modules + 8} {modules + 8}"' in drawn
    assert "<title>&lt;script&gt;" in drawn
    assert drawn != code(LINK + "x", NASTY)


def test_a_team_reads_what_happened_to_it() -> None:
    said = text(team_page(evidence(), heron(), zone=LONDON))
    for words in (
        "Repair right first time, by Example Digital Ltd (MIT)",
        "2,000 homes, 500 repairs, all made up from the number 2026",
        "homes = 2000",
        "web: egress:api.example.org:443",
        "Yes: every team had the same",
        "10:01 web: ran out of memory ran again",
        "db: did not answer DEN900 did not run again",
        "the engine was restarted not known",
        "10:02 Back to the start; lost: 12 entries made since 09:02 0.4 s",
        "A reset taken back not known",
        "Back to the start, db only 1.3 s",
        "before-lunch, 12:00: was removed with everything else",
        "best, 15:40: is in heron-best.tar",
        "api.example.org:443 1,200 2 0",
        evidence().sha256,
        "not an endorsement",
    ):
        assert words in said


def test_a_team_of_which_nothing_is_known_reads_that() -> None:
    bare = blueprint(title="", supplier="", licence="", rows={}, set={}, exceptions=())
    other = blueprint(recipe="ffffffffffff", seed=None)
    found = evidence(blueprints=(bare, other), teams=(otter(), otter(recipe="ffffffffffff")))
    said = text(team_page(found, found.teams[0], zone=LONDON))
    for words in ("Prototype repair-right", "Ready not known", "No: teams", "Nothing that was"):
        assert words in said
    assert "What went out" not in said
    assert "all made up What" not in said
    assert "all made up Set" in text(team_page(found, found.teams[1], zone=LONDON))
    lost = evidence(teams=(otter(recipe="lost"),))
    assert "Prototype" not in text(team_page(lost, lost.teams[0], zone=LONDON))


def test_a_certificate_says_what_it_claims_and_what_not() -> None:
    found = certificate()
    said = text(certificate_page(found, zone=LONDON))
    for words in (
        "Containers 3 0 Networks 1 0 Images 1 0 Volumes 0 0",
        "Tuesday 12 May 2026, 17:01 BST, and again Tuesday 12 May 2026, 17:05 BST",
        found.statement,
        found.method,
        found.not_claimed,
        "Team Heron: best to heron-best.tar",
        "1 container (gateway): not of this workshop",
        f"Blueprint repair-right SHA-256 {'ab' * 32}",
        f"SHA-256 of the file {found.record_sha256}",
        "sandboxctl 0.1.0, Docker Engine 28.1, run by kim",
        "Name Role Date Signature",
        "container den-heron-3-web",
        f"This certificate {found.sha256}",
    ):
        assert words in said
    assert "Ledger" not in said


def test_a_certificate_of_next_to_nothing() -> None:
    found = certificate(
        before=Inventory(at=after(481)),
        stays=(),
        exceptions=(),
        blueprints={"x": ""},
        ledger_head="ab" * 8,
        verified_by="",
        den=evidence().den.model_copy(update={"engine": ""}),
        versions=evidence().versions.model_copy(update={"engine": ""}),
    )
    said = text(certificate_page(found, zone=LONDON))
    for words in ("There was nothing.", "Stays in the den Nothing", "hash not known", "last event"):
        assert words in said


def test_a_day_is_written_in_words() -> None:
    assert day(OPENED) == "Tuesday 12 May 2026, 08:00 UTC"
    assert day(OPENED.astimezone(LONDON)) == "Tuesday 12 May 2026, 09:00 BST"
    nameless = timezone(timedelta(hours=5, minutes=30))
    assert day(OPENED.astimezone(nameless)) == "Tuesday 12 May 2026, 13:30"
    assert day(OPENED.replace(tzinfo=None)) == "Tuesday 12 May 2026, 08:00"
    assert OPENED.tzinfo is UTC


def test_a_page_does_not_say_never_of_what_another_ledger_knows() -> None:
    elsewhere = otter(ready=None, generations=2)
    said = text(team_page(evidence(), elsewhere, zone=LONDON))
    assert "Never." not in said
    assert "When it was put back Not known here" in said
    assert "What was before is not known here" in said
    known = otter(ready=OPENED, generations=1)
    assert "Never." in text(team_page(evidence(), known, zone=LONDON))
    assert "Never." in text(team_page(evidence(), otter(generations=0), zone=LONDON))
