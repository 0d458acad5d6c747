"""The chain of the ledger: whatever is done to the file past sandboxctl is seen and named, and
what cannot be seen without a head kept elsewhere is seen with one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import audit, chain, ledger
from sandboxctl.lifecycle.audit import Audit
from sandboxctl.lifecycle.chain import Row
from sandboxctl.lifecycle.ledger import Event
from tests.cli import sandboxctl
from tests.recipes import EVENING, NOON

UP = Event(NOON, "den", "up", "heron", "ready", "kim@desk", {"steps": 3})
ONE = "at, den, sandbox, verb, what, who, detail"
BEFORE_CHAINS = """
CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, den TEXT NOT NULL,
    sandbox TEXT NOT NULL, verb TEXT NOT NULL, what TEXT NOT NULL, who TEXT NOT NULL,
    detail TEXT NOT NULL, chain TEXT NOT NULL DEFAULT ''
);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
PRAGMA user_version = 1;
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def write(number: int) -> None:
    """Rows that differ."""
    for n in range(number):
        ledger.write(Event(NOON, "den", "up", f"team-{n}", "ready", "kim@desk", {"n": n}))


@contextmanager
def past_us(*, leaving_guards: bool = True) -> Iterator[sqlite3.Connection]:
    """The file in the hands of somebody who may write it, and puts the guards back after."""
    with closing(sqlite3.connect(ledger.path(), isolation_level=None)) as connection:
        told = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        guards = connection.execute(told).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, statement in guards if leaving_guards else ():
            connection.execute(statement)


def tamper(*statements: str) -> None:
    with past_us() as connection:
        for statement in statements:
            connection.execute(statement)


def verified(noted: str = "") -> Audit:
    seen = audit.verify(noted=noted)
    assert seen is not None
    return seen


def noted() -> str:
    last = audit.head()
    assert last is not None
    return last.chain


def old_ledger(number: int) -> None:
    """As the version before chains left it."""
    ledger.path().parent.mkdir(parents=True)
    with closing(sqlite3.connect(ledger.path())) as connection:
        connection.executescript(BEFORE_CHAINS)
        connection.executemany(
            f"INSERT INTO events ({ONE}) VALUES ('{NOON.isoformat()}', 'den', ?, 'up', '', 'k', ?)",
            [(f"team-{n}", "{}") for n in range(number)],
        )
        connection.commit()


def test_what_only_we_wrote_fits() -> None:
    write(5)
    seen = verified(noted())
    assert (seen.begun, seen.guards, seen.verdict.broken) == (True, (), None)
    assert (seen.verdict.rows, seen.verdict.before, seen.verdict.last) == (5, 0, 5)
    assert (seen.verdict.head, seen.verdict.noted) == (noted(), 5)


def test_where_nothing_was_written_there_is_nothing_to_verify() -> None:
    assert audit.verify() is None
    assert audit.head() is None
    assert audit.rows() == []


def test_a_row_of_two_commands_at_once_follows_the_other() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ledger.write, [UP] * 40))
    assert verified().verdict.broken is None


def test_what_is_taken_back_leaves_no_gap() -> None:
    write(1)
    with pytest.raises(ZeroDivisionError), ledger.writing(UP, UP):
        raise ZeroDivisionError
    ledger.write_all([UP, UP])
    assert verified().verdict.broken is None
    assert [row.number for row in audit.rows()] == [1, 2, 3]


@pytest.mark.parametrize("column", ["at", "den", "sandbox", "verb", "what", "who", "detail"])
def test_a_changed_row_is_named(column: str) -> None:
    write(5)
    tamper(f"UPDATE events SET {column} = 'else' WHERE number = 3")
    broken = verified().verdict.broken
    assert broken is not None
    assert broken.number == 3
    assert broken.why.startswith("was changed")


