"""A dataset's name: the SHA-256 of everything that is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from sandboxctl.data.model import Data


def canonical(data: Data) -> str:
    """The `data` section as JSON, in its order, without what is left at its default.

    Mappings with keys other than text become lists of pairs: 1, "1" and true are three values.
    """
    asked = data.model_dump(mode="python", exclude_defaults=True)
    return json.dumps(_plain(asked), ensure_ascii=False, separators=(",", ":"), default=str)


def fingerprint(data: Data) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return sha256(canonical(data).encode()).hexdigest()


def _plain(value: object) -> object:
    match value:
        case Mapping() if all(isinstance(key, str) for key in value):
            return {key: _plain(inner) for key, inner in value.items()}
        case Mapping():
            return [[key, _plain(inner)] for key, inner in value.items()]
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value
