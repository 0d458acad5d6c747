from __future__ import annotations

import pytest

from sandboxctl.blueprint import requirements


def test_lines_that_count() -> None:
    text = """\ufeff# what we need
flask==3.0.3            # the server
psycopg[binary] == 3.1.18
tzdata==2024.1; sys_platform == "win32"

torch==2.2.0+cpu
"""
    lines, problems = requirements.parse(text)
    assert problems == []
    assert lines == (
        "flask==3.0.3",
        "psycopg[binary] == 3.1.18",
        'tzdata==2024.1; sys_platform == "win32"',
        "torch==2.2.0+cpu",
    )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("flask", "which version; write `flask==<version>`"),
        ("psycopg[binary]", "which version; write `psycopg[binary]==<version>`"),
        ("psycopg [binary,pool] >= 3", "write `psycopg[binary,pool]==<version>`"),
        ("psycopg[", "write `psycopg==<version>`"),
        ("flask>=2.0", "which version"),
        ("flask==3.*", "which version"),
        ("flask==3.0, <4", "which version"),
        ("--index-url x", "option of pip"),
        ("-r more.txt", "option of pip"),
        ("flask==1.0 --hash=sha256:abc", "which version"),
        ("https://example.invalid/x.whl", "address or a path"),
        ("flask @ file:///etc/passwd", "address or a path"),
        ("./local", "address or a path"),
        ("/abs", "address or a path"),
        ("é==1", "write `name==<version>`"),
        ("flask==1.0; $(id)", "which version"),
        ("x" * 200, "…`"),
    ],
)
def test_each_problem_has_its_line(line: str, why: str) -> None:
    lines, problems = requirements.parse(f"ok==1\n{line}\n")
    assert lines == ("ok==1",)
    assert [number for number, _ in problems] == [2]
    assert why in problems[0][1]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Flask_Login==1", "flask-login"),
        ("a.b--c==2", "a-b-c"),
        ("psycopg2", "psycopg2"),
        ("!", ""),
    ],
)
def test_name(line: str, name: str) -> None:
    assert requirements.name(line) == name


def test_alternatives_are_written_as_indexes_write_names() -> None:
    assert [name for name in requirements.ALTERNATIVES if requirements.name(name) != name] == []
