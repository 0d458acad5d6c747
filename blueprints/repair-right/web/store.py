"""What is asked of the database; the only module of the pages with SQL in it."""

from __future__ import annotations

import os
import time
from typing import Any

import psycopg
from flask import g
from psycopg.rows import dict_row

PAGE = 15
Row = dict[str, Any]

QUEUE = """
select page.*, a.address, a.postcode, a.tenant
  from (select * from repairs {where} order by reported desc, number desc limit %(limit)s) page
  join homes a on a.uprn = page.home
 order by page.reported desc, page.number desc
"""


def database() -> psycopg.Connection[Row]:
    """One connection for each request: a database that was reset is simply met again."""
    if "database" not in g:
        g.database = psycopg.connect(
            os.environ["DATABASE_URL"],
            autocommit=True,
            connect_timeout=3,
            row_factory=dict_row,
            options="-c timezone=UTC",
        )
    connection: psycopg.Connection[Row] = g.database
    return connection


def close(_error: BaseException | None) -> None:
    if "database" in g:
        g.pop("database").close()


def _rows(sql: str, **values: object) -> list[Row]:
    return database().execute(sql, values).fetchall()


def _row(sql: str, **values: object) -> Row | None:
    return database().execute(sql, values).fetchone()


def alive() -> None:
    """Raises psycopg.Error when the database or its tables are away."""
    _row("select uprn from homes limit 1")


def practice_postcodes() -> list[str]:
    """Three made-up postcodes to try; of houses with flats, if there are any."""
    found = _rows(
        "(select postcode from homes where address like 'Flat %%' order by uprn limit 3) "
        "union all (select postcode from homes order by uprn limit 3) limit 3"
    )
    return [row["postcode"] for row in found]


def homes_at(postcode: str) -> list[Row]:
    """The homes at a postcode, at most a hundred, in the order of their numbers."""
    return _rows(
        "select uprn, address, postcode from homes where postcode = %(postcode)s "
        "order by length(address), address limit 100",
        postcode=postcode,
    )


def home(uprn: int) -> Row | None:
    return _row("select uprn, address, postcode from homes where uprn = %(uprn)s", uprn=uprn)


def add(draft: Row) -> int:
    """Keep a tenant's report; returns its number."""
    kept = _row(
        "insert into repairs (home, description, suggested, trade, urgent, prefers, took) values "
        "(%(home)s, %(description)s, %(suggested)s, %(trade)s, %(urgent)s, %(prefers)s, %(took)s) "
        "returning number",
        **draft,
    )
    assert kept is not None
    return int(kept["number"])


def wait_for_visit(number: int, *, seconds: float) -> None:
    """Give the worker a moment, so that the next page can say when the visit is."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = repair(number)
        if found is None or found["status"] != "reported":
            return
        time.sleep(0.2)


def repair(number: int) -> Row | None:
    found = _rows(QUEUE.format(where="where number = %(number)s"), number=number, limit=1)
    return found[0] if found else None


def queue(*, limit: int = PAGE + 1, **wanted: Any) -> list[Row]:
    """Newest report first. ``wanted``: status, trade, urgent, number, postcode, and before, the
    number of the last repair of the page before; None is any."""
    conditions = {
        "status": "status = %(status)s",
        "trade": "trade is null" if wanted.get("trade") == "unsure" else "trade = %(trade)s",
        "urgent": "urgent",
        "number": "number = %(number)s",
        "postcode": "home in (select uprn from homes where postcode = %(postcode)s)",
        "before": "(reported, number) < (select reported, number from repairs "
        "where number = %(before)s)",
    }
    used = [conditions[name] for name, value in wanted.items() if value]
    where = f"where {' and '.join(used)}" if used else ""
    return _rows(QUEUE.format(where=where), limit=limit, **wanted)


def counts() -> dict[str, int]:
    """How many repairs have each status, and how many waiting ones nobody could sort."""
    found = _row(
        "select count(*) filter (where status = 'reported') as reported, "
        "count(*) filter (where status = 'booked') as booked, "
        "count(*) filter (where status = 'closed') as closed, "
        "count(*) filter (where status = 'reported' and trade is null) as unsure from repairs"
    )
    assert found is not None
    return found


def set_trade(number: int, trade: str, urgent: bool) -> None:
    """The worker books it anew."""
    _row(
        "update repairs set trade = %(trade)s, urgent = %(urgent)s, status = 'reported' "
        "where number = %(number)s and status <> 'closed' returning number",
        number=number, trade=trade, urgent=urgent,
    )  # fmt: skip


def close_repair(number: int, truth: str) -> None:
    _row(
        "update repairs set status = 'closed', truth = %(truth)s where number = %(number)s "
        "returning number",
        number=number, truth=truth,
    )  # fmt: skip


def score() -> Row:
    """The figures of the hypothesis; see the blueprint's README."""
    found = _row(
        "select count(*) filter (where truth is not null and suggested is not null) as known, "
        "count(*) filter (where suggested = true_trade) as right_trade, "
        "count(*) filter (where is_emergency and suggested is not null) as emergencies, "
        "count(*) filter (where is_emergency and suggested is not null and not urgent) as missed, "
        "count(took) as reports, "
        "percentile_cont(0.95) within group (order by took) as took from repairs"
    )
    assert found is not None
    return found


def score_by_trade() -> list[Row]:
    return _rows(
        "select true_trade as trade, count(*) as known, "
        "count(*) filter (where suggested = true_trade) as right_trade from repairs "
        "where truth is not null and suggested is not null group by 1 order by 1"
    )


def reported_twice() -> int:
    """Reports from these pages with the same home and words within a minute of another."""
    found = _row(
        "select count(distinct later.number) as twice from repairs first join repairs later "
        "on later.home = first.home and later.number > first.number "
        "and later.description = first.description "
        "and later.reported < first.reported + interval '1 minute' where first.took is not null"
    )
    assert found is not None
    return int(found["twice"])


def lessons() -> list[Row]:
    """Words the rules got wrong, emergencies first, each once."""
    return _rows(
        "select description, suggested, true_trade, is_emergency and not urgent as missed, "
        "count(*) as times from repairs where truth is not null and suggested is not null "
        "and (suggested <> true_trade or (is_emergency and not urgent)) "
        "group by 1, 2, 3, 4 order by missed desc, times desc, description limit 12"
    )
