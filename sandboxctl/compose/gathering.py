"""A Compose file with what it includes and extends: its services as plain mappings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandboxctl.blueprint import tree
from sandboxctl.blueprint.model import MOST_SERVICES
from sandboxctl.compose import dotenv, merging, raw, reading
from sandboxctl.compose.interpolation import Variables
from sandboxctl.compose.nearby import Nearby
from sandboxctl.compose.raw import Raw
from sandboxctl.compose.report import Decision, Report
from sandboxctl.errors import BlueprintError

MOST_FILES = 20
_ALWAYS = {"PWD": "."}
"""What every shell says: here, where the file lies."""
_OLD = frozenset(["image", "build", "command", "ports", "environment"])
_TOPS = ("volumes", "networks", "secrets", "configs")


@dataclass
class Gathered:
    """``services`` before their variables are settled; ``nearby``: where each one's paths begin."""

    name: str = ""
    services: dict[str, dict[str, Raw]] = field(default_factory=dict)
    nearby: dict[str, Nearby] = field(default_factory=dict)
    tops: dict[str, dict[str, Raw]] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    report: Report = field(default_factory=Report)
    files: int = 0

    def say(
        self, key: str, found: Raw, why: str, service: str = "", line: int | None = None
    ) -> None:
        shown = raw.shown(found)
        self.report.decisions.append(Decision("left out", service, key, shown, "", why, line))


def variables(nearby: Nearby) -> Variables:
    """Those of the `.env` beside the file; where there is none, of the example for one."""
    from sandboxctl.compose.environment import EXAMPLES

    for name in (".env", *EXAMPLES):
        try:
            found = dotenv.read(nearby.read(name))
        except ValueError:
            continue
        known: dict[str, str] = {}
        settling = Variables(known)
        for key, text in found.items():
            known[key] = _plain(settling, text or "")
        return Variables({**_ALWAYS, **known})
    return Variables(dict(_ALWAYS))


def _plain(settling: Variables, text: str) -> str:
    from sandboxctl.compose.interpolation import STAND_IN

    done = settling.text(text)
    return STAND_IN.sub(lambda found: settling.variable(found[1]).value or "", done)


def gather(file: Path) -> Gathered:
    """Everything in ``file``. Raises BlueprintError where nothing can be made of it."""
    gathered = Gathered()
    root = _read(file, str(file))
    known = root.root.get("services")
    if not isinstance(known, tree.Mapping) and not _is_old(root.root):
        why = "has no `services`; is it a Compose file?"
        raise reading.refused(str(file), None, why, "DEN182")
    nearby = Nearby(file.parent)
    _take(gathered, root, nearby, file.name, ())
    for line, why in root.notes:
        gathered.say("", "", why, line=line)
    if not gathered.services:
        why = "has no service in it that is started without being asked for"
        raise reading.refused(str(file), None, why, "DEN182")
    count = len(started(gathered.services, variables(nearby)))
    if count > MOST_SERVICES:
        why = f"has {count} services; a blueprint has {MOST_SERVICES} at most"
        hint = "Make a Compose file with those that the prototype cannot do without."
        raise reading.refused(str(file), None, why, "DEN183", hint)
    return gathered


def started(services: Mapping[str, dict[str, Raw]], known: Variables) -> set[str]:
    """Those that Compose starts when nobody asks for more: by `COMPOSE_PROFILES`, or all if it
    would start none."""
    active = {"", *known.known.get("COMPOSE_PROFILES", "").split(",")}
    found = {
        name
        for name, service in services.items()
        if not (profiles := raw.listed(service.get("profiles")))
        or active & set(map(raw.text, profiles))
    }
    return found or set(services)


def _read(file: Path, shown: str) -> reading.Read:
    try:
        if not file.is_file():
            why = "is not a file" if file.exists() else "no such file"
            raise reading.refused(shown, None, why, "DEN480", "Give the path of a Compose file.")
        with file.open("rb") as opened:
            data = opened.read(reading.LARGEST + 1)
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
        raise reading.refused(shown, None, why, "DEN480", "Check its owner and rights.") from None
    return reading.read(data, shown)


