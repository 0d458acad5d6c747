"""Columns of identifiers: each value from its safe set, as many as there are, refused if not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sandboxctl.data.arrow import column, text
from sandboxctl.data.fields.identity import MAKERS
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.identifiers.firms import ACCOUNTS, SORT_CODES
from sandboxctl.data.kinds.identity import IdentityColumn
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.relations.sizes import sizes
from sandboxctl.data.scope import Dataset
from sandboxctl.data.types import TEXT

ROWS = 20_000


def dataset(rows: int, **columns: dict[str, Any]) -> Dataset:
    return Dataset(Data.model_validate({"tables": {"t": {"rows": rows, "columns": columns}}}))


def texts(made: Dataset, name: str, rows: Any = None) -> pa.Array:
    wanted = np.arange(made.sizes["t"]) if rows is None else np.array(rows)
    return text(made.scope("t", wanted.astype(np.uint64)).cells(name).values)


def place(data: Data, name: str) -> Place:
    return Place(data, sizes(data), "t", name)


def kinds() -> Iterator[dict[str, Any]]:
    for kind in get_args(IdentityColumn):
        yield {"kind": get_args(kind.model_fields["kind"].annotation)[0]}
    yield {"kind": "nino", "series": "Q"}
    yield {"kind": "card", "payment": "refused"}
    yield {"kind": "ip", "version": 6}


KINDS = list(kinds())
ids = [" ".join(map(str, kind.values())) for kind in KINDS]


@pytest.mark.parametrize("it", KINDS, ids=ids)
def test_every_value_is_in_its_safe_set(it: dict[str, Any]) -> None:
    identifier = IDENTIFIERS[it["kind"]]
    made = dataset(ROWS, it=it)
    assert identifier.contains_all(texts(made, "it")).all()


@pytest.mark.parametrize("it", KINDS, ids=ids)
def test_unique_values_are_all_different_up_to_the_last(it: dict[str, Any]) -> None:
    model = dataset(1, it=it).data
    exist = place(model, "it").column.capacity(place(model, "it"))
    assert exist
    assert exist in {safe.size for safe in IDENTIFIERS[it["kind"]].sets}
    made = dataset(min(exist, ROWS), it={**it, "unique": True})
    assert list(problems(made.data)) == []
    found = texts(made, "it")
    assert pc.count_distinct(found).as_py() == len(found)
    assert IDENTIFIERS[it["kind"]].contains_all(found).all()


@pytest.mark.parametrize("it", KINDS, ids=ids)
def test_any_row_comes_out_the_same_alone(it: dict[str, Any]) -> None:
    made = dataset(5, it={**it, "unique": True})
    together = texts(made, "it").to_pylist()
    assert texts(made, "it", [4, 1]).to_pylist() == [together[4], together[1]]


def test_options_choose_the_set() -> None:
    made = dataset(500, a={"kind": "nino"}, b={"kind": "nino", "series": "Q"}, c={"kind": "ip"})
    assert {one[:2] for one in texts(made, "a").to_pylist()} == {"QQ"}
    assert len({one[:2] for one in texts(made, "b").to_pylist()}) == 26
    assert all("." in one for one in texts(made, "c").to_pylist())


def test_more_unique_ones_than_exist_are_refused_with_both_numbers() -> None:
    data = dataset(
        2_000_000,
        nhs={"kind": "nhs_number", "unique": True},
        card={"kind": "card", "unique": True},
        nino={"kind": "nino", "unique": True, "series": "Q"},
    ).data
    assert list(problems(data)) == [
        (
            ("tables", "t", "columns", "nhs", "unique"),
            "2,000,000 unique NHS numbers asked for, 900,000 exist in the reserved range",
        ),
        (
            ("tables", "t", "columns", "card", "unique"),
            "2,000,000 unique card numbers asked for, 10 exist among the published test numbers",
        ),
    ]


def test_a_uprn_is_a_whole_number_and_the_others_are_text() -> None:
    made = dataset(100, uprn={"kind": "uprn", "unique": True}, usrn={"kind": "usrn"})
    cells = made.scope("t", np.arange(100, dtype=np.uint64)).cells("uprn")
    numbers = column(cells)
    assert pa.types.is_integer(numbers.type)
    kind = place(made.data, "uprn").type
    assert kind.name == "whole"
    assert (kind.low, kind.high) == (999_900_000_000, 999_999_999_999)
    assert all(kind.low <= value <= kind.high for value in numbers.to_pylist())
    assert place(made.data, "usrn").type == TEXT


def test_an_account_goes_with_its_sort_code() -> None:
    made = dataset(
        100,
        sort={"kind": "sort_code"},
        account={"kind": "account_number", "of": "sort"},
        other={"kind": "account_number"},
    )
    assert list(problems(made.data)) == []
    pairs = set(zip(*(texts(made, name).to_pylist() for name in ("sort", "account")), strict=True))
    assert pairs == set(zip(SORT_CODES, ACCOUNTS, strict=True))
    account, other = place(made.data, "account"), place(made.data, "other")
    assert list(account.column.needs(account)) == [("t", "sort")]
    assert list(other.column.needs(other)) == []


@pytest.mark.parametrize(
    ("account", "key", "why"),
    [
        ({"of": "nothing"}, "of", "there is no column nothing in this table"),
        ({"of": "mail"}, "of", "mail is not a sort_code column"),
        ({"of": "sort", "unique": True}, "unique", "goes with sort, which is not unique"),
    ],
)
def test_an_account_of_no_sort_code_is_refused(account: dict[str, Any], key: str, why: str) -> None:
    columns = {
        "sort": {"kind": "sort_code"},
        "mail": {"kind": "mac"},
        "account": {"kind": "account_number", **account},
    }
    path = ("tables", "t", "columns", "account", key)
    assert (path, why) in list(problems(dataset(2, **columns).data))


def test_every_kind_has_a_maker_and_says_what_it_is() -> None:
    for kind in get_args(IdentityColumn):
        assert kind in MAKERS
        assert kind.noun == kind.identifier.plural
        assert kind.__doc__
