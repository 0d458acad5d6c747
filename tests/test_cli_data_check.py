"""`data check`: a verdict for each promise, as lines, as JSON and as an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandboxctl.cli.data_check import told
from sandboxctl.cli.session import Session
from sandboxctl.data.proof.examine import Report
from sandboxctl.data.proof.result import Result
from tests.cli import PAGE, at_terminal, blueprint, facts, facts_in, sandboxctl

pytestmark = pytest.mark.slow
"""`make check` leaves them to `make test`."""

DATA = """
parameters:
  homes: {type: integer, default: 300, minimum: 1, maximum: 1000}
data:
  seed: 4
  tables:
    homes:
      rows: "{{ homes }}"
      columns:
        uprn: {kind: uprn, unique: true}
        bedrooms: {kind: choice, of: {1: 0.2, 2: 0.4, 3: 0.4}}
    repairs:
      rows: 500
      columns:
        home: {kind: reference, to: homes.uprn}
        cost: {kind: decimal, between: [0, 90], missing: 0.2}
"""
CHECKED = {"rows", "safe set", "missing", "bounds", "unique", "chi-square", "reference"}


@pytest.fixture
def page(tmp_path: Path) -> str:
    return blueprint(tmp_path, PAGE + DATA)


def test_every_promise_gets_a_verdict(page: str) -> None:
    result = sandboxctl("data", "check", page)
    assert result.exit_code == 0, result.output
    found = facts(result)
    assert set(found["check"]) >= CHECKED
    assert set(found["verdict"]) == {"holds"}
    assert len(found["verdict"]) == len(found["where"]) == len(found["limit"])
    assert f"All {len(found['check'])} checks of 800 rows hold." in result.stdout


def test_some_tables_rows_and_parameters_can_be_chosen(page: str) -> None:
    result = sandboxctl(
        "data", "check", page, "--table", "homes", "--rows", "100", "--set", "homes=200"
    )
    assert "checks of 100 rows hold." in result.stdout
    assert all(where.startswith("homes") for where in facts(result)["where"])


def test_json_has_every_number(page: str) -> None:
    found = json.loads(sandboxctl("data", "check", page, "--json").stdout)
    one = next(row for row in found if row["check"] == "chi-square")
    assert list(one) == [
        "check", "where", "declared", "observed", "statistic", "limit", "holds", "alarm",
    ]  # fmt: skip
    assert one["holds"] is True
    assert 0 <= one["statistic"] <= one["limit"]
    assert 0 < one["alarm"] <= 1e-6


def test_only_failures_can_be_asked_for(page: str) -> None:
    result = sandboxctl("data", "check", page, "--failed")
    assert result.stdout.startswith("Everything holds.")


def test_a_table_that_is_not_there_and_a_blueprint_without_data_are_refused(
    page: str, tmp_path: Path
) -> None:
    result = sandboxctl("data", "check", page, "--table", "home")
    assert result.exit_code == 2
    assert "homes" in result.stderr
    bare = blueprint(tmp_path / "bare")
    assert sandboxctl("data", "check", bare).exit_code == 2


def test_what_does_not_hold_is_said_with_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    bad = Result("chi-square", "homes.x", "shares", "all apart", float("inf"), 9.5, False, 1e-7)
    report = Report((Result("rows", "homes", "1", "1", 0, 0, True), bad), {})
    assert told(Session(), report, only_failed=False) == 1
    out = capsys.readouterr().out
    assert facts_in(out)["verdict"] == ["holds", "FAILS"]
    assert facts_in(out)["statistic"] == ["0", "∞"]
    assert "1 of 2 checks of 0 rows fail." in out
    assert told(Session(), report, only_failed=True) == 1
    assert facts_in(capsys.readouterr().out)["where"] == ["homes.x"]
    assert told(Session(json=True), report, only_failed=False) == 1
    assert json.loads(capsys.readouterr().out)[1]["statistic"] is None


def test_a_person_sees_a_table(page: str) -> None:
    screen = at_terminal("-H", "memory", "data", "check", page)
    assert screen.code == 0
    assert "verdict" in screen.text
    assert "Everything" not in screen.text


def test_a_table_of_truth_is_not_declared_and_not_checked(tmp_path: Path) -> None:
    dirty = "name: {kind: full_name}}, dirt: {typos: {rate: 0.1, columns: [name]}}}}}\n"
    text = f"{PAGE}data: {{tables: {{people: {{rows: 50, columns: {{id: {{kind: sequence}}, {dirty}"
    folder = blueprint(tmp_path, text)
    assert sandboxctl("data", "check", folder).exit_code == 0
    refused = sandboxctl("data", "check", folder, "--table", "people_truth")
    assert refused.exit_code == 2
    assert "Check people: what its rows should be follows from its columns." in refused.output
