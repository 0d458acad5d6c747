"""From a file to a Blueprint, or to every problem at once."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandboxctl.blueprint import compose_keys
from sandboxctl.blueprint.load import Facts, Loaded, bundled, find, load, shipped
from sandboxctl.errors import BlueprintError
from tests.refused import lines

FACTS = Facts("den.localhost", "http", 8080, "demo", "http://demo.den.localhost:8080")
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"

ENTRIES = ", ".join(f"k{n}: 1" for n in range(20_000))
START = "blueprint: 1\nname: x\nopens: web\n"
WEB = START + "services:\n  web: {image: a, expose: [80]}\n"

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a blueprint, and goes to where it lies, so that messages are short."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> Path:
        Path("b.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
        return Path("b.yaml")

    return write


def problems(path: Path, **values: str) -> list[str]:
    with pytest.raises(BlueprintError) as caught:
        load(path, values=values, facts=FACTS)
    assert caught.value.hint
    return lines(caught.value)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_blueprint_can_be_loaded(name: str) -> None:
    loaded = load(find(name), facts=FACTS)
    assert loaded.blueprint.name == name
    assert loaded.folder == bundled("blueprints") / name


@pytest.mark.parametrize("folder", sorted(EXAMPLES.glob("*/blueprint.yaml")), ids=str)
def test_every_example_can_be_loaded(folder: Path) -> None:
    assert load(find(str(folder.parent)), facts=FACTS).file == folder


def test_parameters_end_up_in_the_blueprint(write: Write) -> None:
    path = write(
        """
        blueprint: 1
        name: x
        opens: web
        parameters:
          homes: {type: integer, default: 2}
          greeting: {type: text, default: hello}
        services:
          web:
            image: a
            expose: [80]
            environment:
              URL: "{{ den.scheme }}://{{ den.domain }}:{{ den.port }}"
              G: "{{ greeting }}"
        data:
          tables: {homes: {rows: "{{ homes * 10 }}", columns: {n: {kind: sequence}}}}
        """
    )
    loaded = load(path, values={"homes": "7"}, facts=FACTS)
    assert loaded.blueprint.data is not None
    assert loaded.blueprint.data.tables["homes"].rows == 70
    assert loaded.blueprint.services["web"].environment == {
        "URL": "http://den.localhost:8080",
        "G": "hello",
    }
    assert loaded.values == {"homes": 7, "greeting": "hello"}
    assert loaded.names_sandbox is False


def test_a_blueprint_that_names_its_sandbox_says_so(write: Write) -> None:
    path = write(WEB.replace("a,", 'a, environment: {U: "{{ sandbox.url }}"},'))
    loaded = load(path, facts=FACTS)
    assert loaded.names_sandbox is True
    assert loaded.blueprint.services["web"].environment["U"] == FACTS.url


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"homs": "1"}, "--set homs: is not a parameter; did you mean `homes`?"),
        ({"zzz": "1"}, "--set zzz: is not a parameter; there are homes, odd"),
        ({"homes": "many"}, "--set homes: should be a whole number, not 'many'"),
        ({"homes": "1"}, "--set homes: should be 2 or more, not 1"),
    ],
)
def test_a_value_that_cannot_be_set(write: Write, values: dict[str, str], line: str) -> None:
    declared = "parameters: {homes: {type: integer, default: 2, minimum: 2}, odd: {type: text}}\n"
    assert line in problems(write(WEB + declared), **values)


def test_a_blueprint_without_parameters_says_so(write: Write) -> None:
    assert problems(write(WEB), homes="1") == [
        "--set homes: is not a parameter: the blueprint has none"
    ]


def test_a_parameter_that_is_declared_wrong_is_reported_once(write: Write) -> None:
    text = 'parameters: {homes: {type: integer, default: x}, b: 5}\ntitle: "{{ homes }}{{ b }}"\n'
    assert problems(write(WEB + text), homes="3") == [
        "b.yaml:6: parameters.homes: default should be a whole number, not 'x'",
        "b.yaml:6: parameters.b: should be a mapping: lines of `key: value`, not 5",
    ]


def test_all_problems_are_said_at_once_in_the_order_of_their_lines(write: Write) -> None:
    path = write(
        """\
        blueprint: 1
        name: Bad_Name
        titel: x
        opens: {/: wb, /api: db}
        secrets:
          K: {file: ./x}
        services:
          web:
            source: ./web
            runtime: pyhton
            comand: x
            ports: ["80:80"]
            environment: {A: "${HOME}", B: "{{ homs }}"}
            depends_on: [dbb, web]
            expose: [99999]
            healthcheck: {htp: /}
            secrets: [K, L]
          db:
            template: postgrs
            mem_limit: 256q
            fill: [homes]
          cache: &x
            image: Redis:7
            user: 0
            user: 5
          both: {image: a, template: redis}
        data:
          tables:
            homes: {rows: -1, columns: {uprn: {kind: uprm}, a: {kind: choice}, b: {}}}
        volumes: {x: {}}
        """
    )
    assert problems(path) == [
        "b.yaml:2: name: should be a name of small letters, digits and single hyphens, beginning "
        "with a letter: it becomes a host name, not 'Bad_Name'",
        "b.yaml:3: titel: is not a key here; did you mean `title`?",
        "b.yaml:4: opens./: `wb` is not a service; did you mean `web`?",
        "b.yaml:6: secrets.K.file: is not a key here: use `generate: <length>` or "
        "`ask: <question>`; a secret is in no file",
        "b.yaml:9: services.web.source: ./web is not there",
        "b.yaml:10: services.web.runtime: should be 'python', 'node' or 'static', not 'pyhton'; "
        "did you mean `python`?",
        "b.yaml:11: services.web.comand: is not a key here; did you mean `command`?",
        f"b.yaml:12: services.web.ports: is not a key here: {compose_keys.SERVICE['ports']}",
        "b.yaml:13: services.web.environment.A: ${HOME} is not read from your shell: make it a "
        "parameter, {{ name }}, or a secret; for the service's own shell write $${HOME}",
        "b.yaml:13: services.web.environment.B: `homs` is not known here; known are den.domain, "
        "den.scheme, den.port, sandbox.name, sandbox.url",
        "b.yaml:14: services.web.depends_on.0: `dbb` is not a service; did you mean `db`?",
        "b.yaml:14: services.web.depends_on.1: waits for itself",
        "b.yaml:15: services.web.expose.0: should be 65,535 or less, not 99999",
        "b.yaml:16: services.web.healthcheck.htp: is not a key here; did you mean `http`?",
        "b.yaml:17: services.web.secrets.1: `L` is not declared; add L to `secrets` of the "
        "blueprint",
        "b.yaml:19: services.db.template: `postgrs` is not a ready-made service; did you mean "
        "`postgres`?",
        "b.yaml:20: services.db.mem_limit: should be a size such as 256m or 1g",
        "b.yaml:22: services.cache: anchors and aliases are not read; write it out, or let a "
        "service use `extends`",
        "b.yaml:23: services.cache.image: should be an image such as redis:7 or "
        "registry.example.org/team/api:1.2, not 'Redis:7'",
        "b.yaml:25: services.cache.user: stands here twice; only one of them can be meant",
        "b.yaml:26: services.both: has `template` and `image`; keep one",
        "b.yaml:29: data.tables.homes.rows: should be 0 or more, not -1",
        "b.yaml:29: data.tables.homes.columns.uprn: 'uprm' is not a kind; did you mean `uprn`?",
        "b.yaml:29: data.tables.homes.columns.a.of: is missing",
        "b.yaml:29: data.tables.homes.columns.b: needs a kind",
        f"b.yaml:30: volumes: is not a key here: {compose_keys.TOP['volumes']}",
    ]


def test_a_key_that_is_misspelt_is_not_missing_as_well(write: Write) -> None:
    text = """\
        blueprint: 1
        name: x
        open: web
        services:
          web:
            source: .
            runtime: python
            comand: [python, main.py]
          other:
            source: .
            runtime: python
            colour: x
        """
    assert problems(write(text)) == [
        "b.yaml:3: open: is not a key here; did you mean `opens`?",
        "b.yaml:8: services.web.comand: is not a key here; did you mean `command`?",
        "b.yaml:9: services.other.command: is missing: runtime python does not know what to run",
        "b.yaml:12: services.other.colour: is not a key here",
    ]


def test_parts_are_compared_although_others_cannot_be_read(write: Write) -> None:
    path = write(
        """\
        blueprint: 1
        name: x
        titel: y
        opens: web
        services:
          web:
            source: ./web
            runtime: python
            command: [python, main.py]
            spa: true
            user: [1]
            expose: [8000]
            healthcheck: {http: /health, port: 80}
          twice: {source: ./web, runtime: python, image: a, command: [python, app.py], user: {}}
          db:
            template: postgrs
            with: {version: 16}
            fill: [peple, homes, late, people]
            depends_on: [Web_1, wbe]
          other: {template: zzz, with: {version: 16}}
          third: {image: a, fill: [homes]}
          Web_1: {image: a}
        data:
          tables:
            homes: {rows: -1, columns: {n: {kind: name}, i: {kind: integer, between: [5, 1]}}}
            late: 5
            people:
              rows: 3
              columns:
                home: {kind: reference, to: homes.n}
                job: {kind: integer, between: [2, 1]}
                of: {kind: email, of: job}
        """
    )
    Path("web").mkdir()
    Path("web/app.py").touch()
    Path("web/requirements.txt").write_text("psycopg[binary]\n")
    assert [line.partition(": ")[2].partition(": ")[0] for line in problems(path)] == [
        "titel",
        "services.web.command",
        "services.web.user",
        "services.web.healthcheck.port",
        "services.twice.user",
        "services.db.template",
        "services.db.with.version",
        "services.db.fill.0",
        "services.db.depends_on.0",
        "services.other.template",
        "services.third.fill",
        "services.Web_1",
        "data.tables.homes.rows",
        "data.tables.homes.columns.n",
        "data.tables.homes.columns.i.between",
        "data.tables.late",
        "data.tables.people.columns.job.between",
        "data.tables.people.columns.of.of",
        "`psycopg[binary]` does not say exactly which version; write `psycopg[binary]==<version>`",
    ]


def test_a_file_without_opens_lacks_only_that(write: Write) -> None:
    text = WEB.replace("opens: web\n", "")
    assert problems(write(text)) == ["b.yaml:1: opens: is missing"]


def test_services_that_cannot_be_read_are_not_said_to_be_missing(write: Write) -> None:
    assert problems(write(START + "services: 5\n")) == [
        "b.yaml:4: services: should be a mapping: lines of `key: value`, not 5"
    ]


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("name", "did you mean `full_name`?"),
        ("person_name", "did you mean `full_name`?"),
        ("number", "did you mean `nhs_number` or `chi_number` or `vat_number`"),
        ("uprm", "did you mean `uprn`?"),
        ("zzz", "there are nino, nhs_number, chi_number, upn, driving_licence, passport, utr, "),
    ],
)
def test_a_kind_that_is_not_there_says_which_are(write: Write, kind: str, hint: str) -> None:
    (line,) = problems(
        write(WEB + f"data: {{tables: {{a: {{rows: 1, columns: {{x: {{kind: {kind}}}}}}}}}}}\n")
    )
    assert line.startswith(f"b.yaml:6: data.tables.a.columns.x: '{kind}' is not a kind; {hint}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "b.yaml:1: is empty; start from a copy of an example; `sandboxctl schema"),
        ("a: [\n", "b.yaml:2: cannot be read: a value is missing, or a comma is too many"),
        ("name: x\nopens: web\n", "b.yaml:1: blueprint: is missing"),
        ("services: 5\n", "b.yaml:1: services: should be a mapping: lines of `key: value`, not 5"),
        ("services: {}\n", "b.yaml:1: services: should have 1 or more"),
        ("services: {web: 5}\n", "b.yaml:1: services.web: should be a mapping: lines of"),
        ("blueprint: 2\n", "b.yaml:1: blueprint: should be 1, not 2"),
        ("title: 5\n", 'b.yaml:1: title: should be text, not 5; put it in quotes: "5"'),
        ("title: [a]\n", "b.yaml:1: title: should be text, not ['a']"),
        (f"title: {'x' * 121}\n", "b.yaml:1: title: should have 120 characters or fewer"),
        (f"title: {{a: {'x' * 99}}}\n", "b.yaml:1: title: should be text, not {'a': 'xxxxx"),
        ("lifetime: 1s\n", "b.yaml:1: lifetime: should be 60 or more, not '1s'"),
        ("supplier: {nam: x}\n", "b.yaml:1: supplier.nam: is not a key here; did you mean `name`?"),
        ("supplier: {zzz: x}\n", "b.yaml:1: supplier.zzz: is not a key here; there are contact, n"),
        ("services: {web: {healthcheck: {disable: true}}}\n", "b.yaml:1: services.web.heal"),
        ("services: {web: {healthcheck: {tcp: 1, start_period: 0s}}}\n",
         "b.yaml:1: services.web.healthcheck.start_period: should be more than 0, not '0s'"),
        ("services: {web: {public: perhaps}}\n", "b.yaml:1: services.web.public: should be"),
        ("services: {web: {cpus: fast}}\n", "b.yaml:1: services.web.cpus: should be a numb"),
        ("services: {web: {expose: 80}}\n", "b.yaml:1: services.web.expose: should be a li"),
        ("services: {web: {build: {context: ., args: {A: 1}}}}\n",
         "b.yaml:1: services.web.build.args: is not a key here: nothing is given to a build"),
        ("services: {web: {with: {A-b: 1}}}\n", "b.yaml:1: services.web.with.A-b: should b"),
        ("data: {seed: -1}\n", "b.yaml:1: data.seed: should be 0 or more, not -1"),
        ("data: {seed: 9223372036854775807, tables: {}}\n", "b.yaml:1: data.tables: should have 1"),
        ("data: {tables: {a: {rows: 1, columns: {d: {kind: date, between: [x, y]}}}}}\n",
         "b.yaml:1: data.tables.a.columns.d.between.0: should be a date such as 2026-01-31"),
        ("data: {tables: {a: {rows: 1, columns: {d: {kind: integer, betwen: [1, 2]}}}}}\n",
         "b.yaml:1: data.tables.a.columns.d.betwen: is not a key here; did you mean `between`?"),
        ("x-web: &web {}\n", "b.yaml:1: x-web: a blueprint has no extension fields"),
        ("? [a]\n: 1\n", "b.yaml:1: a mapping as a key"),
        ("5: x\n", "b.yaml:1: 5: should be text as a key; put it in quotes"),
        ("'{{ a }}': x\n", "b.yaml:1: {{ a }}: is not a key here"),
        ("services: {'': {}}\n", "b.yaml:1: services.: should be a name"),
    ],
)  # fmt: skip
def test_one_problem_in_plain_words(write: Write, text: str, line: str) -> None:
    found = problems(write(text))
    assert any(said.startswith(line) for said in found), found


@pytest.mark.parametrize("key", sorted(compose_keys.SERVICE))
def test_every_key_that_compose_has_and_a_den_has_not_says_the_dens_way(
    write: Write, key: str
) -> None:
    (line,) = problems(write(WEB.replace("image: a", f"image: a, {key}: x")))
    assert line == f"b.yaml:5: services.web.{key}: is not a key here: {compose_keys.SERVICE[key]}"


@pytest.mark.parametrize("key", sorted(compose_keys.TOP))
def test_the_same_at_the_top(write: Write, key: str) -> None:
    (line,) = problems(write(f"{WEB}{key}: x\n"))
    assert line == f"b.yaml:6: {key}: is not a key here: {compose_keys.TOP[key]}"


def test_what_a_service_took_over_is_reported_where_it_stands(write: Write) -> None:
    path = write(
        """\
        blueprint: 1
        name: x
        opens: web
        services:
          worker: {extends: web}
          web: {image: a, expose: [80], cpuus: 1, depends_on: [dbb]}
          other: {extends: web}
        """
    )
    assert problems(path) == [
        "b.yaml:6: services.web.cpuus: is not a key here; did you mean `cpus`?",
        "b.yaml:6: services.web.depends_on.0: `dbb` is not a service; there are worker, web, other",
    ]


def test_numbers_that_are_text_to_a_program_stay_as_they_are_written(write: Write) -> None:
    loaded = load(
        write(
            WEB.replace(
                "image: a",
                "image: a, environment: {V: 1.10, M: 0755, T: true}, command: [sleep, 1.50]",
            )
        ),
        facts=FACTS,
    )
    web = loaded.blueprint.services["web"]
    assert web.environment == {"V": "1.10", "M": "0755", "T": "true"}
    assert web.command == ("sleep", "1.50")


def test_more_problems_than_anyone_reads_are_counted(write: Write) -> None:
    with pytest.raises(BlueprintError) as caught:
        load(write(WEB + "".join(f"k{n}: 1\n" for n in range(60))), facts=FACTS)
    said = str(caught.value).splitlines()
    assert len(said) == 51
    assert said[-1] == "b.yaml: and 10 more problems [DEN299]"
    assert len(caught.value.refusals) == 60


def test_a_key_of_any_length_is_said_shortly(write: Write) -> None:
    (line,) = problems(write(f"{WEB}{'k' * 900}: 1\n"))
    assert len(line) < 400


def test_a_file_that_is_not_there_or_no_file(tmp_path: Path) -> None:
    assert problems(tmp_path / "nothing.yaml")[0].endswith("nothing.yaml: no such file")
    assert problems(tmp_path)[0] == f"{tmp_path}: is not a file"
    os.mkfifo(tmp_path / "pipe")
    assert problems(tmp_path / "pipe")[0] == f"{tmp_path / 'pipe'}: is not a file"


def test_a_file_that_cannot_be_read() -> None:
    # root may read any file; this one says no to everybody
    (said,) = problems(Path("/proc/self/mem"))
    assert said == "/proc/self/mem cannot be read: Input/output error"


def test_find_takes_a_folder_a_file_or_a_name(tmp_path: Path) -> None:
    (tmp_path / "blueprint.yml").write_text(WEB)
    assert find(str(tmp_path)) == tmp_path / "blueprint.yml"
    assert find(str(tmp_path / "blueprint.yml")) == tmp_path / "blueprint.yml"
    (tmp_path / "blueprint.yaml").write_text(WEB)
    assert find(str(tmp_path)) == tmp_path / "blueprint.yaml"
    assert find(shipped()[0]) == bundled("blueprints") / shipped()[0] / "blueprint.yaml"


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        ("repair-rihgt", "no such file or folder, and no shipped blueprint of that name; did you"),
        ("nothing/at/all", "no such file or folder, and no shipped blueprint of that name$"),
        ("a\0b", r"^'a\\x00b': no such file or folder"),
        ("a\x1b[2J", r"^'a\\x1b\[2J': no such file or folder"),
        ("a" * 5_000, "is not a path that can be read"),
    ],
)
def test_find_says_what_there_is(argument: str, why: str) -> None:
    with pytest.raises(BlueprintError, match=why) as caught:
        find(argument)
    assert "repair-right" in caught.value.hint


def test_find_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(BlueprintError, match="has no blueprint"):
        find(str(tmp_path))


def outcome(path: Path, data: bytes) -> Loaded | BlueprintError:
    path.write_bytes(data)
    begin = time.process_time()
    try:
        return load(path, facts=FACTS)
    except BlueprintError as error:
        return error
    finally:
        assert time.process_time() - begin < 30


FUZZ = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KEYS = st.sampled_from(
    ["services", "web", "db", "image", "source", "runtime", "python", "template", "postgres",
     "with", "extends", "opens", "/", "data", "tables", "columns", "rows", "kind", "choice", "of",
     "fill", "healthcheck", "http",
      "test", "environment", "secrets", "parameters", "type", "default",
     "depends_on", "files", "/x", "expose", "command", "<<", "x-y", "blueprint", "name"]
)  # fmt: skip
LEAVES = st.one_of(
    KEYS, st.none(), st.booleans(), st.integers(-1, 99_999), st.floats(), st.text(max_size=8),
    st.sampled_from(["{{ a }}", "{{ sandbox.url }}", "{{", "$X", "../..", "./x", "8h", "256m"]),
)  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=6),
    max_leaves=40,
)


@FUZZ
@given(data=st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_are_a_blueprint_or_an_error(tmp_path: Path, data: bytes) -> None:
    outcome(tmp_path / "b.yaml", data)


@FUZZ
@given(content=st.dictionaries(KEYS, TREES, max_size=8))
@pytest.mark.slow
def test_any_yaml_is_a_blueprint_or_an_error(tmp_path: Path, content: dict[str, object]) -> None:
    outcome(tmp_path / "b.yaml", yaml.safe_dump(content).encode())


@FUZZ
@given(service=st.dictionaries(KEYS, TREES, max_size=6), data=TREES, opens=TREES, parameters=TREES)
@pytest.mark.slow
def test_any_service_is_taken_or_refused(
    tmp_path: Path, service: object, data: object, opens: object, parameters: object
) -> None:
    content = {
        "blueprint": 1,
        "name": "x",
        "opens": opens,
        "services": {"web": service, "db": {"image": "a", "expose": [80]}},
        "data": data,
        "parameters": parameters,
    }
    outcome(tmp_path / "b.yaml", yaml.safe_dump(content).encode())


@pytest.mark.parametrize(
    "text",
    [
        START + "services:\n" + "".join(f"  s{n}: {{extends: s{n + 1}}}\n" for n in range(9_000)),
        START
        + "services:\n  s0: {environment: {"
        + ENTRIES
        + "}}\n"
        + "".join(f"  s{n + 1}: {{extends: s{n}}}\n" for n in range(28)),
        WEB + "".join(f"k{n}: 1\n" for n in range(20_000)),
        WEB + "data: {tables: {a: {rows: 1, columns: {c: {kind: uprn, "
        + ", ".join(f"k{n}: 1" for n in range(20_000)) + "}}}}}\n",
        WEB.replace("image: a", "image: a, depends_on: [" + "x, " * 40_000 + "y]"),
        WEB.replace("image: a", "image: a, command: [" + '"{{ 1 }}", ' * 20_000 + "y]"),
        WEB.replace("image: a", "template: postgres, with: {" + ENTRIES + "}"),
    ],
    ids=["chain", "inherited", "keys", "column", "list", "templates", "options"],
)  # fmt: skip
@pytest.mark.slow
def test_no_blueprint_holds_us_up(tmp_path: Path, text: str) -> None:
    assert isinstance(outcome(tmp_path / "b.yaml", text.encode()), BlueprintError)
