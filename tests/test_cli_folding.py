"""Prose and tables at a terminal: folded at words, and no name or address in the middle."""

from __future__ import annotations

import re

import pytest

from sandboxctl.cli.folding import folded
from tests.cli import at_terminal

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
URL = "http://a-team-with-a-long-name.den.localhost:18330/"
TABLE = f"""
from sandboxctl.cli import show
from sandboxctl.cli.session import Session

show.rows(
    Session(),
    [
        {{"sandbox": "a-team-with-a-long-name", "blueprint": "repair-right", "state": "ready",
          "services": "2 of 2 run", "left": "3 hours 59 minutes", "url": "{URL}"}},
        {{"sandbox": "demo", "blueprint": "repair-right", "state": "ready",
          "services": "2 of 2 run", "left": "3 hours 59 minutes", "url": None}},
    ],
    empty="",
)
show.say(Session(), "A sentence that goes on for longer than a narrow terminal is wide, at {URL}.")
"""


def shown(columns: int) -> list[str]:
    screen = at_terminal(script=TABLE, columns=columns)
    assert screen.code == 0
    return [line.rstrip() for line in COLOUR.sub("", screen.text).splitlines()]


def test_a_list_on_a_narrow_terminal_is_a_block_for_each_row() -> None:
    lines = shown(80)
    assert lines[0] == "sandbox    a-team-with-a-long-name"
    assert f"url        {URL}" in lines
    assert lines[6:8] == ["", "sandbox    demo"]
    assert max(map(len, lines)) <= 80
    assert any(line.startswith(f"{URL}.") for line in lines), "an address begins a line"


def test_on_a_wide_one_it_is_a_table_with_prose_folded_at_words() -> None:
    lines = shown(120)
    assert lines[0].split() == ["sandbox", "blueprint", "state", "services", "left", "url"]
    (row,) = [line for line in lines if line.startswith("a-team-with-a-long-name")]
    assert row.endswith(f"2 of 2     3 hours 59  {URL}")
    assert "minutes" in lines[lines.index(row) + 1]
    assert max(map(len, lines)) <= 120


def test_an_error_is_folded_at_a_terminal_only() -> None:
    screen = at_terminal("validate", "/nowhere", columns=60)
    lines = COLOUR.sub("", screen.text).splitlines()
    assert screen.code == 2
    assert lines[:2] == [
        "/nowhere: no such file or folder, and no shipped blueprint",
        "    of that name [DEN472]",
    ]
    plain = at_terminal("validate", "/nowhere", "--plain", columns=60).text
    assert "no shipped blueprint of that name" in plain


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("short", 40, ["short"]),
        ("  → of several words, more than fit", 30, ["  → of several words, more", "    than fit"]),
        ("it is said by `sandboxctl ls` here", 26, ["it is said by", "`sandboxctl ls` here"]),
        (f"see {URL}", 30, ["see", URL]),
        ("  curl -L -b '' http://page.localhost:8080/", 30, None),
        ("/venv/bin/python -m sandboxctl up ./page --name x", 30, None),
        ("no room to fold anything at all", 10, None),
    ],
)
def test_folding(text: str, width: int, lines: list[str] | None) -> None:
    assert folded(text, width, hang=2 if "→" in text else 0).split("\n") == (lines or [text])
