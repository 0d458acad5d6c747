"""`data preview` and `data export`: a page at once, files with a certificate, what is refused."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sandboxctl.cli.counter import counter
from sandboxctl.cli.session import Session
from tests.cli import PAGE, at_terminal, blueprint, facts, sandboxctl

pytestmark = pytest.mark.slow
"""`make check` leaves them to `make test`."""

DATA = """
parameters:
  homes: {type: integer, default: 300, minimum: 1, maximum: 50000000}
data:
  seed: 4
  tables:
    homes:
      rows: "{{ homes }}"
      columns:
        uprn: {kind: uprn, unique: true}
        town: {kind: town}
        note: {kind: text, of: ["", "two\\nlines"], missing: 0.5}
      dirt:
        typos: {rate: 0.2, columns: [town]}
    repairs:
      rows: 50
      columns:
        home: {kind: reference, to: homes.uprn}
        nhs: {kind: nhs_number, missing: 0.2}
"""
FILES = ("homes", "repairs", "homes_truth")


@pytest.fixture
def page(tmp_path: Path) -> str:
    return blueprint(tmp_path / "page", PAGE + DATA)


def export(page: str, *words: str, code: int = 0) -> str:
    done = sandboxctl("data", "export", page, *words)
    assert done.exit_code == code, done.output
    return done.output


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, strict=True))


def test_a_page_of_one_table(page: str) -> None:
    done = sandboxctl("data", "preview", page, "homes")
    assert done.exit_code == 0
    assert done.stdout.startswith("homes: 300 rows, 3 columns\n")
    assert len(facts(done)["uprn"]) == 10
    assert "two" in done.stdout


def test_a_few_rows_of_each(page: str) -> None:
    done = sandboxctl("--json", "data", "preview", page)
    found = json.loads(done.stdout)
    assert list(found) == list(FILES)
    assert {len(table) for table in found.values()} == {3}
    assert found["homes_truth"][0].keys() >= {"row", "meant", "stands"}
    plain = sandboxctl("data", "preview", page).stdout
    assert "homes_truth: what was meant where homes has mistakes" in plain


def test_a_page_from_anywhere_is_what_is_exported(page: str, tmp_path: Path) -> None:
    export(page, "--to", str(tmp_path / "out"))
    done = sandboxctl("--json", "data", "preview", page, "homes", "--from", "291", "--rows", "50")
    found = json.loads(done.stdout)["homes"]
    whole = rows(tmp_path / "out" / "homes.csv")
    assert [{k: v or "" for k, v in row.items()} for row in found] == whole[290:]
    assert None in {row["note"] for row in found}
    truth = sandboxctl("--json", "data", "preview", page, "homes_truth", "--rows", "1000").stdout
    assert [one["stands"] for one in json.loads(truth)["homes_truth"]] == [
        one["stands"] for one in rows(tmp_path / "out" / "homes_truth.csv")
    ]


def test_a_page_past_the_end(page: str) -> None:
    done = sandboxctl("data", "preview", page, "repairs", "--from", "51")
    assert (done.exit_code, "No rows there." in done.stdout) == (0, True)


def test_the_first_page_of_a_long_table_comes_at_once(page: str) -> None:
    began = time.monotonic()
    assert sandboxctl("data", "preview", page, "homes", "--set", "homes=300").exit_code == 0
    few = time.monotonic() - began
    began = time.monotonic()
    long = sandboxctl("data", "preview", page, "homes", "--set", "homes=30000000")
    assert long.stdout.startswith("homes: 30,000,000 rows")
    assert time.monotonic() - began < 5 * few + 1


def test_a_page_at_a_terminal(page: str) -> None:
    wide = at_terminal("data", "preview", page, "repairs")
    assert wide.code == 0
    assert "repairs: 50 rows, 2 columns" in wide.text
    assert "home" in wide.text
    assert at_terminal("data", "preview", page, "repairs", "--from", "99").code == 0


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "arrow"])
def test_export_writes_a_file_for_each_table(page: str, tmp_path: Path, form: str) -> None:
    folder = tmp_path / "out"
    said = export(page, "--format", form, "--to", str(folder))
    beside = {f"{name}.{form}-metadata.json" for name in FILES if form in ("csv", "jsonl")}
    proofs = {"synthetic.cert.json", "synthetic.cert.md"}
    assert names(folder) == {f"{name}.{form}" for name in FILES} | beside | proofs
    certificate = json.loads((folder / "synthetic.cert.json").read_text())
    assert certificate["labelling"]["synthetic"] is True
    for file in certificate["labelling"]["files"]:
        content = (folder / file["name"]).read_bytes()
        assert file["sha256"] == sha256(content).hexdigest()
        assert file["size"] == len(content)
        assert file["sha256"] in said
    assert certificate["disclosure"]["values_outside"] == 0
    assert certificate["structure"]["tables"]["homes"]["rows"] == 300
    assert "synthetic" in (folder / "synthetic.cert.md").read_text().lower()
    for name in beside:
        about: dict[str, Any] = json.loads((folder / name).read_text())
        assert about["url"] == name.removesuffix("-metadata.json")
        assert "synthetic: true" in about["dc:description"]


def test_parquet_says_that_it_is_synthetic(page: str, tmp_path: Path) -> None:
    export(page, "--format", "parquet", "--to", str(tmp_path / "out"), "--table", "homes")
    told = pq.read_schema(tmp_path / "out" / "homes.parquet").metadata
    assert told[b"synthetic"] == b"true"
    assert json.loads(told[b"made_by"])["synthetic"] is True
    assert "repairs.parquet" not in names(tmp_path / "out")


def test_the_bytes_do_not_depend_on_how_they_are_made(page: str, tmp_path: Path) -> None:
    for number, how in enumerate((("--workers", "1"), ("--workers", "4", "--chunk-rows", "7"))):
        export(page, "--to", str(tmp_path / str(number)), *how)
    for name in names(tmp_path / "0"):
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes()


@pytest.mark.parametrize("there", ["homes.csv", "repairs.csv-metadata.json", "synthetic.cert.md"])
def test_what_is_there_is_not_overwritten(page: str, tmp_path: Path, there: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / there).write_text("mine")
    said = export(page, "--to", str(tmp_path / "out"), code=1)
    assert f"{there} is there already" in said
    assert "--force" in said
    assert names(tmp_path / "out") == {there}
    assert (tmp_path / "out" / there).read_text() == "mine"
    export(page, "--to", str(tmp_path / "out"), "--force")
    assert (tmp_path / "out" / there).read_text() != "mine"


def test_an_export_that_fails_leaves_no_certificate(page: str, tmp_path: Path) -> None:
    """The old one would vouch for files that are another's by now."""
    folder = tmp_path / "out"
    export(page, "--to", str(folder))
    (folder / "repairs.csv").unlink()
    (folder / "repairs.csv").mkdir()
    said = export(page, "--to", str(folder), "--force", "--set", "homes=200", code=1)
    assert "repairs.csv cannot be written" in said
    assert "room on its disk" in said
    assert not {name for name in names(folder) if "cert" in name or name.endswith(".part")}
    assert len(rows(folder / "homes.csv")) == 200


