"""Links and new keys by the command line, on a real engine: with host names, and with ports."""

from __future__ import annotations

import http.client
import json
import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import docker
import pytest

from sandboxctl.engine import gateway
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.errors import SandboxError
from tests import dens, pipeline, prototypes
from tests.conftest import Cli, Written
from tests.visitor import key_of

pytestmark = pytest.mark.engine

WAITS = r"""
import http.server, threading

class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/for-ever":
            threading.Event().wait()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"a prototype")

http.server.ThreadingHTTPServer(("", 8000), Site).serve_forever()
"""


def patient() -> prototypes.Document:
    """A page that never answers, beside one that does."""
    document = prototypes.page()
    document["services"]["web"] |= {"command": ["python3", "-c", WAITS]}
    return document


def asked(url: str, cookie: str = "") -> http.client.HTTPResponse:
    """The answer to a GET without a body read; names lead to this machine."""
    at = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", at.port, timeout=20)
    with closing(connection):
        headers = {"Host": at.netloc, **({"Cookie": cookie} if cookie else {})}
        connection.request("GET", at.path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer


def cookie_of(link: str) -> str:
    """What a browser is given for a link."""
    answer = asked(link)
    assert answer.status == 303
    return str(answer.getheader("Set-Cookie")).partition(";")[0]


def test_a_new_key_cuts_off_who_is_in_and_is_in_no_log(
    cli: Cli, docker_engine: DockerEngine, api: docker.APIClient, written: Written, sandbox: str
) -> None:
    told = json.loads(cli("up", str(written(patient())), "--name", sandbox, "--json").stdout)
    old, cookie = told["link"], cookie_of(told["link"])
    assert asked(told["url"]).status == 404
    assert asked(told["url"], cookie).status == 200
    with socket.create_connection(("127.0.0.1", docker_engine.den.gateway.port), 60) as waiting:
        host = urlsplit(old).netloc
        head = f"GET /for-ever HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n"
        waiting.sendall(head.encode())
        waiting.settimeout(0.5)
        with pytest.raises(TimeoutError):
            waiting.recv(1)
        waiting.settimeout(20)
        replaced = cli("open", sandbox, "--print", "--new-key", "--json")
        assert not waiting.recv(1000).startswith(b"HTTP/1.1 200")
    link = json.loads(replaced.stdout)["link"]
    assert link != old
    assert (asked(old).status, asked(told["url"], cookie).status) == (404, 404)
    assert asked(told["url"], cookie_of(link)).status == 200
    logged = api.logs(gateway.name(docker_engine.den)).decode() + replaced.stderr
    for one in (old, link):
        assert one.rpartition("/")[2] not in logged
    cli("down", sandbox)
    assert asked(link).status == 404


def test_curl_comes_in_as_up_says(cli: Cli, written: Written, sandbox: str) -> None:
    told = json.loads(cli("up", str(written(patient())), "--name", sandbox, "--json").stdout)
    words = shlex.split(told["next"][0])
    assert words[0] == "curl"
    shown = subprocess.run(["curl", "-sS", *words[1:]], capture_output=True, timeout=30, text=True)
    assert shown.stdout == "a prototype", shown.stderr
    cli("down", sandbox)


@pytest.fixture
def room() -> Iterator[DockerEngine]:
    """A den without DNS: a port for each of two sandboxes."""
    api = docker.APIClient(base_url=dens.engine_url(), version="auto", timeout=120)
    den = dens.chosen(api)
    ports = den.gateway.model_copy(update={"ports": 2})
    engine = DockerEngine(den.model_copy(update={"gateway": ports}), dens.engine_url())
    yield engine
    dens.closed(engine, api)


def test_in_a_room_without_dns_a_cookie_opens_its_own_port_alone(
    room: DockerEngine, written: Written
) -> None:
    folder: Path = written(patient())
    links = {}
    for name in ("heron", "wren"):
        pipeline.up(room, folder, name)
        record = room.observe(name).record
        assert record is not None
        assert record.slot is not None
        links[name] = room.den.link(name, key_of(room, name)(), slot=record.slot)
        assert room.fetch(name).output == b"a prototype"
    heron, wren = (cookie_of(link) for link in links.values())
    first, second = (link.partition("_den/")[0] for link in links.values())
    assert urlsplit(first).port == room.den.gateway.port + 1
    assert [asked(first, heron).status, asked(second, wren).status] == [200, 200]
    assert [asked(first, wren).status, asked(second, heron).status] == [404, 404]
    assert asked(first, f"{wren}; {heron}").status == 200
    assert asked(links["heron"].replace(first, second)).status == 404


def test_in_a_room_without_dns_one_sandbox_too_many_leaves_nothing(
    room: DockerEngine, written: Written
) -> None:
    folder = written(patient())
    for name in ("heron", "wren"):
        pipeline.up(room, folder, name)
    with pytest.raises(SandboxError, match="all 2 ports of the den are taken"):
        pipeline.try_up(room, folder, "robin")
    assert list(room.sandboxes()) == ["heron", "wren"]
