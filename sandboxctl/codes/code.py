"""What is said of one kind of refusal, wherever it is said: on a terminal, in SARIF, in `docs/`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of refusal. A code keeps its meaning for ever, and is never given away again.

    ``title``   what is refused, in a few words
    ``risk``    why it is one, in one sentence
    ``mend``    how to mend it, in one or two
    ``policy``  the file is well written, and asks for what a den does not give: exit code 3
    """

    code: str
    title: str
    risk: str
    mend: str
    policy: bool = False
