"""What benchmarks hand in becomes rows, a table and pictures; nothing here measures anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.benchmarks import frame, page, picture

ABOUT = {"cores": "2", "storage": "overlay2 on xfs"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Results of tests go nowhere near those of measurements."""
    frame.BOOK.folder = tmp_path
    yield tmp_path
    frame.BOOK.folder = frame.FOLDER


@pytest.mark.parametrize(
    ("ratio", "bar", "sense", "said"),
    [
        (1.3, 1.3, "most", "ok"),
        (1.31, 1.3, "most", "OVER"),
        (10, 10, "least", "ok"),
        (9.9, 10, "least", "UNDER"),
        (99, None, "most", ""),
    ],
)
def test_a_bar_is_held_or_not(
    ratio: float, bar: float | None, sense: frame.Sense, said: str
) -> None:
    assert frame.verdict(ratio, bar, sense) == said


def test_a_row_is_the_ratio_of_medians() -> None:
    row = frame.row("reset / floor", [0.9, 0.6, 9.0], [0.5, 0.3, 0.4], 1.5)
    assert (row.id, row.ours, row.base, row.ratio, row.n) == ("reset-floor", 0.9, 0.4, 2.25, 3)
    assert row.verdict == "OVER"
    assert "2.25 x" in str(row)
    assert "900 ms / 400 ms" in str(row)


def test_a_part_replaces_its_own_rows_and_no_others() -> None:
    for _ in range(2):
        with frame.part("one", ABOUT):
            frame.row("a / b", [1.0], [1.0], 2)
        with frame.part("two", ABOUT):
            frame.count("requests that failed", 0, n=50)
    kept = frame.read()
    assert kept["machine"] == ABOUT
    assert {name: len(part["rows"]) for name, part in kept["parts"].items()} == {"one": 1, "two": 1}


def test_a_part_that_fails_keeps_what_it_has_measured() -> None:
    def away() -> None:
        with frame.part("one", ABOUT):
            frame.row("a / b", [1.0], [1.0], 2)
            raise SystemExit("the engine went away")

    with pytest.raises(SystemExit):
        away()
    assert len(frame.read()["parts"]["one"]["rows"]) == 1


def test_a_curve_goes_on_where_it_was_interrupted() -> None:
    frame.point("rows", 10_000, {"reset": 0.5}, unit="s", axis="rows")
    assert frame.known("rows", 10_000)
    assert not frame.known("rows", 100_000)
    frame.forget("rows")
    assert not frame.known("rows", 10_000)


def test_the_page_has_every_row_and_names_no_host(folder: Path) -> None:
    with frame.part("resets", ABOUT):
        frame.row("reset <to> the first read / floor", [0.6], [0.5], 1.3)
        frame.row("only told", [0.6], [0.5], None)
    with frame.part("steady", ABOUT):
        frame.count("requests that failed of 3,000", 0, n=3_000)
    for rows, seconds in ((10_000, 0.5), (10_000_000, 0.55)):
        frame.point("rows", rows, {"reset": seconds, "floor": 0.4}, unit="s", axis="rows")
    page.draw()
    text = (folder / "README.md").read_text()
    assert (
        "| reset <to> the first read / floor | 1.2 × | ≤ 1.3 × | ok | 600 ms | 500 ms | 1 |" in text
    )
    assert "| requests that failed of 3,000 | 0 | 0 | ok |" in text
    assert "| 10,000,000 | 400 ms | 550 ms |" in text
    for name in ("ratios.svg", "rows.svg"):
        assert f"({name})" in text
        drawn = ElementTree.fromstring((folder / name).read_text())
        assert drawn.tag == f"{SVG}svg"
        assert "prefers-color-scheme: dark" in (folder / name).read_text()
    assert not (folder / "teams.svg").exists()


def test_a_picture_says_what_it_shows_in_words() -> None:
    row = {"name": "a & b", "ratio": 12.0, "bar": 10, "sense": "least", "verdict": "ok"}
    drawn = ElementTree.fromstring(picture.ratios([row], "Shares"))
    words = [text.text for text in drawn.iter(f"{SVG}text")]
    assert {"Shares", "a & b", "12 ×"} <= set(words)
    (bar,) = [one for one in drawn.iter(f"{SVG}rect") if one.get("class") == "ok"]
    assert float(bar.get("width") or 0) > 0


def test_one_point_is_a_curve_too() -> None:
    found = {"unit": "s", "axis": "teams", "points": {"1": {"ready": 0.5}}}
    drawn = ElementTree.fromstring(picture.curve(found, "Teams"))
    assert len(list(drawn.iter(f"{SVG}circle"))) == 1
