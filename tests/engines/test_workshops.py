"""A workshop on a real engine: a few tiny teams, a broken one, and a close that looks again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.workshops import kept
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.labels import Owner
from sandboxctl.workshop.certificate import Certificate, holds
from sandboxctl.workshop.evidence import Evidence
from tests import dens, prototypes
from tests.conftest import Cli
from tests.visitor import Visitor

pytestmark = [pytest.mark.engine, pytest.mark.slow]

Visiting = Callable[..., Visitor]


@pytest.fixture
def name(cli: Cli, docker_engine: DockerEngine) -> Iterator[str]:
    """A workshop of this test; whatever it left is taken away."""
    name = f"w{secrets.token_hex(3)}"
    yield name
    found = kept.find(docker_engine, name)
    if found:
        cli("down", *found.sandboxes, code=None)
        kept.forget(docker_engine, name)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Something small that keeps lines."""
    return own(tmp_path / "blueprint", prototypes.notebook())


def own(folder: Path, document: prototypes.Document) -> Path:
    """A blueprint whose images no other test has: those that others use on this engine stay."""
    made = prototypes.written(folder, document)
    with (made / "app" / "app.py").open("a") as program:
        program.write(f"# {secrets.token_hex(8)}\n")
    return made


def teams(name: str, number: int = 3) -> list[str]:
    return [f"{name}-{letter}" for letter in "abcd"[:number]]


def opened(cli: Cli, pages: Path, name: str, number: int = 3, spares: int = 0) -> list[str]:
    found = teams(name, number)
    named = ["--name", name, "--teams", ",".join(found), "--spares", str(spares)]
    cli("workshop", "up", str(pages), *named)
    return found


def status(cli: Cli, name: str) -> dict[str, dict[str, Any]]:
    row = json.loads(cli("workshop", "status", name, "--json").stdout)
    return {one["team"]: one for one in row["teams"]}


def test_a_day_of_three_teams(
    cli: Cli,
    pages: Path,
    name: str,
    visitor: Visiting,
    api: docker.APIClient,
    docker_engine: DockerEngine,
    tmp_path: Path,
) -> None:
    names = opened(cli, pages, name)
    for one in names:
        visitor(one).send("/book/lines", f"mine, of {one}".encode())
    assert [visitor(one).get("/book/lines").text.count("mine, of") for one in names] == [1, 1, 1]
    assert names[1] in visitor(names[1]).get("/book/lines").text

    again = json.loads(_up(cli, pages, name, names).stdout)
    assert (again["changed"], again["ready"]) == (0, 3)

    cli("workshop", "pause", name)
    assert {one["state"] for one in status(cli, name).values()} == {"paused"}
    paused = visitor(names[0]).get("/book/lines")
    assert paused.status == 503
    assert "has paused this practice area" in paused.text
    mine = {"label": [f"{labels.SANDBOX}={names[0]}"], "status": "paused"}
    assert len(api.containers(filters=mine)) == 2
    cli("workshop", "resume", name)
    assert f"mine, of {names[0]}" in visitor(names[0]).get("/book/lines").text

    cli("workshop", "reset", name, "--team", names[0], "--team", names[2])
    assert "mine, of" not in visitor(names[0]).get("/book/lines").text
    assert f"mine, of {names[1]}" in visitor(names[1]).get("/book/lines").text
    cli("reset", names[0], "--undo")
    assert f"mine, of {names[0]}" in visitor(names[0]).get("/book/lines").text

    folder = tmp_path / "kept"
    cli("workshop", "close", name, "--keep", str(folder), "--yes")
    record = Evidence.model_validate_json((folder / "record.json").read_text())
    paper = Certificate.model_validate_json((folder / "certificate.json").read_text())
    assert holds(paper, record)
    cli("audit", "verify", "--head", paper.ledger_head)
    # Three teams of two containers and a network, and what two resets had put aside.
    assert (paper.before.counts["container"], paper.before.counts["network"]) == (10, 5)
    assert [len(team.resets) for team in record.teams] == [2, 0, 1]
    assert all(team.ready for team in record.teams)
    left = [thing for one in names for thing in dens.leftovers(api, docker_engine.den, one)]
    assert left == []
    assert kept.find(docker_engine, name) is None


