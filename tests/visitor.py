"""A team's browser without the pictures: a host name, cookies, forms. It connects to the
gateway's address and sends the host name, for libc does not resolve `*.localhost`. It comes with
the sandbox's link, like everybody who comes in."""

from __future__ import annotations

import contextlib
import http.client
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

from sandboxctl.engine.protocol import Engine
from sandboxctl.sandbox.den import Den

_HIDDEN = re.compile(r"<input[^>]*>")
_NAME, _VALUE, _TYPE = (re.compile(rf'\b{word}="([^"]*)"') for word in ("name", "value", "type"))
_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Page:
    status: int
    headers: Mapping[str, str]
    body: str
    path: str

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of its forms."""
        fields = [tag for tag in _HIDDEN.findall(self.body) if _first(_TYPE, tag) == "hidden"]
        return {_first(_NAME, tag): unescape(_first(_VALUE, tag)) for tag in fields}

    @property
    def text(self) -> str:
        """What a person reads: without tags, entities as characters, single spaces."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.body)).split())


@dataclass
class Visitor:
    """One person at one sandbox. ``key`` finds out what the link carries; "" if there is none."""

    den: Den
    sandbox: str
    service: str | None = None
    key: Callable[[], str] = str
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return self.den.url(self.sandbox, service=self.service).rstrip("/")

    def get(self, path: str = "/", *, follow: bool = True) -> Page:
        page = self._ask("GET", path)
        return self._followed(page) if follow else page

    def post(self, path: str, *, follow: bool = True, **fields: str) -> Page:
        page = self._ask("POST", path, urlencode(fields).encode())
        return self._followed(page) if follow else page

    def send(self, path: str, body: bytes) -> Page:
        return self._ask("POST", path, body)

    def submit(self, page: Page, action: str | None = None, **fields: str) -> Page:
        """Fill in the form of ``page`` and press its button."""
        body = urlencode({**page.hidden, **fields}).encode()
        return self._followed(self._ask("POST", action or page.path, body))

    def _followed(self, page: Page) -> Page:
        for _ in range(8):
            if page.status not in _REDIRECTS:
                return page
            target = urlsplit(urljoin(f"{self.origin}{page.path}", page.headers["location"]))
            assert f"{target.scheme}://{target.netloc}" == self.origin, target
            page = self._ask("GET", target.path + (f"?{target.query}" if target.query else ""))
        raise AssertionError(f"{page.path} leads nowhere")

    def come_in(self) -> None:
        """Opens the link, once."""
        if f"den_{self.sandbox}" not in self.cookies and (key := self.key()):
            assert self._say("GET", f"/_den/enter/{key}").status == 303

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Page:
        self.come_in()
        return self._say(method, path, body)

    def _say(self, method: str, path: str, body: bytes | None = None) -> Page:
        headers = {"Host": urlsplit(self.origin).netloc}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        gateway = self.den.gateway
        connection = http.client.HTTPConnection(str(gateway.bind), gateway.port, timeout=20)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Page(answer.status, found, text, path)


def key_of(engine: Engine, sandbox: str) -> Callable[[], str]:
    """What finds out the key of a sandbox, which need not be there yet."""

    def found() -> str:
        record = engine.observe(sandbox).record
        return record.key if record else ""

    return found


def _first(pattern: re.Pattern[str], tag: str) -> str:
    found = pattern.search(tag)
    return found.group(1) if found else ""
