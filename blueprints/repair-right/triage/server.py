"""The rules as an HTTP service: POST /suggest with {"reports": ["words", …]}, GET /health."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from rules import suggest

LARGEST_BODY = 1024 * 1024
PORT = 8000


class Triage(BaseHTTPRequestHandler):
    """Answers JSON; keeps nothing."""

    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_GET(self) -> None:
        if self.path == "/health":
            self._answer(200, {"status": "ok"})
        else:
            self._answer(404, {"problem": "try GET /health or POST /suggest"})

    def do_POST(self) -> None:
        reports = self._reports()
        if self.path != "/suggest" or reports is None:
            self._answer(400, {"problem": 'send {"reports": ["plain words", …]} to /suggest'})
        else:
            self._answer(200, {"suggestions": [suggest(words).as_dict() for words in reports]})

    def _reports(self) -> list[str] | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True
            return None
        try:
            body = json.loads(self.rfile.read(int(length)))
        except ValueError:
            return None
        reports = body.get("reports") if isinstance(body, dict) else None
        known = isinstance(reports, list) and all(isinstance(words, str) for words in reports)
        return reports if known else None

    def _answer(self, status: int, body: object) -> None:
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        print(f"{self.address_string()} {format % args}", flush=True)


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", PORT), Triage).serve_forever()