def test_a_file_is_no_folder(page: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = export(page, "--to", str(tmp_path / "file" / "out"), code=1)
    assert "cannot be written" in said


def test_a_folder_in_place_of_the_certificate(page: str, tmp_path: Path) -> None:
    (tmp_path / "out" / "synthetic.cert.json").mkdir(parents=True)
    said = export(page, "--to", str(tmp_path / "out"), "--force", code=1)
    assert "cannot be written" in said
    assert names(tmp_path / "out") == {"synthetic.cert.json"}


def test_a_table_that_is_not_there(page: str, tmp_path: Path) -> None:
    said = export(page, "--to", str(tmp_path / "out"), "--table", "home", code=2)
    assert "there is no table 'home'" in said
    assert "homes, repairs, homes_truth" in said
    assert not (tmp_path / "out").exists()
    assert sandboxctl("data", "preview", page, "nobody").exit_code == 2


def test_a_blueprint_without_data(tmp_path: Path) -> None:
    done = sandboxctl("data", "preview", blueprint(tmp_path))
    assert done.exit_code == 2
    assert "has no `data`" in done.output


def test_a_pack_needs_no_blueprint() -> None:
    done = sandboxctl("data", "preview", "council-tax", "--rows", "1")
    assert done.exit_code == 0, done.output
    wrong = sandboxctl("data", "preview", "council-tax", "--set", "nonsense=1")
    assert wrong.exit_code == 2
    assert "nonsense" in wrong.output


def test_export_as_json(page: str, tmp_path: Path) -> None:
    done = sandboxctl("--json", "data", "export", page, "--to", str(tmp_path / "out"))
    assert [file["rows"] for file in json.loads(done.stdout)][:2] == [300, 50]


def test_verbs_of_data() -> None:
    said = sandboxctl("data", "--help").output
    assert all(verb in said for verb in ("preview", "export", "check", "scan", "infer"))
    assert sandboxctl("data", "nonsense").exit_code == 2


@pytest.mark.parametrize(("total", "share"), [(8, "50%"), (0, "")])
def test_progress_is_told_in_a_log(
    total: int, share: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with counter(Session(json=False), "export", total, quiet=0) as tell:
        tell(4)
        tell(5)  # too soon after it
    assert capsys.readouterr().err == f"export: 4 of {total} rows, {share}\n"


def test_quick_work_is_not_talked_about(capsys: pytest.CaptureFixture[str]) -> None:
    with counter(Session(json=False), "export", 10) as tell:
        tell(10)
    assert capsys.readouterr().err == ""


def test_two_exports_do_not_write_into_one_folder(page: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    other = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        said = export(page, "--to", str(folder), code=1)
    finally:
        os.close(other)
    assert f"another export is writing into {folder}" in said
    assert names(folder) == set()
    export(page, "--to", str(folder))
    assert "homes.csv" in names(folder)
