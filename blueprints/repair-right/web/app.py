"""The pages of the prototype: a tenant reports a repair, staff see the queue and the score."""

from __future__ import annotations

import hmac
import os
import secrets

import psycopg
import report
import staff
import store
import words
from flask import Flask, Response, abort, render_template, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix


class SchemeAwareSessions(SecureCookieSessionInterface):
    """Browsers drop `Secure` cookies on plain HTTP, so it is set only where there is TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        return request.is_secure


def create() -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=os.environ["SESSION_KEY"],
        SESSION_COOKIE_NAME="repair",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=64 * 1024,
    )
    app.session_interface = SchemeAwareSessions()
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_port=1)
    app.register_blueprint(report.pages)
    app.register_blueprint(staff.pages)
    app.before_request(check_token)
    app.after_request(protect)
    app.teardown_appcontext(store.close)
    app.add_url_rule("/health", view_func=health)
    app.register_error_handler(400, problem)
    app.register_error_handler(404, problem)
    app.register_error_handler(500, problem)
    app.context_processor(lambda: {"token": token, "words": words, "TRADES": words.TRADES})
    return app


def token() -> str:
    """The form token of this visitor (CSRF): made when the first form is shown."""
    if "token" not in session:
        session["token"] = secrets.token_urlsafe(16)
    return str(session["token"])


def check_token() -> None:
    """A form that did not come from a page of ours is refused."""
    if request.method == "POST":
        sent = request.form.get("token", "")
        if not hmac.compare_digest(sent.encode(), session.get("token", "").encode()) or not sent:
            abort(400)


def protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def health() -> tuple[str, int]:
    """200 only when the database answers."""
    try:
        store.alive()
    except psycopg.Error:
        return "the database does not answer", 503
    return "ok", 200


def problem(error: Exception) -> tuple[str, int]:
    code = getattr(error, "code", None) or 500
    return render_template("problem.html", code=code), code


app = create()
