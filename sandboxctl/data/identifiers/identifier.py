"""One definition of an identifier: it makes, checks, finds and explains values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sandboxctl.data.identifiers.tidy import compact

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Index: TypeAlias = NDArray[Any]
    """Whole numbers (int64), one for each row."""

    Mask: TypeAlias = NDArray[np.bool_]
    Part: TypeAlias = tuple[tuple[str, ...], Index] | str
    """Some texts and which of them each row has; a plain text is the same in every row."""

    Parts: TypeAlias = tuple[Part, ...]
    """A value is its parts, one after the other."""

Level = Literal["A", "B", "C", "D"]

LEVELS: dict[Level, str] = {
    "A": "officially reserved, or documented as never issued",
    "B": "cannot be issued under the rules that are published",
    "C": "wrong check digit, or a published test value",
    "D": "no guarantee known",
}


@dataclass(frozen=True)
class SafeSet:
    """Values that nobody can be given.

    ``pattern``, ``excluded`` and ``check`` alone decide what belongs to it: they do not look at how
    ``unrank`` makes its ``size`` values. ``check`` is what its check digits have to be.
    """

    name: str
    words: str
    size: int
    level: Level
    source: str
    passes: str
    unrank: Callable[[Index], Parts]
    pattern: str
    check: Literal["right", "wrong", "none"] = "none"
    excluded: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """One of its values."""
        rank: Any = self.size // 7
        parts = self.unrank(rank)
        return "".join(part if isinstance(part, str) else part[0][part[1]] for part in parts)


@dataclass(frozen=True)
class Identifier:
    """A kind of identifier, real ones too, and its safe sets: the first is the usual one.

    ``form`` describes any value of the kind in canonical writing; ``written`` the ways in which
    people write it, for Python's `re` and for RE2, without groups that capture and not anchored.
    ``tidy`` turns such writing into the canonical one; ``right`` says which texts of the form have
    the right check digits. ``strong``: a text of this form with right check digits is hardly
    anything else; of a weak kind only a column named like one of ``hints`` is.
    """

    kind: str
    title: str
    plural: str
    form: str
    written: str
    sets: tuple[SafeSet, ...]
    hints: tuple[str, ...]
    strong: bool = False
    check_words: str = "none"
    tidy: Callable[[pa.Array], pa.Array] = compact
    right: Callable[[pa.Array], Mask] | None = None

    @property
    def size(self) -> int:
        return self.sets[0].size

    @property
    def level(self) -> Level:
        return self.sets[0].level

    @property
    def source(self) -> str:
        return self.sets[0].source

    @property
    def passes(self) -> str:
        return self.sets[0].passes

    @property
    def safe_words(self) -> str:
        return self.sets[0].words

    def unrank(self, ranks: Index) -> Parts:
        """A value of the usual safe set for each rank below ``size``."""
        return self.sets[0].unrank(ranks)

    def safe_set(self, name: str) -> SafeSet:
        """The safe set of that name."""
        return next(one for one in self.sets if one.name == name)

    def normal(self, texts: pa.Array) -> pa.Array:
        """Texts as people write them, in canonical writing."""
        from sandboxctl.data.identifiers.texts import plain

        return self.tidy(plain(texts))

    def valid_all(self, texts: pa.Array) -> Mask:
        """Which canonical texts have the form and right check digits, be they safe or real."""
        check: Literal["right", "none"] = "right" if self.right else "none"
        return self._are(texts, self.form, check)

    def contains_all(self, texts: pa.Array) -> Mask:
        """Which canonical texts belong to one of the safe sets."""
        import numpy as np

        found: Mask = np.logical_or.reduce([self.in_set(one, texts) for one in self.sets])
        return found

    def contains(self, text: str) -> bool:
        """Whether a canonical text belongs to one of the safe sets."""
        import pyarrow as pa

        return bool(self.contains_all(pa.array([text], pa.string()))[0])

    def in_set(self, safe: SafeSet, texts: pa.Array) -> Mask:
        """Which canonical texts belong to one safe set."""
        import pyarrow as pa
        import pyarrow.compute as pc

        from sandboxctl.data.identifiers.texts import numpy, plain

        found = self._are(texts, safe.pattern, safe.check)
        if safe.excluded:
            found &= ~numpy(pc.is_in(plain(texts), pa.array(safe.excluded)))
        return found

    def _are(self, texts: pa.Array, pattern: str, check: Literal["right", "wrong", "none"]) -> Mask:
        """Which of them a pattern describes, and whose check digits are as they should be."""
        import pyarrow as pa

        from sandboxctl.data.identifiers.texts import matches, plain

        texts = plain(texts)
        found = matches(texts, pattern)
        if check == "none" or not found.any():
            return found
        assert self.right, f"{self.kind} has no check digits"
        candidates = texts if found.all() else texts.filter(pa.array(found))
        found[found] = self.right(candidates) == (check == "right")
        return found
