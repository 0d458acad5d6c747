"""How plans read, add up, and what they never show."""

from __future__ import annotations

from dataclasses import fields
from ipaddress import IPv4Network

import pytest

from sandboxctl.blueprint.model import Data
from sandboxctl.sandbox.operations import (
    Close,
    Commit,
    Drain,
    Fill,
    Place,
    RunInside,
    StopService,
)
from sandboxctl.sandbox.plan import Draft, Plan
from sandboxctl.sandbox.recipe import Load, Probe
from sandboxctl.sandbox.reconcile import reconcile
from sandboxctl.sandbox.state import Observed
from sandboxctl.sandbox.wanted import Wanted
from tests.recipes import MIB, baseline, builds, container, wanted, web_and_db


def test_a_workshop_is_one_plan_and_shares_what_can_be_shared() -> None:
    what = wanted(web_and_db(), baseline=baseline(), builds=builds("sandboxctl/web:1"))
    teams = [reconcile(what, Observed(f"team-{n}")) for n in (1, 2)]
    both = sum(teams, Plan())
    assert len(both.steps) == len(teams[0].steps) + sum(
        step.sandbox == "team-2" for step in teams[1].steps
    )
    assert str(both).count("build sandboxctl/web:1") == 1
    assert "team-2\n" in str(both)


def test_an_empty_plan_says_so_and_is_false() -> None:
    assert str(Plan()) == "nothing to do"
    assert not Plan()


def test_a_prerequisite_that_is_met_already_is_left_out() -> None:
    draft = Draft("team-1")
    first = draft.add(Close(), "why", None)
    draft.add(Drain(1), "why", first, None, first)
    assert [step.after for step in draft.steps] == [(), (("team-1", 1),)]


def test_values_of_secrets_are_never_shown() -> None:
    place = Place(1, IPv4Network("10.0.0.0/29"), "h", {"web": "10.0.0.3"}, {"KEY": "s3cret"})
    assert "s3cret" not in repr(place)
    assert "s3cret" not in repr(wanted(web_and_db(), secrets={"KEY": "s3cret"}))


def test_who_asks_for_a_service_is_no_part_of_what_is_wanted() -> None:
    assert not {one.name for one in (*fields(Place), *fields(Wanted))} & {"host", "hosts"}


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (RunInside(1, "db", ("psql", "-l")), "run psql -l inside db"),
        (StopService(1, "db", 10), "stop db"),
        (Commit(1, container("db"), "t:1", stop=False), "keep db as t:1"),
        (Fill(1, Load(service="db", command=(), table="homes"), None), "fill db with homes"),
    ],
)
def test_every_operation_reads_as_a_sentence(operation: object, text: str) -> None:
    assert str(operation) == text


@pytest.mark.parametrize(
    ("probe", "text"),
    [
        (Probe(), "running"),
        (Probe(kind="tcp", port=6379), "port 6379"),
        (Probe(kind="http", port=80, path="/up"), "http /up on port 80"),
        (Probe(kind="test", argv=("pg_isready", "-q")), "pg_isready -q"),
    ],
)
def test_a_probe_says_what_it_asks(probe: Probe, text: str) -> None:
    assert str(probe) == text


def test_filling_says_how_much() -> None:
    data = Data.model_validate(
        {"tables": {"homes": {"rows": 2000, "columns": {"id": {"kind": "sequence"}}}}}
    )
    fill = Fill(1, Load(service="db", command=("psql",), table="homes"), data)
    assert str(fill) == "fill db with homes (2,000 rows)"


def test_the_memory_of_a_generation_is_the_sum_of_its_limits() -> None:
    assert web_and_db().memory == 2 * 64 * MIB
