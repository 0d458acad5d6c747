"""What the tests of `data infer` share: small tables as files, and a check of what comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml
from pyarrow import csv

from sandboxctl.data.dataset import batches
from sandboxctl.data.infer import write
from sandboxctl.data.infer.infer import seen
from sandboxctl.data.infer.section import sections
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.scope import Dataset

ROWS = 200


def table(path: Path, columns: Mapping[str, Iterable[object]]) -> str:
    """A CSV file with these columns, of equal length; None is an empty field."""
    cells = {n: pa.array([None if v is None else str(v) for v in c]) for n, c in columns.items()}
    csv.write_csv(pa.table(cells), path)
    return str(path)


def inferred(source: str | Path, *, exact: bool = False, header: bool | None = None) -> str:
    """The YAML for a source: it has been found to be right, and rows were made of it."""
    text = write.text(sections(seen(str(source), has_header=header), exact=exact), "a source")
    works(yaml.safe_load(text)["data"])
    return text


def works(section: Mapping[str, Any]) -> None:
    data = Data.model_validate(section)
    assert list(problems(data)) == []
    dataset = Dataset(data)
    for name in data.tables:
        made = next(batches(dataset, name, size=50), None)
        assert made is not None or dataset.sizes[name] == 0


def columns(text: str, name: str | None = None) -> dict[str, Any]:
    """The columns of a table, or of the only one."""
    tables = yaml.safe_load(text)["data"]["tables"]
    found: dict[str, Any] = tables[name or next(iter(tables))]["columns"]
    return found


def column(path: Path, name: str, values: Sequence[object]) -> Any:
    """What one column with these values becomes."""
    return next(iter(columns(inferred(table(path / "some.csv", {name: values}))).values()))
