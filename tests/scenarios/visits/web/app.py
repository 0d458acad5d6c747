"""Counts visits in the database, and asks the cache how it is."""

from __future__ import annotations

import json
import os
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg


def visits() -> int:
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=3) as database:
        database.execute("insert into visits default values")
        row = database.execute("select count(*) from visits").fetchone()
        return row[0] if row else 0


def cache() -> str:
    where = (os.environ["CACHE_HOST"], int(os.environ["CACHE_PORT"]))
    with socket.create_connection(where, timeout=3) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(64).decode().strip()


class Visits(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = {
            "visits": 0 if self.path == "/health" else visits(),
            "cache": cache(),
            "greeting": os.environ["GREETING"],
            "secret": len(os.environ["SECRET_KEY"]),
            "notice": Path("/etc/notice.txt").read_text(encoding="utf-8").strip(),
        }
        body = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", 5000), Visits).serve_forever()
