"""What changes minute zero, and what does not."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from sandboxctl.blueprint.load import Facts, load
from sandboxctl.lifecycle.assemble import Assembled, assemble
from sandboxctl.sandbox.recipe import Baseline

REGISTER = dedent(
    """
    blueprint: 1
    name: register
    opens: {/: web, /api: {service: api, port: 9000}}
    services:
      web:
        source: ./web
        runtime: static
        depends_on: [db]
      api:
        source: ./api
        runtime: python
        command: [python, api.py]
        expose: [8000, 9000]
        depends_on: [db]
        prepare: [[python, migrate.py]]
      db:
        template: postgres
        with: {database: register, user: register, schema: schema.sql}
        mem_limit: 256m
        fill: [visits, people]
    data:
      seed: 7
      tables:
        visits: {rows: 20, columns: {who: {kind: reference, to: people.id}}}
        people: {rows: 10, columns: {id: {kind: sequence}}}
    """
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in {
        "web/index.html": "<!doctype html>",
        "api/api.py": "",
        "api/migrate.py": "",
        "schema.sql": "create table people (id bigint primary key);",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    return tmp_path


def assembled(folder: Path, old: str = "", new: str = "") -> Assembled:
    assert old in REGISTER
    file = folder / "blueprint.yaml"
    file.write_text(REGISTER.replace(old, new) if old else REGISTER)
    return assemble(load(file, facts=Facts("den.localhost", "http", 80, "demo", "http://demo/")))


def baseline(folder: Path, old: str = "", new: str = "") -> Baseline:
    found = assembled(folder, old, new).baseline
    assert found is not None
    return found


def test_everything_that_is_put_in_is_named_in_order(folder: Path) -> None:
    made = baseline(folder)
    assert set(made.tags) == {"db", "api"}
    assert [Path(one.script).name for one in made.first] == ["schema.sql"]
    assert [(one.service, one.argv, one.inside) for one in made.prepare] == [
        ("api", ("python", "migrate.py"), False)
    ]
    assert [one.table for one in made.fill] == ["people", "visits"], "parents before children"


def test_services_that_keep_data_start_from_minute_zero(folder: Path) -> None:
    found = assembled(folder)
    assert found.baseline is not None
    containers = found.recipe.containers
    assert containers["db"].image == found.baseline.tags["db"]
    assert containers["web"].image.startswith("sandboxctl/static:")
    assert not containers["web"].stateful
    assert containers["api"].stateful, "what `prepare` left in its layer is its data"


def test_paths_lead_to_the_port_that_is_named_or_the_first_one(folder: Path) -> None:
    opens = assembled(folder).recipe.opens
    assert (opens["/"].service, opens["/"].port) == ("web", 8080)
    assert (opens["/api"].service, opens["/api"].port) == ("api", 9000)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mem_limit: 256m", "mem_limit: 300m"),
        ("name: register", "name: other"),
        ("expose: [8000, 9000]", "expose: [9000, 8000]"),
    ],
)
def test_what_does_not_change_minute_zero(folder: Path, old: str, new: str) -> None:
    assert baseline(folder).key == baseline(folder, old, new).key


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed: 7", "seed: 8"),
        ("rows: 10", "rows: 11"),
        ("[python, migrate.py]", "[python, migrate.py, --all]"),
        ("database: register", "database: other"),
        ("fill: [visits, people]", "fill: [people]"),
    ],
)
def test_what_changes_minute_zero(folder: Path, old: str, new: str) -> None:
    assert baseline(folder).key != baseline(folder, old, new).key


@pytest.mark.parametrize("name", ["schema.sql", "api/migrate.py"])
def test_a_changed_file_changes_minute_zero(folder: Path, name: str) -> None:
    before = baseline(folder)
    (folder / name).write_text("-- another")
    assert baseline(folder).key != before.key


def test_a_database_s_definition_stays_while_only_its_limits_change(folder: Path) -> None:
    before = assembled(folder).recipe
    after = assembled(folder, "mem_limit: 256m", "mem_limit: 300m").recipe
    seeded = assembled(folder, "seed: 7", "seed: 8").recipe
    assert before.digest != after.digest
    assert before.containers["db"].definition == after.containers["db"].definition
    assert before.containers["db"].definition != seeded.containers["db"].definition
