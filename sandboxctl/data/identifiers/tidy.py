"""The ways in which people write identifiers, brought into the one form that is checked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    Tidy = Callable[[pa.Array], pa.Array]

GAPS = " -./\t"
"""What people put between the groups of a number."""


def compact(texts: pa.Array, drop: str = GAPS) -> pa.Array:
    """Capitals and digits, nothing between them."""
    from sandboxctl.data.identifiers.texts import squeezed

    return squeezed(texts, drop)


def trimmed(texts: pa.Array) -> pa.Array:
    """Small letters, no space around."""
    from sandboxctl.data.identifiers.texts import squeezed

    return squeezed(texts, " \t", lower=True)


def grouped(separator: str, *at: int, drop: str = GAPS) -> Tidy:
    """Compact, then with a separator before these positions; below 0 they count from the end."""
    return partial(_grouped, separator, at, drop)


def _grouped(separator: str, at: tuple[int, ...], drop: str, texts: pa.Array) -> pa.Array:
    import numpy as np

    from sandboxctl.data.identifiers.texts import inserted, lengths

    made = compact(texts, drop)
    ends = np.where(np.array(at) < 0, lengths(made)[:, None], 0)
    return inserted(made, separator, ends + np.array(at))


def replaced(pattern: str, by: str) -> Tidy:
    """Compact, then with the first thing a pattern describes replaced."""
    return partial(_replaced, pattern, by)


def _replaced(pattern: str, by: str, texts: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.replace_substring_regex(compact(texts), pattern, by, max_replacements=1)


def telephone(texts: pa.Array) -> pa.Array:
    """National form, in the groups of Ofcom: 020 7946 0000, 0113 496 0000, 01632 960000."""
    import numpy as np
    import pyarrow.compute as pc

    from sandboxctl.data.identifiers.texts import byte, inserted, squeezed

    made = squeezed(texts, f"{GAPS}()")
    made = pc.replace_substring_regex(made, r"^(?:\+44|0044)0?", "0")
    one, two, three = (byte(made, place) - np.uint8(ord("0")) for place in (1, 2, 3))
    city = (one == 1) & ((two == 1) | (three == 1))
    service = ((one == 3) | (one == 8) | (one == 9)) & ~((two == 0) & (three == 6))
    london = one == 2
    first = np.where(london, 3, np.where(city | service, 4, 5))
    second = np.where(first == 5, 0, 7)
    return inserted(made, " ", np.stack([first, second], axis=1).astype(np.int64))
