"""Whose rows there are: where persons have many rows each, ten rows of a value may be one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sandboxctl.data.infer import names
from sandboxctl.data.infer.look import Column
from sandboxctl.data.infer.profile import LEAST, Profile

MOST_KEYS = 5
_KINDS = "nino nhs_number chi_number upn driving_licence passport utr card email mobile"
PERSONAL = frozenset(_KINDS.split())
"""Identifiers that a person has one of."""


@dataclass(frozen=True, slots=True)
class Codes:
    """The cells of a column as numbers of its different texts; -1 has none."""

    texts: pa.Array
    codes: NDArray[np.int64]


def matters(column: Column) -> bool:
    """Whether the cells of a column are needed to count persons."""
    return bool(column.profile.groups) or is_key(column)


def is_key(column: Column) -> bool:
    """Whether values stand for persons (or cases), each of which may have several rows."""
    profile = column.profile
    if profile.unique or 2 * profile.filled < profile.rows or not profile.filled:
        return False
    if profile.form not in ("whole", "text", "uuid"):
        return False
    return _is_certain(profile) or (len(column.values) >= LEAST and _is_likely(profile))


def _is_certain(profile: Profile) -> bool:
    return profile.identifier in PERSONAL or names.is_person_key(names.fit(profile.source))


def _is_likely(profile: Profile) -> bool:
    by_values = profile.named or profile.form == "uuid" or bool(profile.shape)
    return by_values or names.may_be_key(names.fit(profile.source))


def coded(cells: pa.ChunkedArray) -> Codes:
    """Space around texts does not count."""
    chunks = cells.cast(pa.string()).dictionary_encode().unify_dictionaries().chunks
    plain = pc.utf8_trim_whitespace(chunks[0].dictionary).dictionary_encode()
    there = plain.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    parts = [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in chunks]
    return Codes(plain.dictionary, np.append(there, -1)[np.concatenate(parts)])


def counted(columns: Mapping[str, Column], kept: Mapping[str, Codes]) -> dict[str, Column]:
    """The columns, where a value that fewer than ten persons have is none to be told."""
    keys = sorted(
        (name for name in kept if is_key(columns[name])),
        key=lambda name: (not _is_certain(columns[name].profile), len(columns[name].values)),
    )
    some = [kept[name] for name in keys[:MOST_KEYS]]
    return {
        name: _shared(column, kept[name], some) if column.profile.groups else column
        for name, column in columns.items()
    }


def _shared(column: Column, cells: Codes, keys: list[Codes]) -> Column:
    told = np.ones(len(cells.texts), np.bool_)
    for key in keys:
        told &= _persons(cells, key) >= LEAST
    shown = set(cells.texts.filter(pa.array(told)).to_pylist())
    groups = tuple(group for group in column.profile.groups if group[0] in shown)
    return replace(column, profile=replace(column.profile, groups=groups))


def _persons(cells: Codes, key: Codes) -> NDArray[np.int64]:
    """How many different keys each text has."""
    rows = min(len(cells.codes), len(key.codes))
    value, who = cells.codes[:rows], key.codes[:rows]
    there = (value >= 0) & (who >= 0)
    pairs = np.unique(value[there] * len(key.texts) + who[there])
    return np.bincount(pairs // len(key.texts), minlength=len(cells.texts))
