"""What a text file cannot say of itself, in a file beside it: CSV on the Web (W3C, 2015)."""

from __future__ import annotations

from collections.abc import Mapping

from sandboxctl.data.scope import Dataset
from sandboxctl.data.tables import types

DATATYPES = {
    "whole": "integer",
    "decimal": "decimal",
    "truth": "boolean",
    "text": "string",
    "day": "date",
    "moment": "dateTimeStamp",
    "span": "dayTimeDuration",
    "uuid": "string",
}


def described(
    dataset: Dataset, table: str, file: str, told: Mapping[str, str]
) -> dict[str, object]:
    """The columns of a table with their types, and that it is synthetic."""
    columns = [
        {"name": name, "titles": name, "datatype": DATATYPES[kind.name]}
        for name, kind in types(dataset, table).items()
    ]
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": file,
        "dc:title": f"{table}: synthetic data, nobody in it exists",
        "dc:description": "; ".join(f"{key}: {value}" for key, value in told.items()),
        "tableSchema": {"columns": columns},
    }
