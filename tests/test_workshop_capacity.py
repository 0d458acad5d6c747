"""How many teams fit, which resource binds, and how that is said."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from sandboxctl.errors import EngineError
from sandboxctl.workshop.capacity import MOST, Bound, Fit, Ground, Kind, demand, fit
from sandboxctl.workshop.needs import HEADROOM, SHARED, Measured, Need, need
from tests.recipes import MIB, container, recipe, web_and_db

GIB = 1024 * MIB
WIDE = IPv4Network("10.213.0.0/16")


def ground(**more: Any) -> Ground:
    given: dict[str, Any] = {"memory": 16 * GIB, "cpus": 8, "range": WIDE}
    return Ground(**(given | more))


def some(**more: Any) -> Need:
    given: dict[str, Any] = {
        "recipe": "aaa", "memory": 512 * MIB, "cpus": 0.1, "disk": 100 * MIB, "services": 3,
    }  # fmt: skip
    return Need(**(given | more))


def fitting(found: Fit, kind: Kind) -> int:
    bound = found.of(kind)
    assert bound is not None
    return bound.fit


def test_what_a_team_takes_is_in_its_recipe() -> None:
    db = web_and_db(disk=800 * MIB)
    image = {"sandboxctl/baseline:k-db": 313 * MIB, "somebody/else:1": GIB}
    found = need(db, image, reflinks=False)
    assert found == Need(db.digest, 128 * MIB, 1 / 16, 313 * MIB + 100 * MIB, 2)
    assert need(db, image, reflinks=None) == found


def test_where_files_share_blocks_a_baseline_costs_next_to_nothing() -> None:
    image = {"sandboxctl/baseline:k-db": 2 * GIB}
    found = need(web_and_db(disk=800 * MIB), image, reflinks=True)
    assert found.disk == SHARED + 100 * MIB


def test_a_service_that_keeps_nothing_takes_no_disk() -> None:
    kept = container("cache", writable=("/data",), disk=80 * MIB)
    found = need(recipe(container("web"), kept), {}, reflinks=False)
    assert found.disk == 10 * MIB


def test_what_a_rehearsal_measured_counts_instead_of_limits() -> None:
    seen = Measured(memory=40 * MIB, cpus=0.02, disk=10 * MIB)
    found = need(web_and_db(), {}, reflinks=True, measured=seen)
    assert found.memory == 60 * MIB
    assert found.cpus == pytest.approx(0.02 * HEADROOM)
    assert found.disk == 15 * MIB
    assert found.measured
    only = need(web_and_db(), {}, reflinks=True, measured=Measured(memory=40 * MIB))
    unmeasured = need(web_and_db(), {}, reflinks=True)
    assert (only.cpus, only.disk) == (unmeasured.cpus, unmeasured.disk)


def test_memory_binds_and_says_how_much_is_short() -> None:
    found = fit([some()] * 24, ground(memory=10 * GIB), spares=0)
    assert (found.teams, found.all_fit) == (19, False)  # and room for one that is being reset
    assert str(found) == (
        "24 teams asked for, 19 fit: memory binds, 2.5 GiB short; addresses would hold 4,095"
    )


def test_spares_run_and_so_take_memory() -> None:
    assert fit([some()], ground(memory=10 * GIB), spares=3).teams == 17
    two = [some(), some(recipe="bbb", memory=GIB)]
    assert fit(two, ground(memory=10 * GIB), spares=1).teams == 9  # 1.5 of them, 1.5 of spares


def test_what_others_were_promised_is_not_there() -> None:
    assert fit([some()], ground(promised=15 * GIB), spares=0).teams == 1
    none = fit([some()], ground(promised=15 * GIB, memory=15 * GIB), spares=0)
    assert str(none).startswith("1 team asked for, 0 fit: memory binds, 1 GiB short")


def test_what_is_put_aside_takes_disk_and_no_memory() -> None:
    with_undo = fit([some()], ground(disk=10 * GIB), spares=0, asides=1)
    without = fit([some()], ground(disk=10 * GIB), spares=0, asides=0)
    assert (fitting(with_undo, "disk"), fitting(without, "disk")) == (48, 97)
    assert fitting(with_undo, "memory") == fitting(without, "memory") == 31


def test_nobody_knows_the_disk_and_nobody_guesses() -> None:
    assert fit([some()], ground(), spares=0).of("disk") is None


def test_cpu_makes_slower_and_fails_nobody() -> None:
    found = fit([some(cpus=0.5)] * 20, ground(cpus=4, busy=1), spares=0)
    assert found.all_fit
    assert fitting(found, "cpus") == 6
    assert str(found) == (
        "20 teams asked for, 31 fit; memory would bind first; addresses would hold 4,095. "
        "From 7 teams on they share CPU: everything works, more slowly"
    )
    assert str(found.of("cpus")) == "CPU would be 7.0 cores short"
    assert fit([some()], ground(cpus=1, busy=2), spares=0).of("cpus") == Bound("cpus", 0, 0.1)


def test_addresses_bind_in_a_small_range() -> None:
    small = IPv4Network("10.213.0.0/24")
    found = fit([some()] * 30, ground(range=small, taken=(IPv4Network("10.213.0.0/29"),)), spares=2)
    assert found.teams == 14  # of 31 subnets of eight: 2 spares, and one put aside for each
    assert found.binds == Bound("addresses", 14, 31)
    assert "addresses bind, 31 short; memory would hold 30" in str(found)


def test_a_room_without_names_has_a_port_for_each_team() -> None:
    found = fit([some()] * 8, ground(ports=10, used=4), spares=2)
    assert found.binds == Bound("ports", 6, 2)
    assert str(found).startswith("8 teams asked for, 6 fit: ports bind, 2 short; memory would")


def test_teams_that_are_there_are_counted_and_not_asked_for_again() -> None:
    found = fit([some()] * 4, ground(promised=8 * GIB, there=16), spares=0)
    assert (found.asked, found.teams, found.all_fit) == (20, 31, True)


def test_what_takes_nothing_is_bound_by_nothing() -> None:
    found = fit([some(disk=0)], ground(disk=GIB), spares=0)
    assert fitting(found, "disk") == MOST + 1
    assert "disk" not in str(found)


def test_teams_of_different_blueprints_are_counted_in_their_order() -> None:
    small, large = some(memory=256 * MIB), some(recipe="bbb", memory=4 * GIB)
    found = fit([small, large, large, large], ground(memory=12 * GIB), spares=0)
    assert (found.teams, found.binds.short) == (2, 4.25 * GIB)


def test_nothing_else_that_binds_is_nothing_to_say() -> None:
    assert (
        str(Fit(1, (Bound("memory", 5, 0),))) == "1 team asked for, 5 fit; memory would bind first"
    )


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("memory", "mem_limit"),
        ("disk", "reflinks"),
        ("addresses", "range="),
        ("ports", "gateway.ports"),
    ],
)
def test_who_asks_for_too_many_is_told_a_way_out(kind: Kind, way: str) -> None:
    with pytest.raises(EngineError, match="5 teams asked for, 3 fit") as raised:
        demand(Fit(5, (Bound(kind, 3, 2), Bound("cpus", 1, 1))))
    assert raised.value.code == "DEN953"
    assert raised.value.hint.startswith("Start 3 teams (`--teams 3`), ")
    assert way in raised.value.hint
    with pytest.raises(EngineError) as raised:
        demand(Fit(5, (Bound(kind, 0, 2),)))
    assert raised.value.hint[0].isupper()
    demand(Fit(3, (Bound(kind, 3, 0),)))
