"""A Django project: migrations prepared once, host names and CSRF right through the gateway."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandboxctl.engine.docker import DockerEngine
from tests.conftest import Cli
from tests.scenarios.conftest import brought_up
from tests.visitor import Page, Visitor

pytestmark = pytest.mark.engine

FOLDER = Path(__file__).parent / "django"


def votes(page: Page) -> int:
    return sum(int(number) for number in re.findall(r"(\d+) votes?\b", page.text))


def test_votes_count_and_a_reset_takes_them_back(cli: Cli, docker_engine: DockerEngine) -> None:
    with brought_up(cli, docker_engine, FOLDER, "polls") as visitor:
        first = visitor.get("/")
        assert (first.status, first.path) == (200, "/polls/")
        question = visitor.get("/polls/1/")
        assert question.status == 200
        assert "csrfmiddlewaretoken" in question.hidden
        before = votes(visitor.get("/polls/1/results/"))
        after = visitor.submit(question, "/polls/1/vote/", choice="1")
        assert (after.status, after.path) == (200, "/polls/1/results/")
        assert votes(after) == before + 1
        refused = visitor.post("/polls/1/vote/", choice="1")
        assert refused.status == 403, "without its token a form is refused"
        nothing = visitor.submit(question, "/polls/1/vote/")
        assert nothing.status == 422

        login = visitor.get("/admin/")
        assert (login.status, "Django administration" in login.text) == (200, True)
        wrong = visitor.submit(login, username="nobody", password="wrong")
        assert "Please enter the correct username" in wrong.text
        assert visitor.get("/static/admin/css/base.css").status == 200

        cli("reset", "polls")
        again = Visitor(docker_engine.den, "polls", key=visitor.key)
        assert votes(again.get("/polls/1/results/")) == before


def test_another_sandboxs_page_cannot_vote_here(cli: Cli, docker_engine: DockerEngine) -> None:
    """ALLOWED_HOSTS is the den's domain; the gateway never sends one team's host to another."""
    with brought_up(cli, docker_engine, FOLDER, "polls-a") as visitor:
        assert visitor.get("/polls/").status == 200
        stranger = Visitor(docker_engine.den, "polls-b", cookies=dict(visitor.cookies))
        assert stranger.get("/polls/").status == 404
