"""Templates: escapes, endless loops, memory, and output that is YAML again."""

from __future__ import annotations

from tests.hostile.case import Case, web


def _template(name: str, text: str, code: str) -> Case:
    return Case(name, web("environment:", f"  A: '{text}'"), code, "services.web.environment.A", 9)


def _many(name: str, count: int, text: str, code: str) -> Case:
    lines = (f"  A{n}: '{text.format(n=n)}'" for n in range(count))
    return Case(name, web("environment:", *lines), code)


CASES = (
    _template("class", '{{ "".__class__ }}', "DEN601"),
    _template("class-of-a-name", "{{ den.__class__.__mro__ }}", "DEN601"),
    _template("globals-of-a-function", "{{ cycler.__init__.__globals__ }}", "DEN601"),
    _template("attribute-by-filter", '{{ den|attr("__class__") }}', "DEN601"),
    _template("subscript", '{{ den["__class__"] }}', "DEN601"),
    _template("subscript-of-a-text", '{{ "x"[0] }}', "DEN601"),
    _template("call", "{{ range(10**10) }}", "DEN601"),
    _template("method", '{{ "x".join([1]) }}', "DEN601"),
    _template("format", '{{ "{0.__class__}".format(1) }}', "DEN601"),
    _template("format-filter", '{{ "%999999999d"|format(1) }}', "DEN601"),
    _template("map-filter", '{{ [1]|map(attribute="x") }}', "DEN601"),
    _template("power", "{{ 9**9**9**9 }}", "DEN601"),
    _template("power-folded-early", "{{ 2**99999999 }}", "DEN601"),
    _template("text-times-number", '{{ "a" * 999999999 }}', "DEN601"),
    _template("text-percent-number", '{{ "%999999999d" % 1 }}', "DEN601"),
    _template("list", "{{ [1, 2] }}", "DEN601"),
    _template("test", "{{ den is defined }}", "DEN601"),
    _template("self", "{{ self }}", "DEN602"),
    _template("configuration", "{{ config }}", "DEN602"),
    _template("request", "{{ request }}", "DEN602"),
    _template("secret", "{{ secrets.KEY }}", "DEN602"),
    _template("loop", "{% for x in range(9999999999) %}x{% endfor %}", "DEN606"),
    _template("include-of-jinja", '{% include "/etc/passwd" %}', "DEN606"),
    _template("import", '{% import "os" as os %}', "DEN606"),
    _template("macro", "{% macro m() %}{{ m() }}{% endmacro %}", "DEN606"),
    _template("set", "{% set x = 1 %}", "DEN606"),
    _template("comment", "{# x #}{{ 1 }}", "DEN606"),
    _template("statement-by-dollars", "{$${% x %}", "DEN606"),
    _template("broken", "{{ 1 + }}", "DEN601"),
    _template("left-open", "{{ 1", "DEN601"),
    _template("zero", "{{ 1 / 0 }}", "DEN604"),
    _template("number-without-end", "{{ 1e308 * 10 }}", "DEN604"),
    _template("larger-than-64-bits", "{{ 9223372036854775807 * 2 }}", "DEN604"),
    _template("nested", "{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", "DEN603"),
    _template("a-long-sum", "{{ " + "1+" * 1000 + "1 }}", "DEN603"),
    _template("not-not-not", "{{ " + "not " * 800 + "1 }}", "DEN603"),
    _template("minus-minus", "{{ " + "-" * 2000 + "1 }}", "DEN603"),
    _template("if-else-if", "{{ " + "1 if 1 else " * 300 + "1 }}", "DEN603"),
    _template("too-long", "{{ 1 }}" + "x" * 8_000, "DEN603"),
    _template("far-too-long", "{{ 1 }}" + "x" * 400_000, "DEN603"),
    _template("escape-in-the-result", '{{ "\\x1b[2J" }}', "DEN103"),
    _template("turned-around-in-the-result", '{{ "\\u202e" }}', "DEN103"),
    _template("shell-variable", "$HOME", "DEN607"),
    _template("shell-variable-in-braces", "${AWS_SECRET_ACCESS_KEY}", "DEN607"),
    _template("shell-default", "${X:-/root}", "DEN607"),
    _template("shell-error", "${X:?}", "DEN607"),
    _template("nested-shell-variable", "${A${B}}", "DEN607"),
    _many("ten-thousand-templates", 9_000, "{{{{ {n} }}}}", "DEN603"),
    _many("ten-thousand-wrong-names", 9_000, "{{{{ nam{n} }}}}", "DEN602"),
    _many("ten-thousand-variables", 9_000, "$A{n}", "DEN607"),
    Case(
        "yaml-in-a-value",
        web("user: '{{ \"1000\\n    privileged: true\" }}'"),
        "DEN304",
        "services.web.user",
        8,
    ),
    Case("template-as-a-key", web("'{{ den.domain }}': true"), "DEN202", line=8),
    Case(
        "template-for-an-image",
        web().replace("nginx:1.27", "'{{ \"--privileged\" }}'"),
        "DEN582",
        "services.web.image",
        6,
    ),
    Case("template-for-a-path", web("files: {/x: '{{ \"../..\" }}'}"), "DEN401", line=8),
    Case(
        "template-for-a-limit",
        web("mem_limit: '{{ 2 * 1000000000000 }}'"),
        "DEN320",
        "services.web.mem_limit",
        8,
    ),
)
