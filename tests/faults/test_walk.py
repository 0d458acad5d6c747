"""A part of the walk (`make walk` is all of it): each kind of call that changes anything, once.

A call that only asks leaves the daemon as it was, so a crash there is one at the call before.
"""

from __future__ import annotations

import pytest

from tests.faults import walk
from tests.faults.proxy import Call, How
from tests.faults.rig import NAME, Rig
from tests.faults.verbs import VERBS

pytestmark = pytest.mark.engine

KILLED: list[tuple[str, str, int, How]] = [
    ("up-first", "POST /networks/create", 1, "killed after"),
    ("up-first", "POST /containers/{}/wait", 1, "killed before"),
    ("up-first", "POST /commit", 1, "killed after"),
    ("up-changed", "line record", 1, "killed after"),
    ("up-changed", "POST /commit", 1, "killed after"),
    ("up-changed", "line live", 1, "killed before"),
    ("reset", "POST /containers/create", 1, "killed after"),
    ("reset", "line live", 1, "killed after"),
    ("undo", "POST /containers/{}/start", 1, "killed after"),
    ("reset-from-spare", "line live", 1, "killed after"),
    ("spare", "line decide", 1, "killed after"),
    ("reset-service", "POST /containers/{}/rename", 1, "killed after"),
    ("undo-service", "POST /containers/{}/rename", 1, "killed after"),
    ("snapshot", "POST /images/load", 1, "killed after"),
    ("snapshot-rm", "line record", 1, "killed after"),
    ("restore", "line drain", 1, "killed before"),
    ("restart", "POST /containers/{}/stop", 1, "killed after"),
    ("workshop-up", "POST /networks/{}/connect", 1, "killed after"),
    ("down", "line record", 1, "killed after"),
    ("down", "DELETE /networks/{}", 1, "killed before"),
    ("down-kept", "line record", 1, "killed after"),
    ("workshop-close", "line record", 1, "killed after"),
]

LOST: list[tuple[str, str, int, How]] = [
    ("up-first", "POST /commit", 1, "refused"),
    ("up-changed", "POST /networks/create", 1, "lost"),
    ("reset", "POST /containers/create", 1, "lost"),
    ("reset", "line live", 1, "lost"),
    ("reset", "POST /networks/{}/connect", 1, "twice"),
    ("down", "DELETE /containers/{}", 1, "torn"),
    ("restart", "POST /containers/{}/start", 1, "away"),
    ("reset-service", "GET /containers/{}/json", 8, "lost"),
]


@pytest.mark.parametrize(("verb", "kind", "nth", "how"), KILLED)
def test_after_a_crash_at_a_call_the_same_verb_ends_as_wanted(
    den: Rig, verb: str, kind: str, nth: int, how: How
) -> None:
    found = walk.taken(den, VERBS[verb], Call(kind, nth), how)
    assert found.struck, f"{verb} does not call {kind} any more"
    assert not found.wrong, f"{found}\n{found.said}"


@pytest.mark.parametrize(("verb", "kind", "nth", "how"), LOST)
def test_what_goes_wrong_at_a_call_is_made_up_for(
    den: Rig, verb: str, kind: str, nth: int, how: How
) -> None:
    found = walk.taken(den, VERBS[verb], Call(kind, nth), how)
    assert found.struck, f"{verb} does not call {kind} any more"
    assert not found.wrong, f"{found}\n{found.said}"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("logs", NAME), "GET /containers/{}/logs"),
        (("exec", NAME, "book", "true"), "POST /containers/{}/exec"),
    ],
)
def test_a_look_that_is_cut_off_is_no_mistake_of_ours(
    den: Rig, words: tuple[str, ...], kind: str
) -> None:
    den.up()
    last = max(call for call in den.calls(*words) if call.kind == kind)
    ran, struck = den.struck(last, "lost", *words)
    assert struck
    assert ran.code == 4, ran.said
    assert "mistake" not in ran.said
