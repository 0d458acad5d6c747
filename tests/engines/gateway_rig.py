"""A den of its own for each test module, and prototypes to put behind its gateway."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import secrets
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

import docker

from sandboxctl.blueprint import images as named
from sandboxctl.engine import gateway, keys
from sandboxctl.engine.images import Images
from sandboxctl.engine.line import Line
from sandboxctl.engine.networks import closed
from sandboxctl.errors import AddressTaken
from sandboxctl.sandbox import names
from sandboxctl.sandbox.den import Den, GatewaySettings, ImageSettings

NONE: Mapping[str, str] = {}
ADMIN = "'/den/run/' + os.environ['DEN_SELF'] + '.sock'"
"""In Python, inside a gateway: where its HAProxy takes orders."""

PROTOTYPE = r"""
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Prototype(BaseHTTPRequestHandler):
    protocol_version, server_version = "HTTP/1.1", "Prototype/1.0"

    def do_GET(self):
        if self.headers.get("Upgrade"):
            return self.echo()
        if self.path == "/break-off":
            self.close_connection = True
            return
        status = int(self.path.rpartition("/status/")[2] or 200) if "/status/" in self.path else 200
        headers = {name.title(): value for name, value in self.headers.items()}
        seen = {"name": os.environ["NAME"], "path": self.path, "headers": headers}
        body = json.dumps(seen).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Clear-Site-Data", '"cookies"')
        for cookie in json.loads(self.headers.get("X-Set-Cookies", "[]")):
            self.send_header("Set-Cookie", cookie)
        if "/lie/" in self.path:
            self.send_header("X-Den-Target", "lie/1")
        self.end_headers()
        self.wfile.write(body)

    def echo(self):
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        self.end_headers()
        self.wfile.flush()
        while data := self.connection.recv(1000):
            self.connection.sendall(os.environ["NAME"].encode() + b":" + data)

    def log_message(self, *words):
        pass

