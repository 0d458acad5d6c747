"""Forenames that make a full name of 35 letters and more with a surname of 15."""

from __future__ import annotations

LONG_FORENAMES = (
    (
        "Anastasia-Konstantina",
        "Alexandrina Wilhelmina",
        "Oluwadamilola-Grace-Ruth",
        "Elizabeth Margaret Rose",
        "Bernadette-Philomena",
    ),
    (
        "Bartholomew-Alexander",
        "Christopher Sebastian",
        "Maximilian-Theodore",
        "Oluwatobiloba-Emmanuel",
        "Montgomery Fitzwilliam",
    ),
)
"""Of women, of men."""

LONG_SURNAME = 15
LONG_NAME = 35
