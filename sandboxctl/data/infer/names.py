"""Names of tables and columns: made fit, and what they say of what is in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import Any

from sandboxctl.data.people.names import FORENAMES, SURNAMES

LONGEST = 60

_PERSONS = frozenset(name.lower() for name in (*FORENAMES, *SURNAMES))

_ENDINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "first_name firstname forename forenames given_name given_names christian_name fname "
        "middle_name middle_names known_as preferred_name",
        {"kind": "forename"},
    ),
    (
        "last_name lastname surname family_name lname sname maiden_name",
        {"kind": "surname"},
    ),
    ("full_name fullname next_of_kin", {"kind": "full_name"}),
    ("title salutation", {"kind": "title"}),
    ("sex gender", {"kind": "sex"}),
    (
        "date_of_birth dob birth_date birthdate birthday d_o_b born_on",
        {"kind": "date_of_birth"},
    ),
    ("age", {"kind": "age"}),
    (
        "address_line_1 address_line1 address1 address_1 street_address street addr1 line_1",
        {"kind": "address", "form": "street"},
    ),
    ("address full_address postal_address", {"kind": "address"}),
    ("town city post_town posttown locality village", {"kind": "town"}),
)
KINDS = {ending: kind for endings, kind in _ENDINGS for ending in endings.split()}
"""How a column's name ends, and the kind that it is then."""

_PEOPLE = (
    "person people customer client applicant patient contact employee staff tenant resident "
    "officer author manager doctor gp parent guardian child pupil student claimant citizen user "
    "owner landlord member carer nominee holder signatory kin spouse partner mother father driver "
    "agent worker nurse teacher consultant practitioner clinician respondent complainant"
)
PEOPLE = frozenset(_PEOPLE.split())
_UNTOLD = re.compile(
    r"(^|_)(user_?name|login|by|assigned_to|owner|officer|author|contact|handler|manager|notes?"
    r"|comments?|remarks?|description|details?|message|narrative|free_?text|password|passwd|pin"
    r"|token|secret|hash|signature|address|addr|line_?[0-9]|street|road|name|surname|forename|initials)"
    r"(_[0-9]+)?$"
)
_NUMBERED = re.compile(r"(^|_)(id|ids|no|num|number|ref|reference|code|key|account|acc|uid|uuid)$")
_SUBJECTS = (
    "person|people|customer|client|applicant|patient|employee|tenant|resident|pupil|student|child"
    "|claimant|citizen|user|member|carer|prisoner|offender|household|case"
)
_PERSON_KEY = re.compile(
    rf"(^|_)({_SUBJECTS})_?(id|ids|no|num|number|ref|reference|code|key|account|uid|uuid)$"
)
_ANY_KEY = re.compile(rf"(^|_)(id|ids|ref|reference|uid|uuid|{_SUBJECTS})$")
_MONEY = re.compile(
    r"(^|_)(price|amount|cost|fee|payment|paid|balance|salary|income|rent|total|charge|value|gbp"
    r"|pounds|wage|wages|budget|spend|arrears|award|benefit|tax)(_|$)"
)


def fit(name: str, taken: Container[str] = ()) -> str:
    """A name that a blueprint takes, and that none of the ``taken`` ones is."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    plain = unicodedata.normalize("NFKD", apart).encode("ascii", "ignore").decode().lower()
    made = "_".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST].strip("_")
    made = made if made[:1].isalpha() else f"c_{made}".rstrip("_")
    number, found = 2, made
    while found in taken:
        found, number = f"{made[: LONGEST - 4]}_{number}", number + 1
    return found


def shown(name: str) -> str:
    """A name of the source, fit for a comment of one line."""
    clear = "".join(sign if sign.isprintable() else " " for sign in name)
    return " ".join(clear.split())[:LONGEST]


def spoken(name: str) -> tuple[dict[str, Any], str] | None:
    """The kind that a (fit) name speaks of, and whose it is: what stands before it."""
    if (name == "name") or (name.endswith("_name") and name.split("_")[-2] in PEOPLE):
        return {"kind": "full_name"}, name.removesuffix("name").strip("_")
    for ending in sorted(KINDS, key=len, reverse=True):
        if name == ending or name.endswith(f"_{ending}"):
            return KINDS[ending], name.removesuffix(ending).strip("_")
    return None


def is_untold(name: str) -> bool:
    """Whether even values that many rows share may name a person, or say too much."""
    return bool(_UNTOLD.search(name)) or name.split("_")[-1] in PEOPLE


def is_number_of(name: str) -> bool:
    """Whether numbers in it are somebody's, or something's, and no quantity."""
    return bool(_NUMBERED.search(name))


def is_person_key(name: str) -> bool:
    """Whether each of its values is somebody."""
    return bool(_PERSON_KEY.search(name))


def may_be_key(name: str) -> bool:
    """Whether it may be, if its values are many."""
    return bool(_ANY_KEY.search(name))


def is_plain(name: str) -> bool:
    """Whether a file's name may be written: small words, none of which is a person's name."""
    words = re.split("[_-]", name)
    return all(re.fullmatch("[a-z]+", word) and word not in _PERSONS for word in words)


def is_money(name: str) -> bool:
    return bool(_MONEY.search(name))
