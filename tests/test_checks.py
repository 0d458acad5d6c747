"""What must hold between the parts of a blueprint, and between it and its folder."""

from __future__ import annotations

import json
import os
import textwrap
from pathlib import Path

import pytest

from sandboxctl.blueprint.load import Facts, load
from sandboxctl.blueprint.requirements import LARGEST as LARGEST_REQUIREMENTS
from sandboxctl.errors import BlueprintError
from tests.refused import lines

FACTS = Facts("den.localhost", "http", 8080, "demo", "http://demo.den.localhost:8080")
DATA = "data: {tables: {homes: {rows: 2, columns: {n: {kind: sequence}}}}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "repair-right"
    (made / "web").mkdir(parents=True)
    (made / "web" / "app.py").write_text("print()\n")
    monkeypatch.chdir(made)
    return made


def problems(services: str, *, opens: str = "web", more: str = "") -> list[str]:
    """Lines of ``services`` count from 5."""
    text = f"blueprint: 1\nname: x\nopens: {opens}\nservices:\n"
    text += textwrap.indent(textwrap.dedent(services).strip("\n"), "  ") + "\n" + more
    Path("b.yaml").write_text(text)
    try:
        load(Path("b.yaml"), facts=FACTS)
    except BlueprintError as error:
        return lines(error)
    return []


WEB = "web: {image: a, expose: [80]}\n"


@pytest.mark.parametrize(
    ("opens", "services", "expected"),
    [
        ("web", WEB, []),
        ("{/: web, /live: {service: web, port: 3000}}", WEB, []),
        ("{/: {service: web, port: 3000}}", "web: {image: a}", []),
        ("{/api: web}", WEB, ["b.yaml:3: opens: has no `/`, so there is no first page"]),
        ("wbe", WEB, ["b.yaml:3: opens: `wbe` is not a service; did you mean `web`?"]),
        (
            "{/: {service: zzz}}",
            WEB,
            ["b.yaml:3: opens./.service: `zzz` is not a service; there are web"],
        ),
        (
            "web",
            "web: {image: a}",
            ["b.yaml:3: opens: `web` listens on no port; give it `expose: [8000]`"],
        ),
    ],
)
@pytest.mark.usefixtures("folder")
def test_opens_leads_somewhere(opens: str, services: str, expected: list[str]) -> None:
    assert problems(services, opens=opens) == expected


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        (
            WEB + "b: {image: a, depends_on: [b]}",
            ["b.yaml:6: services.b.depends_on.0: waits for itself"],
        ),
        (
            WEB + "b: {image: a, depends_on: [wbe]}",
            ["b.yaml:6: services.b.depends_on.0: `wbe` is not a service; did you mean `web`?"],
        ),
        (
            WEB + "b: {image: a, depends_on: {zzz: {condition: service_healthy}}}",
            ["b.yaml:6: services.b.depends_on.0: `zzz` is not a service; there are web, b"],
        ),
        (
            WEB + "b: {image: a, depends_on: [c]}\nc: {image: a, depends_on: [d, web]}\n"
            "d: {image: a, depends_on: [b]}",
            ["b.yaml:6: services.b.depends_on: b → c → d → b: these wait for each other"],
        ),
        (
            WEB + "b: {image: a, healthcheck: {http: /}}",
            [
                "b.yaml:6: services.b.healthcheck.http: asks no port; give the service "
                "`expose: [8000]`"
            ],
        ),
        (WEB + "b: {image: a, healthcheck: {http: /, port: 5}}", []),
        (
            WEB + "b: {image: a, public: true}",
            [
                "b.yaml:6: services.b.public: has no port to lead to; give the service "
                "`expose: [8000]`"
            ],
        ),
        (
            WEB + "b: {source: ./web, runtime: python}",
            ["b.yaml:6: services.b.command: is missing: runtime python does not know what to run"],
        ),
        (
            WEB + "localhost: {image: a}",
            [
                "b.yaml:6: services.localhost: is a name that every container has already; choose "
                "another one"
            ],
        ),
        (
            WEB + "b: {image: a, secrets: [KEI], environment: {KEY: x}}",
            ["b.yaml:6: services.b.secrets.0: `KEI` is not declared; did you mean `KEY`?"],
        ),
        (
            WEB + "b: {image: a, secrets: [ZZ]}",
            [
                "b.yaml:6: services.b.secrets.0: `ZZ` is not declared; add ZZ to `secrets` of "
                "the blueprint"
            ],
        ),
        (
            WEB + "b: {image: a, secrets: [KEY], environment: {KEY: x}}",
            ["b.yaml:6: services.b.secrets.0: `KEY` is in `environment` too; keep one"],
        ),
    ],
)
@pytest.mark.usefixtures("folder")
def test_services_fit_each_other(services: str, expected: list[str]) -> None:
    assert problems(services, more="secrets: {KEY: {generate: 32}}\n") == expected


