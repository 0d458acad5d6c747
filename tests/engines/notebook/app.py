"""A notebook: keeps the lines it is sent in a file. The prototype that the engine tests start."""

from __future__ import annotations

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LINES = Path("/data/lines")
EATEN: list[bytearray] = []


class Notebook(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.removeprefix("/book")
        if path.startswith("/lines"):
            self._answer(LINES.read_text() if LINES.exists() else "")
        elif path.startswith("/secret"):
            self._answer(os.environ.get("KEY", ""))
        elif path.startswith("/slow"):
            time.sleep(1)
            self._answer("slowly")
        elif path.startswith("/live"):
            self._echo()
        elif path.startswith("/eat"):
            while True:
                EATEN.append(bytearray(b"x" * 2**20))
        else:
            self._answer(os.environ.get("GREETING", "hello"))

    def do_POST(self) -> None:
        line = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with LINES.open("a") as file:
            file.write(line + "\n")
        self._answer("kept")

    def _echo(self) -> None:
        """As a WebSocket: open until the other end hangs up."""
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        self.end_headers()
        while data := self.connection.recv(1000):
            self.connection.sendall(data)

    def _answer(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


if __name__ == "__main__":
    if "--note" in sys.argv:
        LINES.write_text(sys.argv[-1] + "\n")
        sys.exit()
    print("the notebook is open", flush=True)
    ThreadingHTTPServer.request_queue_size = 128
    ThreadingHTTPServer(("0.0.0.0", 8000), Notebook).serve_forever()
