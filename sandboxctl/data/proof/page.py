"""A certificate as a page to read, in Markdown; made of the certificate alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def page(certificate: Mapping[str, Any]) -> str:
    """For `synthetic.cert.md`."""
    labelling, disclosure = certificate["labelling"], certificate["disclosure"]
    structure, documentation = certificate["structure"], certificate["documentation"]
    parts = [
        "# Certificate of synthetic data",
        "## Labelling",
        labelling["statement"],
        _facts(labelling),
        _table(("file", "bytes", "SHA-256"), _files(labelling["files"])),
        "## Disclosure",
        disclosure["statement"],
        _table(
            ("column", "kind", "safe set", "level", "source", "size", "verified", "outside"),
            map(_identifier, disclosure["identifiers"]),
        ),
        _list(disclosure["caveats"]),
        "## Structure",
        _table(("table", "rows", "columns", "missing values"), _tables(structure["tables"])),
        _checks(structure["checks"]),
        "## Documentation",
        _list(documentation["sources"]),
        _list([documentation["again"], documentation["check"], documentation["headings"]]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(labelling: Mapping[str, Any]) -> str:
    made = ", ".join(f"{name} {version}" for name, version in labelling["made_with"].items())
    facts = {
        "made with": made,
        "blueprint": labelling["blueprint_sha256"],
        "data section": labelling["data_sha256"],
        "seed": labelling["seed"],
        "parameters": ", ".join(f"{key}={value}" for key, value in labelling["parameters"].items()),
    }
    return _list(f"{name}: {value}" for name, value in facts.items() if value not in (None, ""))


def _files(files: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, ...]]:
    return ((file["name"], f"{file['size']:,}", file["sha256"]) for file in files)


def _identifier(one: Mapping[str, Any]) -> tuple[str, ...]:
    counts = (f"{one[key]:,}" for key in ("size", "verified", "outside"))
    where = f"{one['table']}.{one['column']}"
    return (where, one["kind"], one["safe_set"], one["level"], one["source"], *counts)


def _tables(tables: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    for name, table in tables.items():
        gaps = sum(column["missing"] for column in table["columns"].values())
        yield name, f"{table['rows']:,}", f"{len(table['columns']):,}", f"{gaps:,}"


def _checks(checks: Mapping[str, Any] | None) -> str:
    if checks is None:
        return "What was declared was not compared with the rows when this was written."
    told = f"{checks['held']:,} of {checks['number']:,} checks hold."
    lines = [
        (check, f"{count['held']:,} of {count['number']:,}")
        for check, count in checks["of"].items()
    ]
    failed = (
        (one["check"], one["where"], one["declared"], one["observed"]) for one in checks["failed"]
    )
    parts = [
        told,
        _table(("check", "hold"), lines),
        _table(("failed", "where", "declared", "observed"), failed),
    ]
    return "\n\n".join(part for part in parts if part)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [_row(row) for row in rows]
    return "\n".join([_row(head), _row(("---",) * len(head)), *lines]) if lines else ""


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {' '.join(str(item).split())}" for item in items)
