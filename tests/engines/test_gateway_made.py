"""Making the gateway and taking it away, on a real engine: alone, at once with others, twice."""

from __future__ import annotations

import contextlib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from pathlib import Path

import docker
import pytest
from cryptography import x509

from sandboxctl.engine import gateway
from sandboxctl.errors import AddressTaken, BlueprintError, EngineError
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.den import Den
from tests.engines import gateway_rig, hops
from tests.engines.gateway_rig import Rig

pytestmark = pytest.mark.engine


def test_two_controllers_make_one_gateway() -> None:
    with contextlib.closing(gateway_rig.client()) as api:
        image, den = gateway_rig.image(api), gateway_rig.settings()
        edges = [list(den.range.subnets(new_prefix=29))[n] for n in (0, 1, 0)]
        clients = [gateway_rig.client() for _ in edges]
        try:
            with ThreadPoolExecutor(len(edges)) as pool:
                made = [
                    pool.submit(gateway.ensure, client, den, image, edge, lambda _: None)
                    for client, edge in zip(clients, edges, strict=True)
                ]
                found = {(one.result().container, one.result().install) for one in made}
            assert len(found) == 1
            assert len(_objects(api, den)) == 4
            changed = den.model_copy(update={"range": IPv4Network("10.214.0.0/17")})
            assert [_current(api, one, image) for one in (den, changed)] == [True, False]
        finally:
            gateway.remove(api, den, lambda _: None)
            for client in clients:
                client.close()
        assert _objects(api, den) == []
        gateway.remove(api, den, lambda _: None)


def _current(api: docker.APIClient, den: Den, image: str) -> bool:
    there = gateway.find(api, den, image)
    assert there is not None
    return there.current


def _objects(api: docker.APIClient, den: Den) -> list[str]:
    mine = {"label": f"{labels.DEN}={den.name}"}
    return [
        *(one["Id"] for one in api.containers(all=True, filters=mine)),
        *(one["Id"] for one in api.networks(filters=mine)),
        *(one["Name"] for one in api.volumes(filters=mine)["Volumes"] or ()),
    ]


def test_what_is_taken_is_named() -> None:
    with gateway_rig.rig() as den:
        _what_is_taken(den)


def _what_is_taken(den: Rig) -> None:
    taken = den.den.gateway.port
    other = gateway_rig.settings()
    other = other.model_copy(update={"gateway": other.gateway.model_copy(update={"port": taken})})
    edge = list(other.range.subnets(new_prefix=29))[9]
    try:
        with pytest.raises(AddressTaken):
            gateway.ensure(den.api, other, den.image, den.subnet, lambda _: None)
        with pytest.raises(EngineError, match=f"port {taken} on 127.0.0.1 is taken") as refused:
            gateway.ensure(den.api, other, den.image, edge, lambda _: None)
        assert "gateway.port=" in refused.value.hint
        assert gateway.find(den.api, other, den.image) is None
    finally:
        gateway.remove(den.api, other, lambda _: None)


def test_a_volume_of_somebody_else_is_not_taken_over() -> None:
    with contextlib.closing(gateway_rig.client()) as api:
        den = gateway_rig.settings()
        api.create_volume(f"{den.name}-state")
        try:
            with pytest.raises(EngineError, match="was not made by sandboxctl"):
                gateway.install(api, den)
        finally:
            api.remove_volume(f"{den.name}-state")


def test_a_certificate_that_is_none_is_refused_before_anything_is_made() -> None:
    with contextlib.closing(gateway_rig.client()) as api:
        den = gateway_rig.settings(tls=__file__)
        with pytest.raises(BlueprintError, match="does not hold a certificate"):
            gateway.ensure(api, den, "none:1", IPv4Network("10.214.0.0/29"), lambda _: None)
        assert _objects(api, den) == []


def test_with_a_certificate_all_of_it_is_https(tmp_path: Path) -> None:
    pem = tmp_path / "den.pem"
    pem.write_bytes(hops.self_signed(x509.DNSName("*.gwt.localhost")))
    with gateway_rig.rig(tls=str(pem)) as rig:
        rig.let_in("demo")
        place = rig.generation(0, "web")["web"]
        host = rig.den.host("demo")
        rig.line.ask("routes", sandbox="demo", hosts={host: "demo/0"}, routes={"demo/0/": place})
        trusting = ssl.create_default_context(cadata=pem.read_text())

        def said(path: str, cookie: str = "x=1") -> bytes:
            head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n"
            address = ("127.0.0.1", rig.den.gateway.port)
            with (
                socket.create_connection(address, timeout=5) as plain,
                trusting.wrap_socket(plain, server_hostname=host) as stream,
            ):
                stream.sendall(f"{head}Connection: close\r\n\r\n".encode())
                return b"".join(iter(lambda: stream.recv(4096), b""))

        answer = said("/", rig.cookie("demo"))
        assert b'"X-Forwarded-Proto": "https"' in answer
        assert b"needs its link" in said("/")
        kept = f"set-cookie: {rig.cookie('demo')}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; "
        entered = said(f"/_den/enter/{rig.keys['demo']}")
        assert f"{kept}Secure\r\n".lower().encode() in entered.lower()
        assert '"0-web"' in rig.line.ask("fetch", host=host, cookie=rig.cookie("demo"))["body"]
        assert rig.in_gateway("10200:10300", "cat /den/tls/gateway.pem").endswith("denied\n")
