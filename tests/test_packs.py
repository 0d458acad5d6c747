"""Ready-made data: every pack is taken, its references hold, and a blueprint goes over it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sandboxctl.blueprint import packs, tree
from sandboxctl.blueprint.packs_page import page
from sandboxctl.blueprint.reader import read
from sandboxctl.data import tables
from sandboxctl.data.kinds.links import Reference
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.relations.sizes import sizes
from sandboxctl.data.scope import Dataset
from tests.packs import FEW, made

pytestmark = pytest.mark.slow
"""`make check` leaves them to `make test`."""

PAGE = Path(__file__).resolve().parents[1] / "docs" / "packs.md"
LISTS = {"parking_zones", "practices", "clinicians", "schools"}
"""Tables that are short in life too."""

SOFT = {
    "person-household-address": [("households.householder", "people.person_id")],
    "council-tax": [("council_tax_accounts.liable_person", "people.person_id")],
    "parking-permits": [("parking_permits.holder", "people.person_id")],
    "blue-badge": [("badges.holder", "people.person_id")],
    "school-admissions": [
        ("school_preferences.school", "schools.school_number"),
        ("school_applications.offered_school", "schools.school_number"),
        ("school_applications.parent_or_carer", "people.person_id"),
    ],
}
"""Columns that lead to a row of another table, but are worked out."""


def blueprint(text: str) -> tuple[tree.Mapping, list[str]]:
    """A blueprint spread over its packs, and what is wrong."""
    document = read(text.encode())
    assert document.root is not None
    root, found = packs.spread(document.root)
    return root, [problem.shown("blueprint.yaml") for problem in found]


def data(text: str) -> Data:
    root, found = blueprint(text)
    assert not found
    content = tree.plain(root)
    assert isinstance(content, dict)
    return Data.model_validate(content["data"])


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "a pack has changed: write page() of sandboxctl.blueprint.packs_page to this file"
    )


def test_the_example_of_the_page_works() -> None:
    whole = data(page().split("```yaml\n")[1].split("```")[0])
    assert list(problems(whole)) == []
    assert sizes(whole)["claims"] == 20_000
    assert [*whole.tables["claims"].columns][-1] == "office"


def test_all_packs_of_the_promise_are_there() -> None:
    assert set(packs.names()) == set(FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", FEW)
def test_a_pack_is_taken_and_says_where_its_figures_are_from(name: str) -> None:
    assert packs.problems_of(name) == []
    found = packs.pack(name)
    assert found.standard
    assert any("Assumption" in source for source in found.sources)
    assert any(": " in source and "Assumption" not in source for source in found.sources)
    whole = packs.alone(name, {})
    assert set(found.sources) <= set(whole.sources)


@pytest.mark.parametrize("name", FEW)
def test_every_table_has_rows_enough(name: str) -> None:
    counted = sizes(packs.alone(name, {}))
    assert {t for t, rows in counted.items() if rows < 200} <= LISTS
    assert all(counted.values())


ENDS = [
    (name, option, str(int(end)))
    for name in FEW
    for option, spec in packs.pack(name).with_.items()
    for end in (spec.minimum, spec.maximum)
    if end is not None
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "option", "value"), ENDS)
def test_a_pack_is_taken_at_the_ends_of_every_parameter(name: str, option: str, value: str) -> None:
    assert list(problems(packs.alone(name, {option: value}))) == []


@pytest.mark.parametrize("name", FEW)
def test_beyond_the_ends_it_is_refused(name: str) -> None:
    for option, spec in packs.pack(name).with_.items():
        if spec.maximum is not None:
            with pytest.raises(ValueError, match="or less"):
                packs.alone(name, {option: str(int(spec.maximum) + 1)})
            with pytest.raises(ValueError, match="or more"):
                packs.alone(name, {option: str(int(spec.minimum or 0) - 1)})


@pytest.mark.parametrize("name", FEW)
def test_a_larger_number_makes_more_rows(name: str) -> None:
    option = next(iter(packs.pack(name).with_))
    small, large = (
        sum(sizes(packs.alone(name, {option: str(n)})).values()) for n in (4_000, 8_000)
    )
    assert 1.2 < large / small < 2.1


@pytest.mark.slow
@pytest.mark.parametrize("name", FEW)
def test_references_lead_to_rows(name: str) -> None:
    columns = [
        (f"{table}.{column}", kind.to)
        for table, content in packs.alone(name, FEW[name]).tables.items()
        for column, kind in content.columns.items()
        if isinstance(kind, Reference)
    ]
    assert columns
    for here, there in columns + SOFT.get(name, []):
        (table, column), (other, key) = here.split("."), there.split(".")
        known = {row[key] for row in made(name)[other]}
        values = {row[column] for row in made(name)[table]} - {None}
        assert values <= known, here
        assert values, here


@pytest.mark.parametrize("name", FEW)
def test_keys_tell_rows_apart(name: str) -> None:
    for table, content in packs.alone(name, FEW[name]).tables.items():
        rows = [tuple(row[part] for part in content.key) for row in made(name)[table]]
        assert content.key, table
        assert len(set(rows)) == len(rows), table


@pytest.mark.slow
def test_all_packs_go_together() -> None:
    uses = "".join(f"    {name}: {{}}\n" for name in FEW)
    whole = data(f"data:\n  use:\n{uses}  tables: {{}}\n")
    assert list(problems(whole)) == []
    own = [table for name in FEW for table in set(packs.pack(name).tables)]
    twice = {table for table, times in Counter(own).items() if times > 1}
    assert twice <= {"households", "people", "children"}


BLUEPRINT = """\
data:
  seed: 7
  use:
    council-tax: {properties: 400}
  tables:
    council_tax_accounts:
      columns:
        paperless: {kind: boolean, chance: 1}
        payment_method: null
        note: {kind: choice, of: [one]}
    people:
      edge_cases: {near_duplicate: null, welsh: 1}
    extra:
      rows: 3
      columns: {bill: {kind: reference, to: council_tax_bills.bill_number}}
