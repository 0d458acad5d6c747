"""A supplier's requirements.txt: ``name==version`` lines and nothing else.

Options, URLs and paths would let a file choose where code comes from.
"""

from __future__ import annotations

import re

FILE = "requirements.txt"
LARGEST = 256 * 1024
"""Bytes."""

ALTERNATIVES = {
    "psycopg2": "psycopg2-binary, or psycopg[binary]",
    "psycopg-c": "psycopg-binary",
    "mysqlclient": "pymysql",
    "uwsgi": "gunicorn",
    "mod-wsgi": "gunicorn",
    "pycrypto": "pycryptodome",
    "python-ldap": "ldap3",
    "m2crypto": "cryptography",
    "pyodbc": "pymssql",
    "cx-oracle": "oracledb",
    "pysqlite": "sqlite3, which comes with Python",
    "pil": "pillow",
    "sklearn": "scikit-learn",
    "gevent-websocket": "flask-sock",
    "flask-restful-swagger": "flask-smorest",
}
"""Packages that are only published as source, and what has wheels and does the same."""

HINT = (
    "Lines of requirements.txt are `name==version`; no options, URLs, paths or ranges. "
    "What those need need not be listed."
)
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_LINE = re.compile(
    rf"(?P<name>{_NAME})\s*(?P<extras>\[[A-Za-z0-9._,\s-]*\])?\s*==\s*(?P<version>[A-Za-z0-9.!+_-]+)"
    r"\s*(?P<marker>;[A-Za-z0-9_.\s'\"<>=!~()+-]+)?"
)


def parse(text: str) -> tuple[tuple[str, ...], list[tuple[int, str]]]:
    """The lines that count, and every problem as (line number, what is wrong with it)."""
    lines: list[str] = []
    problems: list[tuple[int, str]] = []
    for number, raw in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        line = re.sub(r"(^|\s)#.*", "", raw).strip()
        if not line:
            continue
        if _LINE.fullmatch(line):
            lines.append(line)
        else:
            problems.append((number, _why(line)))
    return tuple(lines), problems


def name(line: str) -> str:
    """The package a line asks for, as indexes write it: ``Flask_Login`` → ``flask-login``."""
    found = re.match(_NAME, line)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def _why(line: str) -> str:
    shown = line if len(line) <= 60 else f"{line[:59]}…"
    if line.startswith("-"):
        return f"`{shown}` is an option of pip; only `name==version` is taken"
    if "://" in line or "@" in line or line.startswith((".", "/")):
        return f"`{shown}` is an address or a path; only `name==version` is taken"
    return f"`{shown}` does not say exactly which version; write `{_asked(line)}==<version>`"


def _asked(line: str) -> str:
    """The package with its extras: ``psycopg[binary]``."""
    extras = re.match(rf"{_NAME}\s*(\[[A-Za-z0-9._,\s-]+\])", line)
    return f"{name(line) or 'name'}{extras[1] if extras else ''}"
