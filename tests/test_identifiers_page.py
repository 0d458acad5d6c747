"""The page on identifiers says what the registry says."""

from __future__ import annotations

from pathlib import Path

from sandboxctl.data.identifiers.page import page
from tests.identifiers import SETS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "identifiers.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "the registry has changed: write page() of sandboxctl.data.identifiers.page to this file"
    )


def test_every_safe_set_has_a_row_of_whole_cells() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| `")]
    assert len(rows) == len(SETS)
    for row, (identifier, safe) in zip(rows, SETS, strict=True):
        assert row.count("|") == 9
        assert f"`{identifier.kind}`" in row
        assert f" {safe.size:,} " in row
        assert f" {safe.level} " in row
