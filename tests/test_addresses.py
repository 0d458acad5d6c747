"""Subnets of a den."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxctl.errors import EngineError, SandboxError
from sandboxctl.sandbox import addresses

RANGE = IPv4Network("10.213.0.0/24")


@pytest.mark.parametrize(("services", "prefix"), [(1, 29), (4, 29), (5, 28), (12, 28), (13, 27)])
def test_the_smallest_subnet_that_holds_services_and_gateway(services: int, prefix: int) -> None:
    assert addresses.prefix(services) == prefix
    assert IPv4Network((0, prefix)).num_addresses >= services + addresses.RESERVED


def test_the_lowest_gap_is_taken() -> None:
    taken = [
        IPv4Network("10.213.0.0/29"),
        IPv4Network("10.213.0.16/28"),
        IPv4Network("10.0.0.0/24"),
    ]
    assert addresses.free(RANGE, taken, 4) == IPv4Network("10.213.0.8/29")
    assert addresses.free(RANGE, taken, 12) == IPv4Network("10.213.0.32/28")


def test_a_full_range_is_an_error_with_a_way_out() -> None:
    with pytest.raises(EngineError, match="no free subnet of 8 addresses") as caught:
        addresses.free(RANGE, [IPv4Network("10.213.0.0/16")], 4)
    assert "den --set range" in caught.value.hint


def test_how_many_more_fit() -> None:
    assert addresses.room(RANGE, [], 4) == 32
    assert (
        addresses.room(RANGE, [IPv4Network("10.213.0.0/29"), IPv4Network("10.9.0.0/24")], 4) == 31
    )
    assert addresses.room(RANGE, [IPv4Network("10.0.0.0/8")], 4) == 0


def test_the_lowest_port_that_no_sandbox_has() -> None:
    assert addresses.slot(3, {None, 1, 3}) == 2
    with pytest.raises(SandboxError, match="all 3 ports of the den are taken") as caught:
        addresses.slot(3, {1, 2, 3})
    assert caught.value.exit_code == 1


def test_who_stands_where() -> None:
    subnet = IPv4Network("10.213.0.8/29")
    assert addresses.bridge(subnet) == IPv4Address("10.213.0.9")
    assert addresses.gateway(subnet) == IPv4Address("10.213.0.10")
    assert addresses.services(subnet, {"web", "db"}) == {"db": "10.213.0.11", "web": "10.213.0.12"}


@given(
    st.lists(st.tuples(st.integers(0, 31), st.sampled_from([28, 29, 30])), max_size=20),
    st.integers(1, 12),
)
def test_a_free_subnet_overlaps_nothing(spots: list[tuple[int, int]], services: int) -> None:
    start = int(RANGE.network_address)
    taken = [IPv4Network((start + spot * 8 & -(1 << (32 - p)), p)) for spot, p in spots]
    try:
        found = addresses.free(RANGE, taken, services)
    except EngineError:
        assert len(taken) >= 16 // (32 - addresses.prefix(services) - 2)
        return
    assert found.subnet_of(RANGE)
    assert not any(found.overlaps(net) for net in taken)
