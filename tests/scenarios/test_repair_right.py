"""The prototype we ship: a tenant's whole way, what staff see, and the flaws it has on purpose."""

from __future__ import annotations

import re

import docker
import pytest

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.sandbox import names
from tests import dens
from tests.conftest import Cli
from tests.scenarios.conftest import brought_up
from tests.visitor import Page, Visitor

pytestmark = pytest.mark.engine


@pytest.fixture
def tenant(repair_right: Visitor) -> Visitor:
    """Somebody new at the same sandbox."""
    return Visitor(repair_right.den, repair_right.sandbox, key=repair_right.key)


def postcode(visitor: Visitor) -> str:
    """The first that the page offers for practice."""
    page = visitor.submit(visitor.get("/"), "/report")
    assert page.path == "/report/postcode"
    return str(re.findall(r"<code>([^<]+)</code>", page.body)[0])


def at_problem(visitor: Visitor) -> Page:
    """Through the first two questions."""
    code = postcode(visitor)
    page = visitor.submit(visitor.get("/report/postcode"), postcode=code.lower().replace(" ", ""))
    assert page.path == "/report/home", page.text
    page = visitor.submit(page)
    assert page.path == "/report/problem"
    return page


def described(visitor: Visitor, words: str) -> Page:
    return visitor.submit(at_problem(visitor), description=words)


def at_check(visitor: Visitor, words: str, trade: str) -> Page:
    page = described(visitor, words)
    if page.path == "/report/emergency":
        page = visitor.submit(page, urgent="yes")
    page = visitor.submit(page, trade=trade)
    if page.path == "/report/when":
        page = visitor.submit(page, prefers="any")
    assert page.path == "/report/check"
    return page


def reference(page: Page) -> int:
    found = re.search(r"RR-(\d{6})", page.text)
    assert found, page.text
    return int(found[1])


def staff_page(visitor: Visitor, number: int) -> str:
    return visitor.get(f"/staff/repairs/{number}").text


def test_a_tenant_reports_and_a_worker_books(tenant: Visitor) -> None:
    words = "The kitchen tap drips & my <b>sister</b> cannot sleep"
    page = described(tenant, words)
    assert page.path == "/report/trade"
    assert "We think you need a plumber" in page.text
    page = tenant.submit(at_check(tenant, words, "plumber"))
    assert (page.status, page.path) == (200, "/report/done")
    number = reference(page)
    dens.until(lambda: "A plumber will come on" in tenant.get("/report/done").text)
    assert "Visit" in staff_page(tenant, number)
    queue = tenant.get(f"/staff?q=RR-{number:06d}")
    assert f"RR-{number:06d}" in queue.text
    assert "<b>sister" not in queue.body, "what people write is escaped"
    assert words in queue.text


def test_an_emergency_is_seen_and_comes_first(tenant: Visitor) -> None:
    page = described(tenant, "I can smell gas near the cooker")
    assert page.path == "/report/emergency"
    assert "0808 157 0142" in page.text
    page = tenant.submit(at_check(tenant, "I can smell gas near the cooker", "heating"))
    number = reference(page)
    dens.until(lambda: "by" in staff_page(tenant, number) and "Visit" in staff_page(tenant, number))
    assert f"RR-{number:06d}" in tenant.get("/staff?urgent=yes").text


def test_what_is_missing_is_asked_for_in_words(tenant: Visitor) -> None:
    code = postcode(tenant)
    page = tenant.submit(tenant.get("/report/postcode"), postcode="nonsense")
    assert (page.status, "Enter a full postcode" in page.text) == (422, True)
    page = tenant.submit(tenant.get("/report/postcode"), postcode="ZZ99 9ZZ")
    assert (page.status, "We have no homes at" in page.text) == (422, True)
    tenant.submit(tenant.get("/report/postcode"), postcode=code)
    page = tenant.submit(tenant.submit(tenant.get("/report/home")), description=" ")
    assert (page.status, "Tell us what is wrong" in page.text) == (422, True)
    assert tenant.get("/report/check").path == "/report/problem", "nothing is skipped"
    assert tenant.post("/report").status == 400, "a form of nobody's is refused"


