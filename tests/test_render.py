"""Templates: what they can say, and that they can do nothing else."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandboxctl.blueprint import expression, tree
from sandboxctl.blueprint.reader import read
from sandboxctl.blueprint.render import MOST_TEMPLATES, Rendering

NAMES: expression.Names = {
    "homes": 5,
    "town": "ab",
    "empty": "",
    "den": {"domain": "den.localhost", "port": 8080},
    "sandbox": {"name": "demo", "url": "http://demo.den.localhost:8080"},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ homes }}", 5),
        ("{{ homes // 2 }}", 2),
        ("{{ homes / 2 }}", 2.5),
        ("{{ homes * 2 + 1 - 3 % 2 }}", 10),
        ("{{ -homes }}", -5),
        ("{{ homes > 3 and not homes == 4 }}", True),
        ("{{ 'many' if homes > 3 else 'few' }}", "many"),
        ("{{ 'x' if homes > 9 }}", ""),
        ("{{ none }}", ""),
        ("{{ town ~ '-' ~ homes }}", "ab-5"),
        ("{{ town|upper }}", "AB"),
        ("{{ empty|default('none', true) }}", "none"),
        ("{{ '7'|int }}", 7),
        ("http://{{ den.domain }}:{{ den.port }}/", "http://den.localhost:8080/"),
        ("{{ homes > 3 }} {{ homes }}", "true 5"),
        ("{{ '{{' }} }}", "{{ }}"),
        ("line\n{{ homes }}\n", "line\n5\n"),
    ],
)
def test_a_template_is_worked_out_and_a_lone_one_keeps_its_type(
    text: str, expected: object
) -> None:
    found = expression.rendered(text, NAMES)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ homs }}", "`homs` is not known here; did you mean `homes`?"),
        ("{{ zzz }}", "`zzz` is not known here; known are homes, town, empty, den.domain"),
        ("{{ den }}", "`den` is a group; write one of den.domain, den.port"),
        ("{{ den.domian }}", "`den.domian` is not known; there are den.domain, den.port"),
        ("{{ homes.real }}", "`homes` has nothing named `real`"),
        ("{{ zzz.real }}", "`zzz` is not known here"),
        ("{{ 9 ** 9 ** 9 }}", "only names, numbers"),
        ("{{ ''.__class__ }}", "only names, numbers"),
        ("{{ town.__class__ }}", "`town` has nothing named `__class__`"),
        ("{{ den.__class__ }}", "`den.__class__` is not known"),
        ("{{ town['x'] }}", "only names, numbers"),
        ("{{ town[0] }}", "only names, numbers"),
        ("{{ range(9) }}", "only names, numbers"),
        ("{{ town.upper() }}", "only names, numbers"),
        ("{{ den.domain.upper() }}", "only names, numbers"),
        ("{{ [1, 2] }}", "only names, numbers"),
        ("{{ {'a': 1} }}", "only names, numbers"),
        ("{{ town is defined }}", "only names, numbers"),
        ("{{ self }}", "`self` is not known here"),
        ("{{ cycler.__init__ }}", "`cycler` is not known here"),
        ("{{ town * 999999999 }}", "`*` is for numbers; texts are joined with `~`"),
        ("{{ 'a' * 999999999 }}", "`*` is for numbers; texts are joined with `~`"),
        ("{{ '%999999999d' % 1 }}", "`%` is for numbers; texts are joined with `~`"),
        ("{{ town + town }}", "`+` is for numbers; texts are joined with `~`"),
        ("{{ homes / 0 }}", "cannot be worked out: division by zero"),
        ("{{ -town }}", "cannot be worked out: bad operand type"),
        ("{{ town > 3 }}", "cannot be worked out: '>' not supported"),
        ("{{ 1e999 }}", "comes to a number that is too large"),
        ("{{ 9223372036854775807 + 1 }}", "comes to a number that is too large"),
        ("{{ 99999999999999999999 }}", "comes to a number that is too large"),
        ("{{ town|join }}", "the filter `join` is not known; there are abs, default"),
        ("{{ town|attr('x') }}", "the filter `attr` is not known"),
        ("{{ town|upper(1) }}", "the filter `upper` takes no such arguments"),
        ("{{ town|default(value=1) }}", "the filter `default` takes no such arguments"),
        ("{{ town|default(*town) }}", "the filter `default` takes no such arguments"),
        ("{{ town", "is not a template that can be read"),
        ("{{ }}", "is not a template that can be read"),
        ("{{ '\\N{NOTHING AT ALL}' }}", "is not a template that can be read"),
        ("{{ " + "(" * 500 + "1" + ")" * 500 + " }}", "is a template nested too deeply"),
        ("{{ " + "1+" * 1500 + "1 }}", "is a template nested too deeply"),
        ("{{ " + "not " * 900 + "1 }}", "is a template nested too deeply"),
        ("{{ homes }}" + "x" * 5000, "is a template longer than 4,096 characters"),
    ],
)
def test_nothing_else_can_be_said(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(why)}"):
        expression.rendered(text, NAMES)


def test_a_result_has_a_largest_size() -> None:
    with pytest.raises(ValueError, match="comes to more than 65,536 characters"):
        expression.rendered("{{ a }}" * 80, {"a": "x" * 1_000})


WORDS = st.sampled_from(
    ["homes", "town", "den", ".domain", "+", "*", "**", "//", "~", "(", ")", "[", "]", "|upper",
     "|default(1)", "if", "else", "1", "'a'", "9e99", "not", "in", ",", "{", "}", "%", "__class__",
     ".x", "is", "defined", ":", "\\", "\"", "-"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(parts=st.lists(WORDS | st.text(max_size=3), max_size=9))
def test_any_expression_is_worked_out_or_refused(parts: list[str]) -> None:
    found: object = None
    with suppress(ValueError):
        found = expression.rendered("{{ " + " ".join(parts) + " }}", NAMES)
    assert found is None or isinstance(found, bool | int | float | str)


def rendering(text: str) -> tuple[object, list[str], bool]:
    root = read(text.encode()).root
    assert root is not None
    done = Rendering(NAMES)
    content = tree.plain(done.tree(root))
    return content, [problem.shown("f") for problem in done.problems], done.names_sandbox


def test_every_scalar_is_rendered_after_the_yaml_was_read() -> None:
    content, problems, names_sandbox = rendering(
        'a: "{{ homes }}"\nb: ["x{{ town }}", {c: "{{ \'y: [\' }}"}]\n'
    )
    assert content == {"a": 5, "b": ["xab", {"c": "y: ["}]}
    assert (problems, names_sandbox) == ([], False)


def test_parameters_are_declared_and_never_rendered() -> None:
    content, problems, _ = rendering('parameters: {a: {default: "{{ homes }}"}}\n')
    assert content == {"parameters": {"a": {"default": "{{ homes }}"}}}
    assert problems == []


@pytest.mark.parametrize(
    "text", ["{{ sandbox.url }}", "a {{ 'x' if sandbox.name == 'y' else 'z' }}"]
)
def test_a_template_that_names_its_sandbox_is_noticed(text: str) -> None:
    assert rendering(f'a: "{text}"\n')[2] is True


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("echo $$HOME", "echo $HOME"),
        ("$${HOME}", "${HOME}"),
        ("costs $5, $", "costs $5, $"),
        ("$$${{ homes }}", "$$5"),
        ("${{ homes }}", "$5"),
        ("^a$", "^a$"),
        ("}} { {x} %}", "}} { {x} %}"),
        ("$${#list}", "${#list}"),
    ],
)
def test_a_dollar_is_composes(text: str, plain: str) -> None:
    assert rendering(f"a: '{text}'\n")[:2] == ({"a": plain}, [])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("${HOME}", "f:1: a: ${HOME} is not read from your shell: make it a parameter"),
        ("$HOME/x", "f:1: a: $HOME is not read from your shell: make it a parameter"),
        ("${HOME:-/root}", "f:1: a: ${HOME:-/root} is not read from your shell"),
        ("${HOME", "f:1: a: ${HOME is not read from your shell"),
        ("{% for x in y %}", "f:1: a: has `{%` or `{#`; only `{{ … }}` is taken"),
        ("{# x #}", "f:1: a: has `{%` or `{#`; only `{{ … }}` is taken"),
        ("{{ town }}{% raw %}", "f:1: a: has `{%` or `{#`; only `{{ … }}` is taken"),
        ('{{ "\\x1b[31m" }}', "f:1: a: has the invisible character U+001B; take it out"),
    ],
)
def test_what_is_not_rendered_is_said(text: str, why: str) -> None:
    content, problems, _ = rendering(f"a: '{text}'\n")
    assert problems[0].startswith(why)
    assert content == {"a": ""}


def test_there_are_not_too_many_templates() -> None:
    begin = time.process_time()
    _, problems, _ = rendering(
        "".join(f'a{n}: "{{{{ {n} }}}}"\n' for n in range(MOST_TEMPLATES + 9))
    )
    assert len(problems) == 9
    assert "is one template too many" in problems[0]
    assert time.process_time() - begin < 15
