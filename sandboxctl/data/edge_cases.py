"""Rare cases that happen in life: what each of them does to a row."""

from __future__ import annotations

EDGE_CASES: dict[str, str] = {
    # of persons
    "born_29_february": "Date of birth and age are those of somebody born on a 29 February.",
    "over_100": "The person is from 101 to 110 years old, even if the column's `ages` end before.",
    "under_18": "The person is younger than 18, even if the column's `ages` begin after.",
    "one_letter_surname": "The surname is a single letter.",
    "long_name": "Forename, blank and surname have 35 letters or more.",
    "accented_name": "Forename and surname have letters with accents.",
    "apostrophe_name": "The surname has an apostrophe.",
    "hyphenated_name": "The surname is double-barrelled.",
    "single_name": "The person has one name only: no forename, and the full name is the surname.",
    "no_title": "The title is missing.",
    "prefer_not_to_say": "Sex is `prefer not to say`, and the title is missing.",
    "deceased": "The person has died: for expressions to use, no column changes by itself.",
    "near_duplicate": (
        "The row tells of the same person and home as an earlier one, with a name written a bit "
        "differently, and now and then day and month of birth swapped."
    ),
    "third_party_contact": "The e-mail address is that of somebody else.",
    "welsh": "Forename and surname are Welsh.",
    "s_flag": "The record is marked as sensitive: for expressions to use, as `deceased`.",
    # of homes
    "no_fixed_abode": (
        "The address says so, the postcode is ZZ99 3VZ, town and location are missing."
    ),
    "overseas_address": (
        "The address is an invented one abroad and `country` says where; the postcode is ZZ99 6CZ "
        "for India and missing elsewhere; town, district, ward and location are missing."
    ),
    "bfpo": (
        "The address is a British Forces Post Office of a number that none has; nothing else of "
        "the home is known."
    ),
    "care_of": "The address begins with c/o and somebody else.",
    "unknown_address": (
        "The address says so, the postcode is ZZ99 3WZ, and nothing else of the home is known."
    ),
}
"""Name → what happens."""