def test_staff_sort_book_and_close(tenant: Visitor) -> None:
    number = reference(tenant.submit(at_check(tenant, "Something is odd in here", "joiner")))
    repair = tenant.get(f"/staff/repairs/{number}")
    tenant.submit(repair, f"/staff/repairs/{number}/trade", trade="roofer")
    dens.until(lambda: "Roofer" in staff_page(tenant, number))
    repair = tenant.get(f"/staff/repairs/{number}")
    refused = tenant.submit(repair, f"/staff/repairs/{number}/close")
    assert (refused.status, "Choose who really mended it" in refused.text) == (422, True)
    done = tenant.submit(repair, f"/staff/repairs/{number}/close", truth="roofer")
    assert "What it really was" in done.text
    assert tenant.get("/staff/repairs/999999999").status == 404


def test_there_are_homes_and_repairs_at_minute_zero(tenant: Visitor) -> None:
    queue = tenant.get("/staff").text
    counts = re.search(r"([\d,]+) waiting for a visit .*? ([\d,]+) booked ([\d,]+) closed", queue)
    assert counts, queue[:300]
    assert sum(int(n.replace(",", "")) for n in counts.groups()) >= 500
    assert re.search(r"\d+ ?% sent to the right trade", tenant.get("/staff/score").text)


@pytest.mark.parametrize(
    "words",
    [
        "There is a smell of rotten eggs by the boiler",
        "Water is coming through the light in my ceiling",
        "The socket behind the bed is hot and hums",
        "I cannot lock my front door, anybody could walk in",
    ],
)
def test_flaw_an_emergency_in_plain_words_is_routine(tenant: Visitor, words: str) -> None:
    assert described(tenant, words).path == "/report/trade"


def test_flaw_the_first_flat_looks_like_the_answer(tenant: Visitor) -> None:
    code = postcode(tenant)
    page = tenant.submit(tenant.get("/report/postcode"), postcode=code)
    assert "We found your home" in page.text
    assert len(re.findall(r'type="radio"', tenant.get("/report/home/choose").body)) > 1


def test_flaw_a_double_click_makes_two_repairs(tenant: Visitor) -> None:
    """The second press carries the same cookie as the first, which was not answered yet."""
    page = at_check(tenant, "The gate to the bins hangs off", "joiner")
    impatient = Visitor(tenant.den, tenant.sandbox, cookies=dict(tenant.cookies))
    numbers = {reference(visitor.submit(page)) for visitor in (tenant, impatient)}
    assert len(numbers) == 2


def test_flaw_the_rules_count_words(tenant: Visitor) -> None:
    page = described(tenant, "Water from the hot tap is only lukewarm since last week")
    assert "We think you need a plumber" in page.text
    page = described(tenant, "It is damp in the corner")
    assert "We could not tell from your words" in page.text


def test_without_triage_nobody_is_turned_away(
    repair_right: Visitor,
    tenant: Visitor,
    cli: Cli,
    docker_engine: DockerEngine,
    api: docker.APIClient,
) -> None:
    name = names.container(docker_engine.den.name, repair_right.sandbox, 1, "triage")
    api.stop(name, timeout=1)
    page = described(tenant, "The kitchen tap drips")
    assert "We could not tell from your words" in page.text
    cli("up", "repair-right", "--name", repair_right.sandbox)
    assert "We think you need a plumber" in described(tenant, "The kitchen tap drips").text


def test_a_hundred_thousand_homes(cli: Cli, docker_engine: DockerEngine) -> None:
    options = ["--set", "homes=100000"]
    with brought_up(cli, docker_engine, "repair-right", "large", *options) as visitor:
        argv = ["psql", "-qAt", "-U", "repairs", "-c", "select count(*) from homes"]
        assert docker_engine.run("large", "db", argv).output.strip() == b"100000"
        assert described(visitor, "The kitchen tap drips").path == "/report/trade"
