"""Whether the engine did as it was asked: after create every field, after start what only then is.

A daemon drops limits that it cannot enforce and says so only in a warning. Values of variables
are compared and never told: secrets are among them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from sandboxctl.errors import EngineError
from sandboxctl.sandbox import labels

HARMLESS = ("swap limit capabilities",)
"""A warning that is no error: without swap accounting the memory limit still holds. The engine
then shows that swap is not limited, and `check` takes that only together with the warning."""

_OWN = ("User", "Hostname", "StopSignal", "StopTimeout")
_INSTEAD = ("Cmd", "Entrypoint", "WorkingDir")
"""Where nothing is asked, the image's own holds."""

_NOT_UNASKED = (
    *("AutoRemove", "Binds", "CapAdd", "CgroupParent", "ContainerIDFile", "DeviceCgroupRules"),
    *("DeviceRequests", "Devices", "DnsSearch", "GroupAdd", "Links", "Mounts", "PidMode"),
    *("PortBindings", "Privileged", "PublishAllPorts", "UTSMode", "UsernsMode", "VolumeDriver"),
    *("VolumesFrom",),
)
_LONGEST = 80
_UNLIMITED = -1


def check(
    asked: Mapping[str, Any],
    warnings: Sequence[str] | None,
    found: Mapping[str, Any],
    beside: Collection[str] = (),
) -> None:
    """Compare what was asked with what the engine made of it.

    ``beside``  a network that it may be on as well: the one that leads out, for the proxy.
    Raises EngineError DEN900 naming each field that differs, or the engine's own warning."""
    said = list(warnings or ())
    told = [text for text in said if not any(known in text for known in HARMLESS)]
    confinement = asked["HostConfig"]
    if len(told) < len(said) and found["HostConfig"].get("MemorySwap") == _UNLIMITED:
        confinement = {**confinement, "MemorySwap": _UNLIMITED}
    _raise(
        [
            *told,
            *_config(asked, found["Config"]),
            *_confinement(confinement, found["HostConfig"]),
            *_mounts(confinement, found),
            *_place(asked, found, beside),
        ]
    )


def running(
    asked: Mapping[str, Any], found: Mapping[str, Any], beside: Collection[str] = ()
) -> None:
    """The same once it has been started: still confined, on one network, with nothing published.

    One that has already ended, or is just started again, has neither, and is not looked at."""
    state = found["State"]
    if not state.get("Running") or state.get("Restarting"):
        return
    networks = found["NetworkSettings"].get("Networks") or {}
    own = [name for name in networks if name not in beside]
    wrong = [] if len(own) == 1 else [f"it is on {len(own)} networks, not 1: {', '.join(own)}"]
    for name, one in networks.items():
        if name in own and one.get("IPAddress") != _address(asked):
            wrong.append(f"its address on {name} is {one.get('IPAddress')!r}, not as planned")
        if one.get("GlobalIPv6Address"):
            wrong.append(f"it has an IPv6 address on {name}")
    _raise(
        [*wrong, *_confinement(asked["HostConfig"], found["HostConfig"]), *_published({}, found)]
    )


def gateway(found: Mapping[str, Any]) -> None:
    """That a gateway which was started is reached where it was meant to be, and nowhere else."""
    _raise(list(_published(found["HostConfig"].get("PortBindings") or {}, found)))


def network(
    subnet: IPv4Network, options: Mapping[str, str], warning: str | None, found: Mapping[str, Any]
) -> None:
    """That a network is closed: EngineError DEN900 if it leads anywhere."""
    wrong = [warning] if warning else []
    for field, wanted in (("Internal", True), ("EnableIPv6", False), ("Driver", "bridge")):
        if found.get(field) != wanted:
            wrong.append(_differs(field, wanted, found.get(field)))
    has = found.get("Options") or {}
    wrong += [
        _differs(key, value, has.get(key))
        for key, value in options.items()
        if has.get(key) != value
    ]
    pools = [one.get("Subnet") for one in (found.get("IPAM") or {}).get("Config") or ()]
    if pools != [str(subnet)]:
        wrong.append(_differs("its addresses", [str(subnet)], pools))
    _raise(wrong, "network")


