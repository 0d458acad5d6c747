"""What teams are called, and what the den keeps of a workshop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandboxctl.errors import BlueprintError, Refusal, SandboxError
from sandboxctl.sandbox.names import checked, label
from sandboxctl.workshop import teams
from sandboxctl.workshop.model import MOST_TEAMS
from sandboxctl.workshop.record import Member, Workshop, kept
from sandboxctl.workshop.teams import Place, Team
from tests.recipes import EVENING, NOON


def test_generated_names_are_numbers_that_sort_as_people_count() -> None:
    names = teams.generated(12)
    assert names[:2] == ["team-01", "team-02"]
    assert names == sorted(names)
    many = teams.generated(MOST_TEAMS)
    assert [checked(name) for name in many] == many
    assert len(set(many)) == MOST_TEAMS
    assert many[-1] == "team-250"


def test_a_tenth_team_renames_nobody() -> None:
    nine = teams.generated(9)
    assert teams.generated(10, own=nine, taken=nine) == [*nine, "team-10"]


def test_no_two_teams_of_a_den_are_called_the_same() -> None:
    first = teams.generated(3)
    second = teams.generated(2, taken=[*first, "team-05"])
    assert second == ["team-04", "team-06"]


def test_the_same_again_gives_the_same_names() -> None:
    own = ["team-06", "team-04", "heron", "team-100"]
    assert teams.generated(4, own=own, taken=own) == ["heron", "team-04", "team-06", "team-100"]
    assert teams.generated(2, own=own, taken=own) == ["heron", "team-04"]


def test_names_that_were_given_have_to_be_free() -> None:
    teams.apart(["heron", "otter"], own=["heron"], taken=["heron", "badger"])
    with pytest.raises(BlueprintError, match="heron, otter are sandboxes already"):
        teams.apart(["heron", "otter"], taken=["heron", "otter"])


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Team Heron", "team-heron"),
        ("  Los Búhos! ", "los-buhos"),
        ("7", "team-7"),
        ("a--b", "a-b"),
        ("???", ""),
        ("x" * 29 + " y", "x" * 29),
    ],
)
def test_a_name_of_people_becomes_one_of_hosts(said: str, named: str) -> None:
    assert label(said) == named
    assert not named or checked(named)


def workshop(**more: Any) -> Workshop:
    given: dict[str, Any] = {
        "name": "spring-den",
        "teams": {
            "heron": Member(sandbox="heron", blueprint="permits", recipe="aaa"),
            "otter": Member(sandbox="otter", blueprint="bins", recipe="bbb", title="The otters"),
            "badger": Member(sandbox="badger", blueprint="permits", recipe="aaa"),
        },
        "spares": 2,
        "since": NOON,
        "until": EVENING,
    }
    return Workshop(**(given | more))


def test_what_is_kept_of_a_workshop_says_who_has_what() -> None:
    found = workshop()
    assert found.sandboxes == ("heron", "otter", "badger")
    assert found.blueprints == ("permits", "bins")
    assert found.spares_wanted == {"aaa": 2, "bbb": 2}
    assert (found.team_of("otter"), found.team_of("stranger")) == ("otter", "")
    assert found.shown == "spring-den"
    assert workshop(title="Spring").shown == "Spring"


def test_while_it_is_closed_no_spare_is_made_for_it() -> None:
    assert workshop(closing=EVENING).spares_wanted == {"aaa": 0, "bbb": 0}


def test_it_comes_back_from_the_dens_state_as_it_went() -> None:
    found = workshop(file="ab" * 32, opened_by="kim")
    assert kept("spring-den", found.model_dump(mode="json")) == found


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"format": 2, "name": "spring-den"}, "a newer sandboxctl wrote it"),
        ({"format": 1, "name": "spring-den", "until": 5}, "since: field required"),
        (None, "input should be"),
    ],
)
def test_what_cannot_be_read_is_touched_by_nobody(entry: object, why: str) -> None:
    with pytest.raises(SandboxError, match=why) as raised:
        kept("spring-den", entry)
    assert "nothing of the workshop was touched" in raised.value.hint


def test_only_what_is_said_of_a_value_is_placed_where_that_stands() -> None:
    place = Place("day.yaml", 6, "set.homes")
    team = Team("heron", Path("b.yaml"), set={"homes": "x"}, places={"homes": place})
    mine = Refusal("is no number", "DEN208", "--set homes")
    theirs = Refusal("is missing", "DEN201", "b.yaml", 3, key="opens")
    both = BlueprintError(f"{mine}\n{theirs}", hint="", refusals=[mine, theirs])
    placed = team.placed(both)
    assert [(one.file, one.line) for one in placed.refusals] == [("day.yaml", 6), ("b.yaml", 3)]
    other = BlueprintError(str(theirs), hint="", refusals=[theirs])
    assert team.placed(other) is other
