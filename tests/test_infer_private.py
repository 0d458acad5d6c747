"""No value of the input is in the output: what is rare, what is long, what is exact."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sandboxctl.data.infer import write
from sandboxctl.data.infer.infer import seen
from sandboxctl.data.infer.section import sections
from tests.inferred import inferred, table, works

NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
NAMES = ("c1", "status", "forename", "visits", "case_ref", "amount", "seen_on", "notes")

# An alphabet that no word of the output is made of.
texts = st.text("qxzüÉ0123456789-", min_size=1, max_size=12)
numbers = st.integers(-(10**9), 10**9).map(str)
decimals = st.decimals(-99_999, 99_999, places=2).map(str)
days = st.dates().map(str)
cells = texts | numbers | decimals | days | st.just("")
pools = st.sampled_from([texts, numbers, decimals, days, cells])


@st.composite
def columns(draw: st.DrawFn) -> list[str]:
    """Up to 60 cells of which some come often."""
    pool = draw(st.lists(draw(pools), min_size=1, max_size=25))
    weights = draw(st.lists(st.integers(1, 20), min_size=len(pool), max_size=len(pool)))
    return [value for value, count in zip(pool, weights, strict=True) for _ in range(count)][:60]


def digits(number: str) -> int:
    """How many digits of a number tell something."""
    return len(Decimal(number).normalize().as_tuple().digits)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(made=st.dictionaries(st.sampled_from(NAMES), columns(), min_size=1, max_size=4))
def test_no_rare_value_is_in_the_output(made: dict[str, list[str]]) -> None:
    longest = max(map(len, made.values()))
    padded = {name: [*cells, *[""] * (longest - len(cells))] for name, cells in made.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = table(Path(folder) / "some.csv", padded)
        text = write.text(sections(seen(path, has_header=True)), "a source")
    works(yaml.safe_load(text)["data"])
    counts = Counter(value.strip() for cells in padded.values() for value in cells)
    rare = {value for value, count in counts.items() if count < 10}
    for value in sorted(counts.keys() - rare - {""}, key=len, reverse=True):
        text = text.replace(value, "")
    shown = set(NUMBER.findall(re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "", text)))  # ends of months
    for value in rare:
        if NUMBER.fullmatch(value):
            assert digits(value) <= 2 or value not in shown, (value, text)
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            assert value not in text or value[8:] in ("01", "28", "29", "30", "31"), (value, text)
        elif len(value) > 3 and re.search("[qxzüÉ]", value):
            assert value not in text, (value, text)


PLANTED = [f"Zqx{n:04}Plant" for n in range(400)]


def test_planted_values_stay_inside(tmp_path: Path) -> None:
    path = table(
        tmp_path / "some.csv",
        {
            "status": ["open"] * 391 + PLANTED[:9],
            "forename": PLANTED,
            "notes": [f"about {value}, at length" for value in PLANTED],
            "case_ref": PLANTED,
            "c5": PLANTED[:200] * 2,
            "amount": [f"{n}.37" for n in range(70_001, 70_401)],
            "visits": range(81_234, 81_634),
            "rare_date": ["2020-01-01"] * 391 + ["1931-07-13"] * 9,
        },
    )
    text = inferred(path)
    assert "Zqx" not in text
    assert "Plant" not in text
    assert "1931" not in text
    assert not re.search(r"7[0-9]{4}\.37", text)
    assert not set(NUMBER.findall(text)) & {str(n) for n in range(81_234, 81_634)}
