"""DEN64x to DEN69x: parameters, packs of data, and the `data` section."""

from __future__ import annotations

from sandboxctl.codes.code import Code

_WRONG = "Data that is not what its makers think it is makes a prototype seem right, or wrong."

CODES = (
    Code(
        "DEN640",
        "A parameter that there is not",
        "A value that is given and goes nowhere leaves everybody with a false belief.",
        "Correct its name; `sandboxctl validate` lists those of the blueprint.",
    ),
    Code(
        "DEN641",
        "A value that a parameter does not take",
        "Values from outside are trusted later on, so they have to be right at once.",
        "Give a value of its type, between its bounds and among its choices.",
    ),
    Code(
        "DEN642",
        "A parameter that contradicts itself",
        "Bounds that its own default breaks protect nothing.",
        "Let its default fit its type, its bounds and its choices.",
    ),
    Code(
        "DEN645",
        "A pack of data that there is not, or a value that it does not take",
        _WRONG,
        "Choose one of those that the message lists; docs/packs.md has them all.",
    ),
    Code(
        "DEN650",
        "A `data` section that cannot be",
        _WRONG,
        "Correct what is named; docs/data.md has every key.",
    ),
    Code(
        "DEN651",
        "A column that cannot be filled",
        _WRONG,
        "Correct what is named of the column; docs/data.md has every kind.",
    ),
    Code(
        "DEN652",
        "A kind of column that there is not",
        _WRONG,
        "Choose one of the kinds that the message lists; docs/data.md says what each makes.",
    ),
    Code(
        "DEN653",
        "More different values than there are",
        "Rows that look unique and are not make joins go wrong without a word.",
        "Ask for fewer rows, take `unique` out, or widen the range of values.",
    ),
    Code(
        "DEN654",
        "Columns or tables that refer to each other in a circle",
        "None of them could ever be the first.",
        "Let one of them stand on its own.",
    ),
    Code(
        "DEN655",
        "A rule or formula that cannot be, or cannot hold",
        "A rule that no row can meet, or that cannot be worked out, is one nobody can rely on.",
        "Correct the formula or the columns in it; docs/formulas.md has the language.",
    ),
    Code(
        "DEN656",
        "Correlations that contradict each other",
        _WRONG,
        "Name columns that can be correlated, with values that can hold together.",
    ),
    Code(
        "DEN657",
        "Mistakes in data that cannot be made",
        "Mistakes that go beyond what was asked for are no longer known from the truth.",
        "Name columns and shares that the mistakes can be made in.",
    ),
    Code(
        "DEN658",
        "More rows than can be made",
        "Rows without number fill every disk, and the time of everybody who waits.",
        "Ask for fewer rows.",
    ),
    Code(
        "DEN659",
        "Edge cases or keys that do not fit their table",
        _WRONG,
        "Correct what is named; docs/data.md has every key of a table.",
    ),
    Code(
        "DEN670",
        "Data that could be somebody's",
        "Made-up values from outside the safe sets may be a real person's number or address.",
        "Take the kind that the message names; its values belong to nobody.",
        policy=True,
    ),
)
