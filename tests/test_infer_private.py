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
from sandboxctl.data.infer.infer import named, seen
from sandboxctl.data.infer.section import sections
from tests.inferred import columns as columns_of
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


def is_coarse(number: str) -> bool:
    """Two digits, or the neighbour of such a number, as a band begins or ends beside another."""
    exact = Decimal(number)
    unit = Decimal(1).scaleb(int(exact.as_tuple().exponent))
    return any(digits(str(near)) <= 2 for near in (exact - unit, exact, exact + unit))


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
            assert is_coarse(value) or value not in shown, (value, text)
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            assert value not in text or value[8:] in ("01", "28", "29", "30", "31"), (value, text)
        elif len(value) > 3 and re.search("[qxzüÉ]", value):
            assert value not in text, (value, text)


@st.composite
def persons(draw: st.DrawFn) -> dict[str, list[str]]:
    """Columns with one value of each of a few persons, who have 10 to 40 rows each."""
    often = draw(st.lists(st.integers(10, 40), min_size=2, max_size=9))
    cell = texts | st.from_regex(r"[QXZ]{1,3}[0-9]{2,6}|[qxz]{2,6} ?[0-9]", fullmatch=True)
    street = st.from_regex(r"[1-9][0-9]? [QXZ][qxz]{2,8} (Road|Lane)(, [QXZ]qzx)?", fullmatch=True)
    made = {"person_id": [str(n) for n, count in enumerate(often) for _ in range(count)]}
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)):
        own = draw(
            st.lists(
                draw(st.sampled_from([cell, street, cell | street, numbers])),
                min_size=len(often),
                max_size=len(often),
            )
        )
        made[name] = [value for value, count in zip(own, often, strict=True) for _ in range(count)]
    if draw(st.booleans()):
        made.pop("person_id")
    return made


def is_only_a_word(value: str) -> bool:
    """What may be told of somebody where nothing says that rows are one person's."""
    return not re.search(r"[0-9]{2}|[^\W\d_][0-9]|[0-9] ?[^\W\d_]", value)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(made=persons())
def test_persons_with_many_rows_each_are_not_in_the_output(made: dict[str, list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = table(Path(folder) / "some.csv", made)
        text = write.text(sections(seen(path, has_header=True)), "a source")
    works(yaml.safe_load(text)["data"])
    for value in {value.strip() for cells in made.values() for value in cells}:
        if re.search("[qxzüÉQXZ]", value) and len(value) > 3:
            told = "person_id" not in made and is_only_a_word(value)
            assert told or value not in text, (value, text)
        elif NUMBER.fullmatch(value):
            shown = set(NUMBER.findall(re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "", text)))
            assert is_coarse(value) or value not in shown, (value, text)


def test_values_of_a_few_persons_are_not_told_where_a_key_tells_them_apart(tmp_path: Path) -> None:
    words = {"client_ref": ["r", "s", "t"], "status": ["zigqx", "zagqx", "zogqx"]}
    made = {name: [v for v in own for _ in range(40)] for name, own in words.items()}
    assert "qx" not in inferred(table(tmp_path / "some.csv", made))
    made["client_ref"] = [f"r{n}" for n in range(60)] * 2
    assert "zigqx" in inferred(table(tmp_path / "some.csv", made))


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("c1", [f"PRN{n:04}" for n in range(15)]),
        ("c1", [f"AB1234{n:02}C" for n in range(15)]),
        ("c1", [f"{n:032x}" for n in range(15)]),
        ("prisoner", [f"one {'x' * n}" for n in range(15)]),
        ("id", range(15)),
    ],
)
def test_keys_are_known_by_name_or_values(name: str, who: list[object], tmp_path: Path) -> None:
    if len(str(who[0])) == 32:
        who = [f"{v[:8]}-{v[8:12]}-{v[12:16]}-{v[16:20]}-{v[20:]}" for v in map(str, who)]
    state = ["zigqx"] * 12 + ["zagqx"] * 3
    sexes = ["female"] * 8 + ["male"] * 7
    path = table(tmp_path / "a.csv", {name: [*who] * 40, "state": state * 40, "sex": sexes * 40})
    made = columns_of(inferred(path))
    assert made["state"] == {"kind": "choice", "of": {"zigqx": 0.8, "other": 0.2}}
    assert made["sex"] == {"kind": "sex"}


def test_what_most_rows_lack_is_no_key(tmp_path: Path) -> None:
    who = [n % 3 if n < 50 else None for n in range(200)]
    path = table(tmp_path / "a.csv", {"client_id": who, "state": ["open"] * 200})
    assert columns_of(inferred(path))["state"]["of"] == {"open": 1.0}


@pytest.mark.parametrize("name", ["people_SMITH", "smith", "claims_2024", "payTrue", "Zig"])
def test_names_of_files_that_may_tell_are_left_out(name: str, tmp_path: Path) -> None:
    path = table(tmp_path / f"{name}.csv", {"state": ["open", "shut"] * 20})
    made = sections(seen(path))
    text = write.text(made, named(path))
    assert [one.name for one in made] == ["table_1"]
    assert name not in text
    assert text.startswith("# Inferred from a file:")
    (tmp_path / "Zig Zag").mkdir()
    assert named(str(tmp_path / "Zig Zag")) == "a folder"
    assert named("postgresql://zig:zag@host/x") == "postgresql"
    assert named("zig-zag/parking_permits.csv") == "parking_permits.csv"


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
