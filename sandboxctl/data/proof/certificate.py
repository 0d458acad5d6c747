"""A dataset's certificate: what it is, how it was made, and what was checked of it.

Four headings, after Raab, McCall and Cavin: Labelling, Disclosure, Structure, Documentation. It
holds no time and no machine, so the same versions give the same data the same certificate.
"""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl import __version__
from sandboxctl.data.chance.version import MIX_VERSION
from sandboxctl.data.proof.canonical import fingerprint
from sandboxctl.data.proof.caveats import caveats, sources
from sandboxctl.data.proof.limits import ALARM
from sandboxctl.data.proof.result import Result
from sandboxctl.data.proof.safe_sets import SafeColumn, safe_columns, weakest
from sandboxctl.data.proof.watch import Seen
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks.guard import SAID

SCHEMA = "synthetic-certificate/1"
NAME = "synthetic.cert.json"
PAGE = "synthetic.cert.md"
BRIEFEST = 1_400
"""Bytes of the brief form: it has to fit a label and a comment."""

STATEMENT = "Synthetic data. Every row was made up by a program; none describes anybody."
ORIGIN = "Made from the declarations of a blueprint alone. No real record was read, so there is "
NO_ORIGINAL = "no original to single out, to link to, or to infer from."

Json: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Written:
    """A file that holds a table."""

    table: str
    name: str
    size: int
    sha256: str


def certificate(
    dataset: Dataset,
    *,
    observed: Mapping[str, Seen],
    results: Sequence[Result] | None = None,
    files: Iterable[Written] = (),
    blueprint: str = "",
    parameters: Mapping[str, object] | None = None,
    more_sources: Iterable[str] = (),
) -> Json:
    """``observed`` has the tables that were counted while they were made; ``results`` what
    `examine` found of them, None if it was not asked; ``blueprint`` the SHA-256 of its file."""
    data = dataset.data
    columns = [one for one in safe_columns(data) if one.table in observed]
    return {
        "schema": SCHEMA,
        "labelling": {
            "synthetic": True,
            "statement": STATEMENT,
            "made_with": versions(),
            "blueprint_sha256": blueprint or None,
            "data_sha256": fingerprint(data),
            "seed": data.seed,
            "parameters": dict(parameters or {}),
            "files": [asdict(file) for file in files],
        },
        "disclosure": {
            "statement": ORIGIN + NO_ORIGINAL,
            "identifiers": [_identifier(one, observed) for one in columns],
            "values_verified": sum(
                v.values for s in observed.values() for v in s.verified.values()
            ),
            "values_outside": sum(
                v.outside for s in observed.values() for v in s.verified.values()
            ),
            "caveats": caveats(data, columns, observed),
        },
        "structure": {
            "tables": {seen.table: _table(dataset, seen) for seen in observed.values()},
            "checks": None if results is None else _checks(results),
        },
        "documentation": {
            "sources": [*sources(data), *more_sources],
            "formulas": SAID,
            "again": "The same blueprint, seed and version make the same bytes, on any machine.",
            "check": "`sandboxctl data check BLUEPRINT` makes the rows again and checks them all.",
            "headings": "Raab, McCall, Cavin: four checks for low-fidelity synthetic data (IJPDS)",
        },
    }


def holds(certificate: Json) -> bool:
    """Whether nothing speaks against the data: no value outside, no check failed."""
    disclosure, structure = certificate["disclosure"], certificate["structure"]
    assert isinstance(disclosure, dict)
    assert isinstance(structure, dict)
    checks = structure["checks"]
    return not disclosure["values_outside"] and not (checks and checks["failed"])


def brief(dataset: Dataset, *, verified: int | None = None) -> str:
    """One line of JSON for a label or a comment. ``verified`` is how many rows of each table had
    their identifiers looked at one by one, all of them if there are fewer."""
    data, sizes = dataset.data, dataset.sizes
    found: Json = {
        "synthetic": True,
        "by": f"sandboxctl {__version__}",
        "mix": MIX_VERSION,
        "seed": data.seed,
        "data": fingerprint(data),
        "rows": sizes,
        "levels": weakest(safe_columns(data)),
    }
    if verified is not None:
        found["verified"] = {name: min(rows, verified) for name, rows in sizes.items()}
    line = json.dumps(found, separators=(",", ":"))
    if len(line) > BRIEFEST:
        found.pop("verified", None)
        found["rows"] = {"tables": len(sizes), "in all": sum(sizes.values())}
        line = json.dumps(found, separators=(",", ":"))
    return line


def versions() -> Json:
    """Of everything that could have a say in a byte."""
    return {
        "sandboxctl": __version__,
        "mix": MIX_VERSION,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pyarrow": pa.__version__,
    }


def _identifier(one: SafeColumn, observed: Mapping[str, Seen]) -> Json:
    seen = observed[one.table].verified.get(one.column) if one.table in observed else None
    counts = {"verified": seen.values if seen else 0, "outside": seen.outside if seen else 0}
    return asdict(one) | counts


def _table(dataset: Dataset, seen: Seen) -> Json:
    """A table of truth has columns of no kind."""
    content = dataset.data.tables.get(seen.table)
    kinds = (
        {name: getattr(one, "kind", "") for name, one in content.columns.items()} if content else {}
    )
    columns = {
        name: {"kind": kinds.get(name, "truth"), "missing": count}
        for name, count in seen.missing.items()
    }
    return {"rows": seen.rows, "columns": columns}


def _checks(results: Sequence[Result]) -> Json:
    """A count for each kind of check, and what failed in full."""
    held = Counter(one.check for one in results if one.holds)
    all_of = Counter(one.check for one in results)
    return {
        "number": len(results),
        "held": held.total(),
        "false_alarm": ALARM,
        "of": {check: {"number": count, "held": held[check]} for check, count in all_of.items()},
        "failed": [one.facts() for one in results if not one.holds],
    }
