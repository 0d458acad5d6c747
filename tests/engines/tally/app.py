"""A tally: every line it is sent becomes a row, and is answered once that is committed."""

from __future__ import annotations

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg

MINE = threading.local()


def database() -> psycopg.Connection:
    """One connection for each thread."""
    mine: psycopg.Connection | None = getattr(MINE, "open", None)
    if mine is None or mine.closed:
        mine = psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3, autocommit=True)
        MINE.open = mine
    return mine


class Tally(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        try:
            rows = database().execute("select writer, number from tally order by 1, 2").fetchall()
        except psycopg.Error as why:
            self._answer(503, str(why))
        else:
            self._answer(200, "".join(f"{writer}-{number}\n" for writer, number in rows))

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"])).decode()
        writer, _, number = said.partition("-")
        try:
            database().execute(
                "insert into tally values (%s, %s, repeat('x', 2000))", [int(writer), int(number)]
            )
        except psycopg.Error as why:
            self._answer(503, str(why))
        else:
            self._answer(200, "kept")

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


if __name__ == "__main__":
    ThreadingHTTPServer.request_queue_size = 128
    ThreadingHTTPServer(("0.0.0.0", 8000), Tally).serve_forever()
