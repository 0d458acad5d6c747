"""Values of every kind that look real, and some that never are; for the tests of `data scan`.

Made up by rule, not taken from anywhere: digits in a row, with check digits worked out.
"""

from __future__ import annotations

from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.scan.surrogates import joined


def nhs(first: str) -> str:
    """Nine digits with their check digit (modulus 11)."""
    check = -sum(int(d) * (10 - n) for n, d in enumerate(first)) % 11
    assert check < 10
    return f"{first}{check}"


def utr(last: str) -> str:
    """Nine digits with the check digit in front."""
    weights = (6, 7, 8, 9, 10, 5, 4, 3, 2)
    total = sum(w * int(d) for w, d in zip(weights, last, strict=True))
    return f"{'21987654321'[total % 11]}{last}"


def vat(first: str) -> str:
    """Seven digits with two check digits."""
    total = sum(w * int(d) for w, d in zip((8, 7, 6, 5, 4, 3, 2), first, strict=True))
    return f"GB{first}{-total % 97:02}"


def upn(digits: str) -> str:
    """Twelve digits with the check letter in front."""
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    return letters[sum(int(d) * n for n, d in enumerate(digits, start=2)) % 23] + digits


def luhn(first: str) -> str:
    """Fifteen digits with the check digit."""
    doubled = sum(sum(divmod(2 * int(d), 10)) for d in first[::2])
    return f"{first}{-(doubled + sum(map(int, first[1::2]))) % 10}"


REAL: dict[str, tuple[str, ...]] = {
    "nino": ("AB123456C", "CE234567D", "JK345678A", "LM456789B"),
    "nhs_number": tuple(map(nhs, ("485777345", "612345678", "701234567", "456789012"))),
    "chi_number": tuple(map(nhs, ("010170123", "150685234", "280299345", "311255457"))),
    "utr": tuple(map(utr, ("123456789", "234567891", "345678912", "456789123"))),
    "vat_number": tuple(map(vat, ("1234567", "2345678", "3456789", "4567891"))),
    "company_number": ("01234567", "02345678", "SC345678", "12345678"),
    "uprn": ("100012345678", "200023456789", "10003456789", "100045678901"),
    "usrn": ("12345678", "23456789", "34567891", "45678912"),
    "postcode": ("SW1A 1AA", "M1 1AE", "LS11 5DY", "EH99 1SP"),
    "mobile": ("07911 123456", "07812 234567", "07413 345678", "07514 456789"),
    "landline": ("020 8123 4567", "0161 234 5678", "01273 345678", "0131 456 7891"),
    "email": tuple(f"jane{n}@some-company.co.uk" for n in range(4)),
    "ip": ("81.2.69.142", "81.2.69.143", "2a02:6b8::1", "81.2.69.144"),
    "mac": ("3C-22-FB-12-34-56", "3C-22-FB-23-45-67", "3C-22-FB-34-56-78", "3C-22-FB-45-67-89"),
    "vrn": ("LB07 SEO", "AK51 ABC", "BD19 XYZ", "YE68 KLM"),
    "driving_licence": (
        "MORGA657054SM9IJ", "SMITH801159AB9CD", "JONES955126CD9EF", "KHAN9712304EF9GH",
    ),
    "passport": ("123456789", "234567891", "345678912", "456789123"),
    "upn": tuple(map(upn, ("823200197001", "823200197002", "823200197003", "823200197004"))),
    "card": tuple(map(luhn, ("453212345678901", "510012345678902", "453212345678903",
                             "222312345678904"))),
    "sort_code": ("60-83-71", "40-47-84", "30-94-15", "20-41-06"),
    "account_number": ("31926819", "70872490", "12345678", "87654321"),
}  # fmt: skip
"""None of them is in a safe set; whether anybody has them is not known here."""

ALONE = ("nino", "postcode", "mobile", "landline", "email", "ip", "mac", "vrn", "driving_licence")
"""Found one by one, wherever they stand."""


def safe(kind: str, count: int) -> list[str]:
    """Some values of the safe set, from all over it."""
    import numpy as np

    one = IDENTIFIERS[kind]
    ranks = [rank * (one.size // count or 1) % one.size for rank in range(count)]
    return [joined(one.unrank(np.array([rank], np.int64))) for rank in ranks]
