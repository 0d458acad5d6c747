"""The documentation page of the packs, written from the packs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandboxctl.blueprint.packs import Pack, names, pack
from sandboxctl.blueprint.parameters import Parameter

_TITLE = """\
# Packs: ready-made data

A pack is a set of tables about a field of public service. It stands under a blueprint's own data:

```yaml
data:
  use:
    benefits-claims: {claims: 20000}
  tables:
    claims:
      columns:
        office: {kind: choice, of: [North, South]}   # a column more
        claim_reference: null                        # a column less
```

A table of the same name adds columns to those of the pack, or replaces them whole; `null` takes a
table, a column or an edge case away, and validation says what still needs it. Without any
blueprint, `sandboxctl data preview benefits-claims` shows a pack, `--set claims=20000` gives it a
parameter, and `data export` writes it. Several packs may be used at once. Those that stand on
person-household-address then share its tables: where two of them say something different of these,
such as the number of homes, the last one counts, so put the one with the most people last.

Everybody in them is invented and every number of theirs is from a set that nobody is in
(`docs/identifiers.md`). Nothing depends on the day on which the data are made: days are parameters.
Shares that come from a published statistic say which one; the rest are assumptions, and are called
that. They were typed in and rounded: look at the release before you rely on one. No pack is fit
for estimating anything about real people.
"""

_SHOWN = 8
_COMMA = 10_000
_LONGEST = 160
_SAID_APART = ("kind", "missing", "unique")


def page() -> str:
    """Markdown: a section for each pack."""
    listed = "\n".join(f"* [{name}](#{name}): {pack(name).about}" for name in names())
    return f"{_TITLE}\n{listed}\n" + "".join(_section(name, pack(name)) for name in names())


def _section(name: str, found: Pack) -> str:
    parts = [f"\n## {name}", found.about, f"**Standard**: {found.standard}."]
    if found.use:
        parts.append(f"**Stands on** {', '.join(f'[{other}](#{other})' for other in found.use)}.")
    parts.append(_table(("parameter", "default", "between", "what"), _parameters(found.with_)))
    for table, content in found.tables.items():
        parts += [f"### {name}: {table}" if content else "", *_rows(table, content)]
    parts += ["**Sources**", "\n".join(f"* {source}" for source in found.sources)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _parameters(known: Mapping[str, Parameter]) -> Iterator[tuple[str, ...]]:
    for name, spec in known.items():
        low, high = map(_end, (spec.minimum, spec.maximum))
        yield f"`{name}`", f"{spec.default}", f"{low} to {high}" if high else "", spec.about


def _end(end: float | None) -> str:
    """One end of a range; years have no comma."""
    return "" if end is None else f"{end:,.12g}" if end >= _COMMA else f"{end:.12g}"


def _rows(table: str, content: Mapping[str, Any] | None) -> Iterator[str]:
    """What a section says of one table; a pack may only change those that it stands on."""
    if content is None:
        yield f"Leaves `{table}` out."
        return
    if "rows" in content:
        yield f"Rows: {_count(content['rows'])}."
    columns = content.get("columns", {})
    yield _table(("column", "kind", "how"), (_column(*entry) for entry in columns.items()))
    if cases := content.get("edge_cases"):
        yield f"Edge cases: {', '.join(f'{case} {_share(rate)}' for case, rate in cases.items())}."
    if rules := content.get("rules"):
        yield f"Rules: {', '.join(f'`{rule}`' for rule in rules)}."


def _count(rows: Any) -> str:
    match rows:
        case {"per": per, "history": column}:
            return f"for each of `{per}`, one for each `{column}` that it goes through"
        case {"per": per, "count": {"distribution": _, "mean": mean, "most": most}}:
            return f"for each of `{per}` {mean} on average, at most {most}"
        case {"per": per, "count": {**counts}}:
            return f"for each of `{per}` " + ", ".join(
                f"{n} ({_share(w)})" for n, w in counts.items()
            )
        case {"per": per, "count": count}:
            return f"for each of `{per}` {count}"
        case _:
            return f"`{rows}`"


def _column(name: str, column: Mapping[str, Any] | None) -> tuple[str, ...]:
    if column is None:
        return f"`{name}`", "", "left out"
    return f"`{name}`", f"`{column['kind']}`", _how(column)


def _how(column: Mapping[str, Any]) -> str:
    match column:
        case {"kind": "expression", "of": formula}:
            said = [_code(formula)]
        case {"kind": "reference", "to": to}:
            said = [f"to `{to}`"]
        case {"kind": "choice", "by": by}:
            said = [f"by `{by}`"]
        case {"kind": "choice", "of": of}:
            said = [_few(of)]
        case {"kind": "state", "next": moves}:
            said = [_few([*moves, *(to for each in moves.values() for to in _targets(each))])]
        case {"kind": "text"}:
            said = [f"by `{column['by']}`"]
        case _:
            said = [
                f"{key} {_code(value)}" for key, value in column.items() if key not in _SAID_APART
            ]
    missing = column.get("missing")
    said += ["unique"] if column.get("unique") else []
    said += [f"missing: {_share(missing)}"] if missing else []
    return "; ".join(said)


def _targets(moves: Any) -> list[str]:
    return [moves] if isinstance(moves, str) else [*moves]


def _few(values: Any) -> str:
    shown = list(dict.fromkeys(map(str, values)))
    rest = f" and {len(shown) - _SHOWN} more" if shown[_SHOWN:] else ""
    return _safe(", ".join(shown[:_SHOWN])) + rest


def _share(rate: Any) -> str:
    """A rate as a percentage; a condition as a formula."""
    match rate:
        case int() | float():
            return f"{rate * 100:.4g} %"
        case {"when": when, "otherwise": otherwise}:
            return f"{_code(when)}, else {_share(otherwise)}"
        case _:
            return _code(rate)


def _code(value: Any) -> str:
    text = " ".join(_plain(value).split())
    return _safe(f"`{text}`" if len(text) <= _LONGEST else f"`{text[:_LONGEST]}…`")


def _plain(value: Any) -> str:
    """As it could stand in the blueprint."""
    match value:
        case list():
            return f"[{', '.join(map(_plain, value))}]"
        case dict():
            pairs = (f"{key}: {_plain(item)}" for key, item in value.items())
            return f"{{{', '.join(pairs)}}}"
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _safe(text: str) -> str:
    return text.replace("|", "\\|")


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    every = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in every)
