"""Whatever others wrote, nothing of it acts on a terminal, in any of the ways we answer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from sandboxctl.cli.visible import as_json, keep_secret, visible
from tests import rude
from tests.cli import at_terminal

pytestmark = pytest.mark.slow

OURS = re.compile(r"\x1b\[(?:\?25[lh]|2K|1A|0|1|2|22|31|32|33|1;3[1-3]|1;4|[1-4])?m?")
"""What rich and click write on their own account: colours of ours, the cursor, lines up."""


def acting(text: str) -> list[str]:
    """Characters that a terminal acts on or hides, and where they stand."""
    plain = OURS.sub("", text)
    return [
        repr(plain[max(0, at - 30) : at + 30])
        for at, char in enumerate(plain)
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in "\n\r\t"
    ]


def calls(text: str) -> dict[str, int]:
    """How often each verb was called, and that none of them broke."""
    ended = re.findall(r"§ (\d+) (\w+) (\w+)", text)
    assert [one for one in ended if one[2] == "70"] == []
    return {verb: sum(one[1] == verb for one in ended) for _, verb, _ in ended}


def in_a_pipe(mode: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.rude", mode, str(folder)],
        capture_output=True,
        timeout=280,
        check=False,
        env={**os.environ, "XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return (done.stdout + done.stderr).decode(errors="surrogateescape")


@pytest.mark.parametrize("mode", ["plain", "json"])
def test_in_a_pipe(mode: str, tmp_path: Path) -> None:
    text = in_a_pipe(mode, tmp_path)
    assert set(calls(text).values()) >= {len(rude.TEXTS)}
    assert acting(text) == []
    if mode == "plain":
        assert [one for one in rude.PLAIN if text.count(one) < 5] == []


def test_at_a_terminal(tmp_path: Path) -> None:
    script = f"import sys; sys.argv[1:] = ['rich', {str(tmp_path)!r}]; import runpy; "
    script += "runpy.run_module('tests.rude', run_name='__main__')"
    home = {"XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    screen = at_terminal(script=script, environment=home, within=250)
    assert screen.code == 0, screen.text[-2000:]
    assert len(calls(screen.text)) > 10
    assert acting(screen.text) == []
    assert [one for one in rude.PLAIN if one not in screen.text] == []


def test_json_is_ascii_and_says_the_same() -> None:
    told = {"texts": rude.TEXTS, "more": {"a": "\x7f"}}
    text = as_json(told)
    assert acting(text) == []
    assert text.isascii()
    assert json.loads(text) == told


def test_a_secret_that_a_command_was_given_is_never_said_again() -> None:
    keep_secret({"TOKEN": ["0123456789abcdef-token"]})
    assert visible("it is 0123456789abcdef-token") == "it is •••TOKEN•••"
    assert json.loads(as_json({"a": ["x0123456789abcdef-token"], "n": 1, "b": None})) == {
        "a": ["x•••TOKEN•••"],
        "n": 1,
        "b": None,
    }
