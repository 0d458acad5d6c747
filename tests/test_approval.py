"""Which exceptions are in force: for this version, these images, at this time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from sandboxctl.blueprint.exceptions import Asked
from sandboxctl.sandbox.approval import Approval, Standing, approval, standing, unasked
from sandboxctl.sandbox.recipe import Recipe, WayOut
from tests import recipes
from tests.recipes import EVENING, NOON

CHOWN = Asked(service="web", grant="cap:CHOWN", reason="It gives files to others.")
ROOT = Asked(service="web", grant="root", reason="It gives files to others.")
IMAGES = {"redis:7": "sha256:1"}
ONE, OTHER = "1" * 64, "2" * 64
HOUR = timedelta(hours=1)


def asking(*, subject: str = ONE, asks: tuple[Asked, ...] = (CHOWN, ROOT), mib: int = 64) -> Recipe:
    web = recipes.container("web", image="redis:7", memory=mib * recipes.MIB)
    return recipes.recipe(web, exceptions=asks, subject=subject, bound=("redis:7",))


def given(recipe: Recipe, *grants: Asked) -> Approval:
    return approval(recipe, grants, IMAGES, by="kim@desk", at=NOON, until=EVENING)


def test_a_recipe_without_exceptions_needs_nobody() -> None:
    assert standing(recipes.web_and_db(), [], {}, NOON) == Standing()


def test_without_an_approval_nothing_is_in_force() -> None:
    found = standing(asking(), [], IMAGES, NOON)
    assert (found.granted, found.missing) == ((), (CHOWN, ROOT))
    assert found.why == "nobody granted it"


def test_what_was_granted_is_in_force_until_it_ends() -> None:
    whole = given(asking(), CHOWN, ROOT)
    found = standing(asking(), [whole], IMAGES, EVENING - timedelta(seconds=1))
    assert found == Standing((CHOWN, ROOT), (), whole)
    over = standing(asking(), [whole], IMAGES, EVENING)
    assert (over.granted, over.missing, over.why) == ((), (CHOWN, ROOT), "its time is over")


def test_an_approval_from_the_future_does_not_count_yet() -> None:
    early = standing(asking(), [given(asking(), CHOWN)], IMAGES, NOON - HOUR)
    assert early.granted == ()
    slow_clock = standing(asking(), [given(asking(), CHOWN)], IMAGES, NOON - timedelta(minutes=1))
    assert slow_clock.granted == (CHOWN,)


def test_a_part_may_be_granted_and_the_rest_is_named() -> None:
    found = standing(asking(), [given(asking(), ROOT)], IMAGES, NOON)
    assert (found.granted, found.missing, found.why) == ((ROOT,), (CHOWN,), "nobody granted it")


def test_a_grant_for_one_service_is_not_one_for_another() -> None:
    elsewhere = given(asking(), Asked(service="db", grant="root", reason="It is a database."))
    assert standing(asking(), [elsewhere], IMAGES, NOON).granted == ()


@pytest.mark.parametrize(
    ("images", "changed"),
    [
        ({"redis:7": "sha256:2"}, ("the image redis:7",)),
        ({}, ("the image redis:7 (it is not here)",)),
    ],
)
def test_another_image_of_the_same_name_was_never_approved(
    images: dict[str, str], changed: tuple[str, ...]
) -> None:
    found = standing(asking(), [given(asking(), CHOWN, ROOT)], images, NOON)
    assert (found.granted, found.why, found.changed) == ((), "another version", changed)


def test_an_approval_that_says_nothing_of_an_image_does_not_count() -> None:
    silent = given(asking(), CHOWN, ROOT).model_copy(update={"images": {}})
    assert standing(asking(), [silent], IMAGES, NOON).granted == ()


def test_another_version_tells_what_changed() -> None:
    before = given(asking(), CHOWN, ROOT)
    later = standing(asking(subject=OTHER, mib=128), [before], IMAGES, NOON)
    assert (later.granted, later.why) == ((), "another version")
    assert later.changed == ("services.web",)
    assert later.approval == before
    more = Asked(service="web", grant="cap:KILL", reason="It ends what it began.")
    asks_otherwise = standing(asking(subject=OTHER, asks=(more,)), [before], IMAGES, NOON)
    assert asks_otherwise.changed == ("exceptions",)
    same = standing(asking(subject=OTHER), [before], IMAGES, NOON)
    assert same.changed == ("its files, data or description",)


def test_the_approval_of_another_blueprint_is_not_even_near() -> None:
    other = given(asking(), CHOWN).model_copy(update={"blueprint": "another"})
    assert standing(asking(), [other], IMAGES, NOON).approval is None


def test_the_last_word_counts() -> None:
    first, second = given(asking(), CHOWN, ROOT), given(asking(), ROOT)
    second = second.model_copy(update={"at": NOON + HOUR})
    found = standing(asking(), [second, first], IMAGES, NOON + HOUR)
    assert found.granted == (ROOT,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": NOON},
        {"until": NOON + timedelta(days=15)},
        {"subject": "1" * 12},
        {"subject": "../../x"},
        {"grants": []},
        {"until": "2026-06-01T20:00:00"},
        {"everything": True},
    ],
)
def test_what_nobody_could_have_approved_is_no_approval(wrong: dict[str, object]) -> None:
    text = given(asking(), CHOWN).model_dump(mode="json")
    assert Approval.model_validate(text).grants == (CHOWN,)
    with pytest.raises(ValidationError):
        Approval.model_validate({**text, **wrong})


@pytest.mark.parametrize(
    ("has", "found"),
    [
        ({}, ()),
        ({"user": "0:0", "capabilities": ("CHOWN",)}, ()),
        ({"user": "10:10", "memory": 8 * 1024**3, "cpus": 8, "pids": 1024}, ()),
        ({"capabilities": ("CHOWN", "SYS_ADMIN")}, ("web: cap:SYS_ADMIN",)),
        ({"writable_root": True}, ("web: writable_root",)),
        ({"memory": 9 * 1024**3}, ("web: mem_limit:9g",)),
        ({"cpus": 9.5}, ("web: cpus:9.5",)),
        ({"pids": 3000}, ("web: pids_limit:3000",)),
        ({"pids": 2000}, ()),
    ],
)
def test_a_recipe_has_nothing_that_it_does_not_ask_for(
    has: dict[str, Any], found: tuple[str, ...]
) -> None:
    more = Asked(service="web", grant="pids_limit:2048", reason="It has many workers.")
    recipe = recipes.recipe(recipes.container("web", **has), exceptions=(CHOWN, ROOT, more))
    assert unasked(recipe) == found


def test_a_way_out_is_there_only_for_whom_it_was_asked() -> None:
    ways = tuple(WayOut(service=name, host="api.example.org", port=443) for name in ("db", "web"))
    egress = recipes.container("egress", ways_out=ways)
    asked = Asked(service="web", grant="egress:api.example.org", reason="It asks for addresses.")
    recipe = recipes.recipe(egress, exceptions=(asked,))
    assert unasked(recipe) == ("db: egress:api.example.org:443",)


def test_one_service_s_exception_is_not_another_s() -> None:
    recipe = recipes.recipe(recipes.container("db", user="0:0"), exceptions=(ROOT,))
    assert unasked(recipe) == ("db: root",)
