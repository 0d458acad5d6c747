"""The reference page, made from the model, so that it cannot rot: every key, kind and template."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import get_args

from sandboxctl.blueprint import catalogue, patterns
from sandboxctl.blueprint.forms import MEBIBYTE
from sandboxctl.blueprint.model import (
    Asked,
    Blueprint,
    Data,
    Healthcheck,
    Parameter,
    Route,
    Secret,
    Service,
    Supplier,
    Table,
)
from sandboxctl.blueprint.origins import Archive, BuildFrom
from sandboxctl.blueprint.schema import TEMPLATE, Schema, json_schema
from sandboxctl.data.chance.correlations import Correlation
from sandboxctl.data.dirt.model import Dirt, Mistake, Swap
from sandboxctl.data.edge_cases import EDGE_CASES
from sandboxctl.data.heeding import heeders
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.kinds import Column
from sandboxctl.data.kinds.distributions import (
    AmountSpread,
    DaySpread,
    LengthSpread,
    MomentSpread,
    WholeSpread,
)
from sandboxctl.data.kinds.missing import When
from sandboxctl.data.relations.rows import Per, Poisson

_SECTIONS = (
    ("", Blueprint),
    ("services.<name>", Service),
    ("services.<name>.build", BuildFrom),
    ("services.<name>.image", Archive),
    ("services.<name>.healthcheck", Healthcheck),
    ("opens.<path>", Route),
    ("parameters.<name>", Parameter),
    ("secrets.<NAME>", Secret),
    ("supplier", Supplier),
    ("exceptions", Asked),
    ("data", Data),
    ("data.tables.<name>", Table),
    ("data.tables.<name>.rows", Per),
    ("data.tables.<name>.rows.count", Poisson),
    ("data.tables.<name>.correlations", Correlation),
    ("data.tables.<name>.dirt", Dirt),
    ("data.tables.<name>.dirt.typos", Mistake),
    ("data.tables.<name>.dirt.swapped", Swap),
)
DIFFERENT = {
    "depends_on": "Not as in Compose: it always waits until the other service is ready.",
    "healthcheck": "Not as in Compose: it also takes `http` and `tcp`.",
    "expose": "Not as in Compose: the port named first is the one that is routed.",
}
"""The three keys that Compose has too, and that mean something else here."""

_INTRODUCTION = """\
# The blueprint file

Generated from the model by `sandboxctl schema`; do not edit it by hand.

