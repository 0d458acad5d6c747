"""A dataset with a column of every kind, and of the shapes that are hard to write: for tests of
what is written, wherever it goes."""

from __future__ import annotations

from typing import Any, get_args

from sandboxctl.data.kinds import Column
from sandboxctl.data.model import Data
from sandboxctl.data.scope import Dataset

Options = dict[str, Any]

HARD = [
    "",
    " ",
    "The tap drips.",
    'He said "it is\twet".',
    "Two\nlines, one \\N backslash",
    "\\.",
    "carriage\r\nreturn",
    "Zoë, Siân and Ŵyn",
    "家 🏠",
    "null",
    "'; DROP TABLE homes; --",
]

HOMES: dict[str, Options] = {
    "uprn": {"kind": "uprn", "unique": True},
    "address": {"kind": "address"},
    "town": {"kind": "town"},
    "postcode": {"kind": "postcode"},
    "country": {"kind": "country"},
    "lad": {"kind": "lad"},
    "ward": {"kind": "ward", "of": "name", "home": "elsewhere"},
    "latitude": {"kind": "location", "of": "latitude"},
    "easting": {"kind": "location", "of": "easting"},
    "bedrooms": {"kind": "choice", "of": {1: 0.22, 2: 0.38, 3: 0.32, 4: 0.08}},
    "first_repair": {"kind": "reference", "to": "repairs.id", "missing": 0.5},
    "next_door": {"kind": "reference", "to": "homes.uprn", "earlier": True},
}
REPAIRS: dict[str, Options] = {
    "id": {"kind": "sequence"},
    "home": {"kind": "reference", "to": "homes.uprn", "distribution": "zipf"},
    "first": {"kind": "reference", "to": "homes.uprn", "unique": True},
    "landlord": {"kind": "reference", "to": "homes.uprn", "missing": 0.5},
    "key": {"kind": "uuid"},
    "token": {"kind": "uuid", "version": 4, "missing": 0.2},
    "trade": {"kind": "choice", "of": ["electrician", "plumber"]},
    "rough": {"kind": "choice", "of": [1, 2.5, -0.25]},
    "unsure": {"kind": "choice", "of": [True, False], "missing": 0.3},
    "report": {"kind": "text", "of": {"plumber": HARD, "electrician": "No light"}, "by": "trade"},
    "note": {"kind": "text", "of": HARD, "missing": 0.3},
    "said": {"kind": "text", "grammar": {"start": ["The {what} {does}."], "what": ["tap", 'b"th'],
             "does": ["drips", "leaks,\nbadly"]}},
    "code": {"kind": "pattern", "pattern": "@@#####", "unique": True},
    "forename": {"kind": "forename"},
    "surname": {"kind": "surname", "missing": 0.1},
    "full_name": {"kind": "full_name"},
    "title": {"kind": "title"},
    "sex": {"kind": "sex"},
    "born": {"kind": "date_of_birth"},
    "age": {"kind": "age"},
    "mail": {"kind": "email", "missing": 0.2},
    "mobile": {"kind": "mobile"},
    "landline": {"kind": "landline", "missing": 0.5},
    "phone": {"kind": "phone"},
    "url": {"kind": "url"},
    "ip": {"kind": "ip"},
    "ip6": {"kind": "ip", "version": 6},
    "mac": {"kind": "mac"},
    "asn": {"kind": "asn"},
    "nino": {"kind": "nino", "unique": True, "missing": 0.1},
    "nhs": {"kind": "nhs_number", "unique": True},
    "chi": {"kind": "chi_number"},
    "upn": {"kind": "upn"},
    "licence": {"kind": "driving_licence"},
    "passport": {"kind": "passport"},
    "utr": {"kind": "utr"},
    "vat": {"kind": "vat_number"},
    "company": {"kind": "company_number"},
    "card": {"kind": "card"},
    "sort_code": {"kind": "sort_code"},
    "account": {"kind": "account_number", "of": "sort_code"},
    "usrn": {"kind": "usrn"},
    "vrn": {"kind": "vrn"},
    "visits": {"kind": "integer", "between": [-3, 1200]},
    "big": {"kind": "integer", "between": [-(2**62), 2**62], "unique": True},
    "cost": {"kind": "money", "between": [-5, 99.5]},
    "exact": {"kind": "decimal", "between": [-0.01, 0.01], "places": 6, "missing": 0.1},
    "rating": {"kind": "decimal", "between": [1, 5], "places": 0},
    "took": {"kind": "duration", "between": ["0s", "40d"], "missing": 0.1},
    "urgent": {"kind": "boolean", "chance": 0.1},
    "wanted": {"kind": "date", "between": ["1066-12-25", "2024-03-01"], "missing": 0.2},
    "reported": {"kind": "timestamp", "between": ["1969-12-31", "2026-06-30"]},
    "tax": {"kind": "expression", "of": "cost * 0.2"},
    "many": {"kind": "expression", "of": "visits > 600 and not urgent"},
    "loud": {"kind": "expression", "of": "report + '!'"},
    "heard": {"kind": "expression", "of": "full_name + note"},
    "outcome": {"kind": "outcome", "of": "events.state"},
    "ended": {"kind": "entered", "of": "outcome", "since": "reported"},
}  # fmt: skip
VISITS: dict[str, Options] = {
    "repair": {"kind": "reference", "to": "repairs.id"},
    "number": {"kind": "sequence", "within": "parent"},
    "began": {"kind": "timestamp", "between": ["2026-01-01", "2026-12-31"], "missing": 0.1},
}
EVENTS: dict[str, Options] = {
    "repair": {"kind": "reference", "to": "repairs.id"},
    "state": {
        "kind": "state",
        "start": "open",
        "next": {"open": {"done": 0.8, "refused": 0.2}},
        "stays": {"open": ["1d", "9d"]},
    },
    "entered": {"kind": "entered", "of": "state", "since": "repair.reported"},
    "left": {"kind": "left", "of": "state", "since": "repair.reported", "days": True},
}


def dataset(homes: int = 600, repairs: int = 500, seed: int = 2026, **more: Options) -> Dataset:
    """Four tables, two of them in a circle; ``more`` are columns of the repairs."""
    tables = {
        "repairs": {"rows": repairs, "columns": more | REPAIRS},
        "homes": {"rows": homes, "columns": HOMES},
        "visits": {
            "rows": {"per": "repairs", "count": {0: 1, 1: 2, 2: 1}},
            "columns": VISITS,
            "key": ["repair", "number"],
        },
        "events": {"rows": {"per": "repairs", "history": "state"}, "columns": EVENTS},
    }
    return Dataset(Data.model_validate({"seed": seed, "tables": tables}))


def every_kind() -> set[str]:
    """What a column may be."""
    models = get_args(get_args(Column)[0])
    return {word for model in models for word in get_args(model.model_fields["kind"].annotation)}
