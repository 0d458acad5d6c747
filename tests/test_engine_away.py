"""An engine that is away: why, in words of ours, over the real library and real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandboxctl.engine import facts
from sandboxctl.engine.client import connected
from sandboxctl.engine.translate import translated
from sandboxctl.errors import EngineError
from sandboxctl.sandbox.den import Den
from tests.cli import sandboxctl

LIBRARIES = ("HTTPConnection", "Max retries", "Errno", "Error while", "<html>", "aborted")


@contextmanager
def somebody(answer: bytes) -> Iterator[str]:
    """A program that is no engine, at a port."""

    def serve() -> None:
        while True:
            try:
                there, _ = server.accept()
            except OSError:
                return
            with there:
                there.recv(4096)
                there.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def http(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def complaint(url: str) -> str:
    with pytest.raises(EngineError) as caught:
        connected(url, patience=2)
    assert caught.value.exit_code == 4
    assert not [word for word in LIBRARIES if word in str(caught.value)]
    return str(caught.value)


def nobody() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"tcp://127.0.0.1:{server.getsockname()[1]}"


def test_nobody_listens(tmp_path: Path) -> None:
    url = nobody()
    assert complaint(url) == f"no Docker Engine answers at {url}: Connection refused"
    missing = f"unix://{tmp_path}/none.sock"
    assert complaint(missing) == f"no Docker Engine answers at {missing}: No such file or directory"


def test_nobody_answers_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        assert complaint(url) == f"no Docker Engine answers at {url}: no answer in time"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (http("404 Not Found", "<html>no</html>"), "is no Docker Engine: HTTP status 404"),
        (http("200 OK", "<html>hello</html>"), "what answers is no Docker Engine"),
        (http("200 OK", "{}"), "what answers is no Docker Engine"),
        (b"SSH-2.0-other\r\n", "what answers is no Docker Engine"),
        (b"", "what answers is no Docker Engine"),
    ],
)
def test_who_answers_is_no_engine(answer: bytes, said: str) -> None:
    with somebody(answer) as url:
        assert complaint(url).endswith(said)


def test_every_verb_and_the_doctor_say_it_so() -> None:
    url = nobody()
    listed = sandboxctl("--engine", url, "ls")
    assert listed.exit_code == 4
    assert listed.stderr.startswith(f"no Docker Engine answers at {url}: Connection refused\n  →")
    with pytest.raises(EngineError, match=f"at {url}: Connection refused") as caught:
        facts.read(Den(), url, [])
    assert "sandboxctl demo" in caught.value.hint


def test_an_engine_that_goes_away_meanwhile_is_told_the_same_way() -> None:
    import requests

    with pytest.raises(requests.ConnectionError) as caught:
        requests.get(nobody().replace("tcp", "http"), timeout=2)
    told = translated("looking at demo", caught.value)
    assert str(told) == "looking at demo failed: the engine cannot be reached (Connection refused)"


def test_what_nothing_lies_beneath_keeps_its_own_words() -> None:
    assert "foo" in complaint("foo://x")
