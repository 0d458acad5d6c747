"""Staff read the queue by the date of the report, and a reset in mid-form is said as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape

import pytest

from sandboxctl.engine.docker import DockerEngine
from tests.conftest import Cli
from tests.scenarios.conftest import brought_up
from tests.visitor import Page, Visitor

pytestmark = pytest.mark.engine

REPAIRS = 40
OLDER = re.compile(r'rel="next" href="([^"]+)"')


@pytest.fixture(scope="module")
def staff(cli: Cli, docker_engine: DockerEngine) -> Iterator[Visitor]:
    options = ["--set", f"repairs={REPAIRS}"]
    with brought_up(cli, docker_engine, "repair-right", "queue", *options) as visitor:
        yield visitor


def pages(staff: Visitor, path: str) -> Iterator[Page]:
    """This page of the queue and all older ones."""
    page = staff.get(path)
    yield page
    while older := OLDER.search(page.body):
        page = staff.get(unescape(older[1]))
        yield page


def reports(page: Page) -> list[tuple[date, int]]:
    """Day and number of each repair, in the order shown."""
    numbers = re.findall(r">RR-(\d+)<", page.body)
    days = re.findall(r"Reported \w+ (\d+ \w+ \d{4})", page.text)
    read = [datetime.strptime(day, "%d %B %Y").date() for day in days]
    return list(zip(read, map(int, numbers), strict=True))


def test_the_queue_is_newest_first_over_all_its_pages(staff: Visitor) -> None:
    found = [repair for page in pages(staff, "/staff") for repair in reports(page)]
    days = [day for day, _ in found]
    assert days == sorted(days, reverse=True)
    assert sorted(number for _, number in found) == list(range(1, REPAIRS + 1))


@pytest.mark.parametrize("asked", ["status=closed", "trade=plumber", "trade=unsure", "urgent=yes"])
def test_a_filter_keeps_the_order(staff: Visitor, asked: str) -> None:
    found = [repair for page in pages(staff, f"/staff?{asked}") for repair in reports(page)]
    days = [day for day, _ in found]
    assert days == sorted(days, reverse=True)
    assert len(found) == len(set(found))


def test_a_form_from_before_a_reset_leads_to_the_start(staff: Visitor, cli: Cli) -> None:
    question = staff.submit(staff.get("/"), "/report")
    assert question.path == "/report/postcode"
    cli("reset", staff.sandbox)
    refused = staff.submit(question, postcode="AC1 2DE")
    assert refused.status == 400
    assert "This practice area may have been put back to the start" in refused.text
    assert re.search(r'<a class="button" href="/">Start again</a>', refused.body)
    assert staff.submit(staff.get("/"), "/report").path == "/report/postcode"


def test_a_postcode_without_homes_is_answered_in_a_sentence(staff: Visitor) -> None:
    question = staff.submit(staff.get("/"), "/report")
    page = staff.submit(question, postcode="SW1A 1AA")
    assert page.status == 422
    assert "We have no homes at SW1A 1AA. Check the postcode, or use one of the" in page.text
