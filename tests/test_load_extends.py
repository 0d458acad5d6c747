"""`extends`, and what a template or runtime brings: one service laid over another."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from sandboxctl.blueprint.load import Facts, load
from sandboxctl.blueprint.merge import extended
from sandboxctl.blueprint.model import MEBIBYTE, MOST_SERVICES, Service
from sandboxctl.blueprint.tree import grown_mapping
from sandboxctl.errors import BlueprintError
from tests.refused import lines

FACTS = Facts("den.localhost", "http", 8080, "demo", "http://demo.den.localhost:8080")


def services(folder: Path, text: str) -> dict[str, Service]:
    content = "blueprint: 1\nname: x\nopens: web\nservices:\n"
    (folder / "b.yaml").write_text(content + textwrap.indent(textwrap.dedent(text), "  "))
    return load(folder / "b.yaml", facts=FACTS).blueprint.services


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(BlueprintError) as caught:
        services(folder, text)
    return [line.replace(f"{folder}/", "") for line in lines(caught.value)]


def test_mappings_are_merged_and_all_else_is_replaced(tmp_path: Path) -> None:
    found = services(
        tmp_path,
        """\
        web:
          image: a
          command: [serve]
          environment: {A: 1, B: 2}
          expose: [80, 81]
          healthcheck: {http: /health, port: 81, start_period: 30s}
          mem_limit: 64m
        worker:
          extends: {service: web}
          command: [work]
          environment: [B=3, C=4]
          expose: []
          healthcheck: {test: [CMD, work, --check]}
        """,
    )
    worker = found["worker"]
    assert worker.extends is None
    assert worker.command == ("work",)
    assert worker.environment == {"A": "1", "B": "3", "C": "4"}
    assert worker.expose == ()
    assert worker.mem_limit == 64 * MEBIBYTE
    assert worker.healthcheck is not None
    assert worker.healthcheck.http is None
    assert worker.healthcheck.argv == ("work", "--check")
    assert worker.healthcheck.start_period == 30


def test_a_chain_is_followed_in_any_order(tmp_path: Path) -> None:
    found = services(
        tmp_path,
        """\
        c: {extends: b, cpus: 3}
        b: {extends: web, cpus: 2, mem_limit: 32m}
        web: {image: a, expose: [80], cpus: 1, mem_limit: 16m, pids_limit: 9}
        """,
    )
    assert [found[name].cpus for name in ("web", "b", "c")] == [1, 2, 3]
    assert found["c"].mem_limit == 32 * MEBIBYTE
    assert found["c"].pids_limit == 9
    assert list(found) == ["c", "b", "web"]


def test_another_origin_takes_the_place_of_the_one_below(tmp_path: Path) -> None:
    found = services(
        tmp_path,
        """\
        web: {template: redis, with: {maxmemory: 8mb}}
        other: {extends: web, image: a, command: x}
        """,
    )
    assert found["other"].image == "a"
    assert found["other"].template is None
    assert found["other"].with_ == {}
    assert found["web"].with_ == {"maxmemory": "8mb", "policy": "allkeys-lru"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "web: {extends: wbe, expose: [80]}\nwbf: {image: a}",
            "b.yaml:5: services.web.extends: `wbe` is not a service of this blueprint; did you",
        ),
        (
            "web: {extends: zzz}",
            "b.yaml:5: services.web.extends: `zzz` is not a service of this blueprint",
        ),
        ("web: {extends: web}", "b.yaml:5: services.web.extends: web → web: these extend each"),
        (
            "web: {extends: b}\nb: {extends: c}\nc: {extends: b}",
            "b.yaml:6: services.b.extends: b → c → b: these extend each other",
        ),
        (
            "web: {extends: {service: b, file: o.yaml}}\nb: {image: a}",
            "b.yaml:5: services.web.extends: `file` is not read: extend a service of this",
        ),
        (
            "web: {extends: {}}",
            "b.yaml:5: services.web.extends: should name a service: `extends: web`",
        ),
        ("web: {extends: [b]}", "b.yaml:5: services.web.extends: should name a service"),
        ("web: {extends: 5}", "b.yaml:5: services.web.extends: should name a service"),
        (
            "web: {extends: b, image: a}\nb: 5",
            "b.yaml:6: services.b: should be a mapping: lines of `key: value`, not 5",
        ),
    ],
)
def test_what_cannot_be_extended(tmp_path: Path, text: str, line: str) -> None:
    found = problems(tmp_path, text)
    assert found[0].startswith(line)
    assert len(found) == 1


@pytest.mark.parametrize("environment", ["[A=1, B]", "[A=1, [B]]", "[{A: 1}]"])
def test_an_environment_that_cannot_be_read_is_reported_once(
    tmp_path: Path, environment: str
) -> None:
    text = f"web: {{image: a, expose: [80], environment: {environment}}}\nb: {{extends: web}}"
    (line,) = problems(tmp_path, text)
    assert line.startswith("b.yaml:5: services.web.environment: ")


def test_a_template_brings_what_the_blueprint_does_not_say(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text("")
    found = services(
        tmp_path,
        """\
        web: {image: a, expose: [80]}
        db:
          template: postgres
          with: {database: repairs, schema: schema.sql}
          mem_limit: 512m
          healthcheck: {start_period: 5m}
        """,
    )["db"]
    assert found.with_ == {"database": "repairs", "user": "app", "schema": "schema.sql"}
    assert found.mem_limit == 512 * MEBIBYTE
    assert found.cpus == 0.5
    assert found.expose == (5432,)
    assert found.healthcheck is not None
    assert found.healthcheck.start_period == 300
    assert found.healthcheck.argv[0] == "pg_isready"
    assert "repairs" in found.healthcheck.argv


def test_a_template_without_with_has_its_defaults(tmp_path: Path) -> None:
    found = services(tmp_path, "web: {image: a, expose: [80]}\ndb: {template: postgres}")["db"]
    assert found.with_ == {"database": "app", "user": "app"}


def test_another_way_to_ask_takes_the_place_of_the_templates(tmp_path: Path) -> None:
    found = services(
        tmp_path,
        "web: {image: a, expose: [80]}\ndb: {template: postgres, healthcheck: {tcp: 5432}}",
    )["db"]
    assert found.healthcheck is not None
    assert (found.healthcheck.tcp, found.healthcheck.test) == (5432, None)


@pytest.mark.parametrize(
    ("with_", "line"),
    [
        ("{databse: x}", "with.databse: is not a value of the template postgres; did you mean `d"),
        ("{zzz: x}", "with.zzz: is not a value of the template postgres; there are database, user"),
        ("{database: 5}", "with.database: should be letters, digits and _ . / : @ + -, beginning"),
        ('{database: "x; DROP TABLE a"}', "with.database: should be letters, digits and"),
        ('{user: "-c"}', "with.user: should be letters, digits and"),
        ("{schema: 5}", "with.schema: should be a file beside the blueprint"),
        (
            "{schema: schema.sql}",
            "with.schema: schema.sql is not there; did you mean `schema2.sql`?",
        ),
        ("{schema: ../x}", "with.schema: '../x' should be a path beside the blueprint"),
        ("{schema: sub}", "with.schema: sub is a folder, not a file"),
        ("5", "with: should be a mapping"),
    ],
)
def test_values_a_template_does_not_take(tmp_path: Path, with_: str, line: str) -> None:
    (tmp_path / "schema2.sql").write_text("")
    (tmp_path / "sub").mkdir()
    text = f"web: {{image: a, expose: [80]}}\ndb: {{template: postgres, with: {with_}}}"
    (found,) = problems(tmp_path, text)
    assert found.startswith(f"b.yaml:6: services.db.{line}")


def test_a_static_folder_answers_where_its_image_does(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "index.html").write_text("<p>")
    found = services(tmp_path, "web: {source: ./web, runtime: static, spa: true}")["web"]
    assert found.expose == (8080,)
    assert found.healthcheck is not None
    assert found.healthcheck.http == "/"


def test_more_services_than_there_can_be_are_not_laid_over_each_other() -> None:
    many = {f"s{n}": {"image": "a", "extends": f"s{n + 1}"} for n in range(MOST_SERVICES)}
    found = grown_mapping({**many, f"s{MOST_SERVICES}": {"image": "a"}}, 1)
    assert extended(found) == (found, [])
