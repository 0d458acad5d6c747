"""Sorts repairs that nobody has looked at, and books a visit for each that is sorted.

Several workers may run at once: rows are taken with FOR UPDATE SKIP LOCKED. A repair that the
rules cannot sort waits for a person.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import slots
import triage
from psycopg.rows import dict_row

ALIVE = Path("/tmp/worker-alive")
STALE = 15.0
BATCH = 500
PAUSE = 1.0
"""Seconds between two visits booked, so that people can watch the queue move."""

Row = dict[str, Any]


def main() -> None:
    while True:
        try:
            with _connect() as database:
                work(database)
        except (psycopg.Error, OSError) as why:
            print(f"worker: trying again, {why}", flush=True)
        time.sleep(PAUSE)


def work(database: psycopg.Connection[Row]) -> None:
    """Go on until the connection breaks."""
    while True:
        ALIVE.touch()
        sorted_now, booked = sort(database), book(database)
        if sorted_now < BATCH or booked:
            time.sleep(PAUSE)


def sort(database: psycopg.Connection[Row]) -> int:
    """Suggest a trade for repairs that have none; returns how many. Raises OSError."""
    with database.transaction():
        found = database.execute(
            "select number, description from repairs where suggested is null "
            "order by number limit %s for update skip locked",
            [BATCH],
        ).fetchall()
        if not found:
            return 0
        suggestions = triage.suggest([row["description"] for row in found])
        with database.cursor() as cursor:
            cursor.executemany(
                "update repairs set suggested = coalesce(%(trade)s, 'unsure'), "
                "trade = coalesce(trade, %(trade)s), urgent = %(emergency)s::text is not null "
                "where number = %(number)s",
                [
                    {**said, "number": row["number"]}
                    for row, said in zip(found, suggestions, strict=True)
                ],
            )
    print(f"worker: sorted {len(found)} repairs", flush=True)
    return len(found)


def book(database: psycopg.Connection[Row]) -> bool:
    """Book a visit for the next repair, emergencies first; False when nothing waits."""
    with database.transaction():
        repair = database.execute(
            "select number, trade, urgent, prefers from repairs "
            "where status = 'reported' and trade is not null "
            "order by urgent desc, reported desc, number limit 1 for update skip locked"
        ).fetchone()
        if repair is None:
            return False
        visit = _visit(database, repair)
        database.execute(
            "update repairs set status = 'booked', visit = %s where number = %s",
            [visit, repair["number"]],
        )
    print(f"worker: booked repair {repair['number']} for {visit:%Y-%m-%d %H:%M}", flush=True)
    return True


def _visit(database: psycopg.Connection[Row], repair: Row) -> datetime:
    now = datetime.now(UTC)
    if repair["urgent"]:
        return slots.urgent_slot(now)
    taken = database.execute(
        "select visit, count(*) as visits from repairs "
        "where status = 'booked' and trade = %s and visit > %s group by visit",
        [repair["trade"], now],
    ).fetchall()
    return slots.next_slot(now, {row["visit"]: row["visits"] for row in taken}, repair["prefers"])


def _connect() -> psycopg.Connection[Row]:
    return psycopg.connect(
        os.environ["DATABASE_URL"],
        autocommit=True,
        connect_timeout=3,
        row_factory=dict_row,
        options="-c timezone=UTC",
    )


def alive() -> bool:
    """It went round its loop a moment ago, which it does only with a database."""
    return ALIVE.exists() and time.time() - ALIVE.stat().st_mtime < STALE


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(not alive())
    main()