@pytest.mark.parametrize(
    ("service", "more", "expected"),
    [
        ("template: postgres, fill: [homes]", DATA, []),
        (
            "template: postgres, fill: [hmes]",
            DATA,
            ["services.db.fill.0: `hmes` is not a table of `data`; did you mean `homes`?"],
        ),
        (
            "template: postgres, fill: [zzz]",
            DATA,
            ["services.db.fill.0: `zzz` is not a table of `data`; there are homes"],
        ),
        (
            "template: postgres, fill: [homes]",
            "",
            ["services.db.fill.0: `homes` is not a table of `data`; there is no `data`"],
        ),
        (
            "template: redis, fill: [homes]",
            DATA,
            [
                "services.db.fill: is for a template with a database, such as postgres; nothing "
                "loads tables here"
            ],
        ),
        (
            "image: postgres, fill: [homes]",
            DATA,
            [
                "services.db.fill: is for a template with a database, such as postgres; nothing "
                "loads tables here"
            ],
        ),
        (
            "template: postgers, fill: [homes]",
            DATA,
            [
                "services.db.template: `postgers` is not a ready-made service; did you mean "
                "`postgres`?"
            ],
        ),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_what_is_filled_can_be_filled(service: str, more: str, expected: list[str]) -> None:
    assert problems(f"{WEB}db: {{{service}}}", more=more) == [f"b.yaml:6: {x}" for x in expected]


@pytest.mark.usefixtures("folder")
def test_data_that_cannot_work_is_said_with_its_line() -> None:
    data = DATA.replace("n: {kind: sequence}", "n: {kind: reference, to: hoems.n}")
    assert problems(f"{WEB}db: {{template: postgres, fill: [homes]}}", more=data) == [
        "b.yaml:7: data.tables.homes.columns.n.to: hoems is not a table; there are homes"
    ]


@pytest.mark.usefixtures("folder")
def test_data_that_cannot_be_read_does_not_make_fill_wrong() -> None:
    (line,) = problems(f"{WEB}db: {{template: postgres, fill: [homes]}}", more="data: 5\n")
    assert line == "b.yaml:7: data: should be a mapping: lines of `key: value`, not 5"


SOURCE = "web: {{source: {}, runtime: {}, command: x, expose: [80]}}"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("./wbe", "./wbe is not there; did you mean `web`?"),
        ("nothing/at/all", "nothing/at/all is not there"),
        ("''", "'' should be a path beside the blueprint, such as ./web"),
        ("/etc", "'/etc' should be a path beside the blueprint, such as ./web"),
        ("../elsewhere", "'../elsewhere' should be a path beside the blueprint, such as ./web"),
        ("web/../../elsewhere", "'web/../../elsewhere' should be a path beside the blueprint"),
        ("~/x", "'~/x' should be a path beside the blueprint"),
        ("'C:\\x'", "'C:\\\\x' should be a path beside the blueprint"),
        ("web/app.py", "web/app.py is a file; give the folder that it is in"),
        ("away", "away is a link that leads out of the blueprint's folder"),
        ("round", "round is not there"),
        ("web\\0x", "has the invisible character"),
    ],
)
def test_a_source_lies_beside_the_blueprint(folder: Path, source: str, why: str) -> None:
    (folder.parent / "elsewhere").mkdir()
    (folder / "away").symlink_to("../elsewhere")
    (folder / "round").symlink_to("round")
    source = f'"{source}"' if "\\0" in source else source
    (line,) = problems(SOURCE.format(source, "python"))
    assert line.startswith(f"b.yaml:5: services.web.source: {why}")


