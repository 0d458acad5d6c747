"""Identifiers: a rank for each row, and the registry turns it into text."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np

from sandboxctl.data.chance.mix import Index
from sandboxctl.data.identifiers.things import UPRN_START
from sandboxctl.data.kinds.identity import AccountNumber, IdentityColumn, SortCode, Uprn
from sandboxctl.data.kinds.reserved import Reserved
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Codes, Joined, Numbers, Values


def _identifier(scope: Scope, name: str, column: Reserved) -> Values:
    return joined(column.safe.unrank(_ranks(scope, name, column)))


def _ranks(scope: Scope, name: str, column: Reserved) -> Index:
    return scope.ranks(name, column.safe.size, unique=column.unique).astype(np.int64)


def joined(parts: tuple[Any, ...]) -> Values:
    """Parts of the registry as values."""
    made = tuple(part if isinstance(part, str) else Codes(*part) for part in parts)
    return made[0] if len(made) == 1 and isinstance(made[0], Codes) else Joined(made)


def _account_number(scope: Scope, name: str, column: AccountNumber) -> Values:
    """The account that belongs to the sort code has the same rank."""
    if column.of is None:
        return _identifier(scope, name, column)
    other = scope.content.columns[column.of]
    assert isinstance(other, SortCode)
    return joined(column.safe.unrank(_ranks(scope, column.of, other)))


def _uprn(scope: Scope, name: str, column: Uprn) -> Values:
    return Numbers(_ranks(scope, name, column) + UPRN_START)


MAKERS: dict[type, Maker] = {
    **dict.fromkeys(get_args(IdentityColumn), _identifier),
    AccountNumber: _account_number,
    Uprn: _uprn,
}