MOVED = (
    "UPDATE events SET number = -2 WHERE number = 2",
    "UPDATE events SET number = 2 WHERE number = 3",
    "UPDATE events SET number = 3 WHERE number = -2",
)
SWAPPED_WORDS = (
    "CREATE TEMP TABLE was AS SELECT * FROM events",
    "UPDATE events SET what = 'x', detail = (SELECT detail FROM was WHERE number = 3)"
    " WHERE number = 2",
    "UPDATE events SET what = 'x', detail = (SELECT detail FROM was WHERE number = 2)"
    " WHERE number = 3",
)
PUT_IN = f"INSERT INTO events ({ONE}, chain) SELECT {ONE}, "


@pytest.mark.parametrize(
    ("statements", "number", "why"),
    [
        (("DELETE FROM events WHERE number = 3",), 3, "was removed"),
        (("DELETE FROM events WHERE number IN (3, 4)",), 3, "all up to 4 were removed"),
        (("DELETE FROM events WHERE number = 1",), 1, "was removed"),
        (("DELETE FROM events WHERE number = 5",), 5, "was removed"),
        (("DELETE FROM events WHERE number > 3",), 4, "all up to 5 were removed"),
        (("DELETE FROM events",), 1, "all up to 5 were removed"),
        (("DELETE FROM sqlite_sequence",), 5, "wiped out"),
        (("UPDATE sqlite_sequence SET seq = 4",), 5, "was put in"),
        (
            (
                "DELETE FROM events WHERE number = 3",
                "UPDATE events SET number = 3 WHERE number = 4",
                "UPDATE events SET number = 4 WHERE number = 5",
                "UPDATE sqlite_sequence SET seq = 4",
            ),
            3,
            "does not follow",
        ),
        (MOVED, 2, "does not follow"),
        (SWAPPED_WORDS, 2, "does not follow"),
        ((f"{PUT_IN}'' FROM events WHERE number = 1",), 6, "has no chain"),
        ((f"{PUT_IN}chain FROM events WHERE number = 5",), 6, "does not follow"),
        (("UPDATE events SET number = -1 WHERE number = 1",), -1, "was put in"),
        (("UPDATE events SET chain = '' WHERE number = 4",), 4, "has no chain"),
        (("UPDATE events SET chain = '' WHERE number = 1",), 1, "no row covers it"),
        (("UPDATE events SET chain = 'ab' WHERE number = 4",), 4, "does not follow"),
        (("UPDATE events SET who = x'ff00' WHERE number = 4",), 4, "was changed"),
        (("UPDATE events SET who = CAST(x'ff' AS TEXT) WHERE number = 4",), 4, "was changed"),
        (("UPDATE events SET detail = 3 WHERE number = 4",), 4, "was changed"),
    ],
)
def test_what_was_done_past_us_is_seen(statements: tuple[str, ...], number: int, why: str) -> None:
    write(5)
    tamper(*statements)
    broken = verified().verdict.broken
    assert broken is not None
    assert (broken.number, why in broken.why) == (number, True), broken
    ran = sandboxctl("audit", "verify", "--json")
    assert ran.exit_code == 1
    answer = json.loads(ran.stdout)
    assert (answer["whole"], answer["first_wrong"]) == (False, number)


def test_a_gap_stays_one_whatever_is_written_behind_it() -> None:
    write(5)
    tamper("DELETE FROM events WHERE number > 3")
    write(2)
    broken = verified().verdict.broken
    assert broken is not None
    assert broken.number == 4


def test_what_was_cut_off_with_care_is_seen_with_a_head_only() -> None:
    write(5)
    before = noted()
    tamper("DELETE FROM events WHERE number > 3", "UPDATE sqlite_sequence SET seq = 3")
    assert verified().verdict.broken is None
    write(3)
    seen = verified(before).verdict
    assert (seen.broken, seen.noted) == (None, 0)
    ran = sandboxctl("audit", "verify", "--head", before)
    assert ran.exit_code == 1
    assert "has the head that was noted" in ran.stdout


