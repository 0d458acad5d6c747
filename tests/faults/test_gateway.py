"""The gateway goes in the middle of a verb, or what it keeps cannot be read."""

from __future__ import annotations

import io
import os
import signal
import tarfile

import docker
import pytest

from sandboxctl.engine import gateway
from tests.faults import walk
from tests.faults.invariants import Untouched, violations
from tests.faults.proxy import Call, Fault
from tests.faults.rig import NAME, Rig
from tests.faults.verbs import VERBS

pytestmark = pytest.mark.engine

STATE = "/den/state"


@pytest.mark.parametrize(
    ("verb", "kind", "way"),
    [
        ("up-changed", "POST /commit", "killed"),
        ("down", "DELETE /containers/{}", "killed"),
        ("up-first", "POST /containers/create", "removed"),
        ("reset", "line live", "removed"),
    ],
)
def test_a_gateway_that_goes_in_the_middle_comes_back(
    den: Rig, verb: str, kind: str, way: str
) -> None:
    name = gateway.name(den.den)

    def go() -> None:
        if way == "removed":
            den.api.remove_container(name, force=True)
        else:
            os.kill(den.api.inspect_container(name)["State"]["Pid"], signal.SIGKILL)

    found = walk.taken(den, VERBS[verb], Call(kind, 1), "beside", go)
    assert found.struck
    assert not found.wrong, f"{found}\n{found.said}"


def test_a_state_that_tears_in_the_middle_reaps_nothing(den: Rig) -> None:
    den.engine.close()
    den.up()
    den.write("mine")
    victim = Untouched.now(den)
    name = gateway.name(den.den)
    inside = den.visitor()
    inside.come_in()
    whole = b"".join(den.api.get_archive(name, f"{STATE}/den.json")[0])

    def tear() -> None:
        assert den.api.put_archive(name, STATE, _torn(whole))

    fault = Fault(Call("POST /containers/create", 1), "beside", tear)
    den.proxy.begin(fault)
    ran = den.run("reset", NAME)
    assert fault.struck.is_set()
    assert ran.code != 0
    assert "den.json) cannot be read" in ran.said
    assert "--lost-state" in ran.said
    assert inside.get("/book/lines").body == "minute zero\nmine\n"
    for words in (("ls",), ("status", NAME), ("down", NAME), ("up", str(den.folder))):
        refused = den.run(*words)
        assert refused.code != 0
        assert "den.json) cannot be read" in refused.said
    assert len(_of(den, NAME)) >= 2, "nothing was removed"
    assert den.api.put_archive(name, STATE, whole)
    assert den.run("reset", NAME).code == 0
    assert den.lines == ["minute zero"]
    assert violations(den, victim) == []


def _torn(archive: bytes) -> bytes:
    """The same file with the second half of it missing."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        entry = packed.getmembers()[0]
        file = packed.extractfile(entry)
        assert file
        text = file.read()
    entry.size = len(text) // 2
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as again:
        again.addfile(entry, io.BytesIO(text[: entry.size]))
    return written.getvalue()


def _of(den: Rig, sandbox: str) -> list[str]:
    of = {"label": [f"org.sandboxctl.den={den.den.name}", f"org.sandboxctl.sandbox={sandbox}"]}
    api: docker.APIClient = den.api
    return [one["Id"] for one in api.containers(filters=of)]