def test_a_source_is_looked_at_once(folder: Path) -> None:
    (folder / "web" / "link").symlink_to("/etc/passwd")
    services = SOURCE.format("./web", "python") + "\nb: {extends: web}"
    assert problems(services) == [
        "b.yaml:5: services.web.source: ./web/link: is a link that leads out of its folder; put a "
        "copy there"
    ]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("./x.conf", "./x.conf is not there"),
        ("../../etc/passwd", "'../../etc/passwd' should be a path beside the blueprint"),
        ("pipe", "pipe is a socket, pipe or device, not a file"),
        ("web", "web/link: is a link that leads out of its folder; put a copy there"),
    ],
)
def test_files_come_from_beside_the_blueprint(folder: Path, source: str, why: str) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "web" / "link").symlink_to("/etc/passwd")
    services = f"web: {{image: a, expose: [80], files: {{/etc/x: {source}}}}}"
    (line,) = problems(services)
    assert line.startswith(f"b.yaml:5: services.web.files./etc/x: {why}")


def test_a_file_and_a_folder_may_be_copied(folder: Path) -> None:
    (folder / "x.conf").write_text("a\n")
    files = "{/etc/x.conf: ./x.conf, /srv/web: web}"
    assert problems(f"web: {{image: a, expose: [80], files: {files}}}") == []


def test_the_words_of_a_copied_file_are_never_read_as_a_template(folder: Path) -> None:
    (folder / "x.conf").write_text("{{ no.such }} ${HOME} {% end %}\n")
    assert problems("web: {image: a, expose: [80], files: {/etc/x: x.conf}}") == []


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ("flask==3.0.0\ngunicorn[gevent]==21.2 ; python_version > '3.8'  # server\n\n", []),
        (
            "flask\n-r other.txt\ngit+https://example.org/x\n",
            [
                "web/requirements.txt:1: `flask` does not say exactly which version; write "
                "`flask==<version>`",
                "web/requirements.txt:2: `-r other.txt` is an option of pip; only "
                "`name==version` is taken",
                "web/requirements.txt:3: `git+https://example.org/x` is an address or a path; only "
                "`name==version` is taken",
            ],
        ),
        (
            "x" * (LARGEST_REQUIREMENTS + 1),
            ["b.yaml:5: services.web.source: requirements.txt is larger than 256 KiB"],
        ),
    ],
)
def test_requirements_are_versions(folder: Path, requirements: str, expected: list[str]) -> None:
    (folder / "web" / "requirements.txt").write_text(requirements)
    assert problems(SOURCE.format("./web", "python")) == expected


def test_a_node_folder_has_its_packages_locked(folder: Path) -> None:
    (line,) = problems(SOURCE.format("./web", "node"))
    assert line == "b.yaml:5: services.web.source: has no package.json"
    manifest = {"dependencies": {"express": "^4"}}
    (folder / "web" / "package.json").write_text(json.dumps(manifest))
    (line,) = problems(SOURCE.format("./web", "node"))
    assert line.startswith("b.yaml:5: services.web.source: web/package-lock.json: is not there")
    (folder / "web" / "package.json").write_text(json.dumps({"name": "x"}))
    assert problems(SOURCE.format("./web", "node")) == []


