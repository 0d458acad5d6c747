"""The workshop file: what is taken, what is refused, and how that is said."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandboxctl import clock, codes
from sandboxctl.blueprint.load import bundled
from sandboxctl.blueprint.problem import failure
from sandboxctl.errors import BlueprintError
from sandboxctl.workshop import schema
from sandboxctl.workshop.asked import Asked, is_workshop, load_workshop, of_blueprint
from sandboxctl.workshop.model import WorkshopFile
from sandboxctl.workshop.read import read

ROOT = Path(__file__).resolve().parents[1]
LONDON = ZoneInfo("Europe/London")
MORNING = datetime(2026, 5, 12, 9, tzinfo=LONDON)
SHIPPED = bundled("blueprints") / "repair-right" / "blueprint.yaml"
HEAD = "workshop: 1\nname: spring-den\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("permits", "bins"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "blueprint.yaml").write_text("blueprint: 1\n", encoding="utf-8")
    return tmp_path


def loaded(folder: Path, text: str) -> Asked:
    file = folder / "workshop.yaml"
    file.write_text(text, encoding="utf-8")
    return load_workshop(file, today=MORNING)


def refused(folder: Path, text: str) -> list[str]:
    """What is said, without the path of the file."""
    with pytest.raises(BlueprintError) as raised:
        loaded(folder, text)
    assert raised.value.hint
    return str(raised.value).replace(f"{folder}/workshop.yaml:", "").splitlines()


def test_the_example_is_read() -> None:
    asked = load_workshop(ROOT / "examples" / "workshop.yaml", today=MORNING)
    assert (asked.name, asked.number, asked.spares) == ("spring-den", 4, 2)
    assert asked.until == datetime(2026, 5, 12, 16, tzinfo=UTC)
    assert {team.name: (team.blueprint.parent.name, dict(team.set)) for team in asked.named} == {
        "heron": ("repair-right", {"homes": "500"}),
        "otter": ("repair-right", {"homes": "500"}),
        "badger": ("repair-right", {"homes": "5000"}),
        "newcomers": ("01-static-page", {}),
    }
    assert [team.shown for team in asked.teams()][:2] == ["heron", "The otters"]


def test_the_files_on_the_page_are_read(folder: Path) -> None:
    page = (ROOT / "docs" / "workshops.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert [loaded(folder, block).number for block in blocks] == [12, 4]


def test_a_number_of_teams_is_named_later(folder: Path) -> None:
    text = f"{HEAD}teams: 3\nblueprint: permits\nset: {{a: 1.10, b: true, c: x}}\n"
    asked = loaded(folder, text)
    assert asked.until is None
    assert asked.digest == sha256(text.encode()).hexdigest()
    teams = asked.teams(own=["team-02"], taken=["team-01", "team-02"])
    assert [team.name for team in teams] == ["team-02", "team-03", "team-04"]
    assert {team.blueprint for team in teams} == {folder / "permits" / "blueprint.yaml"}
    assert teams[0].set == {"a": "1.10", "b": "true", "c": "x"}


def test_a_list_of_names(folder: Path) -> None:
    asked = loaded(folder, f"{HEAD}teams: [heron, otter]\nblueprint: ./permits\nspares: 0\n")
    assert [team.name for team in asked.teams(own=["heron"], taken=["heron"])] == ["heron", "otter"]
    assert asked.number == 2
    with pytest.raises(BlueprintError, match="otter is a sandbox already") as raised:
        asked.teams(own=["heron"], taken=["heron", "otter"])
    assert raised.value.code == "DEN233"


def test_what_lies_beside_the_file_comes_before_a_shipped_one(folder: Path) -> None:
    text = f"{HEAD}teams: 1\nblueprint: repair-right\n"
    assert loaded(folder, text).teams()[0].blueprint == SHIPPED
    (folder / "repair-right").mkdir()
    (folder / "repair-right" / "blueprint.yaml").write_text("", encoding="utf-8")
    assert loaded(folder, text).teams()[0].blueprint.parent == folder / "repair-right"


def test_a_team_with_a_blueprint_of_its_own_has_its_own_values_only(folder: Path) -> None:
    asked = loaded(
        folder,
        f"{HEAD}blueprint: permits\nset: {{homes: 5, rows: 1}}\nteams:\n  heron:\n"
        "  otter: {set: {homes: 7}}\n  badger: {blueprint: bins, set: {lorries: 2}}\n",
    )
    assert [dict(team.set) for team in asked.named] == [
        {"homes": "5", "rows": "1"},
        {"homes": "7", "rows": "1"},
        {"lorries": "2"},
    ]
    assert asked.named[2].blueprint.parent.name == "bins"


def test_every_team_may_have_its_own_and_the_workshop_none(folder: Path) -> None:
    asked = loaded(folder, f"{HEAD}teams: {{a: {{blueprint: bins}}, b: {{blueprint: permits}}}}\n")
    assert [team.blueprint.parent.name for team in asked.named] == ["bins", "permits"]


@pytest.mark.parametrize(
    ("until", "means"),
    [
        ("17:00", "2026-05-12T16:00"),
        ("08:30", "2026-05-13T07:30"),
        ("2026-05-14 17:00", "2026-05-14T16:00"),
        ("2026-05-14T17:00:00Z", "2026-05-14T17:00"),
        ("2026-05-14T17:00-05:00", "2026-05-14T22:00"),
    ],
)
def test_an_end_is_a_time_of_the_room(folder: Path, until: str, means: str) -> None:
    asked = loaded(folder, f"{HEAD}teams: 1\nblueprint: bins\nuntil: {until}\n")
    assert asked.until == datetime.fromisoformat(f"{means}+00:00")


def test_a_workshop_of_a_blueprint_alone() -> None:
    asked = of_blueprint(SHIPPED, "spring-den", 2, values={"homes": "500"})
    assert [team.name for team in asked.teams()] == ["team-01", "team-02"]
    assert asked.teams()[0].set == {"homes": "500"}
    assert (asked.spares, asked.digest, asked.until) == (1, "", None)


NAMES = (
    "cannot be the name of a team: it becomes a host name, of 1 to 30 small letters, digits and "
    "single hyphens, beginning with a letter"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("teams: twelve\nblueprint: bins",
         "3: teams: should be a number, a list of names, or names with what each has, not 'twelve' "
         "[DEN205]"),
        ("teams: 0\nblueprint: bins", "3: teams: should be 1 or more, not 0 [DEN209]"),
        ("teams: 251\nblueprint: bins", "3: teams: should be 250 or less, not 251 [DEN209]"),
        ("teams: true\nblueprint: bins",
         "3: teams: should be a number, not true or false [DEN205]"),
        ("teams: []\nblueprint: bins", "3: teams: should have 1 or more [DEN211]"),
        ("teams: {}\nblueprint: bins", "3: teams: should have 1 or more [DEN211]"),
        ("teams: [Team Heron]\nblueprint: bins",
         f"3: teams.0: 'Team Heron' {NAMES}; did you mean `team-heron`? [DEN207]"),
        ("teams: [a, 7]\nblueprint: bins",
         f"3: teams.1: '7' {NAMES}; did you mean `team-7`? [DEN207]"),
        ("teams: ['???']\nblueprint: bins", f"3: teams.0: '???' {NAMES} [DEN207]"),
        ("teams: {Heron: {}}\nblueprint: bins",
         f"3: teams.Heron: 'Heron' {NAMES}; did you mean `heron`? [DEN207]"),
        ("teams:\n  - a\n  - b\n  - a\nblueprint: bins",
         "6: teams.2: 'a' is on line 4 already [DEN270]"),
        ("teams: {a: {blueprnt: x}}\nblueprint: bins",
         "3: teams.a.blueprnt: is not a key here; did you mean `blueprint`? [DEN202]"),
        ("teams: {a: {qqq: x}}\nblueprint: bins",
         "3: teams.a.qqq: is not a key here; there are title, blueprint, set [DEN202]"),
        ("teams: 1\nblueprint: bins\nlifetime: 8h",
         "5: lifetime: is not a key here; a workshop has `until`: a time of day, or a date and a "
         "time [DEN202]"),
        ("teams: 1\nblueprint: bins\nset: {a: [1]}",
         "5: set.a: should be text, not ['1'] [DEN205]"),
        ("teams: [[a], b]\nblueprint: bins",
         f"3: teams.0: ['a'] {NAMES}; did you mean `a`? [DEN207]"),
        ("teams: 1\nblueprint: bins\nuntil: 25:00",
         "5: until: should be a time such as 17:00 or 2026-05-12 17:00, not '25:00' [DEN206]"),
        ("teams: 1\nblueprint: bins\nuntil: 2026-05-12 09:00",
         "5: until: 2026-05-12 09:00 is over already [DEN272]"),
        ("teams: 1\nblueprint: bins\nuntil: 2026-06-12 09:00",
         "5: until: 2026-06-12 09:00 is more than 14 days off [DEN272]"),
        ("teams: 1\nblueprint: bins\nuntil: 2026-02-30 09:00",
         "5: until: should be a time such as 17:00 or 2026-05-12 17:00 [DEN272]"),
        ("teams: 1", "1: there is no `blueprint` for all teams [DEN271]"),
        ("teams: {a: {blueprint: bins}, b: {}}",
         "1: there is no `blueprint` for all teams, and b has none [DEN271]"),
        ("teams: [a, b]", "1: there is no `blueprint` for all teams, and a, b have none [DEN271]"),
        ("teams: 1\nblueprint: &x bins",
         "4: blueprint: anchors and aliases are not read; write it out, or let a service use "
         "`extends` [DEN106]"),
        ("services: {}", "3: services: is a blueprint, not a workshop"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(folder: Path, text: str, said: str) -> None:
    head = HEAD.replace("workshop", "blueprint") if text == "services: {}" else HEAD
    (found,) = refused(folder, f"{head}{text}\n")
    assert found.startswith(said)


def test_all_that_is_wrong_is_said_at_once(folder: Path) -> None:
    found = refused(
        folder, "workshop: 1\nnme: x\nteams: [a, a, B]\nspares: 99\nblueprint: bins\nuntil: soon\n"
    )
    assert [line.split(":")[0] for line in found] == ["2", "3", "3", "4", "6"]
    assert not [line for line in found if "is missing" in line]


def test_a_blueprint_that_is_not_there_is_said_once(folder: Path) -> None:
    (found,) = refused(folder, f"{HEAD}teams: [a, b, c]\nblueprint: repair-rihgt\n")
    assert found.startswith("4: blueprint: ")
    assert found.endswith("did you mean `repair-right`? [DEN472]")
    (found,) = refused(folder, f"{HEAD}teams:\n  a:\n    blueprint: nowhere\n")
    assert found.startswith("5: teams.a.blueprint: ")
    (folder / "bare").mkdir()
    (found,) = refused(folder, f"{HEAD}teams: 1\nblueprint: bare\n")
    assert "has no blueprint.yaml in it" in found


def test_what_cannot_be_read_at_all(folder: Path) -> None:
    assert refused(folder, "")[0].startswith("1: is empty")
    assert read(b"\xff")[0] is None
    with pytest.raises(BlueprintError, match="no such file") as raised:
        load_workshop(folder / "nowhere.yaml", today=MORNING)
    assert raised.value.code == "DEN273"
    with pytest.raises(BlueprintError, match="is not a file"):
        load_workshop(folder, today=MORNING)
    (folder / "link.yaml").symlink_to("/etc/hostname")
    with pytest.raises(BlueprintError, match=r"link\.yaml"):
        load_workshop(folder / "link.yaml", today=MORNING)


def test_a_workshop_is_told_from_a_blueprint(folder: Path) -> None:
    assert is_workshop(ROOT / "examples" / "workshop.yaml")
    assert not is_workshop(SHIPPED)
    assert not is_workshop(folder / "nowhere.yaml")
    (folder / "empty.yaml").write_text("", encoding="utf-8")
    assert not is_workshop(folder / "empty.yaml")


def test_a_moment_is_a_time_of_day_or_of_a_day() -> None:
    assert clock.moment("17:00", today=MORNING) == MORNING.replace(hour=17)
    assert clock.moment("2026-05-13 17:00", today=MORNING) == MORNING.replace(day=13, hour=17)
    for wrong in ("soon", "2026-05-13", "2026-05-99 17:00"):
        with pytest.raises(ValueError, match="should be a time"):
            clock.moment(wrong, today=MORNING)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("aZ 5-é", max_size=8)
    | st.sampled_from(["heron", "set", "17:00", "repair-right", "[key]", "<names>"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["heron", "set", "blueprint", "title", "a b", "[key]", "<mapping>", 5, ""]),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from([*WorkshopFile.model_fields, "services", "nme", "[key]", "5"]), ANYTHING
    )
)
def test_whatever_it_says_it_is_taken_or_told_of(content: dict[str, object]) -> None:
    text = yaml.safe_dump(content, allow_unicode=True).encode()
    found, _, problems = read(text)
    assert (found is None) == bool(problems)
    for problem in problems:
        assert problem.why
        assert problem.code in codes.ALL
        assert problem.shown("w.yaml").startswith("w.yaml:")
    assert failure("w.yaml", problems).hint if problems else found


@pytest.mark.parametrize("what", schema.SCHEMAS)
def test_the_schemas_in_docs_are_those_the_models_make(what: str) -> None:
    written = (ROOT / "docs" / f"workshop-{what}.schema.json").read_text(encoding="utf-8")
    made = json.dumps(schema.SCHEMAS[what](), indent=2) + "\n"
    option = {"file": "workshop"}.get(what, what)
    run = f"run `sandboxctl schema --{option} > docs/workshop-{what}.schema.json`"
    assert written == made, run


def test_the_reference_page_is_the_one_the_model_makes() -> None:
    page = (ROOT / "docs" / "workshop-file.md").read_text(encoding="utf-8")
    run = "run `sandboxctl schema --workshop --reference > docs/workshop-file.md`"
    assert page == schema.reference() + "\n", run
    assert "| `spares` | a whole number, 0 to 20 | `1` |" in page
    assert not [row for row in page.splitlines() if row.endswith("|  |")]