def _raise(wrong: Sequence[str], what: str = "container") -> None:
    if wrong:
        raise EngineError(
            f"the engine did not confine a {what} as it was asked: " + "; ".join(wrong),
            hint=f"The {what} was removed. `sandboxctl doctor` shows what this engine cannot do.",
            code="DEN900",
        )


def _config(asked: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for field in _OWN:
        if field in asked and not _same(asked[field], found.get(field)):
            yield _differs(field, asked[field], found.get(field))
    test = (found.get("Healthcheck") or {}).get("Test")  # times of the image may stand beside
    if "Healthcheck" in asked and test != asked["Healthcheck"]["Test"]:
        yield _differs("Healthcheck", asked["Healthcheck"]["Test"], test)
    for field in _INSTEAD:
        if asked.get(field) and not _alike(asked[field], found.get(field)):
            yield _differs(field, asked[field], found.get(field))
    if asked.get("Entrypoint") and asked.get("Cmd") == [] and found.get("Cmd"):
        yield _differs("Cmd", [], found["Cmd"])
    has = found.get("Labels") or {}
    for name, value in asked["Labels"].items():
        if name != labels.CREATED and has.get(name) != value:
            yield _differs(f"label {name}", value, has.get(name))
    yield from _environment(asked.get("Env") or (), found.get("Env") or ())


def _environment(asked: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    """A name without a value is one that is taken away; the engine writes it down the same way."""
    names = {pair.partition("=")[0] for pair in found if "=" in pair}
    for pair in asked:
        name, given, _ = pair.partition("=")
        if given and pair not in found:
            yield f"the variable {name} is not what it was set to"
        if not given and name in names:
            yield f"the variable {name} is set"


def _confinement(asked: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for field, value in asked.items():
        if not _same(value, found.get(field)):
            yield _differs(field, value, found.get(field))
    for field in _NOT_UNASKED:
        if field not in asked and found.get(field):
            yield f"{field} is {_short(found[field])}, and nobody asked for it"


def _mounts(asked: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    wanted = {one["Target"] for one in asked.get("Mounts") or ()} | set(asked.get("Tmpfs") or ())
    for one in found.get("Mounts") or ():
        if one.get("Destination") not in wanted:
            yield f"{one.get('Destination')} is mounted, and nobody asked for it"


def _place(
    asked: Mapping[str, Any], found: Mapping[str, Any], beside: Collection[str]
) -> Iterator[str]:
    """Before it is started an endpoint has no address yet, only the one that it is to get."""
    networks = found["NetworkSettings"].get("Networks") or {}
    own = (one for name, one in networks.items() if name not in beside)
    places = [(one.get("IPAMConfig") or {}).get("IPv4Address") for one in own]
    if "NetworkingConfig" in asked and places != [_address(asked)]:
        yield _differs("its address", _address(asked), places)


def _address(asked: Mapping[str, Any]) -> str:
    (endpoint,) = asked["NetworkingConfig"]["EndpointsConfig"].values()
    return str(endpoint["IPAMConfig"]["IPv4Address"])


def _published(asked: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """An image's EXPOSE stands among the ports, too, but leads nowhere."""
    ports = found["NetworkSettings"].get("Ports") or {}
    open_ = {port: places for port, places in ports.items() if places}
    if not _same(asked, open_):
        yield _differs("what it publishes", asked, open_)


def _differs(field: str, asked: Any, found: Any) -> str:
    return f"{field} is {_short(found)}, not {_short(asked)}"


def _short(value: Any) -> str:
    """A seccomp profile is thousands of characters of JSON; its beginning says which it is."""
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value))}]"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _same(asked: Any, found: Any) -> bool:
    """Empty and absent are one; the engine may write Ulimits in another order."""
    if not asked and not found:
        return True
    if isinstance(asked, list) and isinstance(found, list):
        return sorted(map(_canonical, asked)) == sorted(map(_canonical, found))
    return bool(asked == found)


def _alike(asked: Any, found: Any) -> bool:
    """Commands: here the order is the meaning."""
    return bool(asked == found or (not asked and not found))


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