"""


def test_a_blueprint_lays_its_own_over_a_pack() -> None:
    whole = data(BLUEPRINT)
    assert list(problems(whole)) == []
    assert whole.seed == 7
    columns = whole.tables["council_tax_accounts"].columns
    assert "payment_method" not in columns
    assert [*columns][-1] == "note"
    dataset = Dataset(whole)
    rows = tables.rows(dataset, "council_tax_accounts", 0, 400).to_pylist()
    assert all(row["paperless"] for row in rows)
    assert "near_duplicate" not in whole.tables["people"].edge_cases
    assert whole.tables["people"].edge_cases["welsh"] == 1
    assert whole.tables["people"].edge_cases["over_100"] > 0
    assert dataset.sizes["properties"] == 400
    assert dataset.sizes["extra"] == 3
    assert set(packs.pack("council-tax").sources) <= set(whole.sources)


@pytest.mark.parametrize(
    ("use", "said"),
    [
        ("concil-tax: {}", "blueprint.yaml:3: data.use.concil-tax: is not a pack of data; did you "
         "mean `council-tax`?"),
        ("nothing-like-it: {}", "is not a pack of data; there are benefits-claims, blue-badge"),
        ("council-tax: {propertys: 5}", "blueprint.yaml:3: data.use.council-tax.propertys: is not "
         "a parameter of council-tax; did you mean `properties`?"),
        ("council-tax: {properties: 5}", "should be 300 or more, not 5"),
        ("council-tax: {properties: many}", "should be a whole number, not 'many'"),
    ],
)  # fmt: skip
def test_what_there_is_not_is_refused_with_its_line(use: str, said: str) -> None:
    _, found = blueprint(f"data:\n  use:\n    {use}\n  tables: {{}}\n")
    assert len(found) == 1
    assert said in found[0]


def test_data_without_packs_stay_as_they_are() -> None:
    for text in ("name: x\n", "data: {tables: {}}\n", "data: 5\n"):
        document = read(text.encode())
        assert document.root is not None
        assert packs.spread(document.root) == (document.root, [])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("torn", "about: [", "torn"),
        ("nameless", "about: x\ntables: {t: {rows: '{{ homes }}'}}", "`homes` is not known here"),
    ],
)
def test_our_own_mistakes_in_a_pack_are_said(
    name: str, text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf(tmp_path, monkeypatch, name, text)
    with pytest.raises(ValueError, match=said):
        packs.alone(name, {})


@pytest.mark.parametrize(
    ("name", "column", "said"),
    [
        ("unkind", "{kind: unheard-of}", "tables.t.columns.c"),
        ("crowded", "{kind: mobile, unique: true}", "2,000 unique mobile numbers asked for"),
    ],
)
def test_what_is_wrong_with_the_data_of_a_pack_is_listed(
    name: str, column: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"about: x\ntables: {{t: {{rows: 2000, columns: {{c: {column}}}}}}}\n"
    shelf(tmp_path, monkeypatch, name, text)
    (problem,) = packs.problems_of(name)
    assert said in problem


def shelf(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """A folder of templates with one pack."""
    (folder / "data" / name).mkdir(parents=True)
    (folder / "data" / name / "pack.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(packs, "bundled", lambda _: folder)


def test_use_is_a_mapping() -> None:
    _, found = blueprint("data:\n  use: council-tax\n")
    assert found == [
        "blueprint.yaml:2: data.use: should be a mapping: lines of `pack: {parameter: value}` "
        "[DEN205]"
    ]


def test_on_the_command_line_a_wrong_parameter_is_said() -> None:
    with pytest.raises(ValueError, match="is not a parameter of blue-badge; did you mean `people`"):
        packs.alone("blue-badge", {"peopel": "3"})
    with pytest.raises(ValueError, match="whole number"):
        packs.alone("blue-badge", {"people": "many"})