ThreadingHTTPServer.request_queue_size = 128
ThreadingHTTPServer(("0.0.0.0", 8000), Prototype).serve_forever()
"""


@dataclass(frozen=True)
class Page:
    status: int
    headers: Mapping[str, str]
    body: str
    cookies: tuple[str, ...] = ()

    @property
    def seen(self) -> dict[str, Any]:
        """What the prototype saw of the request."""
        return dict(json.loads(self.body))


@dataclass
class Rig:
    """A gateway on the engine, and whatever a test has put behind it."""

    api: docker.APIClient
    den: Den
    image: str
    line: Line
    subnet: IPv4Network
    containers: dict[str, str] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def let_in(self, *sandboxes: str) -> None:
        """A new key for each, decided as `up` does it; `get` comes with it from then on."""
        for sandbox in sandboxes:
            self.keys[sandbox] = keys.new()
            self.line.ask("record", sandbox=sandbox, record={"key": self.keys[sandbox]})

    def cookie(self, sandbox: str) -> str:
        return names.cookie(sandbox, self.keys[sandbox])

    def generation(self, number: int, *services: str) -> dict[str, str]:
        """A closed network with prototypes on it: the address of each service."""
        subnet = list(self.den.range.subnets(new_prefix=28))[number]
        pool = docker.types.IPAMPool(subnet=str(subnet), gateway=str(subnet[1]))
        title = f"{self.den.name}-test-{number}"
        network = self.api.create_network(
            title,
            internal=True,
            ipam=docker.types.IPAMConfig(pool_configs=[pool]),
            options=closed(self.api.api_version),
        )
        self.networks[title] = network["Id"]
        gateway.attach(self.api, self.den, network["Id"], str(subnet[2]))
        return {
            service: self._prototype(f"{title}-{service}", network["Id"], str(subnet[3 + n]))
            for n, service in enumerate(services)
        }

    def _prototype(self, title: str, network: str, address: str) -> str:
        endpoint = self.api.create_endpoint_config(ipv4_address=address)
        made = self.api.create_container(
            self.image,
            name=title,
            entrypoint=["python3", "-c", PROTOTYPE],
            environment={"NAME": title.removeprefix(f"{self.den.name}-test-")},
            host_config=self.api.create_host_config(network_mode=network, init=True),
            networking_config={"EndpointsConfig": {network: endpoint}},
        )
        self.containers[title] = made["Id"]
        self.api.start(made["Id"])
        ready = self.line.ask("wait", kind="tcp", address=address, port=8000, deadline=10)
        assert ready["ready"], ready
        return f"{address}:8000"

    def inside(self, title: str, program: str) -> str:
        """What a Python program prints inside a prototype's container."""
        run = self.api.exec_create(self.containers[title], ["python3", "-c", program])
        return bytes(self.api.exec_start(run["Id"])).decode()

    def in_gateway(self, user: str, command: str) -> str:
        """What a shell command prints inside the gateway, as ``user``."""
        argv = ["sh", "-c", command]
        run = self.api.exec_create(gateway.name(self.den), argv, user=user)
        return bytes(self.api.exec_start(run["Id"])).decode()

    def admin(self, command: str) -> str:
        """What HAProxy answers on its admin socket."""
        program = (
            f"import os, socket, sys; s = socket.socket(socket.AF_UNIX); s.connect({ADMIN}); "
            "s.sendall(sys.argv[1].encode() + b'\\n'); "
            "print(b''.join(iter(lambda: s.recv(65536), b'')).decode())"
        )
        return self.in_gateway("10200:10300", f'python3 -c "{program}" "{command}"')

    def get(
        self,
        host: str,
        path: str = "/",
        slot: int = 0,
        headers: Mapping[str, str] = NONE,
        *,
        who: str | None = None,
    ) -> Page:
        """A page, for somebody who has the key of the sandbox ``who``; None: the host's own."""
        who = sandbox_of(host) if who is None else who
        mine = [self.cookie(who)] if who in self.keys else []
        theirs = [headers["Cookie"]] if "Cookie" in headers else []
        known = {"Cookie": "; ".join(mine + theirs)} if mine + theirs else {}
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.den.gateway.port + slot, timeout=9
        )
        with contextlib.closing(connection):
            return ask(connection, host, path, {**headers, **known})

    def host(self, sandbox: str) -> str:
        return f"{self.den.host(sandbox)}:{self.den.gateway.port}"

    def upgraded(self, host: str) -> socket.socket:
        """A connection as a WebSocket has it: upgraded, and open."""
        stream = socket.create_connection(("127.0.0.1", self.den.gateway.port), timeout=9)
        lines = [
            f"GET /live HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket",
            f"Cookie: {self.cookie(sandbox_of(host))}",
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        ]
        stream.sendall("\r\n".join(lines).encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += stream.recv(1)
        assert b" 101 " in head, head
        return stream

    def remove(self) -> None:
        self.line.close()
        for container in self.containers.values():
            self.api.remove_container(container, force=True, v=True)
        for network in self.networks.values():
            gateway.detach(self.api, self.den, network)
            self.api.remove_network(network)
        gateway.remove(self.api, self.den, lambda _: None)


def ask(
    connection: http.client.HTTPConnection, host: str, path: str, headers: Mapping[str, str]
) -> Page:
    connection.request("GET", path, headers={"Host": host, **headers})
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    cookies = tuple(answer.headers.get_all("Set-Cookie", ()))
    return Page(answer.status, headers, answer.read().decode(), cookies)


def sandbox_of(host: str) -> str:
    """Whose a host is: what its first label ends with."""
    return host.lower().partition(":")[0].partition(".")[0].rpartition("--")[2]


def client() -> docker.APIClient:
    return docker.APIClient(version="auto", timeout=60)


def settings(**gateway_settings: Any) -> Den:
    """A den with a name, a range and ports that no other test run has."""
    low = int(IPv4Network("10.214.0.0/16").network_address)
    return Den(
        name=f"gwt-{secrets.token_hex(3)}",
        range=IPv4Network((low + 1024 * random.randrange(64), 22)),
        gateway=GatewaySettings(port=free_port(), domain="gwt.localhost", **gateway_settings),
    )


def free_port(together: int = 4) -> int:
    """The first of ``together`` ports that nobody listens on."""
    while True:
        first = random.randrange(18_100, 28_000)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for port in range(first, first + together):
                one = stack.enter_context(socket.socket())
                one.bind(("127.0.0.1", port))
            return first


def image(api: docker.APIClient) -> str:
    """The gateway's image, built if it is not there."""
    base = named.base()
    build = named.of("images/gateway", base.tag)
    images = Images(api, ImageSettings())
    for wanted in (base, build):
        if wanted.tag not in images.tags():
            images.build(wanted, lambda _: None)
    return build.tag


@contextlib.contextmanager
def rig(**gateway_settings: Any) -> Iterator[Rig]:
    """A den with a running gateway; all of it is gone afterwards."""
    api = client()
    tag = image(api)
    while True:
        den = settings(**gateway_settings)
        edge = IPv4Network((int(den.range.broadcast_address) - 7, 29))
        try:
            gateway.ensure(api, den, tag, edge, lambda _: None)
            break
        except AddressTaken:
            gateway.remove(api, den, lambda _: None)
    try:
        line = gateway.connect(api, den)
    except BaseException:
        gateway.remove(api, den, lambda _: None)
        raise
    one = Rig(api, den, tag, line, edge)
    try:
        yield one
    finally:
        one.remove()
        api.close()
