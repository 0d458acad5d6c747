"""Findings as SARIF."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sandboxctl import sarif
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.scan.findings import Finding
from sandboxctl.data.scan.scan import Scanned

_LEVELS: dict[str, sarif.Level] = {"high": "error", "medium": "error", "low": "warning"}


def log(scanned: Iterable[Scanned]) -> dict[str, Any]:
    """A rule for each kind found, a result for each finding."""
    files = list(scanned)
    found = [(one.path, finding) for one in files for finding in one.findings]
    kinds = sorted({finding.kind for _, finding in found})
    troubles = [
        (f"{one.path}: {one.error}. {one.error.hint}", sarif.Place(sarif.uri(one.path)))
        for one in files
        if one.error
    ]
    results = [_result(path, finding) for path, finding in found]
    return sarif.log([_rule(kind) for kind in kinds], results, troubles=troubles)


def _id(kind: str) -> str:
    return f"real-{kind.replace('_', '-')}"


def _rule(kind: str) -> sarif.Rule:
    one = IDENTIFIERS[kind]
    return sarif.Rule(
        _id(kind),
        f"{one.plural} that may belong to somebody",
        help=f"Safe ones are {one.safe_words}. Source: {one.source}.",
    )


def _result(path: Path, finding: Finding) -> sarif.Result:
    # records of a Parquet file are no lines
    lines: list[int] = [] if path.suffix.lower() == ".parquet" else list(finding.rows)
    file = sarif.uri(path)
    return sarif.Result(
        _id(finding.kind),
        _LEVELS[finding.confidence],
        f"{finding.column}: {finding.count:,} {finding.title}, "
        f"such as {finding.shown[0]}: {finding.reason}",
        tuple(sarif.Place(file, line) for line in lines) or (sarif.Place(file),),
        {
            "column": finding.column,
            "count": finding.count,
            "rows": list(finding.rows),
            "share": round(finding.share, 4),
            "confidence": finding.confidence,
        },
    )
