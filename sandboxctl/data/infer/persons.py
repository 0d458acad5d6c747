"""Columns that tell of persons and homes, known by their names; those of one person agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandboxctl.data.infer import names, rounding
from sandboxctl.data.infer.profile import Profile
from sandboxctl.data.kinds.people import NEW_YEAR
from sandboxctl.data.people.ages import OLDEST

_HOME = frozenset(["address", "town", "postcode"])
_WOMEN, _MEN = frozenset(["f", "female", "woman", "w"]), frozenset(["m", "male", "man"])


@dataclass(slots=True)
class People:
    """Whose columns a table has so far: the first are of the row itself."""

    first: dict[str, str] = field(default_factory=dict)
    births: dict[str, dict[str, Any]] = field(default_factory=dict)

    def column(self, profile: Profile, name: str) -> dict[str, Any] | None:
        """What a name says, unless the values say otherwise; None if it says nothing."""
        found = names.spoken(name)
        if found is None or not _fits(found[0]["kind"], profile):
            return None
        made, whose = found
        key = "home" if made["kind"] in _HOME else "person"
        mine = self.first.setdefault(key, whose)
        who = "self" if whose in (mine, "", "home", "self") else whose
        made = {**made, **self._options(made["kind"], profile, who)}
        return made if who == "self" else {**made, key: who}

    def _options(self, kind: str, profile: Profile, who: str) -> dict[str, Any]:
        match kind:
            case "sex":
                return _codes(profile)
            case "date_of_birth":
                return self.births.setdefault(who, _ages(profile))
            case _:
                return {}


def _fits(kind: str, profile: Profile) -> bool:
    match kind:
        case _ if not profile.filled:
            return True
        case "date_of_birth":
            return profile.form in ("day", "moment", "text")
        case "age":
            return profile.form == "whole"
        case "sex":
            return profile.form == "text" and (_are_untold(profile) or _are_sexes(profile))
        case "title":
            return profile.form == "text" and (profile.few or not profile.enough)
        case _:
            return profile.form == "text"


def _are_untold(profile: Profile) -> bool:
    """Whether too few rows or persons have each of few values to say what they are."""
    return not profile.enough or (profile.few and not profile.groups)


def _are_sexes(profile: Profile) -> bool:
    return any(value.lower() in _WOMEN | _MEN for value, _ in profile.groups)


def _codes(profile: Profile) -> dict[str, Any]:
    """How women and men are written, where ten rows of each say it."""
    codes: dict[str, str] = {}
    for value, _ in profile.groups:
        for sex, words in (("female", _WOMEN), ("male", _MEN)):
            if value.lower() in words:
                codes.setdefault(sex, value)
    usual = codes == {"female": "female", "male": "male"}
    return {"codes": codes} if len(codes) == 2 and not usual else {}


def _ages(profile: Profile) -> dict[str, Any]:
    if not profile.knots:
        return {}
    return {"ages": list(rounding.ages(profile.knots[0], profile.knots[-1], NEW_YEAR, OLDEST))}
