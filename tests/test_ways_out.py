"""Ways out: what a blueprint asks for, what the proxy is told, and what it saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandboxctl.engine import egress
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.assemble import Assembled, assemble
from sandboxctl.lifecycle.went_out import MOST_HOSTS, OTHERS, WentOut, summed, went_out
from sandboxctl.sandbox.names import EGRESS
from sandboxctl.sandbox.recipe import WayOut
from tests import pipeline, prototypes

PLACES = {"book": "10.213.0.3", EGRESS: "10.213.0.4", "web": "10.213.0.5"}
SERVICES = {place: name for name, place in PLACES.items()}
WAYS = (
    WayOut(service="web", host="a.example.org", port=80),
    WayOut(service="web", host="b.example.org"),
)


def assembled(tmp_path: Path, *grants: str, environment: dict[str, str] | None = None) -> Assembled:
    document = prototypes.notebook()
    document["services"]["web"].setdefault("environment", {}).update(environment or {})
    reason = "It cannot know this by itself."
    document["exceptions"] = [{"service": "web", "grant": g, "reason": reason} for g in grants]
    folder = prototypes.written(tmp_path / "blueprint", document)
    return assemble(pipeline.loaded(MemoryEngine(), folder, "demo"))


def test_who_may_go_out_is_told_where_the_proxy_is_and_waits_for_it(tmp_path: Path) -> None:
    done = assembled(tmp_path, "egress:b.example.org", "egress:a.example.org:80", "cap:CHOWN")
    web, book = done.recipe.containers["web"], done.recipe.containers["book"]
    proxy = done.recipe.containers[EGRESS]
    assert proxy.ways_out == WAYS
    assert [str(way) for way in WAYS] == ["web to a.example.org:80", "web to b.example.org:443"]
    assert web.environment["HTTPS_PROXY"] == "http://egress:3128"
    assert web.environment["no_proxy"] == "localhost,127.0.0.1,book,web"
    assert EGRESS in web.depends_on
    assert "HTTPS_PROXY" not in book.environment
    assert EGRESS not in book.depends_on
    assert proxy.image in {build.tag for build in done.builds}


def test_what_a_supplier_says_of_proxies_stays(tmp_path: Path) -> None:
    done = assembled(tmp_path, "egress:b.example.org", environment={"HTTPS_PROXY": "http://own:1"})
    assert done.recipe.containers["web"].environment["HTTPS_PROXY"] == "http://own:1"


def test_where_nobody_asks_there_is_no_proxy(tmp_path: Path) -> None:
    done = assembled(tmp_path)
    assert EGRESS not in done.recipe.containers
    assert not any("egress" in build.tag for build in done.builds)


def test_no_service_can_be_called_like_the_way_out(tmp_path: Path) -> None:
    document = prototypes.notebook()
    document["services"][EGRESS] = document["services"]["web"]
    folder = prototypes.written(tmp_path, document)
    with pytest.raises(SandboxError, match="a name that every container has already"):
        pipeline.loaded(MemoryEngine(), folder, "demo")


def test_the_proxy_listens_inside_and_resolves_only_what_is_granted() -> None:
    lines = egress.configuration(WAYS, PLACES).splitlines()
    assert lines[0] == "http_port 10.213.0.4:3128"
    allowed = [line for line in lines if line.startswith("http_access allow")]
    assert allowed == [
        "http_access allow from0 to0 at0 !tunnel !inside !six",
        "http_access allow from1 to1 at1 tunnel !inside !six",
    ]
    assert "acl from0 src 10.213.0.5" in lines
    assert "acl to1 dstdomain -n b.example.org" in lines
    assert lines[-1] == "http_access deny all"


def test_the_proxy_writes_down_what_services_ask_with_the_time_in_words() -> None:
    lines = egress.configuration(WAYS, PLACES).splitlines()
    who = lines.index("acl service src 10.213.0.3 10.213.0.4 10.213.0.5")
    assert lines.index("access_log stdio:/dev/stdout den service") > who
    assert "logformat den den-egress %{%Y-%m-%dT%H:%M:%SZ}tg %>a %rm %ru %>Hs %<st %<a" in lines


LOG = """\
den-egress 2026-11-28T01:04:11Z 10.213.0.5 CONNECT b.example.org:443 200 1200 198.51.100.10
den-egress 2026-11-28T01:04:12Z 10.213.0.5 CONNECT b.example.org:443 403 1601 -
den-egress 2026-11-28T01:04:13Z 10.213.0.5 GET http://a.example.org/x?y=1 404 300 198.51.100.10
den-egress 2026-11-28T01:04:13Z 10.213.0.3 CONNECT c.example.org:443 403 1601 -
2026/11/27 23:44:10| DNS Socket created
den-egress broken line
den-egress 2026-11-28T01:04:13Z 10.213.0.2 - error:transaction-end-before-headers 0 0 -
den-egress 2026-11-28T01:04:13Z 10.213.0.5 GET nothing - - -
"""


def test_what_went_out_is_summed_up() -> None:
    assert summed(LOG.splitlines(), SERVICES) == (
        WentOut("web", "b.example.org:443", 2, 1, 1200),
        WentOut("book", "c.example.org:443", 1, 1, 0),
        WentOut("web", "", 1, 1, 0),
        WentOut("web", "a.example.org", 1, 0, 300),
    )


def test_somebody_who_asks_for_thousands_of_names_fills_no_report() -> None:
    line = "den-egress 2026-11-28T01:04:11Z 10.213.0.5 CONNECT n{}.example.org:443 403 1601 -"
    found = summed((line.format(n) for n in range(5000)), SERVICES)
    assert len(found) == MOST_HOSTS + 1
    assert (found[0].to, found[0].times) == (OTHERS, 5000 - MOST_HOSTS)
    assert str(found[0]) == "web to others: 4800 times, 4800 refused, 0 bytes came back"


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (WentOut("web", "a:443", 1, 0, 1200), "web to a:443: 1 time, 1,200 bytes came back"),
        (WentOut("web", "", 2, 1, 0), "web to nowhere: 2 times, 1 refused, 0 bytes came back"),
    ],
)
def test_what_went_out_is_told_in_words(seen: WentOut, told: str) -> None:
    assert str(seen) == told


def test_of_a_sandbox_that_may_not_go_out_nothing_is_told() -> None:
    assert went_out(MemoryEngine(), "demo") == ()
