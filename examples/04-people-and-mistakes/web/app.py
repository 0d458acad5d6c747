"""Finds people who are entered twice, and says how well that went."""

from __future__ import annotations

import os
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import psycopg

HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Entered twice?</title>
<p><strong>Practice area.</strong> Nobody here is real.</p><h1>Entered twice?</h1>"""

# The rule under trial: born on the same day, and the same surname.
PAIRS = """
create temporary table pairs as
select first.number as first, second.number as second
  from people first
  join people second using (date_of_birth, surname)
 where first.number < second.number
"""

# What really happened: `meant` is the key of the row that was entered again.
TRUTH = """
create temporary table truth as
select meant::bigint as first, record::bigint as second
  from people_truth
 where how = 'duplicate'
"""

SCORE = """
select count(*) filter (where truth.first is not null and pairs.first is not null) as found,
       count(*) filter (where pairs.first is null) as missed,
       count(*) filter (where truth.first is null) as wrong
  from truth full join pairs using (first, second)
"""

MISSED = """
select concat_ws(' ', one.forename, one.surname), concat_ws(' ', other.forename, other.surname),
       one.postcode, one.status
  from (select * from truth except select * from pairs order by first limit 20) missed
  join lateral (select people.*, households.postcode from people
                  join households on uprn = household where number = missed.first) one on true
  join people other on other.number = missed.second
 order by one.number
"""


def page() -> str:
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3) as database:
        database.execute(PAIRS)
        database.execute(TRUTH)
        scored = database.execute(SCORE).fetchone()
        rows = database.execute(MISSED).fetchall()
    assert scored is not None
    return HEAD + score(*scored) + missed(rows)


def score(found: int, missed: int, wrong: int) -> str:
    names = {"found": found, "missed": missed, "wrong": wrong}
    items = (f"<dt>{name}</dt><dd id={name}>{number}</dd>" for name, number in names.items())
    return f"<dl>{''.join(items)}</dl>"


def missed(rows: list[tuple[Any, ...]]) -> str:
    items = "".join(
        f"<li>{escape(one)} and {escape(other)}, {escape(postcode or 'no postcode')}: {status}</li>"
        for one, other, postcode, status in rows
    )
    return f"<h2>Missed, the first twenty</h2><ul>{items}</ul></html>"


class Twice(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        try:
            text = "ok" if urlsplit(self.path).path == "/health" else page()
        except psycopg.Error as why:
            print(why, flush=True)
            self._answer(503, "The register does not answer.")
        else:
            self._answer(200, text)

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", 8000), Twice).serve_forever()
