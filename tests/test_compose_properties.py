"""Whatever a Compose file says: a blueprint that is valid or asks, and reads as it was meant."""

from __future__ import annotations

import string
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandboxctl.blueprint import sockets, tree
from sandboxctl.blueprint.problem import Key
from sandboxctl.blueprint.reader import read
from sandboxctl.blueprint.render import Rendering
from sandboxctl.blueprint.scalars import hidden
from sandboxctl.compose import writing
from sandboxctl.compose.sensitive import is_secret
from sandboxctl.errors import BlueprintError
from tests.converted import outcome, unlisted, written

ENOUGH = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LETTERS = string.ascii_letters + string.digits
LETTER = st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cn", "Co"])
TEXT = st.text(alphabet=LETTER, max_size=30).filter(
    lambda text: not hidden(text) and not set("\r\ue000\ue001") & set(text)
)
ODD = st.sampled_from(
    ["$", "$$", "${", "${A", "${A}", "${A:-b}", "{{", "{{ a }}", "{%", "{#", "}}", "{", "${{", "#",
     ": ", "- ", "'", '"', "\\", "yes", "null", "1.10", "~", "\n", "\t", "{\n%", "$${", "{{{{{%"]
)  # fmt: skip
WORDS = st.lists(st.one_of(TEXT, ODD), max_size=6).map("".join)
NAMES = st.text(alphabet=LETTERS + "_-.", min_size=1, max_size=35)
SCALAR = st.one_of(WORDS, st.integers(-9, 99_999), st.booleans(), st.none(), st.floats(0, 99))
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(NAMES, st.sampled_from(["source", "target", "type"])), inner),
    ),
    max_leaves=8,
)
PATHS = st.sampled_from(["./a", "a.txt:/etc/a:ro", "/x:/y", "v:/data", "..:/z", "/data", "a:b:c:d"])
PORTS = st.sampled_from(["80", "80:80", "1-3", "0", "70000", "80/udp", "x", "${P}:80", "1:99999"])
KEYS = {
    "image": st.one_of(st.sampled_from(["postgres:16", "redis", "nginx", "Bad", "a:${T}"]), VALUE),
    "build": st.one_of(st.sampled_from([".", "./a", "..", {"context": "."}]), VALUE),
    "ports": st.one_of(st.lists(PORTS, max_size=3), VALUE),
    "volumes": st.one_of(st.lists(PATHS, max_size=4), VALUE),
    "environment": st.one_of(st.dictionaries(NAMES, SCALAR, max_size=5), VALUE),
    "command": st.one_of(WORDS, st.lists(WORDS, max_size=4), VALUE),
    "entrypoint": VALUE,
    "healthcheck": st.one_of(st.fixed_dictionaries({"test": WORDS}), VALUE),
    "depends_on": VALUE,
    "user": st.one_of(st.sampled_from(["root", "0", "1000:1000", "a"]), VALUE),
    "deploy": VALUE,
    "mem_limit": st.one_of(st.sampled_from(["1g", "99g", "1k", "x", 0]), VALUE),
    "cpus": VALUE,
    "working_dir": st.one_of(st.sampled_from(["/app", "/", "x", "/a/../b", "/proc"]), VALUE),
    "secrets": VALUE,
    "configs": VALUE,
    "env_file": VALUE,
    "extends": VALUE,
    "networks": VALUE,
    "tmpfs": VALUE,
    "cap_add": VALUE,
    "stop_grace_period": VALUE,
    "profiles": VALUE,
    "labels": VALUE,
    "privileged": VALUE,
}
SERVICE = st.fixed_dictionaries({}, optional=KEYS)
COMPOSE = st.fixed_dictionaries(
    {"services": st.dictionaries(NAMES, SERVICE, min_size=1, max_size=4)},
    optional={"secrets": VALUE, "configs": VALUE, "volumes": VALUE, "name": VALUE},
)


@pytest.mark.slow
@ENOUGH
@given(COMPOSE)
def test_what_the_validator_says_was_asked(compose: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = yaml.safe_dump(compose, allow_unicode=True)
        file = written(Path(folder) / "in", text, **{"a.txt": "x", "a/index.html": "y"})
        try:
            found = outcome(file, Path(folder) / "out")
        except BlueprintError as error:
            assert error.code.startswith("DEN18")  # noqa: PT017 - refused is an answer as well
            return
        assert unlisted(found) == []
        assert bool(found.problems) == bool(found.converted.report.questions)


@ENOUGH
@given(st.dictionaries(st.text(alphabet=string.ascii_uppercase, min_size=1, max_size=9), WORDS))
def test_what_an_environment_means_stays(variables: dict[str, str]) -> None:
    """`$$` in the file is `$` to the service, in Compose and here; nothing becomes a template."""
    plain = {
        name: text
        for name, text in variables.items()
        if not is_secret(name, text) and not sockets.named(text)
    }
    given_ = {name: text.replace("$", "$$") for name, text in plain.items()}
    compose = {"services": {"web": {"image": "a:1", "ports": ["80"], "environment": given_}}}
    with tempfile.TemporaryDirectory() as folder:
        file = written(Path(folder) / "in", yaml.safe_dump(compose, allow_unicode=True))
        found = outcome(file, Path(folder) / "out")
    assert found.loaded
    assert found.loaded.blueprint.services["web"].environment == plain


# Keys with tabs, line breaks (DEN113) or letters in disguise (DEN115) are refused.
KEY = WORDS.filter(lambda key: key and key.isascii() and not set("\n\t") & set(key))
DOCUMENT = st.dictionaries(
    st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=8),
    st.recursive(
        st.one_of(WORDS, st.integers(-99, 2**40), st.booleans()),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(KEY, inner, max_size=4)
        ),
        max_leaves=12,
    ),
    max_size=5,
).filter(lambda document: "parameters" not in document)


@ENOUGH
@given(DOCUMENT, st.lists(WORDS, max_size=3))
def test_what_is_written_is_read_as_it_was(document: dict[str, Any], remarks: list[str]) -> None:
    comments: dict[Key, list[str]] = {(key,): remarks for key in document}
    text = writing.written(document, comments, remarks)
    found = read(text.encode())
    if not document:
        return
    assert found.problems == ()
    assert found.root
    rendering = Rendering({})
    assert tree.plain(rendering.tree(found.root)) == document
    assert rendering.problems == []
