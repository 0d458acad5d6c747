"""Ways to a remote engine, on this machine: each leads to the unix socket of the real one."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import paramiko
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED

ENGINE = "/var/run/docker.sock"


@contextlib.contextmanager
def tcp() -> Iterator[tuple[str, Callable[[], None]]]:
    """An address, and what cuts every connection that goes over it."""
    with _door(lambda near: near) as (port, cut):
        yield f"tcp://127.0.0.1:{port}", cut


@contextlib.contextmanager
def tls(folder: Path) -> Iterator[tuple[str, Path]]:
    """An address, and the certificate by which it is known."""
    pem = folder / "engine.pem"
    pem.write_bytes(self_signed(x509.IPAddress(ipaddress.ip_address("127.0.0.1"))))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with _door(lambda near: context.wrap_socket(near, server_side=True)) as (port, _):
        yield f"https://127.0.0.1:{port}", pem


@contextlib.contextmanager
def ssh(home: Path) -> Iterator[str]:
    """An address, for whoever has ``home`` as their home folder."""
    host_key, user_key = paramiko.RSAKey.generate(2048), paramiko.RSAKey.generate(2048)
    (home / ".ssh").mkdir()
    user_key.write_private_key_file(str(home / ".ssh" / "id_rsa"))
    transports: list[paramiko.Transport] = []

    def serve(near: socket.socket) -> None:
        transport = paramiko.Transport(near)
        transport.add_server_key(host_key)
        transports.append(transport)
        transport.start_server(server=_Host(user_key))

    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        known = f"[127.0.0.1]:{port} {host_key.get_name()} {host_key.get_base64()}\n"
        (home / ".ssh" / "known_hosts").write_text(known)
        listener = threading.Thread(target=_accept, args=(door, serve))
        listener.start()
        yield f"ssh://someone@127.0.0.1:{port}"
        door.shutdown(socket.SHUT_RDWR)
        for transport in transports:
            transport.close()
        listener.join()


class _Host(paramiko.ServerInterface):
    """Runs one command, whatever it is called: `docker system dial-stdio`."""

    def __init__(self, key: paramiko.PKey) -> None:
        self._key = key

    def get_allowed_auths(self, _username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, _username: str, key: paramiko.PKey) -> int:
        return AUTH_SUCCESSFUL if key == self._key else AUTH_FAILED

    def check_channel_request(self, _kind: str, _number: int) -> int:
        return OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, _command: bytes) -> bool:
        threading.Thread(target=_through, args=(channel,), daemon=True).start()
        return True


@contextlib.contextmanager
def _door(
    greet: Callable[[socket.socket], socket.socket],
) -> Iterator[tuple[int, Callable[[], None]]]:
    ends: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def cut() -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve(near: socket.socket) -> None:
        ends.append(greet(near))
        threads.append(threading.Thread(target=_through, args=(ends[-1],)))
        threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threads.append(threading.Thread(target=_accept, args=(door, serve)))
        threads[0].start()
        try:
            yield door.getsockname()[1], cut
        finally:
            door.shutdown(socket.SHUT_RDWR)
            cut()
            for thread in threads:
                thread.join()


def _accept(door: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    with contextlib.suppress(OSError):
        while True:
            serve(door.accept()[0])


def _through(near: Any) -> None:
    """Both ways between ``near`` and the engine, until one of them ends."""
    with contextlib.closing(near), socket.socket(socket.AF_UNIX) as far:
        far.connect(ENGINE)
        back = threading.Thread(target=_pump, args=(far, near))
        back.start()
        _pump(near, far)
        with contextlib.suppress(OSError):
            far.shutdown(socket.SHUT_RDWR)
        back.join()


def _pump(source: Any, sink: Any) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


def self_signed(name: x509.GeneralName) -> bytes:
    """A certificate and its key, in PEM, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a den")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM) + secret
