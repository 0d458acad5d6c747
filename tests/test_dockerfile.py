"""A supplier's Dockerfile: what is understood of it, what is refused, and that it is written again
as it was understood."""

from __future__ import annotations

import string
import time
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxctl import codes
from sandboxctl.blueprint.dockerfile.expand import expanded, joined, literal
from sandboxctl.blueprint.dockerfile.model import (
    Argv,
    Copy,
    Dockerfile,
    Expose,
    Pairs,
    User,
    Variable,
    Workdir,
)
from sandboxctl.blueprint.dockerfile.reading import LARGEST, MOST, Allowed, read

NOTHING, RUNS = Allowed(), Allowed(run=True)

WHOLE = r"""# The service as it is.
from python:3.12-slim AS run
ENV APP_HOME=/srv/app PATH=$APP_HOME/bin:/srv/app/bin:$PATH
ENV OLD a  b 'c $d' \$X "q"
WORKDIR ${APP_HOME}
COPY --chown=10001:10001 requirements.txt package*.json ./
COPY ["a b", "."]
Copy . /srv/all/
LABEL org.example.title="A \"title\"" version=1
WORKDIR sub/deeper
EXPOSE 8000 9000/tcp
USER app
ENTRYPOINT ["python", "-m"]
CMD app --serve \
    # what follows is one line with it
    --port 8000
"""


def taken(text: str, allowed: Allowed = NOTHING) -> Dockerfile:
    found, flaws = read(text.encode(), allowed)
    assert not flaws
    assert found is not None
    return found


def again(found: Dockerfile) -> str:
    return "\n".join([f"FROM {found.parent}", *found.steps()])


def test_what_a_dockerfile_asks_for() -> None:
    assert taken(WHOLE) == Dockerfile(
        "python:3.12-slim",
        (
            Pairs(
                "ENV",
                (
                    ("APP_HOME", ("/srv/app",)),
                    ("PATH", (Variable("APP_HOME"), "/bin:/srv/app/bin:", Variable("PATH"))),
                ),
            ),
            Pairs("ENV", (("OLD", ("a  b c $d $X q",)),)),
            Workdir("/srv/app"),
            Copy(("requirements.txt", "package*.json"), "/srv/app/", "10001:10001"),
            Copy(("a b",), "/srv/app/"),
            Copy((".",), "/srv/all/"),
            Pairs("LABEL", (("org.example.title", ('A "title"',)), ("version", ("1",)))),
            Workdir("/srv/app/sub/deeper"),
            Expose(("8000", "9000/tcp")),
            User("app"),
            Argv("ENTRYPOINT", ("python", "-m")),
            Argv("CMD", ("/bin/sh", "-c", "app --serve     --port 8000")),
        ),
    )


def test_windows_line_ends_change_nothing() -> None:
    assert taken(WHOLE.replace("\n", "\r\n")) == taken(WHOLE)


def test_nothing_of_the_suppliers_own_text_is_written() -> None:
    written = again(taken('FROM scratch\nENV A="x\\\\" B=\'"\' C=\\$D\nCMD echo "$A"; id'))
    assert written == (
        'FROM scratch\nENV A="x\\\\" B="\\"" C="\\$D"\nCMD ["/bin/sh", "-c", "echo \\"$A\\"; id"]'
    )


def test_sources_stand_in_a_folder_of_the_context() -> None:
    steps = taken("FROM a\nCOPY . ./x y* /srv/\n").steps("app/")
    assert list(steps) == ['COPY ["app/.", "app/x", "app/y*", "/srv/"]']


def test_run_is_kept_where_it_was_asked_for() -> None:
    found = taken('FROM a\nUSER root\nRUN a && \\\n b\nRUN ["c"]\nUSER 5', RUNS)
    assert found.runs
    assert list(found.steps())[1:3] == ['RUN ["/bin/sh", "-c", "a &&  b"]', 'RUN ["c"]']
    assert not taken("FROM a").runs


