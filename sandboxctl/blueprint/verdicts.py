"""Which code a value has that pydantic does not take: by where it stands, else by what is wrong."""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import ErrorDetails

from sandboxctl.blueprint import compose_codes, compose_keys, sockets
from sandboxctl.blueprint.patterns import IDENTIFIER, IMAGE, NAME, USER, VARIABLE
from sandboxctl.blueprint.problem import Key, code_of

_PATTERNS = {
    **dict.fromkeys([NAME, IDENTIFIER, VARIABLE], "DEN207"),
    USER: "DEN304",
    IMAGE: "DEN582",
}
_LIMITS = {"mem_limit": "DEN320", "cpus": "DEN321", "pids_limit": "DEN322"}
_RUNTIMES = re.compile(
    r"io\.containerd\..*|runc|runsc.*|crun|nvidia|kata.*|youki|sysbox.*|wasm.*", re.I
)
"""What Docker and Compose call a runtime."""

_KINDS = {
    "missing": "DEN201",
    "invalid_key": "DEN204",
    "literal_error": "DEN208",
    "enum": "DEN208",
    "union_tag_invalid": "DEN652",
    "union_tag_not_found": "DEN652",
    "greater_than_equal": "DEN209",
    "less_than_equal": "DEN209",
    "greater_than": "DEN209",
    "less_than": "DEN209",
    "too_long": "DEN210",
    "string_too_long": "DEN210",
    "too_short": "DEN211",
    "string_too_short": "DEN211",
}
"""What pydantic says → code; whatever is not here is about the type."""

_OF_TABLES = {
    "rows": "DEN658",
    "rules": "DEN655",
    "correlations": "DEN656",
    "dirt": "DEN657",
    "edge_cases": "DEN659",
    "key": "DEN659",
}


def code(error: ErrorDetails, key: Key) -> str:
    """``key`` is where it stands in the file."""
    return _of_place(error, key) or _of_kind(error, key)


def of_data(key: Key) -> str:
    """The code of what is wrong in a `data` section, by the part of it that ``key`` leads to."""
    match key:
        case (_, "tables", _, "columns", _, *_, "unique"):
            return "DEN653"
        case (_, "tables", _, "columns", *_):
            return "DEN651"
        case (_, "tables", _):
            return "DEN654"
        case (_, "tables", _, str(part), *_):
            return _OF_TABLES.get(part, "DEN650")
        case _:
            return "DEN650"


def _of_place(error: ErrorDetails, key: Key) -> str:
    """Where a value is a risk, and not only wrong."""
    kind, value = error["type"], error["input"]
    match key:
        case ("services", _, "mem_limit" | "cpus" | "pids_limit" as limit):
            return _LIMITS[limit] if _has_no_end(kind, value) else ""
        case ("services", _, "storage_opt", "size") if _has_no_end(kind, value):
            return "DEN325"
        case ("services", _, "runtime") if _RUNTIMES.fullmatch(str(value)):
            return "DEN309"
        case ("services", _, "files" | "writable" | "working_dir", *_) if _is_mount(kind, value):
            return "DEN312" if sockets.named(str(value)) else "DEN450"
        case _:
            return ""


def _has_no_end(kind: str, value: object) -> bool:
    """Above what a service gets; or what Docker takes for no limit at all: 0 or -1."""
    unlimited = isinstance(value, int | float) and value <= 0
    return kind == "less_than_equal" or (kind == "greater_than_equal" and unlimited)


def _is_mount(kind: str, value: object) -> bool:
    """``/of/the/host:/in/the/container``, as Compose has it."""
    return kind == "string_pattern_mismatch" and isinstance(value, str) and ":" in value


def _of_kind(error: ErrorDetails, key: Key) -> str:
    context: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            return _extra(key, error["input"])
        case "value_error":
            return code_of(context["error"], _unsaid(key))
        case "string_pattern_mismatch":
            return _PATTERNS.get(context["pattern"], "DEN206")
        case kind:
            return _KINDS.get(kind, "DEN205")


def _extra(key: Key, value: object) -> str:
    if str(key[-1]).startswith("x-"):
        return "DEN203"
    return compose_codes.code(key, value) if compose_keys.way(key) else "DEN202"


def _unsaid(key: Key) -> str:
    """Of an error that brings no code along."""
    match key[:1]:
        case ("data",):
            return of_data(key)
        case ("parameters",):
            return "DEN642"
        case _:
            return "DEN206"