def test_a_locked_node_folder_is_fine(folder: Path) -> None:
    (folder / "web" / "package.json").write_text(json.dumps({"dependencies": {"a": "1"}}))
    package = {"version": "1.0.0", "resolved": "https://x/a.tgz", "integrity": "sha512-x"}
    lock = {"lockfileVersion": 3, "packages": {"": {}, "node_modules/a": package}}
    (folder / "web" / "package-lock.json").write_text(json.dumps(lock))
    assert problems(SOURCE.format("./web", "node")) == []


def test_a_static_folder_has_a_first_page(folder: Path) -> None:
    services = "web: {source: ./web, runtime: static}"
    assert problems(services) == ["b.yaml:5: services.web.source: ./web has no index.html"]
    (folder / "web" / "index.html").write_text("<p>")
    assert problems(services) == []


@pytest.mark.usefixtures("folder")
def test_a_parameter_cannot_hide_what_templates_know() -> None:
    assert problems(WEB, more="parameters: {den: {type: text, default: x}}\n") == [
        "b.yaml:6: parameters.den: is a name that templates have already; choose another"
    ]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("command: [python, app.py]", ""),
        ("command: python3.11 -u ./app.py", ""),
        ("command: [python, ap.py]", "command: runs ap.py, which is not in ./web; did you mean"),
        ("command: [/usr/bin/python3, -u, no/main.py]", "command: runs no/main.py, which is not"),
        ("entrypoint: [python], command: [main.py]", "command: runs main.py, which is not in"),
        ("entrypoint: [python, main.py], command: [x]", "entrypoint: runs main.py, which is"),
        ("command: [node, server.mjs]", "command: runs server.mjs, which is not in ./web"),
        ("command: [node, node_modules/next/cli.js]", ""),
        ("command: [python, main.py], working_dir: /app", "command: runs main.py, which is not"),
        ("command: [python, main.py], working_dir: /srv", ""),
        ("command: [python, main.py], files: {/app/main.py: web/app.py}", ""),
        ("command: [python, made/main.py], writable: [/app/made]", ""),
        ("command: [python, /opt/main.py]", ""),
        ("command: [python, ../main.py]", ""),
        ("command: [python, -m, main.py]", ""),
        ("command: [python, -uc, main.py]", ""),
        ("command: [python, package]", ""),
        ("command: [python, -i]", ""),
        ("command: [gunicorn, main.py]", ""),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_script_that_runs_is_there(keys: str, expected: str) -> None:
    found = problems(f"web: {{source: ./web, runtime: python, expose: [80], {keys}}}")
    assert [line.startswith(f"b.yaml:5: services.web.{expected}") for line in found] == (
        [True] if expected else []
    ), found


@pytest.mark.usefixtures("folder")
def test_each_service_of_one_folder_has_its_script() -> None:
    web = "{source: ./web, runtime: python, expose: [80], command: [python, %s]}"
    (line,) = problems(f"web: {web % 'app.py'}\nworker: {web % 'work.py'}")
    assert line == "b.yaml:6: services.worker.command: runs work.py, which is not in ./web"


@pytest.mark.parametrize(
    ("expose", "expected"),
    [
        ("[80]", []),
        ("[8000, 80]", []),
        ("[]", []),
        (
            "[8000]",
            [
                "b.yaml:5: services.web.healthcheck.port: 80 is not in `expose`; add it there, or "
                "leave it out here"
            ],
        ),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_healthcheck_asks_a_port_that_is_exposed(expose: str, expected: list[str]) -> None:
    web = f"web: {{image: a, expose: {expose}, healthcheck: {{http: /, port: 80}}}}"
    assert problems(web, opens="{/: {service: web, port: 80}}") == expected


@pytest.mark.parametrize(
    "image",
    ["sandboxctl/baseline:c1021c37d135-db", "96fd7f637adb", "a" * 64, "docker.io/sandboxctl/x"],
)
@pytest.mark.usefixtures("folder")
def test_an_image_of_the_engine_itself_is_nobody_s_to_name(image: str) -> None:
    assert problems(f'web: {{image: "{image}", expose: [80]}}') == [
        "b.yaml:5: services.web.image: names an image of this engine, not of a registry: "
        "it may be another's data"
    ]