HOSTILE = [
    # what would run, fetch or unpack
    ("RUN id", "DEN513"),
    ("run id", "DEN513"),
    ('RUN ["id"]', "DEN513"),
    ("RUN --mount=type=bind,from=x id", "DEN513"),
    ("  RUN   id", "DEN513"),
    ("R\\\nUN id", "DEN511"),
    ("RUN <<EOF\nid\nEOF", "DEN515"),
    ("ADD https://example.org/x /x", "DEN511"),
    ("ADD x.tar.gz /", "DEN511"),
    ("ONBUILD RUN id", "DEN511"),
    ("HEALTHCHECK CMD id", "DEN511"),
    ("HEALTHCHECK NONE", "DEN511"),
    ("VOLUME /data", "DEN511"),
    ('VOLUME ["/"]', "DEN511"),
    ("VOLUME", "DEN511"),
    ('SHELL ["/bin/bash", "-c"]', "DEN511"),
    ("STOPSIGNAL SIGKILL", "DEN511"),
    ("ARG HTTP_PROXY", "DEN511"),
    ("MAINTAINER x", "DEN511"),
    ("INCLUDE other", "DEN511"),
    ("x" * 300 + " y", "DEN511"),
    # where it starts from
    ("FROM b", "DEN512"),
    ("FROM --platform=linux/arm64 b", "DEN512"),
    # files from elsewhere
    ("COPY --from=0 /etc/shadow /x", "DEN514"),
    ("COPY --from=redis:7 /x /x", "DEN514"),
    ("COPY ../x /x", "DEN514"),
    ("COPY a/../../x /x", "DEN514"),
    ('COPY ["..", "/x"]', "DEN514"),
    ("COPY /etc/passwd /x", "DEN514"),
    ("COPY ~/x /x", "DEN514"),
    ("COPY https://example.org/x /x", "DEN514"),
    ("COPY git@example.org:x/y.git /x", "DEN514"),
    ("COPY file:///etc/passwd /x", "DEN514"),
    ("COPY --chmod=4755 x /x", "DEN515"),
    ("COPY --link x /x", "DEN515"),
    ("COPY --parents x /x", "DEN515"),
    ("COPY <<EOF /x\nid\nEOF", "DEN515"),
    ("COPY --chown=root x /x", "DEN518"),
    ("COPY --chown=$USER x /x", "DEN518"),
    ("COPY x", "DEN518"),
    ("COPY $HOME/x /x", "DEN518"),
    ("COPY a[b /x", "DEN518"),
    ("COPY a b /x", "DEN518"),
    ('COPY ["a", 5]', "DEN518"),
    ('COPY ["a", "/x\\u0007"]', "DEN518"),
    # folders of the kernel
    ("WORKDIR /proc/self/fd/8", "DEN519"),
    ("WORKDIR //proc//self", "DEN519"),
    ("WORKDIR /\nWORKDIR proc/self", "DEN519"),
    ("ENV P=/proc/self/fd/8\nWORKDIR $P", "DEN519"),
    ("ENV P=pro\nWORKDIR /${P}c/self", "DEN519"),
    ("WORKDIR /a/../proc", "DEN519"),
    ("COPY x /dev/x", "DEN519"),
    ("COPY x /sys", "DEN519"),
    ("WORKDIR $UNKNOWN", "DEN518"),
    ("WORKDIR relative", "DEN518"),
    ("WORKDIR /a b", "DEN518"),
    # who it is
    ("USER root", "DEN516"),
    ("USER 0", "DEN516"),
    ("USER 00:5", "DEN516"),
    ("USER root:app", "DEN516"),
    ("USER $X", "DEN518"),
    ("USER a b", "DEN518"),
    ("LABEL org.sandboxctl.install=x", "DEN517"),
    ('LABEL "org.sandboxctl.den"=x', "DEN517"),
    ("LABEL Org.SandboxCtl.den=x", "DEN517"),
    ("LABEL org.sandboxctl.den x", "DEN517"),
    ("LABEL com.docker.compose.project=x", "DEN517"),
    # values that are none
    ("LABEL =x", "DEN518"),
    ("LABEL a", "DEN518"),
    ("ENV A", "DEN518"),
    ("ENV A=1 B", "DEN518"),
    ("ENV 1A=1", "DEN518"),
    ("ENV A=${B:-c}", "DEN518"),
    ("ENV A=$(id)", "DEN518"),
    ("ENV A='x", "DEN518"),
    ("ENV " + " ".join(f"A{n}=1" for n in range(101)), "DEN518"),
    ("ENV A=aaaaaaaa\n" + "ENV A=$A$A$A$A$A$A$A$A\n" * 400, "DEN518"),
    ("ENV A=" + "$A" * 9_000, "DEN518"),
    ("EXPOSE 0", "DEN518"),
    ("EXPOSE 70000", "DEN518"),
    ("EXPOSE 8000-8010", "DEN518"),
    ("EXPOSE $PORT", "DEN518"),
    ("CMD []", "DEN518"),
    ('CMD ["a", 5]', "DEN518"),
    ('CMD ["a"', "DEN518"),
    ("CMD " + "[" * 30_000, "DEN518"),
    ("CMD  \\\n\n", "DEN518"),
    # text that means two things
    ("RUN", "DEN510"),
    ("CMD x \\", "DEN510"),
    ("ENV A=\u202eb", "DEN510"),
    ("ENV A=\x1b[31m", "DEN510"),
    ("ENV A=\u200bb", "DEN510"),
    ("ENV A=b\x0bRUN id", "DEN510"),
    ("ENV A=b\rRUN id", "DEN510"),
    ("ENV A=b\u2028RUN id", "DEN510"),
    ("ENV A=b\x85RUN id", "DEN510"),
]


