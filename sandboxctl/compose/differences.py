"""What a service has in the blueprint and not so in the Compose file: a line for each.

Most of it was decided where it was made, and is listed already. The rest is found here, by looking
at the result, so that nothing is added or written in another form without being said.
"""

from __future__ import annotations

from sandboxctl.compose import raw
from sandboxctl.compose.draft import Draft, Part
from sandboxctl.compose.merging import pairs
from sandboxctl.compose.raw import Raw
from sandboxctl.compose.report import Decision, Verdict
from sandboxctl.compose.writing import Template

_ADDED = {
    "command": "is what its entrypoint, its Dockerfile or its package.json starts",
    "depends_on": "who is linked to waits for nobody, and is waited for",
    "entrypoint": "is what its Dockerfile starts",
    "environment": "is set by its Dockerfile",
    "expose": "is where it listens, by its Dockerfile, its health check or what is known of its "
    "image",
    "healthcheck": "a service is ready when its port answers, within two minutes unless told",
    "mem_limit": "every service has a limit; this is usual for such an image",
    "python": "is the version that its Dockerfile starts from",
    "user": "no service runs as root; this is the user that its image is known to have",
    "with": "is what its variables and its SQL say",
    "writable": "the root is read-only; the service writes here",
}
_START = "how long it may take until it is ready: `start_period`, and `retries` times `interval`"
_OF_HEALTHCHECK = {
    "start_period": f"{_START}, a minute at least",
    "timeout": "a question takes from one second to a minute",
}
_WRITTEN = {
    "command": "a line is split into words, with what variables and hosts are called here",
    "depends_on": "a service is waited for until it is ready, always",
    "entrypoint": "a line is split into words, with what variables and hosts are called here",
    "environment": "variables, secrets and names of hosts are written out",
    "expose": "ports that answer a browser stand first",
    "image": "variables are written out",
    "mem_limit": "the same, in MiB",
    "stop_grace_period": "in seconds, a minute at most",
}
_USUAL = "the same in the form that a blueprint has"
_OF_DEPLOY = {"mem_limit": "memory", "cpus": "cpus", "pids_limit": "pids"}


def settle(part: Part) -> None:
    """A line for all that has none yet; ``part.written`` is what the Compose file says."""
    for key, value in part.made.items():
        match key, value:
            case _, empty if empty in (None, [], {}):
                continue
            case "environment", dict():
                _variables(part, value)
            case "healthcheck", dict():
                _healthcheck(part, value)
            case "writable", list():
                _folders(part, value)
            case "image", _ if part.written.get("image") is None:
                continue
            case _:
                _key(part, key, value)
    _lost(part)


def named(draft: Draft) -> None:
    """What the blueprint is called."""
    names = {key: draft.document[key] for key in ("blueprint", "name", "title")}
    instead = ", ".join(f"{key}: {value}" for key, value in names.items())
    why = "every blueprint says its format, and what it is called: its folder, unless `--name` is"
    draft.report.decisions.append(Decision("added", "", "name", "", instead, why))


def _key(part: Part, key: str, value: object) -> None:
    given = part.written.get(key)
    if same(value, given) or _is_said(part, key):
        return
    resources = raw.mapping(raw.mapping(part.written.get("deploy")).get("resources"))
    if given is None and raw.mapping(resources.get("limits")).get(_OF_DEPLOY.get(key, "")):
        _say(part, "replaced", "deploy", key, value, _USUAL)
    elif given is None:
        _say(part, "added", key, key, value, _ADDED.get(key, _USUAL))
    else:
        _say(part, "replaced", key, key, value, _WRITTEN.get(key, _USUAL))


def _variables(part: Part, found: dict[str, object]) -> None:
    own = raw.mapping(pairs(part.written.get("environment")))
    for name, value in found.items():
        if same(value, own.get(name)) or _is_named(part, name):
            continue
        if name in own:
            part.decide(
                "replaced",
                "environment",
                _WRITTEN["environment"],
                instead=f"environment: {name}",
                found=name,
            )
        elif part.written.get("env_file") is None or name in part.image_variables:
            part.decide("added", "environment", _ADDED["environment"], instead=name, found=name)


def _is_named(part: Part, name: str) -> bool:
    return any(
        d.service == part.old and d.key == "environment" and d.instead == name
        for d in part.draft.report.decisions
    )


def _healthcheck(part: Part, found: dict[str, object]) -> None:
    given = raw.mapping(part.written.get("healthcheck"))
    for key, value in found.items():
        if same(value, given.get(key)) or (key in ("http", "port") and _is_said(part, "http")):
            continue
        is_ours = "tcp" in found
        why = _ADDED["healthcheck"] if is_ours else _OF_HEALTHCHECK.get(key, _USUAL)
        verdict: Verdict = "replaced" if key in given else "added"
        _say(part, verdict, f"healthcheck.{key}", key, value, why, given.get(key))


def _folders(part: Part, found: list[object]) -> None:
    said = {d.instead for d in part.draft.report.decisions if d.service == part.old}
    for path in found:
        if not {f"writable: {path}", f"writable: {path}, empty"} & said:
            _say(part, "added", "writable", "writable", path, _ADDED["writable"])


def _lost(part: Part) -> None:
    """Parts of keys that stay, which a blueprint has nothing for."""
    given = raw.mapping(part.written.get("healthcheck"))
    for key in ("interval", "retries", "start_interval"):
        if given.get(key) is not None and "healthcheck" in part.made:
            why = "readiness is asked every 100 ms, for as long as `start_period` says"
            part.decide("left out", f"healthcheck.{key}", why, found=given[key])
    resources = raw.mapping(raw.mapping(part.written.get("deploy")).get("resources"))
    if resources.get("reservations") is not None:
        why = "nothing is reserved: a service has what it needs up to its limit"
        found = resources["reservations"]
        part.decide("left out", "deploy.resources.reservations", why, found=found)


def _is_said(part: Part, key: str) -> bool:
    """Whether a line of this service names ``key`` as what takes another's place."""
    starts = (f"{key}:", f"services.{part.name}.{key}")
    return any(
        bit.startswith(starts) or bit == key or (d.key == key and d.verdict == "replaced")
        for d in part.draft.report.decisions
        if d.service == part.old or d.instead.startswith(f"services.{part.name}.")
        for bit in (d.instead, *d.instead.split(", "))
    )


def _say(
    part: Part,
    verdict: Verdict,
    key: str,
    name: str,
    value: object,
    why: str,
    found: Raw = None,
) -> None:
    shown = part.draft.shown(_text(value))
    part.decide(verdict, key, why, instead=f"{name}: {shown}", found=found)


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return " ".join(map(_text, value))
        case dict():
            return ", ".join(f"{key}: {_text(item)}" for key, item in value.items())
        case _:
            return str(value)


def same(value: object, given: Raw) -> bool:
    """Whether the result says it as the Compose file does; numbers may be text there."""
    match value:
        case Template():
            return False
        case list():
            return (
                isinstance(given, list)
                and len(value) == len(given)
                and all(same(item, text) for item, text in zip(value, given, strict=True))
            )
        case dict():
            return (
                isinstance(given, dict)
                and value.keys() == given.keys()
                and all(same(item, given[key]) for key, item in value.items())
            )
        case _:
            return isinstance(given, str) and _text(value) == given.replace("$$", "$")