def _up(cli: Cli, pages: Path, name: str, names: list[str], code: int | None = 0) -> Any:
    words = ["--name", name, "--teams", ",".join(names), "--spares", "0", "--json"]
    return cli("workshop", "up", str(pages), *words, code=code)


def test_a_broken_team_stops_no_other_and_the_next_run_finishes(
    cli: Cli, tmp_path: Path, name: str, visitor: Visiting
) -> None:
    good = own(tmp_path / "good", prototypes.page())
    bad_page = prototypes.page()
    bad_page["services"]["web"]["command"] = ["python3", "-c", "raise SystemExit('no')"]
    bad = own(tmp_path / "bad", bad_page)
    first, second, third = teams(name)
    file = tmp_path / "day.yaml"

    def asked(blueprint_of_second: Path) -> None:
        document = {
            "workshop": 1,
            "name": name,
            "spares": 0,
            "teams": {
                first: {"blueprint": str(good)},
                second: {"blueprint": str(blueprint_of_second)},
                third: {"blueprint": str(good)},
            },
        }
        file.write_text(yaml.safe_dump(document, sort_keys=False))

    asked(bad)
    failed = cli("workshop", "up", str(file), "--json", code=1)
    row = json.loads(failed.stdout)
    assert list(row["failed"]) == [second]
    assert row["ready"] == 2
    assert visitor(first).get("/").status == visitor(third).get("/").status == 200
    asked(good)
    assert json.loads(cli("workshop", "up", str(file), "--json").stdout)["ready"] == 3
    cli("workshop", "close", name, "--keep", str(tmp_path / "kept"), "--yes")
    record = Evidence.model_validate_json((tmp_path / "kept" / "record.json").read_text())
    assert [one.mended for one in record.teams[1].failures] == [True]


def test_what_somebody_planted_is_named_and_not_certified(
    cli: Cli,
    pages: Path,
    name: str,
    api: docker.APIClient,
    docker_engine: DockerEngine,
    tmp_path: Path,
) -> None:
    first = opened(cli, pages, name, 1, spares=1)[0]
    recipe = kept.known(docker_engine, name).teams[first].recipe
    assert [one.ready for one in docker_engine.spares().values() if one.recipe == recipe] == [True]
    cli("workshop", "reset", name, "--yes")
    record = docker_engine.observe(first).record
    assert record
    assert record.home.startswith("spare.")
    ours = api.containers(all=True, filters={"label": [f"{labels.SANDBOX}={first}"]})[0]
    stranger = f"stranger-{name}"
    owner = labels.owner(ours["Labels"])
    assert owner
    same: dict[str, str] = Owner(
        owner.den, owner.install, owner.created, "service", first, 7, "other", owner.blueprint
    ).labels()
    made = api.create_container(ours["Image"], command=["true"], name=stranger, labels=same)
    try:
        folder = tmp_path / "kept"
        refused = cli("workshop", "close", name, "--keep", str(folder), "--yes", code=1)
        assert f"container {stranger}" in refused.stderr
        assert "no certificate" in refused.stderr
        assert (folder / "record.json").exists()
        assert not (folder / "certificate.json").exists()
        assert api.inspect_container(made["Id"])
        found = kept.find(docker_engine, name)
        assert found
        assert found.closing
    finally:
        api.remove_container(made["Id"], force=True)
    cli("workshop", "close", name, "--keep", str(folder))
    paper = Certificate.model_validate_json((folder / "certificate.json").read_text())
    assert stranger in {thing.name for thing in paper.before.things}
    spares = {thing.sandbox for thing in paper.before.things if thing.role == "service"} - {first}
    assert spares == {record.home}
    assert dens.leftovers(api, docker_engine.den, record.home) == []
