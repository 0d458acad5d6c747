"""The settings of dens, in ``$XDG_CONFIG_HOME/sandboxctl/den.yaml``, by the den's name.

Only what was chosen is written; everything else follows the defaults of `Den`.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sandboxctl.blueprint.problem import Problem, failure
from sandboxctl.blueprint.words import said
from sandboxctl.errors import BlueprintError
from sandboxctl.sandbox.den import Den

CODE = "DEN240"
"""Of every setting that cannot be."""

HINT = "`sandboxctl den` shows every setting and what it means."


def file() -> Path:
    """Where the settings are, whether or not the file exists."""
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "sandboxctl" / "den.yaml"


def names() -> Sequence[str]:
    """The dens that have settings of their own."""
    return sorted(_read())


def load(name: str) -> Den:
    """The settings of a den; the defaults where nothing was chosen.

    Raises BlueprintError naming every setting that is wrong.
    """
    return _checked(name, _read().get(name, {}), f"{file()}: {name}")


def change(name: str, given: Mapping[str, str], taken: Sequence[str] = ()) -> Den:
    """Set ``given`` (dotted key → text) and forget ``taken``; the settings as they are then.

    Nothing is written if anything is wrong: BlueprintError.
    """
    with _alone():
        everything = _read()
        chosen = everything.setdefault(name, {})
        for key in [*given, *taken]:
            _known(key)
        for key in taken:
            _forget(chosen, key.split("."))
        for key, text in given.items():
            *path, last = key.split(".")
            _section(chosen, path)[last] = _at_home(text) if key == "gateway.tls" else text
        den = _checked(name, chosen)
        everything[name] = den.model_dump(mode="json", exclude_unset=True, exclude={"name"})
        _write(everything)
    return den


def keys(model: type[BaseModel] = Den, prefix: str = "") -> Mapping[str, str]:
    """Every setting as a dotted key, and what it means."""
    found: dict[str, str] = {}
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found |= keys(inner, f"{prefix}{name}.")
        elif f"{prefix}{name}" != "name":
            found[f"{prefix}{name}"] = field.description or ""
    return found


def values(den: Den) -> Mapping[str, Any]:
    """The settings of a den by dotted key, with the defaults."""
    plain = den.model_dump(mode="json")
    found: dict[str, Any] = {}
    for key in keys():
        value: Any = plain
        for part in key.split("."):
            value = value[part]
        found[key] = value
    return found


def _known(key: str) -> None:
    if key not in keys():
        near = get_close_matches(key, keys(), n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise BlueprintError(f"{key} is not a setting of a den{meant}", hint=HINT, code=CODE)


def _section(chosen: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    for part in path:
        chosen = chosen.setdefault(part, {})
    return chosen


def _forget(chosen: dict[str, Any], path: Sequence[str]) -> None:
    inner = chosen.get(path[0])
    if len(path) > 1 and isinstance(inner, dict):
        _forget(inner, path[1:])
    if len(path) == 1 or not inner:
        chosen.pop(path[0], None)


def _at_home(text: str) -> str:
    """A certificate's path as it is seen from anywhere."""
    return str(Path(text).expanduser().resolve()) if text else text


def _checked(name: str, chosen: Mapping[str, Any], where: str = "") -> Den:
    try:
        den = Den.model_validate({**chosen, "name": name})
    except ValidationError as error:
        wrong = [
            Problem(p["loc"], said(p, p["loc"], Den), hint=HINT, code=CODE) for p in error.errors()
        ]
        raise failure(where, wrong) from None
    if den.gateway.tls:
        _is_certificate(Path(den.gateway.tls))
    return den


def _is_certificate(path: Path) -> None:
    try:
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        text = ""
        why = error.strerror
    else:
        why = "it does not hold both a CERTIFICATE and a PRIVATE KEY"
    if "CERTIFICATE-----" not in text or "PRIVATE KEY-----" not in text:
        raise BlueprintError(
            f"gateway.tls: {path} cannot be used: {why}",
            hint="Put certificate and key into one PEM file: `cat cert.pem key.pem > den.pem`.",
            code=CODE,
        )


def _read() -> dict[str, dict[str, Any]]:
    path = file()
    if not path.exists():  # for most, and then nothing that reads YAML is imported
        return {}
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        where = getattr(error, "problem_mark", None)
        line = f":{where.line + 1}" if where else ""
        why = getattr(error, "problem", None) or getattr(error, "strerror", None) or error
        raise BlueprintError(f"{path}{line}: {why}", hint=_mend(path), code=CODE) from None
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(v, dict) for v in found.values()):
        raise BlueprintError(
            f"{path}: should be names of dens with their settings under them",
            hint=_mend(path),
            code=CODE,
        )
    return {str(name): dict(chosen) for name, chosen in found.items()}


def _mend(path: Path) -> str:
    return f"Mend the file, or move it away to begin anew: `mv {path} {path}.old`."


def _write(everything: Mapping[str, Mapping[str, Any]]) -> None:
    """By temp and rename, so that nobody ever reads half of it."""
    import yaml

    path = file()
    text = yaml.safe_dump(dict(everything), sort_keys=True) if everything else ""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".den-")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    Path(temporary).replace(path)


@contextmanager
def _alone() -> Iterator[None]:
    """One command at a time changes the file."""
    try:
        file().parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file().parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise BlueprintError(
            f"{file()} cannot be written: {error.strerror}", hint="Set XDG_CONFIG_HOME elsewhere."
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
