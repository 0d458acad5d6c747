"""Identifiers: a rank for each row, and the registry turns it into text."""

from __future__ import annotations

import numpy as np

from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.kinds.identity import Landline, Mobile, NhsNumber, Nino, Uprn
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Codes, Joined, Numbers, Values


def _identifier(scope: Scope, name: str, column: Mobile | Landline | Nino | NhsNumber) -> Values:
    identifier = IDENTIFIERS[column.kind]
    ranks = scope.ranks(name, identifier.size, unique=column.unique).astype(np.int64)
    return joined(identifier.unrank(ranks))


def joined(parts: tuple[object, ...]) -> Values:
    """Parts of the registry as values."""
    made = tuple(part if isinstance(part, str) else Codes(*part) for part in parts)  # type: ignore[misc]
    return made[0] if len(made) == 1 and isinstance(made[0], Codes) else Joined(made)


def _uprn(scope: Scope, name: str, column: Uprn) -> Values:
    ranks = scope.ranks(name, IDENTIFIERS["uprn"].size, unique=column.unique)
    return Numbers(ranks.astype(np.int64) + 999_900_000_000)


MAKERS: dict[type, Maker] = {
    **dict.fromkeys((Mobile, Landline, Nino, NhsNumber), _identifier),
    Uprn: _uprn,
}
