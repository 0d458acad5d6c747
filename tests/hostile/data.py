"""Data, names and what reaches a terminal: row counts, slow patterns, SQL and markup in names."""

from __future__ import annotations

from tests.hostile.case import Case, web


def _table(name: str, column: str, rows: str = "10", table: str = "t", *, code: str) -> Case:
    text = f"data:\n  tables:\n    {table}:\n      rows: {rows}\n      columns:\n        {column}\n"
    return Case(name, web(more=text), code, line=None)


def _name(name: str, text: str, key: str = "", line: int | None = 8, code: str = "DEN207") -> Case:
    return Case(name, text, code, key, line)


CASES = (
    _table("rows-without-end", "id: {kind: sequence}", rows="999999999999999", code="DEN209"),
    _table("rows-below-zero", "id: {kind: sequence}", rows="-1", code="DEN209"),
    _table(
        "rows-by-template", "id: {kind: sequence}", rows="'{{ 9999999999 * 99 }}'", code="DEN209"
    ),
    _table("sql-for-a-table", "id: {kind: sequence}", table="'t; DROP TABLE x; --'", code="DEN207"),
    _table("sql-for-a-column", "'id\"; DROP TABLE x; --': {kind: sequence}", code="DEN207"),
    _table("quote-in-a-column", '"i\'d": {kind: sequence}', code="DEN207"),
    _table("slow-pattern", "a: {kind: pattern, of: '(a+)+$'}", code="DEN201"),
    _table("unknown-kind", "a: {kind: python}", code="DEN652"),
    _table(
        "formula-that-runs",
        'a: {kind: derived, from: \'__import__("os").system("id")\'}',
        code="DEN652",
    ),
    _table("a-word-without-end", "a: {kind: text, words: [1, 999999999]}", code="DEN202"),
    _table("a-range-without-end", "a: {kind: integer, between: [0, 1.0e300]}", code="DEN205"),
    _table(
        "dates-without-end", "a: {kind: date, between: [0001-01-01, 9999-99-99]}", code="DEN209"
    ),
    Case("pack-that-is-a-path", web(more="data:\n  use: {../../etc: {}}\n"), "DEN645", line=9),
    _name("service-like-an-option", web(services="  --help: {image: a}\n")),
    _name("service-with-a-space", web(services="  'a b': {image: a}\n")),
    _name("service-with-markup", web(services="  '[link=http://evil]x': {image: a}\n")),
    _name("service-with-markup-that-closes", web(services="  '[/x]': {image: a}\n")),
    _name("service-with-html", web(services="  '<script>': {image: a}\n")),
    _name("service-that-is-everybody", web(services="  localhost: {image: a}\n"), code="DEN233"),
    _name("service-that-is-the-gateway", web(services="  gateway: {image: a}\n"), code="DEN233"),
    _name("service-with-two-hyphens", web(services="  a--b: {image: a, expose: [1]}\n")),
    _name("service-of-any-length", web(services=f"  {'a' * 500}: {{image: a}}\n"), code="DEN210"),
    _name("service-with-a-slash", web(services="  ../../x: {image: a}\n")),
    _name("name-with-a-slash", web().replace("name: hostile", "name: ../x"), "name", 2),
    _name("name-in-capitals", web().replace("name: hostile", "name: HOSTILE"), "name", 2),
    _name("name-like-an-option", web().replace("name: hostile", "name: --rm"), "name", 2),
    _name("name-with-a-line-break", web().replace("name: hostile", 'name: "a\\nb"'), "name", 2),
    _name("name-that-is-a-formula", web().replace("name: hostile", "name: '=1+1'"), "name", 2),
    _name("variable-of-the-loader", web("environment: {'LD PRELOAD': /x}")),
    _name("variable-with-an-equals-sign", web("environment: {'A=B': x}")),
    _name(
        "path-with-a-query",
        web().replace("opens: web", "opens: {'/?x': web}"),
        line=3,
        code="DEN206",
    ),
    _name(
        "path-that-climbs",
        web().replace("opens: web", "opens: {'/../admin': web}"),
        line=3,
        code="DEN259",
    ),
    _name(
        "path-with-a-line-break",
        web().replace("opens: web", 'opens: {"/a\\nb": web}'),
        line=3,
        code="DEN206",
    ),
    _name("title-of-any-length", web(more=f"title: {'a' * 5000}\n"), "title", code="DEN210"),
    _name(
        "secret-in-sight",
        web("secrets: [A]", "environment: {A: x}", more="secrets: {A: {generate: 32}}\n"),
        code="DEN262",
    ),
    _name("secret-too-short", web(more="secrets: {A: {generate: 1}}\n"), code="DEN209"),
    _name(
        "exception-nobody-can-have",
        web(more="exceptions:\n- {service: web, grant: privileged, reason: it needs all of it}\n"),
        line=9,
        code="DEN801",
    ),
    _name(
        "exception-for-the-socket",
        web(
            more="exceptions:\n- {service: web, grant: 'volume:/run/docker.sock', "
            "reason: it looks who else is there}\n"
        ),
        line=9,
        code="DEN801",
    ),
    _name("service-that-waits-for-itself", web("depends_on: [web]"), code="DEN256"),
    _name(
        "services-that-extend-each-other",
        web(services="  a: {extends: b}\n  b: {extends: a}\n"),
        code="DEN257",
    ),
    _name(
        "thousands-of-services",
        web(services="".join(f"  s{n}: {{image: a}}\n" for n in range(3_000))),
        "services",
        4,
        "DEN210",
    ),
    _name(
        "thousands-of-wrong-services", web(services="".join(f"  S{n}: x\n" for n in range(6_000)))
    ),
)