def _is_old(root: tree.Mapping) -> bool:
    """The first format had services at the top."""
    found = [node for node in root.entries.values() if isinstance(node, tree.Mapping)]
    return bool(found) and all(_OLD & set(map(str, node.entries)) for node in found)


def _take(
    gathered: Gathered, read: reading.Read, nearby: Nearby, shown: str, above: tuple[str, ...]
) -> None:
    root = read.root
    content = raw.mapping(raw.raw(root))
    services = root.get("services")
    if not isinstance(services, tree.Mapping):
        services, content = root, {"services": content}
        gathered.say("version", "1", "the first format of Compose: services stand at the top")
    if not above:
        gathered.name = raw.text(content.get("name"))
        _note_lines(gathered, services)
    for key in _TOPS:
        known = gathered.tops.setdefault(key, {})
        for name, value in raw.mapping(content.get(key)).items():
            known.setdefault(name, value)
    for item in raw.listed(content.get("include")):
        _include(gathered, item, nearby, (*above, shown))
    defined = {k: raw.mapping(v) for k, v in raw.mapping(content.get("services")).items()}
    own = {k: v for k, v in defined.items() if not k.startswith("x-")}
    for name, service in own.items():
        done = _extended(gathered, own, name, nearby, ())
        gathered.services[name] = merging.extended(done, gathered.services.get(name, {}))
        gathered.nearby[name] = nearby
        if not service:
            gathered.say("services", name, "is empty", name)


def _note_lines(gathered: Gathered, services: tree.Mapping) -> None:
    for name, node in services.entries.items():
        if isinstance(node, tree.Mapping):
            for key, line in node.lines.items():
                gathered.lines[str(name), str(key)] = line


def _include(gathered: Gathered, item: Raw, nearby: Nearby, above: tuple[str, ...]) -> None:
    """Another file below the folder, with its own paths."""
    path = item.get("path") if isinstance(item, dict) else item
    for name in map(raw.text, raw.listed(path)):
        read = _other(gathered, name, nearby, "include")
        if read and name not in above:
            _take(gathered, read, nearby.below(name), name, above)


def _other(gathered: Gathered, name: str, nearby: Nearby, key: str) -> reading.Read | None:
    gathered.files += 1
    try:
        if gathered.files > MOST_FILES:
            raise ValueError("is one file too many")
        if "$" in name or "://" in name:
            raise ValueError("cannot be told from here")
        return _read(nearby.path(name), name)
    except ValueError as error:
        gathered.say(key, name, f"{name} {error}")
    except BlueprintError as error:
        gathered.say(key, name, str(error))
    return None


def _extended(
    gathered: Gathered,
    services: Mapping[str, dict[str, Raw]],
    name: str,
    nearby: Nearby,
    below: tuple[str, ...],
) -> dict[str, Raw]:
    """One service over the one it extends, which may lie in another file."""
    own = dict(services[name])
    extends = own.pop("extends", None)
    if extends is None:
        return own
    long = extends if isinstance(extends, dict) else {"service": extends}
    base, file = raw.text(long.get("service")), raw.text(long.get("file"))
    if file:
        read = _other(gathered, file, nearby, "extends")
        found = raw.mapping(raw.mapping(raw.raw(read.root)).get("services")) if read else {}
        services = {key: raw.mapping(value) for key, value in found.items()}
        nearby, below = (nearby.below(file), ()) if read else (nearby, below)
    if base not in services or (base in (*below, name) and not file) or len(below) > MOST_FILES:
        if not file or services:
            gathered.say("extends", base, f"{base} cannot be extended", name)
        return own
    return merging.extended(own, _extended(gathered, services, base, nearby, (*below, name)))
