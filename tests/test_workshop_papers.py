"""The record of a workshop, and the certificate that nothing of it is left."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from sandboxctl.errors import SandboxError
from sandboxctl.workshop import certificate as claims
from sandboxctl.workshop.certificate import Certificate, Stays, certify, holds
from sandboxctl.workshop.evidence import Evidence, Failure, written
from sandboxctl.workshop.inventory import Inventory
from tests.workshops import (
    GATEWAY,
    RECIPE,
    after,
    before,
    blueprint,
    evidence,
    heron,
    otter,
    thing,
)

TEAMS = ["heron", "otter"]


def closed(*left: object) -> Certificate:
    ours, _ = before().split(TEAMS, [RECIPE])
    later = Inventory.model_validate({"at": after(485), "things": (*left, GATEWAY)})
    gone, stays = later.split(TEAMS, [RECIPE])
    return certify(evidence(), before=ours, after=gone, stays=stays)


def test_a_record_is_read_as_it_was_written() -> None:
    found = evidence()
    text = written(found)
    assert Evidence.model_validate_json(text) == found
    assert found.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert found.sha256 != evidence(closed_by="lee").sha256
    assert text.startswith('{\n  "record": "sandboxctl-workshop-record/1",\n')


def test_a_record_sums_up_what_happened() -> None:
    found = evidence()
    assert found.counted == {"resets": 3, "failures": 3, "snapshots": 2}
    assert found.lasted == timedelta(minutes=485)
    assert found.shown == "Spring den"
    assert evidence(title="").shown == "spring-den"
    assert [team.shown for team in found.teams] == ["Team Heron", "otter"]


def test_what_was_written_down_before_and_what_is_known_now_are_told_once() -> None:
    """Some of it is in both: another look at the same ledger."""
    then, now = heron(), heron(generations=0, recipe="lost", snapshots=(), ready=after(5))
    assert now.with_earlier(then) == then
    assert then.with_earlier(now).recipe == RECIPE
    reset, undo, of_db = then.resets
    ended = Failure(at=after(481), service="web", why="it was stopped", mended=False)
    way = then.went_out[0]
    early = heron(resets=(reset, undo), failures=(ended,), went_out=(), generations=1)
    late = heron(
        resets=(undo, of_db),
        failures=(ended.model_copy(update={"at": after(482)}),),
        went_out=(way.model_copy(update={"times": 3}), way.model_copy(update={"to": "b:443"})),
    )
    found = late.with_earlier(early)
    assert found.resets == (reset, undo, of_db)
    assert found.failures == (ended,), "when it was seen first"
    assert (found.generations, found.ready) == (3, after(0))
    both = then.with_earlier(late)
    assert [(one.to, one.times) for one in both.went_out] == [
        ("api.example.org:443", 1200),
        ("b:443", 1200),
    ]
    assert otter().with_earlier(otter()) == otter(generations=1)


def test_an_inventory_names_what_others_use() -> None:
    mine, stays = before().split(TEAMS, [], images=["sandboxctl/baseline:k-db"])
    [image] = [one for one in mine.things if one.name == "sandboxctl/baseline:k-db"]
    rest = mine.without([image])
    assert image not in rest.things
    assert len(rest.things) == len(mine.things) - 1
    told = stays.joined([image]).called(claims.IN_USE, {image.name})
    assert [one.role for one in told.things if one.kind == "image"][-1] == claims.IN_USE
    assert told.things[:-1] == stays.things


def test_teams_of_one_recipe_had_the_same() -> None:
    other = blueprint(recipe="ffffffffffff")
    found = evidence(teams=(heron(), otter(recipe="ffffffffffff")), blueprints=(blueprint(), other))
    assert evidence().are_equal
    assert not found.are_equal
    assert found.blueprint_of(found.teams[1]) == other
    assert found.blueprint_of(otter(recipe="lost")) is None


def test_an_inventory_tells_apart_what_is_the_workshops() -> None:
    ours, rest = before().split(TEAMS, [RECIPE], images=["sandboxctl/baseline:k-db"])
    assert ours.counts == {"container": 3, "network": 1, "image": 2, "volume": 0}
    assert [one.name for one in rest.things] == ["den-other-1-web", "den-gateway"]
    without, _ = before().split(TEAMS, [])
    assert without.counts["container"] == 2
    taken, _ = before().split([f"spare.{RECIPE}.00000001"], [])
    assert [one.name for one in taken.things] == ["den-spare-web"]


def test_a_close_that_was_interrupted_still_knows_what_there_was() -> None:
    begun = before()
    rest = Inventory(at=after(483), things=(begun.things[1], thing("container", "late", "heron")))
    found = rest.with_earlier(begun)
    assert found.at == begun.at
    assert found.things == (*begun.things, rest.things[1])


def test_an_object_says_what_it_is() -> None:
    assert str(thing("network", "den-heron-3", "heron")).startswith("network den-heron-3 (sha256:")
    assert " of heron (" in str(thing("image", "x", "heron"))


def test_a_certificate_names_what_was_there_and_what_stays() -> None:
    found = closed(thing("container", "den-other-1-web", "other"), thing("image", "base"))
    assert found.before.counts == {"container": 3, "network": 1, "image": 1, "volume": 0}
    assert found.after.counts == {"container": 0, "network": 0, "image": 0, "volume": 0}
    assert found.stays == (
        Stays(kind="container", role="gateway", count=1),
        Stays(kind="container", role="of another sandbox", count=1),
        Stays(kind="image", role="shared", count=1),
    )
    assert found.blueprints == {"repair-right": "ab" * 32}
    assert found.exceptions == ("Team Heron: best to heron-best.tar",)
    assert (found.verified_at, found.verified_by) == (after(485), "kim")
    assert found.shown == "Spring den"
    assert found.model_copy(update={"title": ""}).shown == "spring-den"


def test_a_certificate_belongs_to_its_record_and_to_no_other() -> None:
    found = Certificate.model_validate_json(written(closed()))
    assert found.sha256 == closed().sha256
    assert holds(found, evidence())
    assert not holds(found, evidence(teams=(heron(resets=()), otter())))
    altered = found.model_copy(update={"after": before()})
    assert not holds(altered, evidence())


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 object is left"), (2, "2 objects are left"), (25, "25 objects are left")],
)
def test_there_is_none_while_anything_is_left(number: int, said: str) -> None:
    left = [thing("volume", f"v{n}", "heron") for n in range(number)]
    with pytest.raises(SandboxError) as raised:
        closed(*left)
    told = str(raised.value)
    assert told.startswith(f"{said} of spring-den, so there is no certificate:\nvolume v0 of heron")
    assert told.count("\n") == min(number, 20) + (number > 20)
    assert ("and 5 more" in told) == (number > 20)
    assert (raised.value.code, raised.value.exit_code) == ("DEN954", 1)
    assert "workshop close spring-den" in raised.value.hint


def test_what_was_made_while_it_was_closed_is_left_too() -> None:
    late = thing("container", "den-late", f"spare.{RECIPE}.ffffffff")
    with pytest.raises(SandboxError, match="den-late"):
        closed(late)


def test_the_look_afterwards_has_to_be_afterwards() -> None:
    nothing = Inventory(at=after(400))
    for at, stays in ((after(500), nothing), (after(400), Inventory(at=after(399)))):
        with pytest.raises(ValueError, match="taken afterwards"):
            certify(evidence(), before=Inventory(at=at), after=nothing, stays=stays)


def test_a_certificate_claims_no_more_than_was_done() -> None:
    found = closed()
    assert found.level == "deleted"
    assert "Deleted is not sanitised" in found.not_claimed
    for level in ("Clear", "Purge", "Destroy"):
        assert level in found.not_claimed
        assert level not in found.statement + found.method + found.verification
    assert "not an endorsement" in claims.NO_ENDORSEMENT