@pytest.mark.parametrize(("line", "code"), HOSTILE)
def test_a_hostile_line_is_refused_with_its_code(line: str, code: str) -> None:
    found, flaws = read(f"FROM a\n{line}".encode())
    assert found is None
    assert code in {flaw.code for flaw in flaws}, flaws
    assert {flaw.code for flaw in flaws} <= codes.ALL.keys()
    assert all(flaw.line >= 1 and flaw.why and len(flaw.word) <= 21 for flaw in flaws)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "DEN512"),
        (b"# nothing\n", "DEN512"),
        (b"COPY x /x\nFROM a", "DEN512"),
        (b"FROM\n", "DEN518"),
        (b"FROM a b", "DEN512"),
        (b"FROM --platform=linux/arm64 a", "DEN512"),
        (b"FROM a AS b c", "DEN512"),
        (b"FROM $IMAGE", "DEN512"),
        (b"ARG V\nFROM a:$V", "DEN511"),
        (b"FROM A:1", "DEN582"),
        (b"FROM a:1:2", "DEN582"),
        (b"FROM sandboxctl/baseline:0123456789ab-db", "DEN580"),
        (b"FROM docker.io/sandboxctl/base", "DEN580"),
        (b"FROM sha256:" + b"0" * 64, "DEN580"),
        (b"FROM 0123456789ab", "DEN580"),
        (b"FROM 10.0.0.5:5000/x", "DEN502"),
        (b"FROM docker.io.example.org/x", "DEN503"),
        (b"# syntax=docker/dockerfile:1\nFROM a", "DEN515"),
        (b"#escape=`\nFROM a", "DEN515"),
        (b"# what\n#  Syntax = x/y\nFROM a", "DEN515"),
        (b"FROM a\n\xff", "DEN510"),
        (b"\xef\xbb\xbfFROM a", "DEN510"),
        (b"FROM a\nENV A=\0", "DEN510"),
        (b"FROM a\n" + b"#" * LARGEST, "DEN510"),
        (b"FROM a\n" + b"USER 5\n" * MOST, "DEN510"),
    ],
)
def test_a_hostile_file_is_refused_with_its_code(content: bytes, code: str) -> None:
    found, flaws = read(content)
    assert found is None
    assert code in {flaw.code for flaw in flaws}, flaws


def test_all_flaws_are_told_at_once_with_their_lines() -> None:
    _, flaws = read(b"FROM a\n\n# x\nRUN \\\n id\nADD x y\n\nUSER root\n")
    assert [(flaw.line, flaw.word) for flaw in flaws] == [(4, "RUN"), (6, "ADD"), (8, "USER")]


LONG = LARGEST - 100


