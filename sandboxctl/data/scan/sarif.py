"""Findings as SARIF 2.1.0, which code hosts and editors show beside the lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sandboxctl import __version__
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.scan.findings import Finding
from sandboxctl.data.scan.scan import Scanned

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"high": "error", "medium": "error", "low": "warning"}


def sarif(scanned: Iterable[Scanned]) -> dict[str, Any]:
    """A log with one run: a rule for each kind found, a result for each finding."""
    files = list(scanned)
    found = [(one.path, finding) for one in files for finding in one.findings]
    kinds = sorted({finding.kind for _, finding in found})
    driver = {"name": "sandboxctl", "version": __version__, "rules": [_rule(k) for k in kinds]}
    troubles = [
        {
            "level": "error",
            "message": {"text": f"{one.path}: {one.error}. {one.error.hint}"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(one.path)}}}],
        }
        for one in files
        if one.error
    ]
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {"executionSuccessful": not troubles, "toolExecutionNotifications": troubles}
        ],
        "results": [_result(path, finding, kinds) for path, finding in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(kind: str) -> Mapping[str, Any]:
    one = IDENTIFIERS[kind]
    return {
        "id": f"real-{kind.replace('_', '-')}",
        "shortDescription": {"text": f"{one.plural} that may belong to somebody"},
        "help": {"text": f"Safe ones are {one.safe_words}. Source: {one.source}."},
    }


def _result(path: Path, finding: Finding, kinds: list[str]) -> Mapping[str, Any]:
    where: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    # records of a Parquet file are no lines
    lines: list[int] = [] if path.suffix.lower() == ".parquet" else list(finding.rows)
    places = [{**where, "region": {"startLine": line}} for line in lines] or [where]
    return {
        "ruleId": f"real-{finding.kind.replace('_', '-')}",
        "ruleIndex": kinds.index(finding.kind),
        "level": _LEVELS[finding.confidence],
        "message": {
            "text": f"{finding.column}: {finding.count:,} {finding.title}, "
            f"such as {finding.shown[0]}: {finding.reason}"
        },
        "locations": [{"physicalLocation": place} for place in places],
        "properties": {
            "column": finding.column,
            "count": finding.count,
            "rows": list(finding.rows),
            "share": round(finding.share, 4),
            "confidence": finding.confidence,
        },
    }


def _uri(path: Path) -> str:
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
