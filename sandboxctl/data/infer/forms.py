"""What the texts of a column are: numbers, dates, truth, UUIDs, or only texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sandboxctl.data.identifiers.texts import matches, numpy
from sandboxctl.data.infer.profile import Form

MOST = 0.98
"""The share of rows that have to be of a form; the others are odd ones."""

SAMPLE = 2_000

_CLOCK = "[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?Z| ?[+-][0-9]{2}:?[0-9]{2})?"
WHOLE = "[+-]?(?:0|[1-9][0-9]{0,17})"
DECIMAL = r"[+-]?(?:(?:0|[1-9][0-9]{0,17})(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?"
AMOUNT = (
    r"[+-]?£ ?-?[0-9]{1,3}(?:,?[0-9]{3})*(?:\.[0-9]{1,2})?|-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
)
UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
TRUTH = "(?i:true|false)"
ISO = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
BRITISH = "(?:0?[1-9]|[12][0-9]|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:1[0-9]{3}|2[0-9]{3})"
_TURNED = r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a form is written; ``told`` is said where the output writes it otherwise."""

    form: Form
    pattern: str
    told: str = ""


SHAPES = (
    Shape("whole", WHOLE),
    Shape("decimal", DECIMAL),
    Shape("decimal", f"{DECIMAL}|{AMOUNT}", "with £ or thousands separators"),
    Shape("truth", TRUTH),
    Shape("day", ISO),
    Shape("day", BRITISH, "day, month, year"),
    Shape("moment", f"{ISO}{_CLOCK}"),
    Shape("moment", f"{BRITISH}{_CLOCK}", "day, month, year"),
    Shape("uuid", UUID),
)
TEXT = Shape("text", "(?s:.*)")


def shape_of(values: pa.Array, weights: NDArray[np.int64]) -> tuple[Shape, NDArray[np.bool_]]:
    """The first form that nearly all rows have, and which values have it."""
    sample = values.slice(0, SAMPLE)
    for shape in SHAPES if len(values) else ():
        if matches(sample, shape.pattern).mean() < MOST / 2:
            continue
        fits = matches(values, shape.pattern)
        if weights[fits].sum() >= MOST * weights.sum():
            return shape, fits
    return TEXT, np.ones(len(values), np.bool_)


def numbers(values: pa.Array) -> NDArray[np.float64]:
    """Texts of numbers as numbers."""
    plain: Any = pc.replace_substring_regex(values, "[£, ]|^\\+", "")
    made: NDArray[np.float64] = plain.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return made


def places(values: pa.Array) -> int:
    """The most digits after the point."""
    after: Any = pc.extract_regex(values, r"\.(?P<after>[0-9]*[1-9])?0*(?:[eE].*)?$")
    if after.null_count == len(values):
        return 0
    return int(pc.max(pc.utf8_length(pc.struct_field(after, "after"))).as_py() or 0)


def day_numbers(values: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Days since 1970, and which of the values are days at all."""
    turned: Any = pc.replace_substring_regex(values, _TURNED, r"\3-\2-\1")
    stamps = pc.strptime(
        pc.utf8_slice_codeunits(pc.replace_substring_regex(turned, "[T ].*", ""), 0, 10),
        format="%Y-%m-%d",
        unit="s",
        error_is_null=True,
    )
    right = numpy(pc.is_valid(stamps))
    seconds = pc.fill_null(stamps.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    return seconds // 86_400.0, right
