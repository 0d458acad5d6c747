"""How much a service may take: what every one may, and what can be granted at most."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limit:
    """``usual`` needs nobody's consent; nothing beyond ``most`` is ever granted."""

    key: str
    usual: int
    most: int

    def shown(self, amount: float) -> str:
        """As it would be written in a blueprint."""
        if self.key != "mem_limit":
            return f"{amount:g}"
        size = round(amount)
        whole = size % (1024 * MEBIBYTE) == 0
        return f"{size // (1024 * MEBIBYTE)}g" if whole else f"{-(-size // MEBIBYTE)}m"


MEMORY = Limit("mem_limit", 8 * 1024 * MEBIBYTE, 64 * 1024 * MEBIBYTE)
CORES = Limit("cpus", 8, 64)
PROCESSES = Limit("pids_limit", 1024, 8192)

ALL = {limit.key: limit for limit in (MEMORY, CORES, PROCESSES)}
