"""The console's pages over a den in memory, and visitors who have come in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sandboxctl.console import access, line
from sandboxctl.console.access import Access
from sandboxctl.console.console import Console
from sandboxctl.console.far import Far
from sandboxctl.console.questions import Questions
from sandboxctl.console.web import made
from sandboxctl.console.words import read
from tests.console.rig import Rig

HOST = "127.0.0.1:8090"
ORIGIN = f"http://{HOST}"
SECRET = "what the gateway signs with"


@dataclass
class Site:
    """``app`` is that of a rig's work."""

    rig: Rig
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        with self.rig.store.connection() as db:
            db.executescript(access.SCHEMA)
        self.access = Access(self.rig.store)
        self.console = Console(far(self.rig), self.access, read("en", UTC), frozenset({HOST}))
        self.app = made(self.console)

    def stranger(self) -> Visitor:
        return Visitor(self.app.test_client())

    def facilitator(self) -> Visitor:
        return self._came_in("facilitator")

    def observer(self) -> Visitor:
        return self._came_in("observer")

    def supplier(self) -> Visitor:
        return self._came_in("supplier")

    def team(self, sandbox: str) -> Visitor:
        found = self.stranger()
        answer = found.post(f"/team/{sandbox}/enter", {"key": self.key(sandbox)})
        assert answer.status_code == 303, answer.text
        return found

    def key(self, sandbox: str) -> str:
        return self.rig.engine.records()[sandbox].key

    def _came_in(self, role: access.Role) -> Visitor:
        found = self.stranger()
        answer = found.post("/enter", {"token": self.access.invite(role)})
        assert answer.status_code == 303, answer.text
        return found


@dataclass
class Visitor:
    """A browser without JavaScript."""

    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={"Host": HOST, **headers}, buffered=True)

    def post(
        self, path: str, form: dict[str, str] | None = None, *, page: str = "", **headers: str
    ) -> TestResponse:
        """``page``  the one whose form is sent, with its hidden fields."""
        fields = self.fields(page) if page else {}
        told = {"Host": HOST, "Origin": ORIGIN, **headers}
        return self.client.post(path, data={**fields, **(form or {})}, headers=told)

    def fields(self, page: str) -> dict[str, str]:
        """Hidden fields of a page's forms."""
        text = self.get(page).text
        found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text)
        return {unescape(name): unescape(value) for name, value in found}


def far(rig: Rig) -> Far:
    """As pages have it, over a line that goes nowhere: questions and answers are written and read
    all the same."""
    answers = Questions(rig.work, lambda: SECRET).answers

    def ask(question: str, /, **values: object) -> Any:
        return line.heard(line.answered(line.asked(question, values), answers))

    return Far(ask, rig.engine.den, rig.folders)