def test_a_ledger_that_was_written_anew_is_seen_with_a_head_only() -> None:
    write(3)
    before, rows = noted(), audit.rows()
    told, made = "", []
    for row in rows:
        other = row._replace(who="nobody")
        told = chain.link(told, other)
        made.append(other._replace(chain=told))
    with past_us() as connection:
        for row in made:
            connection.execute(
                "UPDATE events SET who = ?, chain = ? WHERE number = ?",
                (row.who, row.chain, row.number),
            )
    assert verified().verdict.broken is None
    assert verified(before).verdict.noted == 0


def test_a_ledger_that_is_gone_is_seen_with_a_head_only() -> None:
    write(3)
    before = noted()
    for file in ledger.path().parent.glob("ledger.sqlite3*"):
        file.unlink()
    assert sandboxctl("audit", "verify").exit_code == 0
    ran = sandboxctl("audit", "verify", "--head", before)
    assert ran.exit_code == 1
    assert "there is no ledger here" in ran.stdout


def test_an_earlier_head_still_fits_and_says_which_row_it_was() -> None:
    write(2)
    before = noted()
    write(3)
    assert verified(before).verdict.noted == 2
    assert sandboxctl("audit", "verify", "--head", before.upper()).exit_code == 0


def test_guards_that_were_taken_off_are_told() -> None:
    write(2)
    with past_us(leaving_guards=False):
        pass
    seen = verified()
    assert (seen.verdict.broken, seen.guards) == (None, ledger.GUARDS)
    ran = sandboxctl("audit", "verify")
    assert ran.exit_code == 1
    assert "the guard events_stay was taken off" in ran.stdout


def test_a_row_without_a_chain_is_not_taken() -> None:
    write(1)
    with (
        closing(sqlite3.connect(ledger.path())) as connection,
        pytest.raises(sqlite3.IntegrityError, match="has a chain"),
    ):
        connection.execute(f"INSERT INTO events ({ONE}) VALUES ('', '', '', '', '', '', '')")


def test_rows_from_before_stay_and_the_chain_begins_with_one_that_covers_them() -> None:
    old_ledger(3)
    seen = verified()
    assert (seen.begun, seen.guards, seen.verdict.before, seen.verdict.broken) == (
        False,
        (),
        3,
        None,
    )
    assert "no chain yet" in sandboxctl("audit", "verify").stderr
    before = audit.rows()
    ledger.write(UP)
    rows = audit.rows()
    assert rows[:3] == before
    assert (rows[3].verb, rows[3].number) == (chain.BEGIN, 4)
    assert json.loads(rows[3].detail)["rows"] == 3
    seen = verified(noted())
    assert (seen.begun, seen.verdict.rows, seen.verdict.before) == (True, 5, 3)
    assert (seen.verdict.broken, seen.verdict.noted) == (None, 5)


def test_an_old_ledger_without_rows_needs_none_to_cover_them() -> None:
    old_ledger(0)
    ledger.write(UP)
    assert [row.verb for row in audit.rows()] == ["up"]
    assert verified().verdict.broken is None


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE events SET who = 'nobody' WHERE number = 2", 1),
        ("DELETE FROM events WHERE number = 3", 1),
        ("DELETE FROM events WHERE number < 4", 1),
        (f"INSERT INTO events (number, {ONE}) SELECT -1, {ONE} FROM events LIMIT 1", -1),
        ("DELETE FROM events WHERE number = 4", 1),
        ("UPDATE events SET chain = '' WHERE number = 4", 1),
        ("UPDATE events SET detail = '{}' WHERE number = 4", 4),
    ],
)
def test_what_was_done_to_rows_from_before_is_seen(statement: str, number: int) -> None:
    old_ledger(3)
    ledger.write(UP)
    tamper(statement)
    broken = verified().verdict.broken
    assert broken is not None
    assert broken.number == number


