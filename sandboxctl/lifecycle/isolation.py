"""`doctor --isolation`: what was seen from inside becomes verdicts, in words.

Pure. That something cannot be reached proves nothing by itself: each such probe has a control, the
same probe where it has to succeed, and counts only if that one did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from sandboxctl.blueprint.forms import Frozen
from sandboxctl.lifecycle.doctor import Check, Verdict

MEMORY, PROCESSES, USER = 64 * 1024**2, 64, 10_001
"""What the probes are given: bytes, and how many processes."""

PEER, OTHER, OUTSIDE = "peer", "another sandbox", "internet"
HOST = "host: "
"""Begins the name of each place of the host that is tried."""

ORDINARY = "an ordinary bridge"
BRIDGES = ("its bridge", "another's bridge")

REFUSALS = frozenset({"EPERM", "EACCES", "ENOSYS"})
_AWAY = ("metadata address", "this network's router", OUTSIDE)
_SCRATCH = {"noexec", "nosuid", "nodev"}
_LISTENING = 8000


class Sight(Frozen):
    """What a probe saw; see `engine/within.py`. ``refused`` and ``usual``: attempt → outcome."""

    status: Mapping[str, str] = Field(default_factory=dict)
    limits: Mapping[str, str] = Field(default_factory=dict)
    mounts: Mapping[str, str] = Field(default_factory=dict)
    root: str = ""
    readable: Sequence[str] = ()
    refused: Mapping[str, str] = Field(default_factory=dict)
    usual: Mapping[str, str] = Field(default_factory=dict)
    six: Sequence[str] = ()
    reach: Mapping[str, bool] = Field(default_factory=dict)
    names: Mapping[str, bool] = Field(default_factory=dict)
    resolver: Mapping[str, bool] = Field(default_factory=dict)
    scan: Mapping[str, Sequence[int]] = Field(default_factory=dict)
    hops: Sequence[str] = ()


class Trial(Frozen):
    """All that was seen.

    ``inside``      from a sandbox; ``open_`` the same from an ordinary bridge
    ``hosts``       places of the host that were tried, by name
    ``heard``       whom the host's listener heard from inside; it is the other side's word
    ``other``       whether the other sandbox answers its own gateway
    ``frontend``    whether the gateway answers on its edge
    ``peer_name``, ``other_name``  containers as the engine's resolver knows them
    ``also_hidden`` what this engine hides of its own accord and our list does not
    """

    inside: Sight
    open_: Sight
    hosts: Sequence[str] = ()
    heard: Sequence[str] = ()
    other: bool = False
    frontend: bool = False
    peer_name: str = ""
    other_name: str = ""
    also_hidden: Sequence[str] = ()


def checks(trial: Trial) -> Sequence[Check]:
    """Every probe with its verdict: FAILED is a hole, ATTENTION was not proved."""
    return [*_network(trial), *_names(trial), *_confinement(trial.inside), *_hidden(trial)]


def _network(trial: Trial) -> Iterator[Check]:
    inside, control = trial.inside, trial.open_
    peer = inside.reach.get(PEER, False)
    yield _check("its own peer", peer, "answers" if peer else "does not answer: nothing is proved")
    for name in trial.hosts:
        way = f"{HOST}{name}"
        # The bridge of a closed network has no address: what there would be is seen at another's.
        same = f"{HOST}{ORDINARY}" if name in BRIDGES else way
        yield _apart(f"the host by {name}", inside.reach[way], control.reach.get(same, False))
    yield _check(
        "the host's own listener",
        not trial.heard,
        f"heard {', '.join(trial.heard)}" if trial.heard else "heard nobody from inside",
    )
    yield _apart(OTHER, inside.reach[OTHER], trial.other, "its own gateway")
    yield _apart(
        "another's gateway leg", inside.reach["another's gateway"], trial.frontend, "its edge"
    )
    edge = inside.reach["gateway's frontend"]
    yield _apart("the gateway's frontend", edge, trial.frontend, "its edge")
    yield _scan(inside)
    hop, forwards = bool(inside.hops), bool(control.hops)
    yield _apart("a way out", hop, forwards)
    for name in _AWAY:
        if name in inside.reach:
            yield _apart(name, inside.reach[name], forwards, "the next hop")
    yield _check("IPv6", not inside.six, "no address" if not inside.six else "has an address")


def _apart(name: str, reached: bool, control: bool, whose: str = ORDINARY) -> Check:
    if reached:
        return _check(name, False, "reached")
    if control:
        return _check(name, True, f"not reached; the same probe succeeds from {whose}")
    what = f"not reached, but neither from {whose}: it proves nothing"
    return Check(name, "ATTENTION", what, "Is a firewall in between? Then it is closed, too.")


def _scan(inside: Sight) -> Check:
    """The frontend, the admin endpoint and the relay all are on the other side of this leg."""
    gateway, peer = inside.scan.get("gateway", ()), inside.scan.get(PEER, ())
    name = "the gateway's ports"
    if gateway:
        return _check(name, False, f"answers on {', '.join(map(str, gateway))}")
    if _LISTENING not in peer:
        return Check(name, "ATTENTION", "the scan does not find its peer: it proves nothing")
    return _check(name, True, "the usual 3,300 are closed; the same scan finds the peer's")


def _names(trial: Trial) -> Iterator[Check]:
    inside = trial.inside
    own = (PEER, trial.peer_name)
    outside = [name for name, found in inside.names.items() if found and name not in own]
    known = inside.names.get(PEER, False)
    told = ", ".join(outside)
    what = f"finds {told}" if outside else "finds its peer and nothing else"
    yield _check("names", known and not outside, what if known else "does not find its peer")
    asked = [
        n for n, found in inside.resolver.items() if found and n not in (PEER, trial.peer_name)
    ]
    if asked:
        yield _check("the engine's resolver", False, f"answers for {', '.join(asked)}")
    elif inside.resolver.get(trial.peer_name):
        yield _check("the engine's resolver", True, "answers for its peer and nobody else")
    else:
        yield _check("the engine's resolver", True, "answers for nobody")


def _confinement(inside: Sight) -> Iterator[Check]:
    status = inside.status
    for name, field, wanted in (
        ("capabilities", "CapEff", "0" * 16),
        ("capabilities to be had", "CapBnd", "0" * 16),
        ("no new privileges", "NoNewPrivs", "1"),
        ("system calls filtered", "Seccomp", "2"),
    ):
        yield _check(name, status.get(field) == wanted, f"{field} is {status.get(field)}")
    ids = {*status.get("Uid", "0").split(), *status.get("Gid", "0").split()}
    yield _check("user", ids == {str(USER)}, f"runs as {', '.join(sorted(ids))}")
    yield from _calls(inside)
    yield _check("root folder", inside.root == "EROFS", f"writing to it: {inside.root}")
    memory, most = inside.limits.get("memory"), inside.limits.get("processes")
    yield _check("memory limit", memory == str(MEMORY), f"{memory} bytes")
    yield _check("process limit", most == str(PROCESSES), f"{most} processes")
    loose = [
        p for p in ("/tmp", "/run") if not set(inside.mounts.get(p, "").split(",")) >= _SCRATCH
    ]
    what = f"{', '.join(loose)} can be run from" if loose else "small, and nothing runs from them"
    yield _check("scratch folders", not loose, what)


def _calls(inside: Sight) -> Iterator[Check]:
    usual = [name for name, came in inside.usual.items() if came != "done"]
    allowed = [f"{n}: {came}" for n, came in inside.refused.items() if came not in REFUSALS]
    if allowed or not inside.refused:
        yield _check("dangerous calls", False, "; ".join(allowed) or "none was tried")
    else:
        yield _check("dangerous calls", True, f"refused: {', '.join(inside.refused)}")
    what = f"refused: {', '.join(usual)}" if usual else f"allowed: {', '.join(inside.usual)}"
    yield _check("calls that programs need", bool(inside.usual) and not usual, what)


def _hidden(trial: Trial) -> Iterator[Check]:
    shown = trial.inside.readable
    what = f"can be read: {', '.join(shown)}" if shown else "nothing of the kernel can be read"
    yield _check("hidden files", not shown, what)
    if trial.also_hidden:
        what = f"this engine hides these of its own accord: {', '.join(trial.also_hidden)}"
        yield Check("hidden files of this engine", "ATTENTION", what, "Upgrade sandboxctl.")


def _check(name: str, good: bool, what: str) -> Check:
    verdict: Verdict = "OK" if good else "FAILED"
    mend = "" if good else "Start nothing of a stranger here. `sandboxctl explain DEN903`."
    return Check(name, verdict, what, mend)
