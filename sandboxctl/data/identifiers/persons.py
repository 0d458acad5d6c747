"""Numbers that the state gives to a person."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sandboxctl.data.identifiers import checks
from sandboxctl.data.identifiers.identifier import Identifier, SafeSet
from sandboxctl.data.identifiers.pools import digits, number, weighted, words

if TYPE_CHECKING:
    from sandboxctl.data.identifiers.identifier import Index, Part, Parts

TEN = r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
IMPOSSIBLE_DAYS = ("3002", "3102", "3104", "3106", "3109", "3111")
SURNAMES = (
    "ADAMS", "AHMED", "ALI99", "BAKER", "BROWN", "CARTE", "CLARK", "COLLI", "DAVIE", "EDWAR",
    "EVANS", "GREEN", "HALL9", "HARRI", "HUGHE", "JACKS", "JAMES", "JONES", "KAUR9", "KHAN9",
    "LEE99", "LEWIS", "MACDO", "MARTI", "MOORE", "MURPH", "OBRIE", "OKAFO", "PATEL", "ROBIN",
    "SINGH", "SMITH", "TAYLO", "THOMA", "TURNE", "WALKE", "WHITE", "WILLI", "WILSO", "WRIGH",
)  # fmt: skip
"""Five letters of a surname, filled up with 9s."""


def _suffix(ranks: Index) -> Part:
    """The number alone identifies a person, the suffix does not: it follows from the number."""
    return tuple("ABCD"), (ranks * 40_503 >> 7) & 3


def _nino_qq(ranks: Index) -> Parts:
    return "QQ", *number(ranks, 3, 3), _suffix(ranks)


def _nino_q(ranks: Index) -> Parts:
    letter, rest = divmod(ranks, 1_000_000)
    return "Q", (tuple(CAPITALS), letter), *number(rest, 3, 3), _suffix(rest)


def _unlike(choice: Index, bad: Index) -> Index:
    """A digit for each of nine choices, which is not the bad one; 10 is none."""
    return choice + (choice >= bad)


def _nhs_number(ranks: Index) -> Parts:
    """Of ten ninth digits at most one leaves no check digit but 10; one is left out each time."""
    middle, choice = divmod(ranks, 9)
    total = _nhs_totals().take(middle)
    # total + 2 · digit ≡ 1 (mod 11) asks for a check digit of 10; 6 is the inverse of 2
    ninth = _unlike(choice, (12 - total) * 6 % 11)
    check = (33 - total - 2 * ninth) % 11
    return "999", *number(middle * 100 + ninth * 10 + check, 3, 4)


@lru_cache(maxsize=1)
def _nhs_totals() -> Any:
    """Modulo 11, the weighted sum of 999 and of any five digits: small enough for the cache."""
    import numpy as np

    middle = np.arange(100_000)
    return ((9 * (10 + 9 + 8) + weighted(middle, 7, 6, 5, 4, 3)) % 11).astype(np.int8)


def _chi_number(ranks: Index) -> Parts:
    """As an NHS number, with the eighth digit left out: its weight is 3, and 4 the inverse."""
    rest, choice = divmod(ranks, 9)
    rest, last = divmod(rest, 10)
    day, middle = divmod(rest, 1000)
    days = sum(
        (day == place) * sum(w * int(d) for w, d in zip((10, 9, 8, 7), text, strict=True))
        for place, text in enumerate(IMPOSSIBLE_DAYS)
    )
    total = days + weighted(middle, 6, 5, 4) + 2 * last
    eighth = _unlike(choice, (1 - total) * 4 % 11)
    check = -(total + 3 * eighth) % 11
    tail = middle * 1000 + eighth * 100 + last * 10 + check
    return (IMPOSSIBLE_DAYS, day), *number(tail, 3, 3)


def _upn(ranks: Index) -> Parts:
    authority, rest = divmod(ranks, 1_000_000_000)
    total = weighted(authority * 999, 2, 3, 4) + weighted(rest, *checks.UPN_WEIGHTS[3:])
    letter = (tuple(checks.UPN_LETTERS), total % 23)
    return letter, (("000", "999"), authority), *number(rest, 3, 3, 3)


def _passport(ranks: Index) -> Parts:
    return "000", *number(ranks, 3, 3)


def _driving_licence(ranks: Index) -> Parts:
    """Surname, decade, month (5 more in its tens for a woman), day, year, initials, three more."""
    rest, ending = divmod(ranks, 26 * 26)
    rest, initials = divmod(rest, 26 * 27)
    rest, born = divmod(rest, 10)
    surname, decade = divmod(rest, 2 * 10)
    decades = tuple(f"{tens}{month}31" for tens in digits(1) for month in ("02", "52"))
    letters = tuple(first + other for first in CAPITALS for other in f"{CAPITALS}9")
    return (SURNAMES, surname), (decades, decade), (digits(1), born), (letters, initials), \
        "9", (words(CAPITALS, 2), ending)  # fmt: skip


_NINO_PASSES = (
    "two letters, six digits, A to D: yes; HMRC's list of prefixes: no, as every number that "
    "passes it may be somebody's"
)

NINO = Identifier(
    "nino", "National Insurance number", "National Insurance numbers",
    r"(?:[A-CEGHJ-PR-TW-Z][A-CEGHJ-PR-TW-Z]|Q[A-Z])[0-9]{6}[A-D]",
    r"[A-Za-z]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-Da-d]",
    (
        SafeSet(
            "QQ", "prefix QQ, six digits, A to D; no number comes with two suffixes",
            1_000_000, "A", "HMRC manual NIM39110: Q is not used, QQ 12 34 56 A is its example",
            _NINO_PASSES, _nino_qq, "QQ[0-9]{6}[A-D]",
        ),
        SafeSet(
            "Q", "prefix QA to QZ, six digits, A to D; no number comes with two suffixes",
            26_000_000, "B", "HMRC manual NIM39110: Q is not used",
            _NINO_PASSES, _nino_q, "Q[A-Z][0-9]{6}[A-D]",
        ),
    ),
    ("nino", "ni_number", "national_insurance", "insurance_number"), strong=True,
)  # fmt: skip
NHS_NUMBER = Identifier(
    "nhs_number", "NHS number", "NHS numbers",
    r"(?:3[2-9]|[4-9][0-9])[0-9]{8}", TEN,
    (
        SafeSet(
            "999", "999 000 0000 to 999 999 9999 with the right check digit", 900_000, "A",
            "NHS number libraries, one of them NHS Wales's: valid, guaranteed never to be issued "
            "(no page of NHS England itself was found)",
            "check digit (modulus 11): yes", _nhs_number, "999[0-9]{7}", "right",
        ),
    ),
    ("nhs", "nhs_number", "nhs_no", "patient_id"), strong=True, check_words="modulus 11",
    right=checks.nhs_number,
)  # fmt: skip
CHI_NUMBER = Identifier(
    "chi_number", "CHI number", "CHI numbers",
    r"(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{6}", TEN,
    (
        SafeSet(
            "impossible days",
            "born on 30 or 31 February, 31 April, June, September or November; right check digit",
            540_000, "B", "NHS Data Dictionary: the first six digits are the date of birth",
            "check digit (modulus 11): yes; checks of the date: no", _chi_number,
            f"(?:{'|'.join(IMPOSSIBLE_DAYS)})[0-9]{{6}}", "right",
        ),
    ),
    ("chi", "chi_number", "chi_no"), strong=True, check_words="modulus 11",
    right=checks.nhs_number,
)  # fmt: skip
UPN = Identifier(
    "upn", "unique pupil number", "unique pupil numbers",
    f"[{checks.UPN_LETTERS}][0-9]{{11}}[0-9{checks.UPN_LETTERS}]",
    r"[A-HJ-NP-RT-Za-hj-np-rt-z] ?[0-9]{3} ?[0-9]{4} ?[0-9]{4}[0-9A-HJ-NP-RT-Za-hj-np-rt-z]",
    (
        SafeSet(
            "no authority", "local authority 000 or 999, right check letter", 2_000_000_000, "B",
            "python-stdnum's list of local authorities has neither",
            "check letter (modulus 23): yes; lists of local authorities: no", _upn,
            f"[{checks.UPN_LETTERS}](?:000|999)[0-9]{{9}}", "right",
        ),
    ),
    ("upn", "pupil", "pupil_number"), strong=True, check_words="modulus 23, a letter in front",
    right=checks.upn,
)  # fmt: skip
PASSPORT = Identifier(
    "passport", "passport number", "passport numbers",
    r"[0-9]{9}", r"[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
    (
        SafeSet(
            "000", "000 and six digits: no range is reserved, so this is not known to be safe",
            1_000_000, "D", "none: no reserved range is published",
            "nine digits: yes", _passport, "000[0-9]{6}",
        ),
    ),
    ("passport", "passport_number", "passport_no"),
)  # fmt: skip
DRIVING_LICENCE = Identifier(
    "driving_licence", "driving licence number", "driving licence numbers",
    r"[A-Z][A-Z9]{4}[0-9](?:[05][1-9]|[16][0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9][A-Z][A-Z9]"
    r"[A-Z0-9]{3}",
    r"[A-Za-z][A-Za-z9]{4}[ -]?[0-9]{6}[ -]?[A-Za-z][A-Za-z9][A-Za-z0-9][ -]?[A-Za-z0-9]{2}",
    (
        SafeSet(
            "31 February", "born on 31 February; the last two characters are arbitrary",
            40 * 20 * 10 * 26 * 27 * 26 * 26, "B",
            "the format contains the date of birth; how its last two characters are worked out "
            "is not published",
            "16 characters in the right places: yes; checks of the date: no", _driving_licence,
            "[A-Z][A-Z9]{4}[0-9][05]231[0-9][A-Z][A-Z9][A-Z0-9]{3}",
        ),
    ),
    ("licence", "license", "driving_licence", "driver_number"), strong=True,
)  # fmt: skip
