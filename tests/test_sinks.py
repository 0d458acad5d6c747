"""What is written can be read back, by others' programs, and says the same in every format."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from sandboxctl.data.arrow import written
from sandboxctl.data.dataset import batches
from sandboxctl.data.model import Data
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks.describe import described
from sandboxctl.data.sinks.files import FORMATS, Format, write
from sandboxctl.data.sinks.stream import made as pieces
from sandboxctl.data.tables import types
from tests.everything import HARD, dataset

TABLES = ["repairs", "homes", "visits", "events"]
TOLD = {"synthetic": "true", "made_by": "a test"}

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def made() -> Dataset:
    return dataset(homes=220, repairs=200)


@pytest.fixture(scope="module")
def folder(made: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every table in every format."""
    folder = tmp_path_factory.mktemp("written")
    for table in TABLES:
        for form in FORMATS:
            write(made, table, folder / f"{table}.{form}", form, told=TOLD, size=64)
    return folder


def whole(made: Dataset, table: str) -> Rows:
    """The rows as Python has them."""
    return [row for batch in batches(made, table) for row in batch.to_pylist()]


def seconds(text: str) -> timedelta:
    found = re.fullmatch(r"PT(-?\d+)S", text)
    assert found
    return timedelta(seconds=int(found[1]))


READ: dict[str, Callable[[str], Any]] = {
    "whole": int,
    "decimal": Decimal,
    "truth": {"true": True, "false": False}.__getitem__,
    "text": str,
    "day": date.fromisoformat,
    "moment": datetime.fromisoformat,
    "span": seconds,
    "uuid": UUID,
}


def understood(made: Dataset, table: str, rows: Rows) -> Rows:
    """Text as what its column's type says it is."""
    kinds = types(made, table)
    return [
        {name: None if cell is None else READ[kinds[name].name](cell) for name, cell in row.items()}
        for row in rows
    ]


def plain(value: Any) -> Any:
    """A UUID comes out of Parquet as one, or as its bytes, by version."""
    return UUID(bytes=value) if isinstance(value, bytes) else value


def test_the_rows_are_hard_to_write(made: Dataset) -> None:
    rows = whole(made, "repairs")
    assert {row["note"] for row in rows} == {None, *HARD}
    assert any(row["wanted"] and row["wanted"].year < 1970 for row in rows)
    assert any(row["exact"] is not None and row["exact"] < 0 for row in rows)
    for name in ("token", "took", "unsure", "exact", "wanted", "landlord", "mail"):
        assert None in {row[name] for row in rows} != {None}


@pytest.mark.parametrize("table", TABLES)
def test_csv_is_read_by_the_standard_library(made: Dataset, folder: Path, table: str) -> None:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    expected = whole(made, table)
    assert header == list(expected[0])
    empty = [[cell or None for cell in row] for row in rows]
    found = understood(made, table, [dict(zip(header, row, strict=True)) for row in empty])
    assert found == [{k: v if v != "" else None for k, v in row.items()} for row in expected]


def test_csv_tells_what_is_missing_from_an_empty_text(tmp_path: Path) -> None:
    """Those who look at the quotes can tell, as PostgreSQL does."""
    tables = {"t": {"rows": 50, "columns": {"a": NOTE, "b": NOTE, "n": NUMBER}}}
    small = Dataset(Data.model_validate({"tables": tables}))
    write(small, "t", tmp_path / "t.csv", "csv", told={})
    read = pyarrow.csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
    found = pyarrow.csv.read_csv(tmp_path / "t.csv", convert_options=read).to_pylist()
    assert found == whole(small, "t")
    assert {None, ""} < {row["a"] for row in found}


NOTE = {"kind": "text", "of": ["", 'a, "b"'], "missing": 0.4}
NUMBER = {"kind": "integer", "between": [-5, 5], "missing": 0.4}


