"""Histories: every path is one that the machine allows, and its times ascend."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sandboxctl.data.arrow import column as arrow
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.kinds.states import State
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.relations.sizes import sizes
from sandboxctl.data.scope import Dataset, Scope

Options = dict[str, Any]
CLAIMS = 3000

STATE: Options = {
    "kind": "state",
    "start": {"received": 0.9, "imported": 0.1},
    "next": {
        "received": {"assessed": 0.95, "withdrawn": 0.05},
        "imported": "assessed",
        "assessed": {"awarded": 0.8, "refused": 0.2, "never": 0},
        "refused": ["appealed", "closed"],
        "appealed": "assessed",
    },
    "stays": {"received": ["1d", "10d"], "assessed": ["2d", "40d"], "appealed": "1h"},
    "at_most": 7,
}
MAY_FOLLOW = {
    "received": {"assessed", "withdrawn"},
    "imported": {"assessed"},
    "assessed": {"awarded", "refused"},
    "refused": {"appealed", "closed"},
    "appealed": {"assessed"},
}
STAYS = {"received": (1, 10), "assessed": (2, 40), "appealed": (1 / 24, 1 / 24)}
RECEIVED = {"kind": "timestamp", "between": ["2026-01-01", "2026-03-31"]}
ENTERED = {"kind": "entered", "of": "state", "since": "claim.received"}
LEFT = {**ENTERED, "kind": "left"}


def cases(
    state: Options = STATE, received: Options = RECEIVED, claims: int = CLAIMS, **more: Options
) -> Data:
    events = {
        "claim": {"kind": "reference", "to": "claims.id"},
        "state": state,
        "entered": ENTERED,
        "left": LEFT,
    }
    columns = {
        "id": {"kind": "sequence"},
        "received": received,
        "status": {"kind": "outcome", "of": "events.state"},
        "decided": {"kind": "entered", "of": "status", "since": "received"},
    }
    tables = {
        "claims": {"rows": claims, "columns": columns},
        "events": {"rows": {"per": "claims", "history": "state"}, "columns": events | more},
    }
    return Data.model_validate({"seed": 5, "tables": tables})


def whole(read: Data, table: str) -> Scope:
    dataset = Dataset(read)
    return dataset.scope(table, np.arange(dataset.sizes[table], dtype=np.uint64))


def values(scope: Scope, name: str) -> list[Any]:
    found: list[Any] = arrow(scope.cells(name)).to_pylist()
    return found


@pytest.fixture(scope="module")
def events() -> Scope:
    return whole(cases(), "events")


@pytest.fixture(scope="module")
def histories(events: Scope) -> dict[int, list[tuple[str, datetime, datetime | None]]]:
    """Claim → its states, with the moments when each began and ended."""
    found: dict[int, list[tuple[str, datetime, datetime | None]]] = {}
    columns = (values(events, name) for name in ("claim", "state", "entered", "left"))
    for claim, *event in zip(*columns, strict=True):
        state, entered, left = event
        found.setdefault(claim, []).append((state, entered, left))
    return found


Histories = dict[int, list[tuple[str, datetime, datetime | None]]]


def test_every_claim_has_a_history_that_follows_the_machine(histories: Histories) -> None:
    assert histories.keys() == set(range(1, CLAIMS + 1))
    for history in histories.values():
        states = [state for state, _, _ in history]
        assert states[0] in {"received", "imported"}
        assert all(after in MAY_FOLLOW[before] for before, after in pairwise(states))
        assert states[-1] not in MAY_FOLLOW or len(states) == 7


def test_a_circle_ends_after_so_many_states(histories: Histories) -> None:
    lengths = Counter(len(history) for history in histories.values())
    assert min(lengths) == 2
    assert max(lengths) == 7


def test_states_follow_each_other_with_their_weights(histories: Histories) -> None:
    first = Counter(history[0][0] for history in histories.values())
    second = Counter(h[1][0] for h in histories.values() if h[0][0] == "received")
    assert first["imported"] / CLAIMS == pytest.approx(0.1, abs=0.02)
    assert second["withdrawn"] / second.total() == pytest.approx(0.05, abs=0.015)


def test_times_ascend_by_the_time_a_state_lasts(histories: Histories) -> None:
    received = values(whole(cases(), "claims"), "received")
    seen = dict[str, list[float]]()
    for claim, history in histories.items():
        assert history[0][1] == received[claim - 1]
        assert history[-1][2] is None
        for (state, entered, left), (_, after, _) in pairwise(history):
            assert left == after
            seen.setdefault(state, []).append((left - entered) / timedelta(days=1))
    for state, days in seen.items():
        low, high = STAYS.get(state, (0, 0))
        assert low <= min(days) <= max(days) <= high
        assert np.mean(days) == pytest.approx((low + high) / 2, abs=(high - low) / 10)


def test_the_outcome_is_the_last_state_of_the_history(histories: Histories) -> None:
    claims = whole(cases(), "claims")
    ends = [history[-1] for history in histories.values()]
    assert values(claims, "status") == [state for state, _, _ in ends]
    assert values(claims, "decided") == [entered for _, entered, _ in ends]


@pytest.mark.parametrize("name", ["claim", "state", "entered", "left"])
def test_an_event_alone_is_as_in_the_whole(events: Scope, name: str) -> None:
    everything = values(events, name)
    count = events.count
    for rows in (
        np.arange(500, dtype=np.uint64) * np.uint64(7919) % np.uint64(count),
        np.arange(1001, 1400, dtype=np.uint64),
        np.array([count - 1], np.uint64),
        np.zeros(0, np.uint64),
    ):
        part = values(events.dataset.scope("events", rows), name)
        assert part == [everything[row] for row in rows.tolist()]


def test_there_are_as_many_rows_as_states(histories: Histories) -> None:
    assert sizes(cases())["events"] == sum(map(len, histories.values()))


def test_more_claims_leave_the_histories_of_the_others_alone(events: Scope) -> None:
    fewer = whole(cases(claims=100), "events")
    assert values(fewer, "state") == values(events, "state")[: fewer.count]


def test_a_path_without_circles_is_as_long_as_the_machine() -> None:
    line = {"kind": "state", "start": "a", "next": {"a": "b", "b": "c"}}
    assert sizes(cases(line))["events"] == 3 * CLAIMS
    cut = whole(cases({**line, "at_most": 1}), "events")
    assert set(values(cut, "state")) == {"a"}
    assert values(cut, "left") == [None] * CLAIMS


def test_days_in_and_days_out() -> None:
    date = {"kind": "date", "between": ["2026-01-01", "2026-01-01"], "missing": 0.2}
    on = {**ENTERED, "days": True}
    scope = whole(cases(received=date, on=on), "events")
    moments, days = values(scope, "entered"), values(scope, "on")
    assert days == [moment and moment.date() for moment in moments]
    gone = values(whole(cases(received=date), "claims"), "received").count(None)
    assert gone
    firsts = [m for m, c in zip(moments, first_of(values(scope, "claim")), strict=True) if c]
    assert firsts.count(None) == gone
    assert all(
        left is None for m, left in zip(moments, values(scope, "left"), strict=True) if not m
    )


def first_of(claims: list[int]) -> list[bool]:
    return [number == 0 or claims[number - 1] != claim for number, claim in enumerate(claims)]


def test_a_table_of_its_own_has_the_state_reached_at_last() -> None:
    columns = {
        "state": STATE,
        "opened": RECEIVED,
        "since": {"kind": "entered", "of": "state", "since": "opened"},
    }
    read = Data.model_validate({"tables": {"a": {"rows": 500, "columns": columns}}})
    assert not list(problems(read))
    scope = whole(read, "a")
    ends = {"withdrawn", "awarded", "closed", "appealed", "refused", "assessed"}
    assert set(values(scope, "state")) <= ends
    assert values(scope.dataset.scope("a", np.array([77], np.uint64)), "state") == [
        values(scope, "state")[77]
    ]
    opened, since = values(scope, "opened"), values(scope, "since")
    assert all(after > before for before, after in zip(opened, since, strict=True))


def test_bounds_of_a_moment_hold(events: Scope) -> None:
    on = {**ENTERED, "days": True}
    for read in (cases(on=on), cases(received={"kind": "date", "between": ["2026-01-01"] * 2})):
        place = Place(read, {}, "events", "entered")
        low, high = place.type.low, place.type.high
        assert low is not None
        assert high is not None
        made = [moment.timestamp() for moment in values(whole(read, "events"), "entered")]
        assert low == min(made) // 86_400 * 86_400 <= max(made) <= high
    assert str(Place(cases(on=on), {}, "events", "on").type) == "a date"
    decided = Place(cases(), {}, "claims", "decided")
    assert decided.column.is_missing
    assert decided.type == Place(cases(), {}, "events", "entered").type
    assert events.count > CLAIMS


def found(state: Options = STATE, **more: Options) -> list[str]:
    read = cases(state, RECEIVED, CLAIMS, **more)
    return [f"{'.'.join(map(str, path[3:]))}: {why}" for path, why in problems(read)]


def test_a_sound_history() -> None:
    assert not found()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"stays": {"recieved": "1d"}},
            "state.stays.recieved: is not a state; there are received, imported, assessed, "
            "refused, appealed, withdrawn, awarded, never, closed",
        ),
        (
            {"next": {**STATE["next"], "lost": "received"}},
            "state.next.lost: no path leads to this state from the start",
        ),
        (
            {"start": {"received": 0}},
            "state.start: has no weight above 0, so there is nothing to choose",
        ),
        (
            {"next": {"received": {"assessed": 0}, "imported": {}, "assessed": {}}},
            "state.next.received: has no weight above 0, so there is nothing to choose",
        ),
    ],
)
def test_machines_that_cannot_be(change: Options, why: str) -> None:
    assert why in found({**STATE, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"start": []},
        {"start": {"received": -1}},
        {"start": 7},
        {"next": {"received": [["a"]]}},
        {"stays": {"received": ["2d", "1d"]}},
        {"stays": {"received": 5}},
        {"at_most": 0},
        {"start": ""},
    ],
)
def test_machines_that_are_not_read(change: Options) -> None:
    with pytest.raises(ValidationError):
        cases({**STATE, **change})


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        (
            {"x": {**ENTERED, "of": "claim"}},
            "x.of: claim should be a state column of the same table",
        ),
        ({"x": {**ENTERED, "of": "y"}}, "x.of: y should be a state column of the same table"),
        (
            {"x": {**ENTERED, "since": "claim.sent"}},
            "x.since: claim.sent should be a column of this table, or reference.column",
        ),
        (
            {"x": {**ENTERED, "since": "claim.id"}},
            "x.since: claim.id should be a date or a timestamp; it is a whole number",
        ),
        (
            {"x": {**LEFT, "of": "now"}, "now": STATE},
            "x.of: only a table with `rows: {per: …, history: now}` has more than the last",
        ),
        (
            {"x": {"kind": "outcome", "of": "events.state"}},
            "x.of: should be a table with `rows: {per: events, history: …}` and its column",
        ),
        (
            {"x": {"kind": "outcome", "of": "nowhere.state"}},
            "x.of: should be a table with `rows: {per: events, history: …}` and its column",
        ),
    ],
)
def test_columns_of_a_history_that_cannot_be(columns: dict[str, Options], why: str) -> None:
    assert found(**columns) == [why]


def test_a_column_that_its_own_time_is_counted_from() -> None:
    [why] = found(x={**ENTERED, "since": "y"}, y={**ENTERED, "since": "x"})
    assert why.startswith(": refers to itself: events.")


def known(read: Data, table: str, name: str) -> object:
    place = Place(read, sizes(read), table, name)
    return place.column.options(place)  # type: ignore[attr-defined]


def test_the_states_that_a_column_may_have_are_known(events: Scope) -> None:
    every = set(values(events, "state"))
    assert set(known(cases(), "events", "state")) == every  # type: ignore[call-overload]
    assert "never" not in every
    ends = set(values(whole(cases(), "claims"), "status"))
    assert set(known(cases(), "claims", "status")) == ends  # type: ignore[call-overload]
    plain = cases(again={**STATE, "at_most": 2})
    assert known(plain, "events", "again") == ("assessed", "withdrawn")
    wrong = cases({**STATE, "start": {"received": 0}})
    assert known(wrong, "events", "state") is None
    assert known(wrong, "claims", "status") is None
    lost = cases(x={"kind": "outcome", "of": "nowhere.state"})
    assert known(lost, "events", "x") is None


def test_states_are_named_in_the_order_of_the_blueprint() -> None:
    state = State.model_validate(STATE)
    assert state.states[:3] == ("received", "imported", "assessed")
    assert list(state.stays.values())[2] == (3600, 3600)
