"""Names of images: those that a registry has, and those that are made to be mistaken."""

from __future__ import annotations

import pytest

from sandboxctl.blueprint import image_names


@pytest.mark.parametrize(
    "reference",
    [
        "redis",
        "redis:7",
        "library/redis",
        "docker.io/library/redis:7",
        "registry.example.org/team/api:1.2",
        "registry.example.org:5000/api@sha256:" + "0" * 64,
        "localhost:5000/hello:1",
        "sandboxctl-team/api",
        "registry.example.org/sandboxctl/api",
        "3m.example.org/api",
    ],
)
def test_names_that_are_taken(reference: str) -> None:
    assert image_names.problem(reference) is None


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("sandboxctl/base:0123456789ab", "DEN580"),
        ("sandboxctl/carried:x", "DEN580"),
        ("docker.io/sandboxctl/base", "DEN580"),
        ("mirror.docker.io/sandboxctl/base", "DEN580"),
        ("0123456789ab", "DEN580"),
        ("a" * 64, "DEN580"),
        ("sha256:" + "0" * 64, "DEN580"),
        ("Redis:7", "DEN582"),
        ("redis:7:8", "DEN582"),
        ("redis@sha256:0", "DEN582"),
        ("https://registry.example.org/x", "DEN582"),
        ("127.0.0.1:5000/x", "DEN502"),
        ("169.254.169.254/x", "DEN502"),
        ("10.1:80/x", "DEN502"),
        ("0x7f.1/x", "DEN502"),
        ("2130706433:80/x", "DEN502"),
        ("docker.io.example.org/library/redis", "DEN503"),
        ("docker.io-mirror.org/docker/io/x", "DEN503"),
        ("docker-io.example.org/redis", "DEN503"),
        ("xn--dcker-jua.io/redis", "DEN503"),
    ],
)
def test_names_that_are_refused(reference: str, code: str) -> None:
    found = image_names.problem(reference)
    assert found is not None
    assert found[1] == code


def test_a_digest_means_the_same_for_ever() -> None:
    assert image_names.is_pinned("redis:7@sha256:" + "0" * 64)
    assert not image_names.is_pinned("redis:7")
