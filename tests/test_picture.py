"""The picture of a sandbox: all of its facts, drawn and told, whatever a supplier calls things."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from sandboxctl.report import picture
from sandboxctl.report.pictured import OTHER_SIGN, SIGNS, Box, Pictured, pictured, text
from sandboxctl.report.placed import columns, placed
from sandboxctl.sandbox.recipe import Load, Recipe, Way, WayOut
from sandboxctl.sandbox.state import Seen
from tests.cli import WITH_DATABASE, blueprint, sandboxctl
from tests.recipes import baseline, container, recipe, web_and_db

SVG = "{http://www.w3.org/2000/svg}"
FILLED = baseline(
    fill=(
        Load(service="db", command=("psql",), table="homes"),
        Load(service="db", command=("psql",), table="repairs"),
        Load(service="db", command=("psql",), script="/b/more.sql"),
    )
)


def read(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)


def words(drawn: str) -> list[str]:
    """Text as it is read, one after the other."""
    return [one.text or "" for one in read(drawn).iter(f"{SVG}text")]


def outward(*hosts: str) -> Recipe:
    ways = tuple(WayOut(service="web", host=host) for host in hosts)
    proxy = container("egress", ways_out=ways)
    return recipe(
        container("web", depends_on=("db", "egress")), container("db"), container("job"), proxy
    )


def test_a_page_and_its_database() -> None:
    facts = pictured(web_and_db(), FILLED)
    assert text(facts).splitlines() == [
        "Benefits: 2 services on one closed network.",
        "People reach the gateway with a browser.",
        "The gateway leads / to web, port 8000.",
        "web waits for db.",
        "db waits for nobody.",
        "db keeps data.",
        "db is filled with synthetic data: homes, repairs.",
        "There is no way out of the network.",
    ]
    assert words(picture.drawn(facts)) == [
        "Closed network: no way out",
        *("People", "with a browser"),
        *("Gateway", "the one way in"),
        *("web", "opens / on port 8000"),
        *("db", "filled: homes, repairs"),
    ]


def test_every_way_in_is_told() -> None:
    opens = {
        "/": Way(service="web", port=8000),
        "/api": Way(service="web", port=8000),
        "/live": Way(service="web", port=3000),
    }
    made = recipe(container("web", public=5432)).model_copy(update={"opens": opens, "title": ""})
    told = text(pictured(made))
    assert told.startswith("benefits: 1 service on")
    assert "The gateway leads /, /api to web, port 8000." in told
    assert "The gateway leads /live to web, port 3000." in told
    assert "The gateway leads an address of its own to web, port 5432." in told
    assert "own address, port 5432" in words(picture.drawn(pictured(made)))


def test_a_way_out_leaves_the_network_by_the_proxy() -> None:
    facts = pictured(outward("b.example.org", "a.example.org"))
    told = text(facts)
    assert "Way out: web to a.example.org, port 443, by a proxy." in told
    assert "no way out" not in told
    assert facts.boxes[-1].name == "egress"
    drawn = picture.drawn(facts)
    assert words(drawn)[0] == "Closed network: one way out, by a proxy"
    assert words(drawn)[-3:] == ["Outside", "a.example.org:443", "b.example.org:443"]
    (frame,) = (g for g in read(drawn).iter(f"{SVG}g") if g.get("class") == "picture-network")
    rect = frame.find(f"{SVG}rect")
    assert rect is not None
    right = float(rect.get("x", "")) + float(rect.get("width", ""))
    last = [g for g in read(drawn).iter(f"{SVG}g") if g.get("class") == "picture-beside"][-1]
    assert float(last.get("transform", "").removeprefix("translate(").split(" ")[0]) > right


def test_many_hosts_are_counted_in_the_drawing_and_all_told() -> None:
    facts = pictured(outward(*(f"h{n}.example.org" for n in range(7))))
    assert words(picture.drawn(facts))[-1] == "and 3 more"
    assert all(f"h{n}.example.org" in text(facts) for n in range(7))


def test_a_state_is_a_word_and_a_sign() -> None:
    live = [Seen("web", "restarting", why="it ended with 1")]
    facts = pictured(web_and_db(), None, live)
    told = text(facts)
    assert "web now: restarting, it ended with 1." in told
    assert "db now: gone." in told
    shown = words(picture.drawn(facts))
    assert f"{OTHER_SIGN} restarting" in shown
    assert f"{SIGNS['gone']} gone" in shown
    assert "keeps data" in shown
    assert not any(box.state for box in pictured(web_and_db()).boxes)


HOSTILE = "<script>alert(1)</script>\"'&\x00\x1b[31m\u202e\n]]><x"


def test_whatever_a_supplier_writes_is_text() -> None:
    made = recipe(container("web")).model_copy(update={"title": HOSTILE})
    made = made.model_copy(update={"opens": {HOSTILE: Way(service="web", port=1)}})
    facts = pictured(made, None, [Seen("web", "exited", why=HOSTILE)])
    for drawn in (picture.drawn(facts), picture.file(facts)):
        tags = {one.tag.removeprefix(SVG) for one in read(drawn).iter()}
        assert tags <= {
            *("svg", "title", "desc", "style", "defs", "marker", "path", "clipPath", "rect"),
            *("g", "text"),
        }
        assert not {"\x00", "\x1b", "\u202e"} & set(drawn)
    assert len(text(facts).splitlines()) == 6


def test_a_box_called_anything_is_drawn() -> None:
    boxes = (Box(HOSTILE, needs=("w" * 300,)), Box("w" * 300), Box("住" * 30))
    shown = words(picture.drawn(Pictured(HOSTILE, boxes)))
    assert f"{'w' * 19}…" in shown
    assert f"{'住' * 9}…" in shown


def test_a_part_of_a_page_has_no_style_and_its_own_ids() -> None:
    facts = pictured(web_and_db(), FILLED)
    one, other = picture.drawn(facts, mark="heron"), picture.drawn(facts, mark="otter")
    assert "style" not in one
    ids = [{el.get("id") for el in read(drawn).iter() if el.get("id")} for drawn in (one, other)]
    assert not ids[0] & ids[1]
    root = read(one)
    assert root.get("role") == "img"
    named = {el.get("id"): el.text for el in root.iter()}
    assert named[root.get("aria-labelledby")] == "Benefits: services and networks"
    assert named[root.get("aria-describedby")] == text(facts)
    assert "prefers-color-scheme:dark" in picture.file(facts)


def test_columns_are_the_longest_way_and_lines_go_through_no_box() -> None:
    names = ["a", "b", "c", "d", "e"]
    edges = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("a", "c"), ("e", "d")]
    at = columns([*names[:3], "e", "d"], edges, {"e": 1})
    assert at == {"a": 0, "b": 1, "c": 2, "e": 1, "d": 3}
    found = placed(dict.fromkeys(names, 60.0), edges, at, 200)
    for points in found.lines.values():
        for (x, y), (to_x, to_y) in pairwise(points):
            assert to_x > x
            for place in found.places.values():
                level = y == to_y and place.y < y < place.y + place.height
                assert not (level and x < place.x + 1 and to_x > place.x + 199)
    for one in found.places.values():
        assert one.y >= 0
        assert one.y + one.height <= found.height


@pytest.mark.parametrize("count", [1, 12, 40])
def test_boxes_do_not_overlap_however_many(count: int) -> None:
    chain = [
        Box(f"s{n}", needs=(f"s{n + 1}",) if n % 3 and n + 1 < count else ()) for n in range(count)
    ]
    drawn = picture.drawn(Pictured("Many", tuple(chain)))
    corners = [
        one.get("transform")
        for one in read(drawn).iter(f"{SVG}g")
        if one.get("class") in ("picture-service", "picture-beside")
    ]
    assert len(set(corners)) == len(corners) == count + 2


def test_plan_draws_into_a_file(tmp_path: Path) -> None:
    folder = blueprint(tmp_path / "page", WITH_DATABASE)
    svg, told = tmp_path / "page.svg", tmp_path / "page.txt"
    ran = sandboxctl("plan", folder, "--picture", str(svg))
    assert ran.exit_code == 0, ran.output
    assert "Its picture is in" in ran.stderr
    assert "db" in words(svg.read_text())
    assert sandboxctl("plan", folder, "--picture", str(told)).exit_code == 0
    assert "The gateway leads / to web" in told.read_text()
    assert sandboxctl("plan", folder, "--teams", "3", "--picture", str(svg)).exit_code == 2
    ran = sandboxctl("plan", folder, "--picture", str(tmp_path / "no" / "page.svg"))
    assert ran.exit_code == 1
    assert "cannot be written" in ran.stderr
