"""Plans of many sandboxes that are added together: nothing is done twice, nothing taken twice."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest

from sandboxctl.sandbox.operations import (
    CreateNetwork,
    Freeze,
    GoLive,
    MakeImage,
    Pull,
    RemoveImage,
    Rest,
)
from sandboxctl.sandbox.plan import IMAGES, Plan
from sandboxctl.sandbox.reconcile import reconcile
from sandboxctl.sandbox.standing import as_it_is
from sandboxctl.sandbox.state import Generation, Observed, Record, Seen, Spare
from sandboxctl.sandbox.supply import needed, supply
from sandboxctl.sandbox.together import added, together
from sandboxctl.sandbox.wanted import Wanted
from tests.recipes import EVENING, NOON, baseline, builds, container, recipe, wanted, web_and_db

WEB = recipe(container("web"))
OTHER = recipe(container("page", image="sandboxctl/page:2"))
FIRST, SECOND = IPv4Network("10.213.0.0/29"), IPv4Network("10.213.0.8/29")


def nobody(*names: str, **more: Any) -> dict[str, Observed]:
    return {name: replace(Observed(name), **more) for name in names}


def subnets(plan: Plan) -> list[str]:
    made = (step.operation for step in plan.steps)
    return [str(one.subnet) for one in made if isinstance(one, CreateNetwork)]


def test_every_team_has_a_subnet_of_its_own() -> None:
    names = [f"team-{n:02}" for n in range(30)]
    plans = together(dict.fromkeys(names, wanted(WEB)), nobody(*names, taken=(FIRST,)), {}, {})
    found = [net for plan in plans.values() for net in subnets(plan)]
    assert len(set(found)) == 30
    assert str(FIRST) not in found
    assert list(plans) == names


def test_what_all_need_is_made_once_and_each_waits_for_its_own_alone() -> None:
    mine = wanted(WEB, builds=builds("base", "sandboxctl/web:1"))
    other = wanted(OTHER, builds=builds("base", "sandboxctl/page:2"), pulls=("redis:7",))
    plans = together({"a": mine, "b": other, "c": mine}, nobody("a", "b", "c"), {}, {})
    whole = added(plans)
    made = [str(s.operation) for s in whole.steps if s.sandbox == IMAGES]
    assert made == ["build base", "build sandboxctl/web:1", "build sandboxctl/page:2"]
    assert len({step.key for step in whole.steps}) == len(whole.steps)
    first = next(step for step in whole.steps if step.sandbox == "a")
    assert {key for key in first.after if key[0] == IMAGES} == {(IMAGES, 1), (IMAGES, 2)}
    first_of_b = next(step for step in whole.steps if step.sandbox == "b")
    assert {key for key in first_of_b.after if key[0] == IMAGES} == {(IMAGES, 1), (IMAGES, 3)}


def test_alone_or_with_others_a_plan_is_the_same() -> None:
    one = wanted(WEB, builds=builds("base", "sandboxctl/web:1"))
    assert together({"a": one}, nobody("a"), {}, {})["a"] == reconcile(one, Observed("a"))


def test_a_minute_zero_that_they_share_is_made_once() -> None:
    one = wanted(web_and_db(), baseline=baseline())
    plans = together({"a": one, "b": one}, nobody("a", "b"), {"k": Observed("baseline.k")}, {})
    whole = added(plans)
    assert sum(step.sandbox == "baseline.k" for step in whole.steps) == len(
        [step for step in plans["a"].steps if step.sandbox == "baseline.k"]
    )
    assert len(set(subnets(whole))) == len(subnets(whole)) == 3


def test_a_spare_goes_to_one_team_only() -> None:
    spare = Spare(recipe=WEB.digest, subnet=SECOND, since=NOON, ready=True)
    one = wanted(WEB, spared=True)
    plans = together({"a": one, "b": one}, nobody("a", "b"), {}, {"spare.x.1": spare})
    homes = {
        name: [s.operation.home for s in plan.steps if isinstance(s.operation, GoLive)]
        for name, plan in plans.items()
    }
    assert homes == {"a": ["spare.x.1"], "b": [""]}


def test_what_is_done_is_waited_for_by_nobody() -> None:
    one = wanted(WEB, builds=builds("base", "sandboxctl/web:1"))
    plan = reconcile(one, Observed("a"))
    left = plan.without({(IMAGES, 1), (IMAGES, 2)})
    assert [step.sandbox for step in left.steps] == ["a"] * len(left.steps)
    assert all(key[0] == "a" for step in left.steps for key in step.after)


def test_a_pull_that_two_need_is_one_step() -> None:
    one = wanted(recipe(container("cache", image="redis:7")), pulls=("redis:7",))
    plan, ready = supply([one, one], frozenset())
    assert [step.operation for step in plan.steps] == [Pull("redis:7")]
    assert list(ready) == ["redis:7"]
    assert needed(one, {"redis:7"}) == set()


def test_images_that_go_by_one_name_are_made_once() -> None:
    one = wanted(WEB, builds=builds("base", "sandboxctl/web:1"))
    again = wanted(WEB, builds=tuple(replace(b, template="u") for b in one.builds))
    plan, _ = supply([one, again], frozenset())
    assert [str(s.operation) for s in plan.steps if isinstance(s.operation, MakeImage)] == [
        "build base",
        "build sandboxctl/web:1",
    ]


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (Rest(), "say that it rests"),
        (Freeze(2, "db"), "pause db"),
        (RemoveImage("sandboxctl/web:1"), "remove sandboxctl/web:1"),
    ],
)
def test_operations_in_words(operation: object, words: str) -> None:
    assert str(operation) == words


def test_what_is_paused_goes_on_and_is_open_again() -> None:
    still = Generation(1, FIRST, {"web": Seen("web", "paused", why="it is paused")})
    record = Record(
        live=1, recipe=WEB.digest, blueprint="benefits", since=NOON, until=EVENING, paused=True
    )
    plan = as_it_is(Wanted(WEB, NOON, EVENING), Observed("a", {1: still}, record))
    assert [str(step.operation) for step in plan.steps] == [
        "start web again",
        "wait for web (running)",
        "open the gateway to generation 1",
    ]
    assert plan.steps[-1].why == "it was paused"
