"""The rules of the prototype: what they are for, and that their known mistakes are in them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

PROTOTYPE = Path(__file__).parent.parent / "blueprints" / "repair-right"


def prototype(path: str) -> ModuleType:
    """A module of the prototype, which is no package: its folder is the container's /app."""
    name = "repair_right_" + path.removesuffix(".py").replace("/", "_")
    spec = importlib.util.spec_from_file_location(name, PROTOTYPE / path)
    assert spec
    assert spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


rules = prototype("triage/rules.py")
words = prototype("web/words.py")
BLUEPRINT = yaml.safe_load((PROTOTYPE / "blueprint.yaml").read_text())
REPAIRS = BLUEPRINT["data"]["tables"]["repairs"]["columns"]


def sentences() -> list[tuple[str, str, float]]:
    """What it really was, the tenant's words, and how often they come."""
    weights, texts = REPAIRS["truth"]["of"], REPAIRS["description"]["of"]
    return [
        (truth, text, weight / len(texts[truth]))
        for truth, weight in weights.items()
        for text in texts[truth]
    ]


@pytest.mark.parametrize(
    ("said", "trade"),
    [
        ("The tap drips", "plumber"),
        ("My BOILER is broken", "heating"),
        ("The light flickers", "electrician"),
        ("the back  door\nsticks", "joiner"),
        ("Slates came off the roof", "roofer"),
        ("It is just not right", None),
        ("", None),
    ],
)
def test_plain_words_suggest_a_trade(said: str, trade: str | None) -> None:
    assert rules.suggest(said).trade == trade


def test_the_trade_with_most_words_wins_and_a_tie_goes_to_the_first() -> None:
    assert rules.suggest("The door lock drips").trade == "joiner"
    assert rules.suggest("The door drips").trade == "plumber"


def test_a_word_counts_only_where_a_word_begins() -> None:
    assert rules.suggest("The outdoor paint peels").trade is None


def test_the_reasons_are_the_words_that_counted() -> None:
    assert rules.suggest("The tap in the bath drips").because == ("tap", "drip", "bath")


@pytest.mark.parametrize(
    "said",
    [
        "I can smell gas",
        "smelling of gas since noon",
        "there were sparks",
        "a pipe has burst",
        "we have no heating",
        "the carbon monoxide alarm",
        "got an electric shock",
        "The door was kicked in",
    ],
)
def test_the_obvious_words_are_an_emergency(said: str) -> None:
    assert rules.suggest(said).emergency


@pytest.mark.parametrize(
    "said",
    [
        "There is a smell of rotten eggs by the boiler",
        "Water is coming through the light in my ceiling",
        "The socket behind the bed is hot and hums",
        "I cannot lock my front door, anybody could walk in",
    ],
)
def test_flaw_an_emergency_in_other_words_is_routine(said: str) -> None:
    assert rules.suggest(said).emergency is None
    assert any(text == said and truth.endswith("-emergency") for truth, text, _ in sentences())


def test_no_routine_repair_of_the_data_is_called_an_emergency() -> None:
    alarms = [
        text
        for truth, text, _ in sentences()
        if not truth.endswith("-emergency") and rules.suggest(text).emergency
    ]
    assert alarms == []


def test_the_prototype_misses_its_targets_but_not_by_far() -> None:
    right = sum(
        weight
        for truth, text, weight in sentences()
        if rules.suggest(text).trade == truth.removesuffix("-emergency")
    )
    emergencies = [row for row in sentences() if row[0].endswith("-emergency")]
    missed = sum(weight for _, text, weight in emergencies if not rules.suggest(text).emergency)
    assert 0.70 < right < 0.80
    assert 0.2 < missed / sum(weight for *_, weight in emergencies) < 0.5


def test_every_trade_has_data_words_and_a_name() -> None:
    trades = {truth.removesuffix("-emergency") for truth in REPAIRS["truth"]["of"]}
    assert trades == set(rules.TRADES) == set(words.TRADES) == set(words.WHAT_THEY_FIX)
    assert set(REPAIRS["truth"]["of"]) == set(REPAIRS["description"]["of"])


def test_a_suggestion_travels_as_json_types() -> None:
    said = rules.suggest("The tap drips and I smell gas").as_dict()
    assert said == {
        "trade": "plumber",
        "because": ("tap", "drip"),
        "emergency": "You said you can smell gas",
    }
