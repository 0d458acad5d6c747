"""Categories: values that at least ten rows have each, with rounded weights."""

from __future__ import annotations

from typing import Any

from sandboxctl.data.infer import categories, identity, names
from sandboxctl.data.infer.profile import LEAST, Profile

OTHER = "other"
MOST_RARE = 0.2
"""Share of rows with rarer values, up to which a column is still a choice."""

MOST_NUMBERS = 20


def truth(profile: Profile) -> dict[str, Any]:
    """True in some share of rows; one that fewer than ten rows have is left out."""
    counts = {"true": 0, "false": 0}
    for value, count in profile.groups:
        counts[value.lower()] += count
    if not profile.groups:
        return {"kind": "boolean"}
    return {"kind": "boolean", "chance": round(counts["true"] / sum(counts.values()), 2)}


def is_choice(profile: Profile, name: str) -> bool:
    """Whether values may be told: few, shared by many rows, and nobody's."""
    told = sum(count for _, count in profile.groups)
    if not profile.few or told < LEAST or told < (1 - MOST_RARE) * profile.filled:
        return False
    if profile.form == "whole":
        small = all(categories.is_small(value) for value, _ in profile.groups)
        return small and len(profile.groups) <= MOST_NUMBERS and not names.is_number_of(name)
    if profile.form != "text" or profile.named or names.is_untold(name):
        return False
    values = [value for value, _ in profile.groups]
    return (
        all(map(categories.is_category, values))
        and not identity.are_names(values)
        and identity.are_told(values)
    )


def choice(profile: Profile) -> tuple[dict[str, Any], str]:
    """Value → weight; what fewer rows have is folded into one."""
    whole = profile.form == "whole"
    told = sum(count for _, count in profile.groups)
    rare = profile.filled - told
    total = told if whole else profile.filled
    weights: dict[int | str, float] = {}
    for value, count in profile.groups:
        key = int(value) if whole else value
        weights[key] = weights.get(key, 0) + max(0.01, round(count / total, 2))
    folded = round(rare / total, 2)
    if folded and not whole:
        weights[OTHER] = round(weights.get(OTHER, 0) + folded, 2)
    note = "values with fewer than ten rows or persons are left out" if rare else ""
    if folded and not whole:
        note = f"values with fewer than ten rows or persons are {OTHER}"
    return {"kind": "choice", "of": weights}, note
