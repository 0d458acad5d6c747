"""What the page about data shows: it is accepted, and rows can be made of it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sandboxctl.blueprint.load import Facts, find, load
from sandboxctl.data.dataset import batches
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.scope import Dataset
from sandboxctl.data.tables import length, names
from tests.cli import PAGE, blueprint, sandboxctl

PAGES = Path(__file__).parents[1] / "docs"
PAGE_OF_DATA = (PAGES / "data.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^```yaml\n(.*?)^```", PAGE_OF_DATA, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line.partition(" #")[0].strip()
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE_OF_DATA, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
ROWS = 20


def of(section: str, folder: Path) -> Data:
    facts = Facts("localhost", "http", 8080, "page", "http://page.localhost:8080")
    data = load(find(blueprint(folder, PAGE + section)), facts=facts).blueprint.data
    assert data is not None
    return data


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_accepted_and_makes_rows(section: str, tmp_path: Path) -> None:
    data = of(section, tmp_path)
    assert list(problems(data)) == []
    dataset = Dataset(data)
    assert names(dataset)
    for table in names(dataset):
        made = sum(batch.num_rows for batch in batches(dataset, table, stop=ROWS))
        assert made == min(ROWS, length(dataset, table)) or table.endswith("_truth")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_can_be_given(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    parameter = "parameters:\n  homes: {type: integer, default: 9}\n"
    blueprint(folder, PAGE + parameter + SECTIONS[0].replace("1000", '"{{ homes }}"'))
    (tmp_path / "deliveries").mkdir()
    for file in ("extract.csv", "deliveries/mine.csv"):
        (tmp_path / file).write_text("number,kind\n" + "1,flat\n2,house\n" * 30, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command.replace("*", "mine").replace("1000000", "100"))
    assert words[0] == "sandboxctl"
    result = sandboxctl(*words[1:])
    assert result.exit_code == 0, result.output


def test_every_link_leads_to_a_page() -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", PAGE_OF_DATA)
    assert links
    assert [link for link in links if not (PAGES / link).exists()] == []


def test_what_is_unique_is_refused_in_the_words_of_the_page(tmp_path: Path) -> None:
    people = "{rows: 2000000, columns: {nhs_number: {kind: nhs_number, unique: true}}}"
    folder = blueprint(tmp_path, f"{PAGE}data: {{tables: {{people: {people}}}}}\n")
    said = sandboxctl("validate", folder).output
    [shown] = re.findall(r"^blueprint\.yaml:\d+: (data\.tables.*)$", PAGE_OF_DATA, re.MULTILINE)
    assert shown in said
