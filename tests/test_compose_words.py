"""What the list says: why something was left out, and what takes its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandboxctl.compose.page import page
from tests.converted import file, outcome, written

LEFT_OUT = [
    ("rights", "privileged", "no service gets rights on the host"),
    ("rights", "cap_add", "is never granted"),
    ("rights", "devices", "no devices of the host"),
    ("rights", "network_mode", "one closed network of its own"),
    ("rights", "user", "a user is numeric here"),
    ("volumes", "volumes", "is never granted"),
    ("volumes", "volumes", "lies on your own machine"),
    ("volumes", "volumes", "time is UTC here"),
    ("volumes", "volumes", "lies outside the folder"),
    ("volumes", "volumes", "services do not share files"),
    ("ports", "ports", "only TCP is routed"),
    ("ports", "ports", "NOT_SAID has no value"),
    ("limits", "deploy.replicas", "each service is one container"),
    ("networks", "extra_hosts", "closed network"),
    ("profiles", "profiles", "only started when somebody asks"),
    ("extends", "extends", "gone.yaml is not there"),
    ("extends", "include", "outside the folder"),
    ("first-format", "version", "the first format"),
    ("dotted", "environment", "letters, digits and `_`"),
    ("configs", "configs", "its content is not in the Compose file"),
    ("jobs", "depends_on", "does one thing and ends"),
    ("env-files", "env_file", "is not there"),
    ("health", "healthcheck", "ready is running"),
    ("secrets-by-look", "volumes", "has a secret of the Compose file in it"),
    ("secrets-by-look", "volumes", "may hold secrets"),
    ("odd", "unknown_key", "not a key of Compose"),
    ("odd", "depends_on", "these wait for each other"),
    ("odd", "command", "a quote that is not closed"),
    ("duplicate", "", "stands here twice"),
    ("duplicate", "", "a second document"),
    ("duplicate", "", "the tag !custom is not read"),
]
REPLACED = [
    ("jobs", "command", "while minute zero is made"),
    ("limits", "mem_limit", "more than every service gets"),
    ("rights", "cap_add", "more than every service gets"),
    ("postgres", "image", "lost are its password"),
    ("redis", "image", "keeps nothing on disk"),
    ("env-files", "env_file", "reads no such files"),
    ("env-example", "env_file", ".env.example was read"),
    ("names", "name", "becomes a host name"),
    ("python-source", "build", "`RUN` of its Dockerfile are lost"),
    ("compiled", "build", "the folder ./nowhere is not there"),
]


@pytest.mark.parametrize(("shape", "key", "why"), LEFT_OUT)
def test_what_is_left_out_has_a_reason(shape: str, key: str, why: str, tmp_path: Path) -> None:
    found = outcome(file(shape), tmp_path / "out")
    said = [*found.why("left out"), *found.why("replaced")]
    assert any(one.startswith(f"{key}: ") and why in one for one in said), said


@pytest.mark.parametrize(("shape", "key", "why"), REPLACED)
def test_what_is_replaced_says_by_what(shape: str, key: str, why: str, tmp_path: Path) -> None:
    report = outcome(file(shape), tmp_path / "out").converted.report
    fitting = [d for d in report.of("replaced") if d.key == key and why in d.why]
    assert fitting
    assert all(decision.instead for decision in fitting)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("environment", "is the service itself here"),
        ("environment", "api.stripe.com is outside"),
        ("image", "names no digest"),
    ],
)
def test_what_is_kept_and_means_something_else(key: str, why: str, tmp_path: Path) -> None:
    compose = written(
        tmp_path / "in",
        "services: {web: {image: 'example.org/a:1', ports: ['80'], environment:"
        " {A: 'http://localhost:8000', B: 'https://api.stripe.com/v1'}}}",
    )
    assert any(
        one.startswith(key) and why in one for one in outcome(compose, tmp_path / "o").why("kept")
    )


def test_decisions_have_the_line_of_the_compose_file(tmp_path: Path) -> None:
    report = outcome(file("rights"), tmp_path / "out").converted.report
    lines = {d.key: d.line for d in report.decisions if d.service == "web"}
    text = file("rights").read_text(encoding="utf-8").splitlines()
    assert text[(lines["privileged"] or 0) - 1].strip() == "privileged: true"


def test_the_page_cannot_be_made_to_say_something_else(tmp_path: Path) -> None:
    compose = written(
        tmp_path / "in",
        'services: {web: {image: "example.org/a:1", ports: ["80"],'
        ' labels: {"x": "<script>|# [a](http://b) `code`\\n# Title"}}}',
    )
    text = page(outcome(compose, tmp_path / "out").converted.report, "`<b>`.yaml")
    row = next(line for line in text.splitlines() if line.startswith("| web | labels"))
    assert "\\<script\\>\\|\\# \\[a\\](http://b) 'code' \\# Title" in row
    assert "<script>" not in text


def test_the_same_thing_is_said_once(tmp_path: Path) -> None:
    report = outcome(file("rights"), tmp_path / "out").converted.report
    assert len(report.sorted()) == len(set(report.sorted()))
