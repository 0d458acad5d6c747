"""Shows the people in the register, twenty at a time."""

from __future__ import annotations

import os
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import psycopg

PAGE = 20
HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Register</title>
<p><strong>Practice area.</strong> Nobody here is real.</p><h1>Register</h1>"""


def people(after: int) -> list[tuple[int, str, str, str, str]]:
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3) as database:
        return database.execute(
            "select number, name, address, phone, email from people "
            "where number > %s order by number limit %s",
            [after, PAGE],
        ).fetchall()


def page(rows: list[tuple[int, str, str, str, str]]) -> str:
    items = "".join(f"<li value={row[0]}>{escape(', '.join(row[1:]))}</li>" for row in rows)
    more = f'<p><a href="/?after={rows[-1][0]}">More</a></p>' if len(rows) == PAGE else ""
    return f"{HEAD}<ol>{items}</ol>{more}</html>"


class Register(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        after = parse_qs(asked.query).get("after", ["0"])[0]
        try:
            rows = people(int(after) if after.isdecimal() else 0)
        except psycopg.Error as why:
            print(why, flush=True)
            self._answer(503, "The register does not answer.")
        else:
            self._answer(200, "ok" if asked.path == "/health" else page(rows))

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", 8000), Register).serve_forever()
