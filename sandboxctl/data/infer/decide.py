"""Which kind a column becomes, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.infer import choices, names, persons, rounding, spread
from sandboxctl.data.infer.profile import Profile
from sandboxctl.data.wording import patterns

ALWAYS_UNIQUE = frozenset(["sequence", "uuid", "email"])
_HOMES = frozenset(["postcode", "email", "account_number"])
"""Identifiers that cannot be told to be unique here."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A column as it will be written, with a remark."""

    name: str
    source: str
    column: dict[str, Any]
    note: str = ""

    @property
    def is_unique(self) -> bool:
        return self.column["kind"] in ALWAYS_UNIQUE or bool(self.column.get("unique"))


@dataclass(slots=True)
class Decider:
    """Decides for one table of ``rows``: columns of one person have to agree."""

    rows: int
    people: persons.People = field(default_factory=persons.People)

    def column(self, profile: Profile, name: str, *, target: bool) -> Decided:
        """``target``: others refer to it, so that it has to be unique."""
        made, notes = self._target(profile) if target else self._kind(profile, name)
        if profile.rows and not profile.enough and not target:
            few = "no value" if not profile.filled else "fewer than ten values"
            notes = [*notes, f"{few}: structure only"]
        if profile.odd:
            notes = [*notes, "a few values have another form"]
        if profile.missing and not target and made["kind"] != "sequence":
            made = {**made, "missing": profile.missing}
        return Decided(name, profile.source, made, "; ".join(notes))

    def _kind(self, profile: Profile, name: str) -> tuple[dict[str, Any], list[str]]:
        if profile.identifier:
            return self._identifier(profile), []
        if (found := self.people.column(profile, name)) is not None:
            return found, []
        if profile.addressed:
            return {"kind": "address"}, ["values look like addresses"]
        if profile.form == "uuid":
            return {"kind": "uuid"}, [] if profile.unique else ["values repeat; these do not"]
        if self._is_sequence(profile, name):
            return self._sequence(profile), []
        if profile.form == "truth":
            return choices.truth(profile), []
        if choices.is_choice(profile, name):
            made, folded = choices.choice(profile)
            return made, [folded] if folded else []
        return self._measured(profile, name)

    def _measured(self, profile: Profile, name: str) -> tuple[dict[str, Any], list[str]]:
        told = [f"was written {profile.written}"] if profile.written else []
        match profile.form:
            case "whole":
                return {"kind": "integer", **spread.amounts(profile, "integer")}, told
            case "decimal" if profile.places <= 2 and (names.is_money(name) or profile.written):
                return {"kind": "money", **spread.amounts(profile, "money")}, told
            case "decimal":
                amounts = spread.amounts(profile, "decimal")
                return {"kind": "decimal", "places": profile.places, **amounts}, told
            case "day":
                return {"kind": "date", **spread.times(profile)}, told
            case "moment":
                return {"kind": "timestamp", **spread.times(profile)}, told
            case _:
                return self._text(profile, name)

    def _text(self, profile: Profile, name: str) -> tuple[dict[str, Any], list[str]]:
        if profile.named and not profile.shape:
            return {"kind": "full_name"}, ["values look like names of persons"]
        if profile.shape:
            made: dict[str, Any] = {"kind": "pattern", "pattern": profile.shape}
            if profile.unique and patterns.size(profile.shape) >= self.rows:
                made["unique"] = True
            return made, ["the shape of nearly all values"]
        rows = f", about {rounding.about(profile.filled):,} rows" if profile.enough else ""
        line = f"A sentence for {name.replace('_', ' ')}."
        return {"kind": "text", "of": [line]}, [f"free text{rows}: write sentences of your own"]

    def _identifier(self, profile: Profile) -> dict[str, Any]:
        kind = profile.identifier or ""
        made: dict[str, Any] = {"kind": kind}
        if profile.unique and profile.enough and kind not in _HOMES and self._exist(kind):
            made["unique"] = True
        return made

    def _exist(self, kind: str) -> bool:
        return IDENTIFIERS[kind].size >= self.rows

    def _is_sequence(self, profile: Profile, name: str) -> bool:
        whole = profile.form == "whole" and profile.unique and profile.filled == profile.rows
        return whole and profile.enough and (profile.dense or names.is_number_of(name))

    def _sequence(self, profile: Profile) -> dict[str, Any]:
        start = int(rounding.down(profile.knots[0])) if profile.knots else 1
        return {"kind": "sequence"} if -10 <= start <= 100 else {"kind": "sequence", "start": start}

    def _target(self, profile: Profile) -> tuple[dict[str, Any], list[str]]:
        """A kind of which no two rows have the same value."""
        if profile.identifier and profile.identifier not in _HOMES:
            if self._exist(profile.identifier):
                return {"kind": profile.identifier, "unique": True}, []
        elif profile.identifier == "email" or profile.form == "uuid":
            return {"kind": profile.identifier or "uuid"}, []
        elif profile.shape and patterns.size(profile.shape) >= self.rows:
            return {"kind": "pattern", "pattern": profile.shape, "unique": True}, []
        if profile.form == "whole":
            return self._sequence(profile), []
        return {"kind": "sequence"}, ["others refer to it, so it is a number here"]
