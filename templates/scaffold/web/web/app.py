"""A page that counts its visitors. Replace it with your prototype."""

from __future__ import annotations

import os
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

GREETING = os.environ.get("GREETING", "Hello")
VISITS = count(1)
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{heading}</title>
<p><strong>Practice area.</strong> Nobody here is real.</p>
<h1>{greeting}</h1>
<p>You are visitor number {visit} since this sandbox was started.</p>
</html>"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/health":
            self._answer(200, "ok", "text/plain")
        elif self.path == "/":
            text = PAGE.format(
                heading=escape(GREETING), greeting=escape(GREETING), visit=next(VISITS)
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
