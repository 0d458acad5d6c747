"""Whether the first line of a CSV file names its columns, or is a person already."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from sandboxctl.data.infer import identity
from sandboxctl.data.infer.names import shown as shown
from sandboxctl.data.people.names import FORENAMES, SURNAMES
from sandboxctl.data.scan import finds

NOTE = "the first line looks like data, so columns have no names; --header says that it is none"
_ADDED = re.compile(r" \([0-9]+\)$")
_FORENAMES, _SURNAMES = frozenset(FORENAMES) - {""}, frozenset(SURNAMES)


def settled(
    columns: Mapping[str, pa.ChunkedArray], has_header: bool | None
) -> dict[str, pa.ChunkedArray]:
    """The columns; where their names are data, with numbers for names and one row more."""
    if has_header or (has_header is None and not is_data(columns)):
        return dict(columns)
    made = {}
    for number, (name, cells) in enumerate(columns.items(), start=1):
        first = pa.array([_ADDED.sub("", name)], pa.string())
        if name == f"column {number}":
            first = first.slice(1)
        made[f"column {number}"] = pa.chunked_array([first, *cells.chunks], pa.string())
    return made


def is_data(columns: Mapping[str, pa.ChunkedArray]) -> bool:
    """Whether names of columns occur as values below themselves, or are those of a person."""
    given = {name: _ADDED.sub("", name) for name in columns}
    if all(name == f"column {n}" for n, name in enumerate(given, start=1)):
        return False
    again = (pc.any(pc.equal(columns[name], said)).as_py() for name, said in given.items() if said)
    return is_somebody(list(given.values())) or any(again)


def is_somebody(names: Sequence[str]) -> bool:
    """Whether there is a forename beside a surname, or an identifier."""
    first = [name for name in names if name in _FORENAMES]
    last = [name for name in names if name in _SURNAMES and name not in first]
    whole = any(identity.is_person(re.findall(r"\w+", name.lower())) for name in names)
    both = bool(first and last) or len(first) > 1
    return both or whole or bool(finds.in_texts(list(names)))
