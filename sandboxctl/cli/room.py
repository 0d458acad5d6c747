"""`doctor --room`: can the laptops and phones of a room reach the den?"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from sandboxctl.cli import show
from sandboxctl.cli.session import Session
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import machine, room

if TYPE_CHECKING:
    from sandboxctl.lifecycle.doctor import Check
    from sandboxctl.sandbox.den import Den

PAGE = b"""<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>You can reach the den</title>
<body style="font: 1.4rem/1.5 sans-serif; margin: 2rem"><h1>You can reach the den</h1>
<p>This device and the facilitator's machine can talk to each other. You can close this page.</p>
"""


def found(den: Den) -> Sequence[Check]:
    return room.checks(den, machine.addresses(), machine.programs())


def serve(session: Session, den: Den, seconds: int) -> None:
    """A small page on every address of this machine, to try from a phone."""
    addresses = machine.addresses().values()
    if not addresses:
        raise SandboxError(
            "this machine has no address but its own", hint="Join the room's network."
        )
    if not seconds:
        show.aside(
            session, "`sandboxctl doctor --room --seconds 60` serves a page to try from a phone."
        )
        return
    with _server(den, lambda who: show.aside(session, f"reached from {who}")) as server:
        if server.server_port != den.gateway.port:
            show.aside(session, _elsewhere(den, server.server_port))
        for address in addresses:
            show.aside(session, f"Try from a phone: http://{address}:{server.server_port}/")
        show.aside(session, f"For {seconds} s, or until ^C.")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        time.sleep(seconds)
        server.shutdown()


def _elsewhere(den: Den, port: int) -> str:
    return (
        f"Port {den.gateway.port} is taken, by the gateway if the den runs: the page is on {port}, "
        "which a firewall has to let through as well while you try."
    )


def _server(den: Den, tell: room.Tell) -> ThreadingHTTPServer:
    """On the gateway's port, for that is the one the firewall lets through; where the gateway
    itself has it, on the first free one after those of the den."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tell(self.client_address[0])
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *_: object) -> None:
            """What a visitor sends stays off the terminal."""

    ports = room.ports_to_try(den)
    for port in ports:
        try:
            return ThreadingHTTPServer(("", port), Page)
        except OSError as error:
            why = error.strerror
    raise SandboxError(
        f"no page can be served on port {', '.join(map(str, ports))}: {why}",
        hint="`ss -ltnp` says who has them; those below 1024 are root's.",
    )