@pytest.mark.parametrize(
    "body",
    [
        "ENV A=1 " + "\\\n" * (LONG // 2),
        "ENV A=" + "\\ " * (LONG // 2) + "x",
        "ENV A=" + '"' * LONG,
        "ENV A=b\n" + "ENV A=$A$A\n" * (LONG // 11),
        "#\n" * (LONG // 2),
        "x\n" * (LONG // 2),
        "COPY " + "a " * (LONG // 2),
        "COPY " + "a/" * (LONG // 2) + " /x",
        "CMD " + "[" * LONG,
        " " * LONG + "x",
    ],
    ids=lambda body: body[:12],
)
def test_no_file_takes_long(body: str) -> None:
    began = time.process_time()
    read(f"FROM a\n{body}".encode())
    assert time.process_time() - began < 2


def test_options_of_run_are_refused_though_run_was_asked_for() -> None:
    _, flaws = read(b"FROM a\nRUN --security=insecure id", RUNS)
    assert [flaw.code for flaw in flaws] == ["DEN515"]


def test_a_comment_further_down_is_no_directive() -> None:
    assert taken("FROM a\n# syntax=x\n").instructions == ()


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("", ()),
        ('"a b"', ("a b",)),
        ("a\\ b", ("a b",)),
        ('"a\\nb"', ("a\\nb",)),
        ("'$A\\'", ("$A\\",)),
        ("$A${B}c", ("1", Variable("B"), "c")),
        ('"$A"\\$A', ("1$A",)),
        ("a\\", ("a\\",)),
    ],
)
def test_words_mean_what_they_mean_to_an_engine(word: str, text: object) -> None:
    assert expanded(word, {"A": ("1",)}) == text


def test_a_word_that_only_the_engine_knows() -> None:
    assert literal("$A/x", {"A": ("b",)}) == "b/x"
    with pytest.raises(ValueError, match=r"\$B is not set"):
        literal("$A", {"A": ("b", Variable("B"))})


printable = st.text(st.characters(codec="utf-8").filter(str.isprintable), max_size=20)
names = st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True)
labels = st.from_regex(r"[a-z0-9][a-z0-9._/-]{0,8}", fullmatch=True)
values = st.lists(printable | names.map(Variable), max_size=4).map(
    lambda parts: joined(iter(parts))
)
paths = st.text(string.ascii_letters + string.digits + "_-é", min_size=1, max_size=8)
targets = st.lists(paths, min_size=1, max_size=3).map(lambda parts: "/srv/" + "/".join(parts))
owners = st.sampled_from(["", "5", "10001:10001"])
users = st.sampled_from(["5", "10001:10001", "app", "app:users"])
words: st.SearchStrategy[Literal["CMD", "ENTRYPOINT", "RUN"]]
words = st.sampled_from(["CMD", "ENTRYPOINT", "RUN"])


def some(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, min_size=1, max_size=3).map(tuple)


instructions = st.one_of(
    st.builds(Copy, some(paths), targets.map("{}/".format), owners),
    st.builds(Workdir, targets),
    st.builds(Pairs, st.just("LABEL"), some(st.tuples(labels, values))),
    st.builds(User, users),
    st.builds(Expose, some(st.integers(1, 65_535).map(str))),
    st.builds(Argv, words, some(printable)),
)
dockerfiles = st.builds(
    Dockerfile, st.sampled_from(["scratch", "redis:7"]), st.lists(instructions).map(tuple)
)


@given(dockerfiles)
def test_what_is_written_is_read_as_the_same(asked: Dockerfile) -> None:
    found, flaws = read(again(asked).encode(), RUNS)
    if "<<" in again(asked) and flaws:
        assert {flaw.code for flaw in flaws} == {"DEN515"}
    else:
        assert (flaws, found) == ([], asked)


@given(st.dictionaries(names, values, min_size=1, max_size=3))
def test_environments_too(environment: dict[str, tuple[str | Variable, ...]]) -> None:
    asked = Dockerfile("a", (Pairs("ENV", tuple(environment.items())),))
    assert taken(again(asked)) == asked


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_is_read_ends_in_an_answer(content: bytes) -> None:
    found, flaws = read(b"FROM a\n" + content)
    assert (found is None) == bool(flaws)
    if found:
        assert read(again(found).encode()) == (found, [])
