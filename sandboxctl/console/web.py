"""The web application: what is true of every page, and which pages there are.

Pages are rendered here and work without JavaScript. What a page may see is decided for each request
from the session; what it may change, from the session and a form that only our own pages have.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, g, make_response, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException, TooManyRequests

from sandboxctl.blueprint.templates import bundled
from sandboxctl.console import origins, pages, sizes
from sandboxctl.console.limits import CHANGES, GUESSES, PAGES, Limit
from sandboxctl.console.seen import titled

if TYPE_CHECKING:
    from sandboxctl.console.access import Visitor
    from sandboxctl.console.console import Console

TEXT = 2 * 1024**2
"""Bytes of the words of a form that may have a whole blueprint in it; what comes as a file is
written to disk."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: with that, browsers hide the origin of our own forms as well. The token of
    # a link goes to no other origin in either case, and nobody here writes down a Referer.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

log = logging.getLogger(__name__)


@dataclass
class Guard:
    """What every request passes before a page sees it."""

    console: Console

    def __post_init__(self) -> None:
        self.pages, self.changes, self.guesses = Limit(PAGES), Limit(CHANGES), Limit(GUESSES)

    def __call__(self) -> None:
        """Aborts with 400, 404, 403 or 429; else ``g.visitor`` is who asks, or None."""
        g.console, g.visitor = self.console, None
        self.console.work.board.anew()
        host = request.headers.get("Host", "").lower()
        if host not in self.console.hosts:
            abort(400)
        if session := request.cookies.get(self.console.cookie):
            g.visitor = self._known(self.console.access.visitor(session))
        # Thirty teams may come from one address; who is not known by a session is known by that.
        g.often = not self.pages.take(g.visitor.secret if g.visitor else self._device)
        if g.often and request.endpoint not in pages.DOORS:
            abort(429)
        if request.method not in ("GET", "HEAD"):
            if g.visitor and g.visitor.hands_in and request.endpoint in pages.LARGE:
                request.max_content_length = pages.LARGE[request.endpoint]
                request.max_form_memory_size = TEXT
            self._changes(host)

    @property
    def _device(self) -> str:
        forwarded = request.headers.get("X-Forwarded-For", "")
        return origins.device(request.remote_addr or "", forwarded, proxied=self.console.tls)

    def _known(self, visitor: Visitor | None) -> Visitor | None:
        """A team's session ends with the key that it came with."""
        if visitor is None or visitor.role != "team":
            return visitor
        seen = self.console.work.board.seen
        team = seen.teams.get(visitor.sandbox)
        if team is None:
            return None if seen.ready and not seen.engine else visitor
        return visitor if team.key and team.key == visitor.key else None

    def _changes(self, host: str) -> None:
        scheme = "https" if self.console.tls else "http"
        if not origins.is_ours(dict(request.headers), scheme, host):
            abort(403)
        if request.endpoint in pages.ENTERING:
            return
        if g.visitor is None:
            abort(404)
        if not g.visitor.wrote(request.form.get("form", "")):
            abort(403)
        if not self.changes.take(g.visitor.secret):
            abort(429)

    def after(self, answer: Response) -> Response:
        """What opened nothing is counted, and from some number on no more is said of it. What
        opens is let in all the same, however much is tried from its address: nobody can guess
        what has 128 bits, and a room behind one address is not locked out by one of its own."""
        if request.endpoint in pages.DOORS and answer.status_code == 404:
            wrong = request.endpoint in pages.ENTERING and not self.guesses.take(self._device)
            if wrong or g.often:
                return make_response(_problem(TooManyRequests()))
        return answer


class Pages(Flask):
    def log_exception(self, exc_info: Any) -> None:
        """Without the path: some of them open something."""
        log.error("a page ended with a bug", exc_info=exc_info)


def headers(*, tls: bool) -> dict[str, str]:
    """What every answer carries, of a page or of none."""
    return {**HEADERS, "Strict-Transport-Security": "max-age=31536000"} if tls else HEADERS


def made(console: Console) -> Flask:
    """The application of one den."""
    folder = bundled("templates") / "console"
    app = Pages(
        __name__, template_folder=str(folder), static_folder=str(folder / "static"), root_path="/"
    )
    app.config.update(MAX_CONTENT_LENGTH=sizes.FORM, MAX_FORM_MEMORY_SIZE=sizes.FORM)
    app.jinja_env.autoescape = True  # Flask's own choice goes by names that ours do not have
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {"t": console.words, "words": console.words, "titled": titled}
    guard = Guard(console)
    app.before_request(guard)
    app.after_request(_with_headers)  # the last that is named here is the first to be asked
    app.after_request(guard.after)
    app.register_error_handler(HTTPException, _problem)
    app.register_error_handler(Exception, _bug)
    for page in pages.ALL:
        app.register_blueprint(page)
    app.context_processor(lambda: {"visitor": g.get("visitor"), "now": console.now()})
    return app


def _with_headers(answer: Response) -> Response:
    answer.headers.update(headers(tls=g.console.tls))
    if "policy" in g:  # of a page that is one file, with a style of its own
        answer.headers["Content-Security-Policy"] = g.policy
    answer.headers.pop("Server", None)
    if request.path.startswith("/static/") and answer.status_code == 200:
        answer.headers["Cache-Control"] = "private, max-age=300"
    return answer


KNOWN = (400, 403, 404, 405, 413, 429)


def _problem(error: HTTPException) -> tuple[str, int]:
    """One page for each kind: what was looked for and not found looks like what may not be seen."""
    code = error.code or 500
    kind = str(code) if code in KNOWN else "500"
    return render_template("problem.html.j2", kind=kind, reference=""), code


def _bug(error: Exception) -> tuple[str, int]:
    """A reference to read out, and all of it in our own log; nothing of it on the page."""
    reference = secrets.token_hex(4).upper()
    log.error("a page ended with a bug (%s)", reference, exc_info=error)
    return render_template("problem.html.j2", kind="500", reference=reference), 500
