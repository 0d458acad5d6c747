"""What is wrong with a line of a Dockerfile."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flaw:
    """``line`` counts from 1; ``word`` is the instruction, or empty."""

    line: int
    word: str
    why: str
    code: str


class Refused(ValueError):
    """Why an instruction is not taken, and its code."""

    def __init__(self, why: str, code: str) -> None:
        super().__init__(why)
        self.code = code
