"""Asks the triage service; when that is away, nobody is turned away: there is no suggestion."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

UNSURE = "unsure"
NO_SUGGESTION: dict[str, Any] = {"trade": None, "because": [], "emergency": None}


def suggest(reports: list[str]) -> list[dict[str, Any]]:
    """One suggestion for each report: ``trade``, ``because`` (words), ``emergency`` (reason).

    Raises OSError when the service does not answer.
    """
    asked = urllib.request.Request(
        os.environ["TRIAGE_URL"] + "/suggest",
        data=json.dumps({"reports": reports}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=5) as answer:
        suggestions: list[dict[str, Any]] = json.load(answer)["suggestions"]
    return suggestions


def suggest_or_nothing(words: str) -> dict[str, Any]:
    try:
        return suggest([words])[0]
    except OSError as why:
        print(f"triage did not answer: {why}", flush=True)
        return dict(NO_SUGGESTION)
