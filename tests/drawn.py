"""Columns of one table, made and compared with what they should look like."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from sandboxctl.data.arrow import column as arrow_column
from sandboxctl.data.arrow import written
from sandboxctl.data.expectations import Curve, Each, Expectation, Shares
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.relations.sizes import sizes
from sandboxctl.data.scope import Dataset, Scope
from sandboxctl.data.types import Type
from sandboxctl.data.values import Numbers

ROWS = 60_000

Columns: TypeAlias = Mapping[str, Mapping[str, Any]]


def data(columns: Columns, rows: int = ROWS, **more: Any) -> Data:
    """A table ``t``, beside a small table ``homes``."""
    homes = {
        "id": {"kind": "sequence"},
        "built": {"kind": "date", "between": ["1990-01-01", "1999-12-31"]},
        "tenure": {"kind": "choice", "of": ["owned", "let"]},
    }
    tables = {
        "homes": {"rows": 50, "columns": homes},
        "t": {"rows": rows, "columns": columns, **more},
    }
    return Data.model_validate({"tables": tables})


def found(columns: Columns, rows: int = 10, **more: Any) -> list[str]:
    """The problems of the table, each as ``key: why``."""
    every = problems(data(columns, rows, **more))
    return [f"{'.'.join(map(str, path[2:]))}: {why}" for path, why in every]


def wrong(**options: Any) -> list[str]:
    """The problems of one column beside a choice, each as ``key: why``."""
    every = problems(data({"x": options, "y": {"kind": "choice", "of": ["a"]}}, 10))
    return [f"{'.'.join(map(str, path[4:]))}: {why}" for path, why in every]


def scope(columns: Columns, rows: int = ROWS, **more: Any) -> Scope:
    """All rows of a sound table."""
    made = data(columns, rows, **more)
    assert not list(problems(made))
    return Dataset(made).scope("t", np.arange(rows, dtype=np.uint64))


def place(of: Scope, name: str) -> Place:
    """A column as its checks see it."""
    return Place(of.data, sizes(of.data), "t", name)


def kind_of(**options: Any) -> Type:
    """The type of one column."""
    return Place(made := data({"x": options}), sizes(made), "t", "x").type


def units(of: Scope, name: str) -> Any:
    """The whole units of a column, or its flags."""
    values: Any = of.cells(name).values
    return values.values


def numbers(**options: Any) -> Any:
    """The whole units of one column."""
    return units(scope({"x": options}), "x")


def texts(of: Scope, name: str) -> list[str]:
    """A column as it stands in a CSV file."""
    made: list[str] = written(arrow_column(of.cells(name))).to_pylist()
    return made


def as_expected(of: Scope, name: str) -> bool:
    """Whether the rows look like what the column says they should."""
    wanted = place(of, name).column.expected(place(of, name))
    assert wanted is not None
    return _as(wanted, of, name, np.ones(of.count, np.bool_))


def _as(wanted: Expectation, of: Scope, name: str, rows: Any) -> bool:
    if isinstance(wanted, Each):
        groups = np.array(texts(of, wanted.by))
        assert set(groups) <= set(wanted.of)
        return all(_as(w, of, name, groups == group) for group, w in wanted.of.items())
    if isinstance(wanted, Curve):
        return _distance(wanted, units(of, name)[rows]) < 1.95 / math.sqrt(rows.sum())
    return _fits(wanted, np.array(texts(of, name))[rows])


def _fits(wanted: Shares, values: Any) -> bool:
    """Chi-square, of those that come often enough, within four standard deviations."""
    assert math.isclose(sum(wanted.shares.values()), 1)
    counts, total, often = Counter(values.tolist()), 0.0, 0
    assert set(counts) <= {value for value, share in wanted.shares.items() if share}
    for value, share in wanted.shares.items():
        if (hoped := share * len(values)) >= 5:
            total += (counts[value] - hoped) ** 2 / hoped
            often += 1
    return total < often + 4 * math.sqrt(2 * often) + 4


def _distance(wanted: Curve, values: Any) -> float:
    """Kolmogorov and Smirnov's, at every unit that comes."""
    assert list(wanted.points) == sorted(set(wanted.points))
    assert wanted.shares[-1] == 1
    seen, counts = np.unique(values, return_counts=True)
    assert wanted.shares[0] >= 0
    assert seen[-1] <= wanted.points[-1]
    hoped = np.interp(seen, wanted.points, wanted.shares)
    return float(np.abs(np.cumsum(counts) / len(values) - hoped).max())


def decimals(values: Any) -> int:
    """How many decimal places numbers have."""
    assert isinstance(values, Numbers)
    return values.places
