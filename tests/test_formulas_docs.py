"""The page about formulas lists every function as it is."""

from __future__ import annotations

from pathlib import Path

from sandboxctl.data.formulas.functions import table
from tests.formulas import why

PAGE = Path(__file__).parents[1] / "docs" / "formulas.md"


def test_the_table_of_functions_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.partition("<!-- functions -->\n")[2] == table()


def test_what_the_page_shows_can_be_written() -> None:
    assert why("day + days(14)") == ""
    assert why("years_between(who.born, day)") == ""
    assert why("'CL/' + pad(row, 6)") == ""
