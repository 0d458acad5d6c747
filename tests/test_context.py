"""What a build is sent, without an engine."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import docker
import pytest

from sandboxctl.blueprint import images
from sandboxctl.engine import base_image, cache, context, registry
from sandboxctl.errors import EngineError
from sandboxctl.sandbox.build import Build


def sent(build: Build, extra: dict[str, context.Files] | None = None) -> dict[str, bytes]:
    with context.of(build, "parent:1", extra or {}) as tar:
        return unpacked(tar.read())


def unpacked(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        members = tar.getmembers()
        assert {(m.uid, m.gid, m.mtime) for m in members} == {(0, 0, 0)}
        files = {m.name: tar.extractfile(m) for m in members if m.isfile()}
        return {name: file.read() for name, file in files.items() if file}


def test_an_app_is_sent_with_its_packages(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_text("echo\n", encoding="utf-8")
    (tmp_path / "run.sh").chmod(0o755)
    build = images.app("python", str(tmp_path))[-1]
    files = sent(build, {"packages": {"demo.py": tmp_path / "run.sh"}, "scripts": {}})
    assert files["app/run.sh"] == files["packages/demo.py"] == b"echo\n"
    assert b"FROM parent:1\n" in files["Dockerfile"]
    assert b"COPY packages/ /usr/local/lib/python3.11/dist-packages/" in files["Dockerfile"]
    assert b"COPY packages/" not in sent(build)["Dockerfile"]


def test_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1", encoding="utf-8")
    build = images.app("static", str(tmp_path))[-1]
    with context.of(build, "p", {}) as one, context.of(build, "p", {}) as two:
        assert one.read() == two.read()


def test_files_go_below_their_folder_and_no_variable_is_expanded(tmp_path: Path) -> None:
    (tmp_path / "redis.conf").write_text("x", encoding="utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("y", encoding="utf-8")
    targets = {"/etc/$HOME/r.conf": "redis.conf", "/srv/my site": "site"}
    build = images.with_files("redis:7", {t: str(tmp_path / s) for t, s in targets.items()})
    files = sent(build)
    lines = files["Dockerfile"].decode().splitlines()
    assert lines[-2:] == [
        'COPY ["files/0/", "/etc/\\\\$HOME/"]',
        'COPY ["files/1/", "/srv/my site/"]',
    ]
    assert files["files/0/r.conf"] == b"x"
    assert files["files/1/index.html"] == b"y"


def test_the_base_is_sent_what_the_host_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----"
    (tmp_path / "company.pem").write_text(pem, encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "company.pem"))
    files = sent(images.base())
    assert f"{pem}\n".encode() in [c for name, c in files.items() if name.startswith("trust/")]


def test_sources_are_debians_own(tmp_path: Path) -> None:
    more = tmp_path / "sources.list.d"
    more.mkdir()
    ours = {
        "sources.list": "deb http://mirror.invalid/debian bookworm main\n",
        "sources.list.d/debian.sources": "URIs: http://mirror.invalid/debian\nSuites: bookworm\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
    }
    others = {
        "sources.list.d/old.list": "deb http://mirror.invalid/debian bullseye main\n",
        "sources.list.d/off.list": "# deb http://mirror.invalid/debian bookworm main\n",
        "sources.list.d/cloud.list": "deb http://x.invalid/apt cloud-bookworm main\n",
        "sources.list.d/vendor.list": "deb [signed-by=/etc/k.gpg] http://x.invalid bookworm main\n",
        "sources.list.d/secret.list": "deb http://me:secret@mirror.invalid/debian bookworm main\n",
        "sources.list.d/debian.sources.disabled": "Suites: bookworm\n",
    }
    for name, text in (ours | others).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert base_image.sources(tmp_path) == [tmp_path / name for name in ours]


def test_without_mmdebstrap_the_hint_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    nowhere = docker.APIClient(base_url="unix:///nonexistent.sock", version="1.41")
    with pytest.raises(EngineError, match="mmdebstrap is not installed") as missing:
        base_image.bootstrap(nowhere, lambda _: None)
    assert "apt-get install mmdebstrap" in missing.value.hint


def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(EngineError, match="cannot be made") as refused:
        cache.folder("wheels")
    assert "XDG_CACHE_HOME" in refused.value.hint


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("dial tcp: lookup r.invalid: no such host", "cannot be reached"),
        ("toomanyrequests: You have reached your pull rate limit", "too often"),
        ("manifest for x:9 not found: manifest unknown: manifest unknown", "no such tag"),
        ("pull access denied for x, repository does not exist", "no such image"),
        ("unauthorized: authentication required", "refuses"),
        ("x509: certificate signed by unknown authority", "not trusted"),
        ("something new", "something new"),
    ],
)
def test_a_refusal_in_words(said: str, why: str) -> None:
    error = registry.refused("x:1", said)
    assert str(error).startswith("x:1: ")
    assert why in str(error)
    assert error.hint
