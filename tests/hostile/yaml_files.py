"""YAML: what it can expand, hide, compute or be read as."""

from __future__ import annotations

from tests.hostile.case import Case, web

M = 1024 * 1024
_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in ("ab", "bc", "cd", "de", "ef")
)
_MERGE = "a: &a {x: 1}\n" + "".join(f"b{n}: &b{n} {{<<: [*a, *a, *a]}}\n" for n in range(9))


def _env(value: str) -> str:
    return web("environment:", f"  A: {value}")


CASES = (
    Case("billion-laughs", _BOMB, "DEN106", "a", 1),
    Case("merge-bomb", _MERGE, "DEN108", "b0.<<", 2),
    Case("anchor", web("environment: &e {A: 1}"), "DEN106", "services.web.environment", 8),
    Case("alias-of-itself", "a: &a [*a]\n", "DEN106", "a.0", 1),
    Case("alias-of-nothing", web("environment: *e"), "DEN106", "services.web.environment", 8),
    Case("merge-key", web("<<: {privileged: true}"), "DEN108", "services.web.<<", 8),
    Case("merge-key-in-quotes", web('"<<": {privileged: true}'), "DEN108", "services.web.<<", 8),
    Case(
        "python-object",
        web("environment: !!python/object/apply:os.system [id]"),
        "DEN107",
        "services.web.environment",
        8,
    ),
    Case("python-name", _env("!!python/name:os.system"), "DEN107", line=9),
    Case("binary", _env("!!binary aGk="), "DEN107", "services.web.environment.A", 9),
    Case("tag-of-text", _env("!!str 5"), "DEN107", "services.web.environment.A", 9),
    Case("tag-without-name", _env('! "5"'), "DEN107", "services.web.environment.A", 9),
    Case("tag-of-a-set", web("environment: !!set {A}"), "DEN107", "services.web.environment", 8),
    Case("tag-by-directive", "%TAG ! tag:evil,2000:\n---\na: !x 1\n", "DEN107", "a", 3),
    Case("directive-of-another-yaml", "%YAML 9.9\n---\na: 1\n", "DEN100", line=1),
    Case("duplicate-key", web("image: evil:1"), "DEN109", "services.web.image", 8),
    Case("duplicate-section", web(more="services: {}\n"), "DEN109", "services", 8),
    Case("duplicate-by-quotes", web('"image": evil:1'), "DEN109", "services.web.image", 8),
    Case("duplicate-by-escape", web('"im\\x61ge": evil:1'), "DEN109", "services.web.image", 8),
    Case("duplicate-by-number", 'a:\n  1: x\n  "1": y\n', "DEN109", "a.1", 3),
    Case(
        "duplicate-by-question-mark", web("? image", ": evil:1"), "DEN109", "services.web.image", 8
    ),
    Case("two-documents", web(more="---\nname: other\n"), "DEN105", line=8),
    Case("a-document-behind-the-end", web(more="...\n---\na: 1\n"), "DEN105", line=9),
    Case("nothing", "", "DEN104", line=1),
    Case("only-a-remark", "# nothing\n", "DEN104", line=1),
    Case("a-list", "- a\n", "DEN104", line=1),
    Case("a-text", "text\n", "DEN104", line=1),
    Case("deep-lists", "[" * M, "DEN101"),
    Case("deep-lists-below-the-limit", "[" * (M // 2), "DEN110", "0.0.0", 1),
    Case("deep-mappings", "{" * (M // 2), "DEN110", line=1),
    Case("deep-named-mappings", "a: " + "{a: " * (M // 10), "DEN110", "a.a.a", 1),
    Case("deep-dashes", "- " * (M // 4), "DEN110", "0.0.0", 1),
    Case("deep-question-marks", "? " * (M // 4), "DEN110", line=1),
    Case("deep-indentation", "".join(f"{' ' * n}a:\n" for n in range(900)), "DEN110", line=25),
    Case("lists-never-closed", "a: " + "[\n" * (M // 5), "DEN110", line=25),
    Case("many-values", "a: [" + "1," * (M // 5), "DEN111", line=1),
    Case("many-keys", "".join(f"k{n}: 1\n" for n in range(30_000)), "DEN111", line=10_000),
    Case("many-empty-items", "a: [" + "''," * (M // 7), "DEN111", line=1),
    Case("many-anchors", "a: [" + "&x 1," * (M // 11) + "]", "DEN114", line=1),
    Case("many-tags", "a: [" + "!x 1," * (M // 11) + "]", "DEN114", line=1),
    Case("too-large", b"#" * (M + 1), "DEN101"),
    Case("too-large-by-far", b"a" * (8 * M), "DEN101"),
    Case("one-long-line", "a" * (M // 2), "DEN104", line=1),
    Case("one-long-key", "? " + "a" * (M // 3) + "\n: 1\n", "DEN113", line=1),
    Case("one-long-number", "a: " + "9" * (M // 3), "DEN112", "a", 1),
    Case("infinite", web("cpus: .inf"), "DEN112", "services.web.cpus", 8),
    Case("minus-infinite", web("cpus: -.INF"), "DEN112", "services.web.cpus", 8),
    Case("not-a-number", web("mem_limit: .nan"), "DEN112", "services.web.mem_limit", 8),
    Case("not-a-number-in-capitals", web("cpus: .NaN"), "DEN112", "services.web.cpus", 8),
    Case("beyond-64-bits", web("pids_limit: 9223372036854775808"), "DEN112", line=8),
    Case("beyond-a-double", web("cpus: 1e999"), "DEN112", "services.web.cpus", 8),
    Case("hexadecimal-giant", web(f"pids_limit: 0x{'f' * 60}"), "DEN112", line=8),
    Case("utf-16", web().encode("utf-16"), "DEN102", line=1),
    Case("utf-16-without-a-mark", web().encode("utf-16-le"), "DEN103", line=1),
    Case("utf-32", web().encode("utf-32"), "DEN102", line=1),
    Case("byte-order-mark", b"\xef\xbb\xbf" + web().encode(), "DEN102", line=1),
    Case("latin-1", web("environment: {A: é}").encode("latin-1"), "DEN102", line=8),
    Case("overlong", b"a: \xc0\xaf\n", "DEN102", line=1),
    Case("half-a-surrogate", b"a: \xed\xa0\x80\n", "DEN102", line=1),
    Case("nul", b"a: \0\n", "DEN103", line=1),
    Case("escape", web() + "title: \x1b[2J\n", "DEN103", line=8),
    Case("escape-by-escape", web(more='title: "\\e[2J"\n'), "DEN103", "title", 8),
    Case("c1-by-escape", web(more='title: "\\x9b2J"\n'), "DEN103", "title", 8),
    Case("bell-in-a-key", '"\\a": 1\n', "DEN103", line=1),
    Case("right-to-left", web(more="title: a\u202eb\n"), "DEN103", line=8),
    Case("right-to-left-in-a-remark", web(more="# \u2067 evil\n"), "DEN103", line=8),
    Case("right-to-left-by-escape", web(more='title: "\\u202E"\n'), "DEN103", "title", 8),
    Case("zero-width-key", web("im\u200bage: x"), "DEN103", line=8),
    Case("line-separator", web(more="title: a\u2028privileged: true\n"), "DEN103", line=8),
    Case("next-line", web(more="title: a\u0085b\n"), "DEN103", line=8),
    Case("cyrillic-key", web("privilegеd: true"), "DEN115", line=8),
    Case("greek-service", web(services="  wοrker: {image: a}\n"), "DEN115", line=8),
    Case("fullwidth-key", web("ｉｍａｇｅ: x"), "DEN115", line=8),
    Case("mathematical-key", web("𝐢𝐦𝐚𝐠𝐞: x"), "DEN115", line=8),
    Case("cyrillic-all-through", web(services="  сервис: {image: a}\n"), "DEN207", line=8),
    Case("a-mapping-as-a-key", "{a: 1}: 2\n", "DEN113", line=1),
    Case("a-list-as-a-key", "? [a, b]\n: 1\n", "DEN113", line=1),
    Case("a-template-without-quotes", "rows: {{ homes }}\n", "DEN113", "rows", 1),
    Case("a-tab", "a:\n\tb: 1\n", "DEN100", line=2),
    Case("a-quote-left-open", 'a: "' + "x\n" * 1000, "DEN100"),
    Case("sixty-is-not-a-base", web("cpus: 22:22"), "DEN205", "services.web.cpus", 8),
    Case("octal-is-text", web("pids_limit: 0o777777"), "DEN322", "services.web.pids_limit", 8),
    Case("nothing-for-a-limit", web("mem_limit: ~"), "DEN205", "services.web.mem_limit", 8),
    Case("true-for-a-limit", web("cpus: true"), "DEN205", "services.web.cpus", 8),
    Case("minus-one-for-a-limit", web("pids_limit: -1"), "DEN322", "services.web.pids_limit", 8),
    Case("a-carriage-return-in-a-value", web('environment: {A: "b\\rc"}'), "DEN103", line=8),
    Case("a-line-hidden-by-a-return", web("# x\rprivileged: true"), "DEN103", line=8),
)
