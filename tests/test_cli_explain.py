"""`explain`, and what `validate` answers for programs: JSON, SARIF and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest

from sandboxctl import codes
from sandboxctl.cli import complete
from sandboxctl.cli.main import main
from tests.cli import PAGE, at_terminal, blueprint, facts, sandboxctl

BAD = PAGE + "    privileged: true\n    user: 0\n    healthcheck: {htpp: /}\n"
HOSTILE = PAGE + '    "a\\nblueprint.yaml:1: all is well \u202e": 1\n    command: "\\e[2J{{ x }}"\n'


@pytest.fixture
def bad(tmp_path: Path) -> str:
    return blueprint(tmp_path / "bad", BAD)


def test_a_code_is_explained_however_it_is_written() -> None:
    told = [facts(sandboxctl("explain", word)) for word in ("DEN301", "den301", "301", "[DEN301]")]
    assert told == [told[0]] * 4
    assert told[0]["code"] == ["DEN301"]
    assert told[0]["risk"] == [codes.ALL["DEN301"].risk]
    assert told[0]["mend"] == [codes.ALL["DEN301"].mend]


def test_several_codes_are_explained_once_each_in_the_order_asked_for() -> None:
    assert facts(sandboxctl("explain", "DEN740", "DEN301", "DEN740"))["code"] == [
        "DEN740",
        "DEN301",
    ]
    found = json.loads(sandboxctl("explain", "DEN740", "301", "--json").stdout)
    assert [one["code"] for one in found] == ["DEN740", "DEN301"]


def test_without_a_code_all_are_listed() -> None:
    assert facts(sandboxctl("explain")).keys() == codes.ALL.keys()
    found = json.loads(sandboxctl("explain", "--json").stdout)
    assert [one["code"] for one in found] == list(codes.ALL)
    assert {*found[0]} == {"code", "chapter", "title", "risk", "mend", "policy"}


def test_at_a_terminal_each_chapter_has_a_heading() -> None:
    screen = at_terminal("explain")
    assert screen.code == 0
    for title in codes.CHAPTERS.values():
        assert title in screen.text
    assert "DEN301" in screen.text


def test_a_code_that_there_is_not_has_a_near_match() -> None:
    result = sandboxctl("explain", "DEN3O1")
    assert result.exit_code == 2
    assert "DEN3O1 is not a code; did you mean `DEN301`?" in result.stderr
    assert "`sandboxctl explain` lists them all." in result.stderr


@pytest.mark.parametrize(
    ("word", "instead"),
    [
        ("DEN999", ": DEN9xx, “What runs”, has none of this number"),
        ("DEN3O1", "; did you mean `DEN301`?"),
        ("DEM301", "; did you mean `DEN301`?"),
        ("DEN219", "; did you mean `DEN210`?"),
        ("DEN072", ""),
        ("DEN9", ""),
        ("privileged", ""),
    ],
)
def test_only_a_slip_is_guessed_at(word: str, instead: str) -> None:
    result = sandboxctl("explain", word)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[0] == f"{word} is not a code{instead}"


@pytest.mark.parametrize(
    ("lines", "hinted"),
    [
        ("    prot: 1\n", True),
        ("    privileged: true\n", False),
        ("    files: {/etc/x: ./gone}\n", False),
    ],
)
def test_the_reference_is_named_where_a_key_or_a_value_is_wrong(
    tmp_path: Path, lines: str, hinted: bool
) -> None:
    folder = blueprint(tmp_path / "page", PAGE + lines)
    said = sandboxctl("validate", folder).stderr
    assert ("→ Every key is explained by `sandboxctl schema --reference`." in said) == hinted
    assert "explain DEN" in said
    told = json.loads(sandboxctl("up", folder, "--json").stderr)
    assert bool(told["hint"])
    assert "--reference" not in sandboxctl("validate", blueprint(tmp_path), "--set", "x=1").stderr


def test_codes_are_completed() -> None:
    ctx = click.Context(main)
    found = complete.asked("codes", ctx, "DEN30")
    assert [item.value for item in found] == [c for c in codes.ALL if c.startswith("DEN30")]
    assert found[1].help == codes.ALL["DEN301"].title


def test_a_refused_blueprint_names_the_command_that_explains(bad: str) -> None:
    result = sandboxctl("validate", bad)
    assert result.exit_code == 3
    assert "services.web.privileged: is not a key here" in result.stderr
    assert result.stderr.count("[DEN301]") == 1
    # the one that decides stands first
    assert "`sandboxctl explain DEN301 DEN304 DEN202` says why" in result.stderr
    assert sandboxctl("up", bad).exit_code == sandboxctl("plan", bad).exit_code == 3
    told = json.loads(sandboxctl("up", bad, "--json").stderr)
    assert (told["code"], told["codes"]) == (3, ["DEN301", "DEN304", "DEN202"])


def test_json_says_all_of_each_refusal(bad: str) -> None:
    result = sandboxctl("validate", bad, "--json")
    assert result.exit_code == 3
    first, second, third = json.loads(result.stdout)
    assert first["file"] == f"{bad}/blueprint.yaml"
    assert (first["line"], first["column"], first["key"]) == (9, None, "services.web.privileged")
    assert (first["code"], first["policy"]) == ("DEN301", True)
    assert first["risk"] == codes.ALL["DEN301"].risk
    assert (second["code"], third["code"], third["policy"]) == ("DEN304", "DEN202", False)
    assert all(one["hint"] for one in (first, second, third))


def sarif(*words: str) -> tuple[int, dict[str, Any]]:
    result = sandboxctl("validate", *words, "--sarif")
    log = json.loads(result.stdout)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    assert run["tool"]["driver"]["name"] == "sandboxctl"
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for found in run["results"]:
        assert rules[found["ruleIndex"]] == found["ruleId"]
        assert (found["level"], bool(found["message"]["text"])) == ("error", True)
        assert found["locations"]
    assert len(rules) == len({*rules})
    return result.exit_code, run


def test_sarif_names_rules_files_and_lines(bad: str) -> None:
    code, run = sarif(bad)
    assert code == 3
    rule = run["tool"]["driver"]["rules"][0]
    known = codes.ALL["DEN301"]
    assert rule["shortDescription"]["text"] == known.title
    assert rule["fullDescription"]["text"] == known.risk
    assert rule["help"]["text"] == known.mend
    assert rule["properties"]["tags"] == ["policy"]
    place = run["results"][0]["locations"][0]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "blueprint.yaml", "uriBaseId": "BLUEPRINT"},
        "region": {"startLine": 9},
    }
    assert place["logicalLocations"] == [{"fullyQualifiedName": "services.web.privileged"}]
    assert "BLUEPRINT" in run["originalUriBaseIds"]


def test_sarif_of_a_good_blueprint_is_empty(tmp_path: Path) -> None:
    code, run = sarif(blueprint(tmp_path / "good"))
    assert (code, run["results"], run["tool"]["driver"]["rules"]) == (0, [], [])
    assert run["invocations"][0]["executionSuccessful"] is True


def test_sarif_counts_from_the_folder_wherever_it_is_called_from(
    bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uris = []
    monkeypatch.chdir(Path(bad).parent)
    for words in (
        bad,
        "bad",
        "bad/blueprint.yaml",
        f"../{Path(bad).parent.name}/bad",
    ):
        _, run = sarif(words)
        place = run["results"][0]["locations"][0]["physicalLocation"]
        uris.append(place["artifactLocation"]["uri"])
    assert uris == ["blueprint.yaml"] * 4


def test_sarif_of_files_beside_it_and_of_what_is_in_no_file(tmp_path: Path) -> None:
    folder = blueprint(tmp_path / "page")
    (tmp_path / "page" / "site" / "a b.csv").write_text("nhs_number\n9434765919\n9434765870\n")
    code, run = sarif(folder)
    (found,) = run["results"]
    assert (code, found["ruleId"]) == (3, "DEN470")
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "site/a%20b.csv"
    assert place["region"] == {"startLine": 2}
    assert "data scan" in found["properties"]["hint"]
    code, run = sarif(blueprint(tmp_path / "other"), "--set", "homes=1")
    assert code == 2
    assert run["results"][0]["locations"] == [
        {"logicalLocations": [{"fullyQualifiedName": "--set homes"}]}
    ]


def test_sarif_of_what_is_not_there_is_a_log_too() -> None:
    result = sandboxctl("validate", "nowhere", "--sarif")
    (found,) = json.loads(result.stdout)["runs"][0]["results"]
    assert (result.exit_code, found["ruleId"], found["locations"]) == (2, "DEN472", [])
    assert "no such file or folder" in found["message"]["text"]


def test_sarif_and_json_exclude_each_other(bad: str) -> None:
    result = sandboxctl("validate", bad, "--sarif", "--json")
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


def test_what_a_supplier_wrote_stays_text(tmp_path: Path) -> None:
    folder = blueprint(tmp_path / "hostile", HOSTILE.replace("\u202e", ""))
    plain = sandboxctl("validate", folder)
    assert plain.exit_code == 2
    assert not [line for line in plain.stderr.splitlines() if line.startswith("blueprint.yaml:1:")]
    answers = [sandboxctl("validate", folder, how).stdout for how in ("--json", "--sarif")]
    (turned,) = json.loads(sandboxctl("validate", _turned(tmp_path), "--json").stdout)
    assert "U+202E" in turned["why"]
    for text in [*answers, plain.stderr]:
        assert not {char for char in text if ord(char) < 32 and char != "\n"}
        assert "\u202e" not in text
    assert any("a\nblueprint.yaml:1" in one["key"] for one in json.loads(answers[0]))


def _turned(folder: Path) -> str:
    return blueprint(folder / "turned", HOSTILE)
