"""Which trade, and is it urgent? Plain words in, a suggestion and its reasons out. Pure.

The rules are deliberately simple: they are the hypothesis that a team comes to test.
What they get wrong stands in the blueprint's README.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

TRADES = {
    "plumber": "tap leak drip pipe toilet cistern sink bath drain blocked shower water flush",
    "heating": "boiler radiator heating thermostat gas pilot",
    "electrician": "light socket switch fuse electric power bulb plug trip extractor",
    "joiner": "door window lock hinge floorboard stair cupboard skirting handle worktop",
    "roofer": "roof tile gutter slate chimney ceiling loft",
}
"""Words that point at each trade; a word counts when one in the report begins with it."""

EMERGENCIES = {
    "You said you can smell gas": r"smell\w* (of )?gas|gas (leak|smell)",
    "You said there are sparks, smoke or fire": r"spark|smoke|smoking|on fire|burning",
    "You said someone had an electric shock": r"electric shock|got a shock",
    "You said water is flooding or has burst out": r"flood|burst|pouring|gushing",
    "You said the carbon monoxide alarm went off": r"carbon monoxide",
    "You said there is no heating": r"\bno (heating|heat)\b",
    "You said your home is not secure": r"break-in|broken into|kicked in",
}
"""Reason to show: pattern. Not here, and so routine: rotten eggs, a socket that hums, …"""


@dataclass(frozen=True)
class Suggestion:
    """``trade`` is None when no word is known; ``emergency`` is the reason, or None."""

    trade: str | None
    because: tuple[str, ...]
    emergency: str | None

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def suggest(words: str) -> Suggestion:
    """The trade most of the words point at; the first one listed wins a tie."""
    said = re.sub(r"\s+", " ", words.lower())
    found = {trade: _known(said, clues.split()) for trade, clues in TRADES.items()}
    trade = max(found, key=lambda name: len(found[name]))
    return Suggestion(trade if found[trade] else None, tuple(found[trade]), _emergency(said))


def _known(said: str, clues: list[str]) -> list[str]:
    return [clue for clue in clues if re.search(rf"\b{clue}", said)]


def _emergency(said: str) -> str | None:
    return next((why for why, pattern in EMERGENCIES.items() if re.search(pattern, said)), None)