Keys that the [Compose Specification](https://github.com/compose-spec/compose-spec) has mean here
what they mean there, in their short and their long forms. Three differ, and say so below:
`depends_on`, `healthcheck` and `expose`.

A file is UTF-8, at most 512 KiB, and read by YAML 1.2: `no` is text, `22:22` is text, a date is
text. Anchors, merge keys (`<<`) and tags are not read; a service takes over another one with
`extends`. A key that is not listed here is refused, with the nearest one that is.

`{{ … }}` may stand inside any value, in quotes: `rows: "{{ homes }}"`. It knows the parameters,
`den.domain`, `den.scheme`, `den.port`, `sandbox.name` and `sandbox.url`, arithmetic, comparisons,
`a if b else c`, and the filters abs, default, float, int, lower, round, string, trim and upper.
`$$` is one dollar sign, as in Compose; `${X}` is refused, since nothing is read from a shell.
"""


def reference() -> str:
    """The reference page, as Markdown: every key with its type, default, bounds and meaning."""
    schema = json_schema()
    parts = [_INTRODUCTION]
    for title, model in _SECTIONS:
        content = schema if model is Blueprint else schema["$defs"][model.__name__]
        parts.append("\n".join(section(title or "The file", content, model.__doc__ or "")))
    parts.append("\n".join(_templates()))
    parts.append("\n".join(_kinds(schema)))
    parts.append("\n".join(_parts(schema)))
    parts.append("\n".join(_cases()))
    return "\n".join(parts).rstrip()


def section(title: str, schema: Schema, about: str) -> Iterator[str]:
    """One model as a table of its keys."""
    yield f"## {title}\n"
    yield f"{about.strip().splitlines()[0]}\n"
    yield from _keys(schema)
    yield ""


def _keys(schema: Schema) -> Iterator[str]:
    yield "| key | type | default | meaning |"
    yield "|---|---|---|---|"
    for name, key in schema.get("properties", {}).items():
        default = "**needed**" if name in schema.get("required", ()) else _default(key)
        meaning = " ".join(filter(None, [key.get("description", ""), DIFFERENT.get(name, "")]))
        yield f"| `{name}` | {_type(key)} | {default} | {_cell(meaning)} |"


def _default(key: Schema) -> str:
    match key.get("default"):
        case int() | float() as value if not isinstance(value, bool):
            return f"`{_quantity(key)(value)}`"
        case None | [] | {} | "":
            return ""
        case bool(value):
            return f"`{str(value).lower()}`"
        case value:
            return f"`{value}`"


def _type(key: Schema) -> str:
    """A type in words: ``a whole number, 1 to 65535``."""
    if "anyOf" in key:
        members = [_type(item) for item in key["anyOf"] if item != TEMPLATE]
        words = " or ".join(dict.fromkeys(filter(None, members)))
        return f"{words}{_bounds(key)}"
    if "$ref" in key:
        return f"a mapping, see {key['$ref'].rpartition('/')[2]}"
    if "enum" in key or "const" in key:
        values = key.get("enum", [key.get("const")])
        return ", ".join(f"`{value}`" for value in values)
    if key.get("pattern") in patterns.PATTERNS:
        return _cell(patterns.PATTERNS[key["pattern"]])
    return f"{_WORDS.get(key.get('type', ''), 'anything')}{_bounds(key)}"


_WORDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}


def _quantity(key: Schema) -> Callable[[float], str]:
    """How a number of this key is written by people."""
    texts = {member.get("pattern") for member in key.get("anyOf", ())}
    if patterns.SIZE in texts:
        return lambda number: f"{number / MEBIBYTE:g}m"
    if patterns.DURATION in texts:
        return _duration
    return lambda number: f"{number:,}"


def _duration(number: float) -> str:
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if number >= seconds and number % seconds == 0:
            return f"{number / seconds:g}{unit}"
    return f"{number:g}s"


def _bounds(key: Schema) -> str:
    said = _quantity(key)
    least, most = key.get("minimum"), key.get("maximum")
    above, below = key.get("exclusiveMinimum"), key.get("exclusiveMaximum")
    found = [
        f"{said(least)} to {said(most)}" if least is not None and most is not None else "",
        f"{said(least)} or more" if least is not None and most is None else "",
        f"more than {said(above)}" if above is not None else "",
        f"{said(most)} at most" if most is not None and least is None else "",
        f"less than {said(below)}" if below is not None else "",
    ]
    words = ", ".join(filter(None, found))
    return f", {words}" if words else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _templates() -> Iterator[str]:
    yield "## Ready-made services\n"
    for name in catalogue.names():
        template = catalogue.template(name)
        yield f"### template: {name}\n"
        yield f"{template.about}\n"
        yield "| value of `with` | type | default | meaning |"
        yield "|---|---|---|---|"
        for option, spec in template.with_.items():
            default = "" if spec.default is None else f"`{spec.default}`"
            yield f"| `{option}` | {spec.type} | {default} | {_cell(spec.about)} |"
        yield ""


def _kinds(schema: Schema) -> Iterator[str]:
    yield "## data.tables.<name>.columns.<name>\n"
    yield "Each column has a `kind`.\n"
    for member in get_args(get_args(Column)[0]):
        kind = get_args(member.model_fields["kind"].annotation)[0]
        content = dict(schema["$defs"][member.__name__])
        properties = {k: v for k, v in content.get("properties", {}).items() if k != "kind"}
        yield from _kind(kind, {**content, "properties": properties}, member.__doc__ or "")


def _parts(schema: Schema) -> Iterator[str]:
    """What several kinds have: a condition, a distribution of numbers, days or lengths."""
    for model in (When, AmountSpread, WholeSpread, LengthSpread, DaySpread, MomentSpread):
        if model.__name__ in schema["$defs"]:
            content = schema["$defs"][model.__name__]
            yield from section(model.__name__, content, model.__doc__ or "")


def _cases() -> Iterator[str]:
    yield "## data.tables.<name>.edge_cases\n"
    yield "Name: share of rows. A formula may ask for each of them, or for one of your own, as"
    yield "`edge.<name>`.\n"
    yield "| edge case | what happens | kinds that heed it |"
    yield "|---|---|---|"
    for name, what in EDGE_CASES.items():
        kinds = ", ".join(f"`{kind}`" for kind in heeders(name))
        yield f"| `{name}` | {_cell(what)} | {kinds or 'formulas only'} |"
    yield ""


def _kind(kind: str, schema: Schema, about: str) -> Iterator[str]:
    yield f"### kind: {kind}\n"
    yield f"{about.strip().splitlines()[0]}\n"
    for safe in IDENTIFIERS[kind].sets if kind in IDENTIFIERS else ():
        yield (
            f"Safe set: {_cell(safe.words)}; {safe.size:,} values, level {safe.level}, such as "
            f"`{safe.example}`. Usual checks: {_cell(safe.passes)}.\n"
        )
    yield from _keys(schema)
    yield ""
