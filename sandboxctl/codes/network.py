"""DEN7xx: networks, addresses, and who may come in."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN700",
        "A way in or out that a sandbox does not have",
        "A prototype that reaches the network of a building reaches what stands in it.",
        "Let services speak with each other by name; `opens` is the way in.",
        policy=True,
    ),
    Code(
        "DEN701",
        "A sandbox that has no key",
        "An address alone is guessed or passed on, and would let in whoever tries it.",
        "`sandboxctl open N --new-key` gives it a key and prints the link that carries it.",
    ),
)
