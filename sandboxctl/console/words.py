"""Every text of the console, in one file for each language: `templates/console/words/en.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from sandboxctl.blueprint.templates import bundled


@dataclass(frozen=True, slots=True)
class Words:
    """``texts`` key → text, in which ``{name}`` stands for a value; ``zone`` that of the room."""

    texts: Mapping[str, str]
    zone: tzinfo

    def __call__(self, key: str, **values: object) -> str:
        """KeyError for a key that there is not: a text that is missing is a mistake of ours."""
        return self.texts[key].format_map(values)

    def several(self, key: str, count: int, **values: object) -> str:
        """``key.none``, ``key.one`` or ``key.many``, with ``{n}``."""
        form = {0: "none", 1: "one"}.get(count, "many")
        return self(f"{key}.{form}", n=f"{count:,}", **values)

    def number(self, value: float | None) -> str:
        """``1,000`` and ``0.5``; a dash where there is none."""
        if value is None:
            return "–"
        return f"{int(value):,}" if value == int(value) else str(value)

    def time(self, at: datetime) -> str:
        """``14:05``."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def day(self, at: datetime) -> str:
        """``Tuesday 12 May 2026, 14:05``."""
        here = at.astimezone(self.zone)
        days, months = self("time.weekdays").split(), self("time.months").split()
        return self(
            "time.day",
            weekday=days[here.weekday()],
            day=here.day,
            month=months[here.month - 1],
            year=here.year,
            time=self.time(at),
        )

    def length(self, length: timedelta) -> str:
        """``7 hours 58 minutes``, ``90 seconds``: how long something lasts, by its two largest
        units. From two minutes on without seconds, so that a page which counts down stands still
        for a minute."""
        total = max(0, round(length.total_seconds()))
        if total < 120:
            return self.several("time.seconds", total)
        hours, minutes = divmod(total // 60, 60)
        days, hours = divmod(hours, 24)
        parts = [("time.days", days), ("time.hours", hours), ("time.minutes", minutes)]
        first = next(at for at, (_, count) in enumerate(parts) if count)
        told = parts[first : first + 2]
        return " ".join(self.several(key, count) for key, count in told if count)

    def seconds(self, value: float) -> str:
        """As somebody says it who waits: ``less than a second``, ``4 seconds``, ``2 minutes``."""
        return self("time.instant") if value < 1 else self.length(timedelta(seconds=value))


def read(language: str, zone: tzinfo) -> Words:
    """The texts of a language: ``en``."""
    file = bundled("templates") / "console" / "words" / f"{language}.toml"
    return Words(dict(_flat(tomllib.loads(Path(file).read_text(encoding="utf-8")))), zone)


def _flat(table: Mapping[str, object], before: str = "") -> list[tuple[str, str]]:
    """``{"team": {"title": "…"}}`` → ``team.title``."""
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{before}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, Mapping) else [(name, str(value))]
    return found
