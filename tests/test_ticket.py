"""A ticket is good for one sandbox, for a while, and by one secret."""

from __future__ import annotations

import pytest

from sandboxctl.sandbox import ticket

SECRET, NOW = "s3cret", 1_790_000_000
MAC = ticket.mac(SECRET, "heron", str(NOW), "r")


def test_it_is_the_hmac_that_a_gateway_makes() -> None:
    # Computed with: printf heron/1790000000/r | openssl dgst -sha256 -hmac s3cret
    assert MAC == "ad6bb137252a6056a38d95a616dde8c4391f3da38aac57da1c8a6cc950140047"


def test_it_is_good_in_either_direction_for_five_minutes() -> None:
    for apart, good in ((0, True), (300, True), (-300, True), (301, False), (-301, False)):
        assert ticket.is_good(SECRET, "heron", f"{NOW}/r/{MAC}", NOW + apart) is good


@pytest.mark.parametrize(
    ("secret", "sandbox", "shown"),
    [
        ("other", "heron", f"{NOW}/r/{MAC}"),
        ("", "heron", f"{NOW}/r/{ticket.mac('', 'heron', str(NOW), 'r')}"),
        (SECRET, "egret", f"{NOW}/r/{MAC}"),
        (SECRET, "heron", f"{NOW}/q/{MAC}"),
        (SECRET, "heron", f"{NOW + 1}/r/{MAC}"),
        (SECRET, "heron", f"{NOW}/r/{MAC.upper()}"),
        (SECRET, "heron", f"{NOW}/r/\N{SNOWMAN}"),
        (SECRET, "heron", f"{NOW}//{MAC}"),
        (SECRET, "heron", f"x/r/{MAC}"),
        (SECRET, "heron", ""),
    ],
)
def test_anything_else_is_none(secret: str, sandbox: str, shown: str) -> None:
    assert not ticket.is_good(secret, sandbox, shown, NOW)
