"""Every text is used, and every text that is used is there; a translation has the same ones."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest

from sandboxctl.blueprint.templates import bundled
from sandboxctl.console.words import read
from sandboxctl.errors import SandboxError

HERE = Path(__file__).parents[2]
PAGES = Path(str(bundled("templates"))) / "console"
LANGUAGES = sorted(file.stem for file in (PAGES / "words").glob("*.toml"))
CODE = sorted((HERE / "sandboxctl").glob("console/**/*.py"))
SOURCES = [*sorted(PAGES.glob("*.j2")), *CODE]
PUT_TOGETHER = ("wall.check.",)
"""Beginnings that no pattern here finds."""
NEVER_NONE = {"close.hands.none", "close.snapshots.none"}
"""Said only where there are some."""
COUNTED = (".none", ".one", ".many")
_KEY = re.compile(r'"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"')
_ASKED = re.compile(r'\bt\("([^"]+)"\s*[,)]')
_SEVERAL = re.compile(r'(?:words|self)\.several\(\s*"([^"]+)"')
_PREFIX = re.compile(r'"([a-z0-9_]+(?:\.[a-z0-9_]+)*[._])"\s*~|f"([a-z0-9_.]+\.)\{')


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def texts(language: str = "en") -> dict[str, str]:
    return dict(read(language, UTC).texts)


def sources() -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)


def stem(key: str) -> str:
    for ending in COUNTED:
        key = key.removesuffix(ending)
    return key


def test_every_text_that_a_page_asks_for_is_there() -> None:
    known, said = texts(), sources()
    assert {key for key in _ASKED.findall(said) if key not in known} == set()
    counted = {f"{key}{ending}" for key in _SEVERAL.findall(said) for ending in COUNTED}
    assert {key for key in counted - NEVER_NONE if key not in known} == set()


def test_every_text_is_used() -> None:
    """By its name, or by a beginning to which a page adds the rest."""
    said = sources()
    used = set(_KEY.findall(said)) | set(_ASKED.findall(said)) | set(_SEVERAL.findall(said))
    begun = (*{one for pair in _PREFIX.findall(said) for one in pair if one}, *PUT_TOGETHER)
    unused = {
        key
        for key in texts()
        if key not in used and stem(key) not in used and not key.startswith(begun)
    }
    assert unused == set()


def test_every_beginning_to_which_a_page_adds_the_rest_leads_somewhere() -> None:
    found = {
        one
        for pair in _PREFIX.findall("\n".join(p.read_text("utf-8") for p in PAGES.glob("*.j2")))
        for one in pair
        if one
    }
    assert found
    assert {one for one in found if not any(key.startswith(one) for key in texts())} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_same_texts_with_the_same_values(language: str) -> None:
    english, other = texts(), texts(language)
    assert other.keys() == english.keys()
    for key, text in other.items():
        assert placeholders(text) == placeholders(english[key]), key
        assert text.strip(), key


def test_a_text_that_is_not_there_is_a_mistake() -> None:
    words = read("en", UTC)
    with pytest.raises(KeyError):
        words("no.such.text")
    with pytest.raises((FileNotFoundError, SandboxError)):
        read("xx", UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "less than a second"),
        (1, "1 second"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (3_600, "1 hour"),
        (28_739, "7 hours 58 minutes"),
        (86_400 + 60, "1 day"),
        (90_000, "1 day 1 hour"),
    ],
)
def test_a_length_is_told_in_words_that_stand_still(seconds: float, said: str) -> None:
    assert read("en", UTC).length(timedelta(seconds=seconds)) == said


def test_a_day_is_told_in_words() -> None:
    assert read("en", UTC).day(datetime(2026, 5, 12, 14, 5, tzinfo=UTC)) == (
        "Tuesday 12 May 2026, 14:05"
    )
