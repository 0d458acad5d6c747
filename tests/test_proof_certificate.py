"""The certificate says what the data is, and nothing that was not looked at."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from sandboxctl import __version__
from sandboxctl.data.chance.version import MIX_VERSION
from sandboxctl.data.dataset import batches
from sandboxctl.data.model import Data
from sandboxctl.data.proof.canonical import canonical, fingerprint
from sandboxctl.data.proof.caveats import COINCIDENCE, DECLARED, GEOGRAPHY, RARE, WRONG
from sandboxctl.data.proof.certificate import Written, brief, certificate, holds
from sandboxctl.data.proof.examine import examine
from sandboxctl.data.proof.page import page
from sandboxctl.data.proof.watch import Seen, Watch
from sandboxctl.data.scope import Dataset

PEOPLE: dict[str, Any] = {
    "id": {"kind": "sequence"},
    "nino": {"kind": "nino"},
    "other": {"kind": "nino", "series": "Q", "missing": 0.5},
    "utr": {"kind": "utr"},
    "trade": {"kind": "choice", "of": ["plumber", "electrician"]},
}
FILE = Written("people", "people.csv", 1_234, "ab" * 32)


def dataset(**more: Any) -> Dataset:
    people = {"rows": 300, "columns": PEOPLE} | more
    homes = {
        "rows": 20,
        "columns": {"uprn": {"kind": "uprn", "unique": True}, "address": {"kind": "address"}},
    }
    visits = {
        "rows": 50,
        "columns": {"home": {"kind": "reference", "to": "homes.uprn"}},
    }
    tables = {"people": people, "homes": homes, "visits": visits}
    return Dataset(Data.model_validate({"seed": 7, "tables": tables}))


def watched(made: Dataset, *tables: str) -> dict[str, Seen]:
    found = {}
    for table in tables:
        watch = Watch(made, table)
        for batch in batches(made, table, size=64):
            watch.see(batch)
        found[table] = watch.seen
    return found


def whole(made: Dataset, **more: Any) -> Any:
    return certificate(made, observed=watched(made, *made.data.tables), **more)


def test_it_has_four_headings_and_can_be_written_as_json() -> None:
    found = whole(
        dataset(), files=[FILE], blueprint="cd" * 32, parameters={"homes": 20}, more_sources=["ONS"]
    )
    assert json.loads(json.dumps(found)) == found
    assert list(found) == ["schema", "labelling", "disclosure", "structure", "documentation"]
    assert found["schema"] == "synthetic-certificate/1"
    labelling = found["labelling"]
    assert labelling["synthetic"] is True
    assert labelling["made_with"]["sandboxctl"] == __version__
    assert labelling["made_with"]["mix"] == MIX_VERSION
    assert labelling["blueprint_sha256"] == "cd" * 32
    assert (labelling["seed"], labelling["parameters"]) == (7, {"homes": 20})
    assert labelling["files"] == [
        {"table": "people", "name": "people.csv", "size": 1_234, "sha256": "ab" * 32}
    ]
    assert found["documentation"]["sources"] == ["ONS"]
    assert whole(dataset()) == whole(dataset())


def test_every_identifier_has_its_safe_set_and_how_many_were_verified() -> None:
    found = whole(dataset())
    columns = {f"{one['table']}.{one['column']}": one for one in found["disclosure"]["identifiers"]}
    assert list(columns) == [
        "people.nino", "people.other", "people.utr", "homes.uprn", "homes.address", "visits.home",
    ]  # fmt: skip
    nino, wide = columns["people.nino"], columns["people.other"]
    assert (nino["level"], nino["size"], nino["verified"], nino["outside"]) == (
        "A", 1_000_000, 300, 0,
    )  # fmt: skip
    assert (wide["level"], wide["size"]) == ("B", 26_000_000)
    assert 100 < wide["verified"] < 200
    assert columns["people.utr"]["level"] == "C"
    assert columns["visits.home"]["kind"] == "uprn"
    assert columns["homes.address"]["safe_set"]
    total = sum(one["verified"] for one in columns.values())
    assert found["disclosure"]["values_verified"] == total
    assert holds(found)


def test_only_tables_that_were_counted_are_told_of() -> None:
    made = dataset()
    found: Any = certificate(made, observed=watched(made, "homes"))
    counts = {one["column"]: one["verified"] for one in found["disclosure"]["identifiers"]}
    assert counts == {"uprn": 20, "address": 20}
    assert list(found["structure"]["tables"]) == ["homes"]
    assert found["structure"]["checks"] is None


def test_tables_say_rows_kinds_and_gaps() -> None:
    people = whole(dataset())["structure"]["tables"]["people"]
    assert people["rows"] == 300
    assert people["columns"]["utr"] == {"kind": "utr", "missing": 0}
    assert 100 < people["columns"]["other"]["missing"] < 200


def test_a_table_of_truth_is_counted_too() -> None:
    made = dataset(dirt={"typos": {"rate": 0.2, "columns": ["trade"]}})
    seen = watched(made, "people_truth")
    found: Any = certificate(made, observed=seen)
    table = found["structure"]["tables"]["people_truth"]
    assert table["rows"] == seen["people_truth"].rows > 20
    assert table["columns"]["how"] == {"kind": "truth", "missing": 0}


def test_caveats_are_about_what_is_there() -> None:
    plain = whole(dataset())["disclosure"]["caveats"]
    assert any(text.startswith("utr: level C") for text in plain)
    assert any(text.startswith("nino (") and "no" in text for text in plain)
    assert not {COINCIDENCE, GEOGRAPHY, RARE} & set(plain)
    more = PEOPLE | {"name": {"kind": "surname"}, "where": {"kind": "lad"}}
    rich = dataset(columns=more, edge_cases={"deceased": 0.1})
    found: Any = whole(rich)
    assert {COINCIDENCE, GEOGRAPHY, RARE} <= set(found["disclosure"]["caveats"])


def test_rare_postcodes_and_mistakes_are_told_of() -> None:
    columns = {"id": {"kind": "sequence"}, "where": {"kind": "postcode"}}
    table = {"rows": 50, "columns": columns}
    plain = Dataset(Data.model_validate({"tables": {"homes": table}}))
    (one,) = whole(plain)["disclosure"]["identifiers"]
    assert "ZZ99" not in one["safe_set"]
    assert WRONG not in whole(plain)["disclosure"]["caveats"]
    assert not any(text.startswith(DECLARED) for text in whole(plain)["disclosure"]["caveats"])
    rich = table | {
        "edge_cases": {"no_fixed_abode": 0.2},
        "dirt": {"typos": {"rate": 0.1, "columns": ["where"]}},
    }
    found = whole(Dataset(Data.model_validate({"tables": {"homes": rich}})))["disclosure"]
    assert "in rare cases pseudo postcodes: ZZ99 3VZ" in found["identifiers"][0]["safe_set"]
    assert WRONG in found["caveats"]


def test_columns_that_no_safe_set_vouches_for_are_named() -> None:
    code = {"kind": "pattern", "pattern": "@@-####"}
    found = whole(dataset(columns=PEOPLE | {"code": code}))["disclosure"]["caveats"]
    (told,) = [text for text in found if text.startswith(DECLARED)]
    assert "people.code" in told
    assert "nino" not in told


def test_results_are_counted_and_failures_kept_in_full() -> None:
    made = dataset()
    report = examine(made)
    found: Any = certificate(made, observed=report.seen, results=report.results)
    checks = found["structure"]["checks"]
    assert checks["number"] == checks["held"] == len(report.results)
    assert checks["of"]["reference"] == {"number": 1, "held": 1}
    assert checks["failed"] == []
    assert holds(found)
    wrong = [replace(report.results[0], holds=False, statistic=float("inf")), *report.results[1:]]
    bad: Any = certificate(made, observed=report.seen, results=wrong)
    assert [one["where"] for one in bad["structure"]["checks"]["failed"]] == ["people"]
    assert bad["structure"]["checks"]["failed"][0]["statistic"] is None
    assert not holds(bad)
    assert "| rows | people | 300 | 300 |" in page(bad)


def test_a_value_outside_speaks_against_it() -> None:
    made = dataset()
    seen = watched(made, "people")
    verified = seen["people"].verified
    bad = replace(
        seen["people"], verified=verified | {"nino": replace(verified["nino"], outside=1)}
    )
    found = certificate(made, observed={"people": bad})
    assert not holds(found)


def test_the_page_says_the_same() -> None:
    made = dataset()
    report = examine(made)
    found = certificate(
        made, observed=report.seen, results=report.results, files=[FILE], parameters={"a": "x|y"}
    )
    text = page(found)
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## Labelling", "## Disclosure", "## Structure", "## Documentation"]
    assert f"| people.csv | 1,234 | {'ab' * 32} |" in text
    assert "| people.nino | nino |" in text
    assert f"{len(report.results)} of {len(report.results)} checks hold." in text
    assert "parameters: a=x|y" in text
    bare = page(certificate(made, observed={}))
    assert "was not compared" in bare
    assert "| file |" not in bare


def test_the_name_of_a_dataset_depends_on_everything_that_is_asked_for() -> None:
    one = dataset()
    assert fingerprint(one.data) == fingerprint(dataset().data)
    assert fingerprint(one.data) != fingerprint(dataset(rows=301).data)
    assert len(fingerprint(one.data)) == 64


@pytest.mark.parametrize("other", [["1"], [True], [1.5], ["1", 1]])
def test_one_is_neither_a_text_nor_true(other: list[Any]) -> None:
    def asked(of: list[Any]) -> Data:
        columns = {"x": {"kind": "choice", "of": dict.fromkeys(of, 1.0)}}
        return Data.model_validate({"tables": {"t": {"rows": 1, "columns": columns}}})

    assert canonical(asked([1])) != canonical(asked(other))


def test_the_brief_form_fits_a_label() -> None:
    made = dataset()
    found = json.loads(brief(made))
    assert found["synthetic"] is True
    assert found["data"] == fingerprint(made.data)
    assert found["rows"] == {"people": 300, "homes": 20, "visits": 50}
    assert found["levels"] == {"nino": "B", "utr": "C", "uprn": "B", "address": "B"}
    many = {f"{'table':_<50}{n}": {"rows": n, "columns": PEOPLE} for n in range(100)}
    long = brief(Dataset(Data.model_validate({"tables": many})))
    assert len(long.encode()) < 1_500
    assert json.loads(long)["rows"] == {"tables": 100, "in all": 4_950}