def test_writing_reads_the_last_row_only() -> None:
    """The plan of the one query that grows with nothing: by key from the end."""
    write(3)
    with closing(sqlite3.connect(ledger.path())) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT number, chain FROM events ORDER BY number DESC LIMIT 1"
        ).fetchall()
    assert [row[3] for row in plan] == ["SCAN events"]  # and no sorting: it ends at the first


def test_no_two_rows_are_written_alike() -> None:
    row = Row(1, "a", "b", "c", "d", "e", "f", "g")
    alike = [
        row,
        row._replace(at="ab", den=""),
        row._replace(at='a","b', den=""),
        row._replace(at=b"a"),  # type: ignore[arg-type]
        row._replace(at="b'a'"),
        row._replace(number=11, at=""),
    ]
    assert len({chain.link("", one) for one in alike}) == len(alike)
    assert chain.link("x", row) != chain.link("", row)


def test_the_chain_is_the_one_that_the_page_describes() -> None:
    """Worked out by another way: whoever has the file can do so without sandboxctl."""
    import hashlib

    write(2)
    before = ""
    for row in audit.rows():
        told = json.dumps(["sandboxctl-ledger/1", before, *row[:8]], separators=(",", ":"))
        before = hashlib.sha256(told.encode()).hexdigest()
        assert row.chain == before


def test_a_ledger_that_cannot_be_read_is_said_so(home: Path) -> None:
    (home / "sandboxctl").mkdir(parents=True)
    ledger.path().write_bytes(b"no database at all, and long enough to be taken for one" * 20)
    with pytest.raises(SandboxError, match="cannot be read"):
        audit.verify()
    assert sandboxctl("audit", "verify").exit_code == 1


def test_rows_are_listed_by_den_sandbox_and_time() -> None:
    ledger.write(UP)
    ledger.write(Event(EVENING, "den", "down", "heron"))
    ledger.write(Event(EVENING, "other", "up", "wren"))

    def verbs(*words: str) -> list[str]:
        listed = json.loads(sandboxctl("audit", "ls", "--json", *words).stdout)
        return [f"{one['verb']} {one['sandbox']}" for one in listed]

    assert verbs() == ["up heron", "down heron"]
    assert verbs("--den", "other") == ["up wren"]
    assert verbs("--all") == ["up heron", "down heron", "up wren"]
    assert verbs("--all", "wren") == ["up wren"]
    assert verbs("--since", "2026-06-01T18:00+00:00") == ["down heron"]
    assert verbs("--since", "1s") == []
    plain = sandboxctl("audit", "ls", "--plain", "heron").stdout
    assert "verb: down" in plain
    assert (
        sandboxctl("audit", "ls", "nobody").stdout.strip() == "Nothing was written down here yet."
    )


def test_what_somebody_put_there_is_shown_and_breaks_nothing() -> None:
    write(2)
    tamper(
        "UPDATE events SET at = 'yesterday', detail = '{', what = char(27) || '[31m' || char(10)"
        " || 'x' WHERE number = 1",
        "UPDATE events SET at = x'00', den = 'den', detail = x'00' WHERE number = 2",
    )
    listed = sandboxctl("audit", "ls", "--json")
    assert listed.exit_code == 0, listed.output
    assert [one["at"] for one in json.loads(listed.stdout)] == ["yesterday", "b'\\x00'"]
    plain = sandboxctl("audit", "ls")
    assert plain.exit_code == 0
    assert "\x1b" not in plain.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "--head", "ab"),
        ("ls", "--since", "yesterday"),
        ("ls", "--since", "9" * 400 + "d"),
    ],
)
def test_what_is_no_head_and_no_time_is_refused(words: tuple[str, ...]) -> None:
    assert sandboxctl("audit", *words).exit_code == 2


def test_the_head_is_shown() -> None:
    assert json.loads(sandboxctl("audit", "head", "--json").stdout) == {"head": "", "row": 0}
    ledger.write(UP)
    told = json.loads(sandboxctl("audit", "head", "--json").stdout)
    assert (told["head"], told["row"]) == (noted(), 1)