@pytest.mark.parametrize("table", TABLES)
def test_json_lines_are_read_by_the_standard_library(
    made: Dataset, folder: Path, table: str
) -> None:
    kinds = types(made, table)
    with (folder / f"{table}.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line, parse_float=Decimal) for line in file]
    numbers = {"whole", "decimal", "truth"}
    for row in rows:
        for name, cell in row.items():
            if cell is not None and kinds[name].name not in numbers:
                row[name] = READ[kinds[name].name](cell)
    assert rows == whole(made, table)
    truths = [row[name] for row in rows for name, kind in kinds.items() if kind.name == "truth"]
    assert {type(one) for one in truths} <= {bool, type(None)}


@pytest.mark.parametrize("form", ["parquet", "arrow"])
@pytest.mark.parametrize("table", TABLES)
def test_parquet_and_arrow_say_the_same(
    made: Dataset, folder: Path, table: str, form: Format
) -> None:
    read = opened(folder / f"{table}.{form}", form)
    assert [{k: plain(v) for k, v in row.items()} for row in read.to_pylist()] == whole(made, table)
    told = read.schema.metadata
    assert told[b"synthetic"] == b"true"
    assert told[b"made_by"] == b"a test"


def opened(path: Path, form: Format) -> pa.Table:
    if form == "parquet":
        return pq.read_table(path)
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_table_has_its_columns(form: Format, tmp_path: Path) -> None:
    made = dataset(homes=3, repairs=0)
    file = write(made, "repairs", tmp_path / "it", form, told=TOLD)
    assert file.rows == 0
    match form:
        case "csv":
            assert file.path.read_text() == ",".join(types(made, "repairs")) + "\n"
        case "jsonl":
            assert file.path.read_bytes() == b""
        case _:
            assert opened(file.path, form).schema.names == list(types(made, "repairs"))


@pytest.mark.parametrize("form", FORMATS)
def test_a_table_may_be_written_in_part(form: Format, made: Dataset, tmp_path: Path) -> None:
    told: list[int] = []
    seen = Rows()

    class Watcher:
        def look(self, batch: pa.RecordBatch) -> Rows:
            return batch.to_pylist()  # type: ignore[no-any-return]

        def add(self, more: Rows) -> None:
            seen.extend(more)

    file = write(
        made, "homes", tmp_path / "it", form, told={}, size=7, workers=3, stop=20,
        watch=Watcher(), tell=told.append,
    )  # fmt: skip
    assert file.rows == 20
    assert told == [7, 14, 20]
    assert file.size == file.path.stat().st_size
    assert seen == whole(made, "homes")[:20]


def test_groups_of_a_long_table_are_even(tmp_path: Path) -> None:
    columns = {"id": {"kind": "sequence"}, "sex": {"kind": "sex"}}
    made = Dataset(Data.model_validate({"tables": {"t": {"rows": 300_000, "columns": columns}}}))
    write(made, "t", tmp_path / "it", "parquet", told={}, size=50_000)
    found = pq.ParquetFile(tmp_path / "it").metadata
    assert [found.row_group(n).num_rows for n in range(3)] == [131_072, 131_072, 37_856]
    write(made, "t", tmp_path / "it", "arrow", told={}, size=50_000)
    assert opened(tmp_path / "it", "arrow").column("id").to_pylist() == [*range(1, 300_001)]


def test_no_memory_of_ours_leaks_into_a_file(tmp_path: Path) -> None:
    """A dictionary with an entry twice made pyarrow write that many bytes it never set."""
    names = {"kind": "text", "of": ["an equal entry", "another one"] + ["an equal entry"] * 400}
    columns = {"a": names, "b": {"kind": "ward", "of": "name"}}
    made = Dataset(Data.model_validate({"tables": {"t": {"rows": 900, "columns": columns}}}))
    for batch in batches(made, "t"):
        for column in batch:
            entries = column.dictionary.to_pylist()
            assert len(set(entries)) == len(entries)
    file = write(made, "t", tmp_path / "it", "parquet", told={})
    assert opened(file.path, "parquet").to_pylist() == whole(made, "t")


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_left_of_a_file_that_cannot_be_finished(
    form: Format, made: Dataset, tmp_path: Path
) -> None:
    class DiskFull:
        """After some rows."""

        left = 3

        def look(self, batch: pa.RecordBatch) -> None: ...

        def add(self, _: None) -> None:
            self.left -= 1
            if not self.left:
                raise OSError("No space left on device")

    (tmp_path / "it").write_text("an older one")
    with pytest.raises(OSError, match="No space left"):
        write(made, "homes", tmp_path / "it", form, told={}, size=10, watch=DiskFull())
    assert [path.name for path in tmp_path.iterdir()] == ["it"]
    assert (tmp_path / "it").read_text() == "an older one"


def test_a_folder_is_no_file(made: Dataset, tmp_path: Path) -> None:
    (tmp_path / "it").mkdir()
    with pytest.raises(OSError, match="directory"):
        write(made, "homes", tmp_path / "it", "csv", told={})
    assert [path.name for path in tmp_path.iterdir()] == ["it"]


def test_an_error_comes_out_where_its_rows_would_have(made: Dataset) -> None:
    def work(batch: pa.RecordBatch) -> int:
        first: int = batch.column("bedrooms").to_pylist()[0]
        if batch.num_rows < 50:
            raise ValueError("the last one")
        return first

    found = pieces(made, "homes", work, workers=3, size=50)
    assert [next(found)[0] for _ in range(4)] == [50] * 4
    with pytest.raises(ValueError, match="the last one"):
        next(found)


def test_a_text_file_is_described_beside_it(made: Dataset) -> None:
    found: Any = described(made, "repairs", "repairs.csv", TOLD)
    assert found["@context"] == "http://www.w3.org/ns/csvw"
    assert found["url"] == "repairs.csv"
    assert "synthetic: true" in found["dc:description"]
    datatypes = {one["name"]: one["datatype"] for one in found["tableSchema"]["columns"]}
    assert list(datatypes) == list(types(made, "repairs"))
    assert {datatypes[name] for name in ("id", "visits", "age")} == {"integer"}
    assert datatypes["cost"] == "decimal"
    assert datatypes["urgent"] == "boolean"
    assert datatypes["born"] == "date"
    assert datatypes["took"] == "dayTimeDuration"


@pytest.mark.parametrize("table", TABLES)
def test_text_is_the_same_wherever_it_stands(made: Dataset, table: str) -> None:
    """`written` is what preview, CSV and the certificate agree on."""
    for batch in batches(made, table):
        for name, column in zip(batch.schema.names, batch, strict=True):
            read = READ[types(made, table)[name].name]
            cells = [None if cell is None else read(cell) for cell in written(column).to_pylist()]
            assert cells == column.to_pylist()
