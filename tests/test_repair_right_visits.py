"""When the prototype's worker books a visit, and how its pages put things in words."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

WEB = Path(__file__).parent.parent / "blueprints" / "repair-right" / "web"


def page_module(name: str) -> ModuleType:
    """A module of the prototype's web folder, which is no package."""
    spec = importlib.util.spec_from_file_location(f"repair_right_{name}", WEB / f"{name}.py")
    assert spec
    assert spec.loader
    module = sys.modules[f"repair_right_{name}"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


slots, words = page_module("slots"), page_module("words")

FRIDAY = datetime(2026, 3, 13, 14, 25, 7, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 3, 16, 8, tzinfo=UTC)
MONDAY_AFTERNOON = datetime(2026, 3, 16, 12, tzinfo=UTC)


def test_the_next_visit_is_on_a_weekday_after_today() -> None:
    assert slots.next_slot(FRIDAY, {}, "any") == MONDAY_MORNING


def test_a_preference_is_kept() -> None:
    assert slots.next_slot(FRIDAY, {}, "afternoon") == MONDAY_AFTERNOON


def test_a_full_half_day_is_passed_over() -> None:
    assert slots.next_slot(FRIDAY, {MONDAY_MORNING: 3}, "any") == MONDAY_AFTERNOON
    tuesday = MONDAY_MORNING.replace(day=17)
    assert slots.next_slot(FRIDAY, {MONDAY_MORNING: 3}, "morning") == tuesday


def test_a_half_day_with_a_visit_left_is_taken() -> None:
    assert slots.next_slot(FRIDAY, {MONDAY_MORNING: 2}, "any") == MONDAY_MORNING


@given(st.datetimes(timezones=st.just(UTC), max_value=datetime(9000, 1, 1)))
def test_an_emergency_is_seen_within_four_hours(now: datetime) -> None:
    hours = (slots.urgent_slot(now) - now).total_seconds() / 3600
    assert 3 < hours <= 4


@pytest.mark.parametrize(
    ("typed", "postcode"),
    [
        ("ac12de", "AC1 2DE"),
        (" AC1  2DE ", "AC1 2DE"),
        ("ad44-3td", "AD44 3TD"),
        ("W1A 1AA", "W1A 1AA"),
        ("AC1", None),
        ("", None),
        ("AC1 2DE'; drop table homes", None),
    ],
)
def test_a_postcode_is_understood_however_it_is_typed(typed: str, postcode: str | None) -> None:
    assert words.postcode(typed) == postcode


@given(st.integers(min_value=1, max_value=10**15 - 1))
def test_a_reference_leads_back_to_its_repair(number: int) -> None:
    assert words.number(words.reference(number)) == number


@pytest.mark.parametrize("typed", ["rr 12", "RR-000012", " rr12 "])
def test_a_reference_is_understood_however_it_is_typed(typed: str) -> None:
    assert words.number(typed) == 12


@pytest.mark.parametrize("typed", ["12", "RR-", "AC1 2DE", ""])
def test_what_is_no_reference_is_none(typed: str) -> None:
    assert words.number(typed) is None


def test_a_visit_is_a_half_day_and_an_urgent_one_an_hour() -> None:
    assert words.visit(MONDAY_MORNING, False) == "Monday 16 March 2026, 8am to 12pm"
    assert words.visit(MONDAY_AFTERNOON, False) == "Monday 16 March 2026, 12pm to 5pm"
    assert words.visit(FRIDAY.replace(minute=0), True) == "Friday 13 March 2026, by 2:00pm"


def test_a_share_of_nothing_is_not_a_number() -> None:
    assert words.share(3, 4) == "75%"
    assert words.share(0, 0) == "no answer yet"


def test_trades_have_their_article() -> None:
    assert words.a_trade("electrician") == "an electrician"
    assert words.a_trade("heating") == "a heating engineer"
