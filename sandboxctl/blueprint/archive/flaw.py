"""Why an archive is not taken."""

from __future__ import annotations


class BadArchive(ValueError):
    """Why, and the code that tells more."""

    def __init__(self, why: str, code: str = "DEN530") -> None:
        super().__init__(why)
        self.code = code
