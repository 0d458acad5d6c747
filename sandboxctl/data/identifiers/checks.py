"""Whether check digits are right: a mask for texts that have the form of their kind.

Sources  NHS and CHI numbers: modulus 11, weights 10 to 2 (NHS Data Dictionary). UTR: HMRC's
         domain library. VAT numbers: modulus 97, also with 55 added (python-stdnum). UPN: modulus
         23. Cards: Luhn (ISO/IEC 7812).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Totals = NDArray[np.int32]

UTR_WEIGHTS = (6, 7, 8, 9, 10, 5, 4, 3, 2)
UTR_DIGITS = (2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1)
"""By remainder; none of them is 0."""

VAT_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)
VAT_REMAINDERS = (0, 42, 55)
"""Of the whole number; 42 and 55 come from the two ways of counting 55 more or less."""

LUHN = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""What every other digit of a card counts: twice as much, and the digits of that added up."""

UPN_WEIGHTS = tuple(range(2, 14))
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def nhs_number(texts: pa.Array) -> Mask:
    """Also of a CHI number."""
    return _is(_total(texts, 10, tuple(range(10, 0, -1))) % 11, 0)


def utr(texts: pa.Array) -> Mask:
    import numpy as np

    right = np.array(UTR_DIGITS)[_total(texts, 10, (0, *UTR_WEIGHTS)) % 11]
    return _is(right, _total(texts, 10, (1,)))


def vat_number(texts: pa.Array) -> Mask:
    import numpy as np

    weights = (0, 0, *VAT_WEIGHTS, 10, 1)
    return np.isin(_total(texts, 11, weights) % 97, VAT_REMAINDERS)


def upn(texts: pa.Array) -> Mask:
    import numpy as np

    from sandboxctl.data.identifiers.texts import matrix

    values = np.zeros(256, np.int32)
    for place, letter in enumerate(UPN_LETTERS):
        values[ord(letter)] = place
    values[ord("0") : ord("9") + 1] = np.arange(10)
    cells = values[matrix(texts, 13)]
    return _is(cells[:, 1:] @ np.array(UPN_WEIGHTS, np.int32) % 23, cells[:, 0])


def card(texts: pa.Array) -> Mask:
    import numpy as np

    from sandboxctl.data.identifiers.texts import ZERO, lengths, matrix

    cells = matrix(texts, int(lengths(texts).max())) - np.uint8(ZERO)
    total = np.zeros(len(cells), np.uint8)
    for place, column in enumerate(cells.T[::-1]):
        total += np.array(LUHN, np.uint8)[column] if place % 2 else column
    return _is(total % 10, 0)


def _is(totals: NDArray[Any], wanted: NDArray[Any] | int) -> Mask:
    flags: Mask = totals == wanted
    return flags


def _total(texts: pa.Array, width: int, weights: tuple[int, ...]) -> Totals:
    """The sum of each digit times its weight; what has the weight 0 need not be a digit."""
    import numpy as np

    from sandboxctl.data.identifiers.texts import ZERO, matrix

    cells = matrix(texts, width)
    total = np.zeros(len(cells), np.int32)
    for place, weight in enumerate(weights):
        if weight:
            total += weight * (cells[:, place].astype(np.int32) - ZERO)
    return total
