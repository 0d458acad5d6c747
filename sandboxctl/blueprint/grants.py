"""Whether what `exceptions` asks for can be granted at all, and whether a service uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandboxctl.blueprint import capabilities, egress_hosts, limits
from sandboxctl.blueprint.exceptions import Asked
from sandboxctl.blueprint.forms import size
from sandboxctl.blueprint.problem import Key, Problem, near
from sandboxctl.blueprint.words import shown

if TYPE_CHECKING:
    from sandboxctl.blueprint.model import Blueprint, Service

_NUMBERS = {
    "mem_limit": re.compile(r"[0-9]{1,15}[bkmgBKMG]?"),
    "cpus": re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?"),
    "pids_limit": re.compile(r"[0-9]{1,9}"),
}
_NEEDED = {"user": "DEN304", "mem_limit": "DEN320", "cpus": "DEN321", "pids_limit": "DEN322"}
"""Codes of what a service says and needs an exception for."""

_PLAIN = ("root", "writable_root", "run")
_KINDS = (*_PLAIN, "cap:NAME", "egress:HOST", "mem_limit:12g", "cpus:12", "pids_limit:2048")
_NEVER_PATHS = "folders of the host stay on the host; files of the blueprint go into `files`"
_NEVER = (
    ("privileg", "it takes off everything that keeps a service in"),
    ("secret", "a secret is given with `--secret`, and a host's own are nobody's"),
    ("credential", "the credentials of the host are nobody's"),
    ("password", "the credentials of the host are nobody's"),
    ("token", "the credentials of the host are nobody's"),
    ("sshkey", "the credentials of the host are nobody's"),
    ("sshagent", "the credentials of the host are nobody's"),
    ("env", "the variables of whoever starts it are nobody's"),
    ("sock", "whoever reaches the engine's socket is root on the host"),
    ("unconfined", "a profile that is switched off confines nobody"),
    ("seccomp", "the profile of system calls is the same for every service"),
    ("apparmor", "the profiles of the host stay on"),
    ("selinux", "the profiles of the host stay on"),
    ("securityopt", "the profiles of the host stay on"),
    ("newpriv", "a program that gains rights when it is started can gain all of them"),
    ("namespace", "who shares a namespace with the host sees and reaches what is on it"),
    ("host", "what is the host's is never shared: its network, processes, paths and users"),
    ("bind", _NEVER_PATHS),
    ("mount", _NEVER_PATHS),
    ("volume", "folders of the host stay on the host; data goes into `writable`"),
    ("device", "a device of the host is shared by all that runs on it"),
    ("gpu", "a device of the host is shared by all that runs on it"),
    ("sysctl", "settings of the kernel are the host's"),
    ("runtime", "the facilitator chooses what containers run under"),
    ("port", "the gateway is the only way in"),
    ("unlimited", "without a limit one service takes what all the others need"),
    ("ulimit", "without a limit one service takes what all the others need"),
    ("oom", "the host ends a service before it ends itself"),
    ("swap", "the disk of the host is not memory"),
)


def problems(blueprint: Blueprint) -> Iterator[Problem]:
    """Exceptions that nobody can grant or that change nothing, and what needs one and has none."""
    seen: set[tuple[str, str]] = set()
    for index, asked in enumerate(blueprint.exceptions):
        key: Key = ("exceptions", index)
        found = impossible(asked, (*key, "grant")) or _about(blueprint, asked, key)
        if not found and asked.same_as in seen:
            why = f"{asked.kind} is asked for {asked.service} twice; keep one"
            found = Problem((*key, "grant"), why, code="DEN804")
        seen.add(asked.same_as)
        if found:
            yield found
    for name, service in blueprint.services.items():
        yield from _needed(name, service, blueprint.exceptions)


def impossible(asked: Asked, key: Key = ("grant",)) -> Problem | None:
    """Why nobody could grant this; None for what a facilitator may."""
    match asked.kind:
        case "root" | "writable_root" | "run" if asked.grant in _PLAIN:
            return None
        case "cap":
            return _capability(asked.grant, key)
        case "egress":
            return _egress(asked, key)
        case "mem_limit" | "cpus" | "pids_limit":
            return _limit(asked, key)
        case _:
            return _strange(asked.grant, key)


def amount(asked: Asked) -> float | None:
    """Up to how much a limit may be raised: bytes, cores, processes. None for no such number."""
    known = _NUMBERS.get(asked.kind)
    if known is None or not known.fullmatch(asked.value):
        return None
    return float(str(size(asked.value))) if asked.kind == "mem_limit" else float(asked.value)


def _capability(grant: str, key: Key) -> Problem | None:
    name = capabilities.bare(grant)
    if why := capabilities.never(name):
        return Problem(key, f"{shown(grant)} is never granted: {why}", code="DEN801")
    if name not in capabilities.GRANTABLE:
        known = near(name, capabilities.GRANTABLE)
        hint = known or f"; there are {', '.join(capabilities.GRANTABLE)}"
        return Problem(key, f"{shown(grant)} is no capability to ask for{hint}", code="DEN802")
    if grant != f"cap:{name}":
        return Problem(key, f"should be written `cap:{name}`, not {shown(grant)}", code="DEN802")
    return None


def _egress(asked: Asked, key: Key) -> Problem | None:
    why = egress_hosts.refused(asked.value)
    return Problem(key, f"{shown(asked.value)}: {why}", code="DEN806") if why else None


def _limit(asked: Asked, key: Key) -> Problem | None:
    limit, asks = limits.ALL[asked.kind], amount(asked)
    if asks is None:
        why = f"should be a number such as `{asked.kind}:{limit.shown(limit.usual * 1.5)}`"
        return Problem(key, f"{why}, not {shown(asked.grant)}", code="DEN802")
    if not asks <= limit.most:
        why = f"{limit.shown(limit.most)} is the most that is ever granted of {asked.kind}"
        return Problem(key, f"{why}, not {shown(asked.value)}", code="DEN807")
    if asks <= limit.usual:
        why = f"every service may have up to {limit.shown(limit.usual)}; take the exception out"
        return Problem(key, why, code="DEN805")
    return None


def _strange(grant: str, key: Key) -> Problem:
    flat = "".join(character for character in grant.lower() if character.isalnum())
    name = capabilities.bare(grant)
    if capabilities.never(name) or name in capabilities.GRANTABLE:
        found = _capability(grant, key)
        assert found is not None  # it is not written `cap:NAME`
        return found
    for sign, why in (*_NEVER, ("/", _NEVER_PATHS)):
        if sign in (grant if sign == "/" else flat):
            return Problem(key, f"{shown(grant)} is never granted: {why}", code="DEN801")
    hint = near(grant, _PLAIN) or f"; there are {', '.join(_KINDS)}"
    return Problem(key, f"{shown(grant)} is nothing that can be asked for{hint}", code="DEN802")


def _about(blueprint: Blueprint, asked: Asked, key: Key) -> Problem | None:
    """What is wrong between an exception and its service."""
    service = blueprint.services.get(asked.service)
    if service is None:
        hint = near(asked.service, blueprint.services)
        hint = hint or f"; there are {', '.join(blueprint.services)}"
        why = f"`{asked.service}` is not a service{hint}"
        return Problem((*key, "service"), why, code="DEN803")
    unused = _unused(asked, service)
    return Problem((*key, "grant"), unused, code="DEN805") if unused else None


def _unused(asked: Asked, service: Service) -> str:
    """Why an exception would change nothing. What uses `run` and `egress` is not seen here."""
    match asked.kind:
        case "root" if not is_root(service.user):
            return f'{asked.service} does not run as root; give it `user: "0:0"`, or take this out'
        case "writable_root" if service.writable or service.fill or service.prepare:
            return f"{asked.service} keeps data, so its root is writable already; take this out"
        case "mem_limit" | "cpus" | "pids_limit":
            limit, has = limits.ALL[asked.kind], getattr(service, asked.kind)
            why = f"{asked.service} has {asked.kind} {limit.shown(has)}, which needs none"
            return f"{why}; take this out, or raise that" if has <= limit.usual else ""
        case _:
            return ""


def _needed(name: str, service: Service, exceptions: tuple[Asked, ...]) -> Iterator[Problem]:
    """What a service says and may not without an exception."""
    own = [asked for asked in exceptions if asked.service == name]
    if is_root(service.user) and not any(asked.grant == "root" for asked in own):
        yield _without(name, "user", "root", "is root, which is an exception")
    for limit in limits.ALL.values():
        has = getattr(service, limit.key)
        asks = [amount(asked) or 0 for asked in own if asked.kind == limit.key]
        allowed = max(asks, default=float(limit.usual))
        if has > max(allowed, limit.usual):
            why = f"is more than {limit.shown(max(allowed, limit.usual))}, which is an exception"
            yield _without(name, limit.key, f"{limit.key}:{limit.shown(has)}", why)


def _without(name: str, key: str, grant: str, why: str) -> Problem:
    ask = f'{{service: {name}, grant: "{grant}", reason: "…"}}'
    return Problem(
        ("services", name, key),
        f"{why}: do without, or ask for it with `exceptions: [{ask}]`",
        hint="What is asked for under `exceptions` is granted by a facilitator, or not.",
        code=_NEEDED[key],
    )


def is_root(user: str | None) -> bool:
    """Whether a numeric user is root."""
    return (user or "").partition(":")[0] == "0"
