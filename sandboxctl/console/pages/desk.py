"""The supplier's desk: a packed folder or a text goes in, and what would become of it comes out.
Nothing of it is started or kept."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from sandboxctl.console import sizes
from sandboxctl.console.desk.desk import PACKED, Busy
from sandboxctl.console.pages.rights import console, handing_in

page = Blueprint("desk", __name__, url_prefix="/desk")
LARGEST = PACKED + sizes.FORM
"""Bytes of a form with a folder in it."""


@page.get("")
@handing_in
def desk() -> str:
    return render_template("desk.html.j2", found=None, missing=False, busy=False, text="")


@page.post("")
@handing_in
def look() -> str | tuple[str, int]:
    sent, text = request.files.get("folder"), request.form.get("text", "")
    if (sent is None or not sent.filename) and not text.strip():
        return render_template("desk.html.j2", found=None, missing=True, busy=False, text=""), 400
    looking = console().desk
    try:
        if sent is not None and sent.filename:
            found = looking.packed(sent.stream)
        else:
            found = looking.pasted(text)
    except Busy:
        return render_template("desk.html.j2", found=None, missing=False, busy=True, text=text), 503
    return render_template("desk.html.j2", found=found, missing=False, busy=False, text=text)
