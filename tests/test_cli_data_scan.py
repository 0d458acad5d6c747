"""`sandboxctl data scan`, and what `validate` makes of the data that a blueprint brings along."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandboxctl.blueprint.templates import bundled
from tests.cli import PAGE, blueprint, facts, sandboxctl
from tests.planted import REAL, safe


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("id,nino\n1,AB123456C\n2,QQ123456C\n3,CE234567D\n")
    return path


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.csv"
    path.write_text("id,nino\n1,QQ123456C\n")
    return path


def test_findings_are_masked_and_end_with_3(people: Path) -> None:
    result = sandboxctl("data", "scan", str(people))
    assert result.exit_code == 3
    told = facts(result)
    assert told["column"] == ["nino"]
    assert told["what"] == ["2 National Insurance numbers"]
    assert told["rows"] == ["2, 4"]
    assert told["for example"] == ["A*******C"]
    assert told["confidence"] == ["high"]
    assert "2 finds among 6 values in 1 file could be somebody's" in result.stderr
    assert "AB123456C" not in result.output


def test_nothing_found_ends_with_0(clean: Path) -> None:
    result = sandboxctl("data", "scan", str(clean))
    assert result.exit_code == 0
    assert "Nothing found that could be somebody's." in result.stdout


def test_what_cannot_be_read_ends_with_2_and_the_rest_is_told(people: Path) -> None:
    result = sandboxctl("data", "scan", str(people.with_name("none.csv")), str(people))
    assert result.exit_code == 2
    assert "none.csv cannot be read" in result.stderr
    assert "→" in result.stderr
    assert facts(result)["column"] == ["nino"]


def test_json_says_the_same(people: Path, clean: Path) -> None:
    missing = str(people.with_name("none.csv"))
    result = sandboxctl("data", "scan", "--json", str(people), str(clean), missing)
    assert result.exit_code == 2
    first, second, third = json.loads(result.stdout)
    (finding,) = first["findings"]
    assert finding["kind"] == "nino"
    assert finding["rows"] == [2, 4]
    assert finding["masked"] == ["A*******C", "C*******D"]
    assert finding["share"] == 1.0
    assert (second["findings"], second["error"], second["values"]) == ([], None, 2)
    assert "cannot be read" in third["error"]
    assert third["hint"]


def test_sarif_names_rules_lines_and_files(people: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.sarif"
    missing = people.with_name("none.csv")
    result = sandboxctl("data", "scan", str(people), str(missing), "--sarif", str(log))
    assert result.exit_code == 2
    sarif = json.loads(log.read_text())
    assert sarif["version"] == "2.1.0"
    assert sarif["$schema"].endswith("sarif-2.1.0.json")
    (run,) = sarif["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "sandboxctl"
    assert rule["id"] == "real-nino"
    (found,) = run["results"]
    assert (found["ruleId"], found["ruleIndex"], found["level"]) == ("real-nino", 0, "error")
    places = [place["physicalLocation"] for place in found["locations"]]
    assert [place["region"]["startLine"] for place in places] == [2, 4]
    assert {place["artifactLocation"]["uri"] for place in places} == {people.as_uri()}
    assert "AB123456C" not in log.read_text()
    (trouble,) = run["invocations"]
    assert trouble["executionSuccessful"] is False
    assert "none.csv" in trouble["toolExecutionNotifications"][0]["message"]["text"]


def test_sarif_of_parquet_and_of_what_is_named_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"nino": ["AB123456C"]}), tmp_path / "a b.parquet")
    monkeypatch.chdir(tmp_path)
    assert sandboxctl("data", "scan", "a b.parquet", "--sarif", "log.sarif").exit_code == 3
    (found,) = json.loads(Path("log.sarif").read_text())["runs"][0]["results"]
    assert found["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "a%20b.parquet"}}}
    ]
    refused = sandboxctl("data", "scan", "a b.parquet", "--sarif", "none/log.sarif")
    assert refused.exit_code == 2
    assert "cannot be written" in refused.stderr


def test_fix_writes_copies_that_are_clean(people: Path, clean: Path, tmp_path: Path) -> None:
    folder = tmp_path / "safe"
    result = sandboxctl("data", "scan", str(people), str(clean), "--fix", str(folder), "--json")
    assert result.exit_code == 0
    assert [one["copy"] for one in json.loads(result.stdout)] == [
        str(folder / "people.csv"),
        str(folder / "clean.csv"),
    ]
    assert sandboxctl("data", "scan", *map(str, folder.iterdir())).exit_code == 0
    assert (folder / "clean.csv").read_bytes() == clean.read_bytes()
    again = sandboxctl("data", "scan", str(people), "--fix", str(folder))
    assert again.exit_code == 2
    assert "nothing is written over" in again.stderr


def test_a_key_is_for_fixing(people: Path, tmp_path: Path) -> None:
    assert sandboxctl("data", "scan", str(people), "--key", "x").exit_code == 2
    copies = []
    for name in ("one", "two"):
        folder = tmp_path / name
        sandboxctl("data", "scan", str(people), "--fix", str(folder), "--key", "x")
        copies.append((folder / "people.csv").read_bytes())
    assert copies[0] == copies[1]


def test_it_can_be_used_with_what_the_shell_finds(people: Path, tmp_path: Path) -> None:
    from sandboxctl.cli.data_scan import scan_verb

    (tmp_path / "notes.txt").touch()
    (tmp_path / "folder").mkdir()
    (files,) = [param for param in scan_verb.params if param.name == "files"]
    context = scan_verb.make_context("scan", [str(people)])
    offered = {item.value for item in files.shell_complete(context, f"{tmp_path}/")}
    assert offered == {str(people), f"{tmp_path / 'folder'}/"}
    assert files.shell_complete(context, f"{tmp_path}/none/") == []


def with_data(folder: Path, name: str, content: str) -> str:
    where = blueprint(folder)
    path = folder / "site" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    return where


def test_a_blueprint_with_real_looking_data_is_refused_at_file_and_line(tmp_path: Path) -> None:
    rows = "".join(f"{n},{number}\n" for n, number in enumerate(REAL["nhs_number"]))
    where = with_data(tmp_path, "data/patients.csv", f"id,nhs_number\n{rows}")
    result = sandboxctl("validate", where)
    assert result.exit_code == 3
    assert "site/data/patients.csv:2: nhs_number has 4 NHS numbers" in result.stderr
    assert "--fix" in result.stderr
    assert REAL["nhs_number"][0] not in result.output
    (problem,) = json.loads(sandboxctl("validate", where, "--json").stdout)
    assert (problem["line"], Path(problem["file"]).name) == (2, "patients.csv")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("safe.csv", "nhs_number\n" + "\n".join(safe("nhs_number", 20))),
        ("package.json", '{"author": "Jane <jane@some-company.co.uk>"}'),
        ("notes.txt", "AB123456C"),
        ("empty.csv", ""),
        ("config.json", "{a: 'no JSON'}"),
    ],
)
def test_a_blueprint_with_safe_data_or_none_is_not(name: str, content: str, tmp_path: Path) -> None:
    result = sandboxctl("validate", with_data(tmp_path, name, content))
    assert result.exit_code == 0, result.output


def test_data_that_cannot_be_looked_through_is_refused(tmp_path: Path) -> None:
    result = sandboxctl("validate", with_data(tmp_path, "x.parquet", "no Parquet"))
    assert result.exit_code == 2
    assert "x.parquet: cannot be looked through for real data" in result.stderr


def test_records_of_parquet_have_no_line(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    where = with_data(tmp_path, "x.parquet", "")
    parquet.write_table(pa.table({"nino": ["none", "AB123456C"]}), tmp_path / "site/x.parquet")
    result = sandboxctl("validate", where)
    assert "x.parquet: nino has 1 National Insurance number" in result.stderr
    assert "in record 2" in result.stderr


def test_files_beside_the_source_are_looked_through_too(tmp_path: Path) -> None:
    text = PAGE + "    files:\n      /srv/people.sql: ./people.sql\n"
    where = blueprint(tmp_path, text)
    (tmp_path / "people.sql").write_text("INSERT INTO t (n)\nVALUES ('AB123456C');\n")
    result = sandboxctl("validate", where)
    assert "people.sql:2: t.n has 1 National Insurance number" in result.stderr


def test_what_is_shipped_holds_nothing_that_could_be_somebodys() -> None:
    root = Path(__file__).resolve().parents[1]
    folders = [*bundled("blueprints").iterdir(), *(root / "examples").iterdir()]
    shipped = [folder for folder in folders if (folder / "blueprint.yaml").is_file()]
    assert shipped
    for folder in shipped:
        result = sandboxctl("validate", str(folder))
        assert result.exit_code == 0, result.output
