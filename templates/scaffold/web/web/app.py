"""A page that says since when it runs. Replace it with your prototype."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GREETING = os.environ.get("GREETING", "Hello")
STARTED = datetime.now(UTC)
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{heading}</title>
<p><strong>Practice area.</strong> Nobody here is real.</p>
<h1>{greeting}</h1>
<p>Running since {since} UTC; a reset starts it anew.</p>
</html>"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/health":
            self._answer(200, "ok", "text/plain")
        elif self.path == "/":
            text = PAGE.format(
                heading=escape(GREETING), greeting=escape(GREETING), since=f"{STARTED:%H:%M:%S}"
            )
            self._answer(200, text, "text/html")
        else:
            self._answer(404, "There is no such page.", "text/plain")

    def _answer(self, status: int, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", 8000), Page).serve_forever()
