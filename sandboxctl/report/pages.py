"""Pages that are printed or kept: each one file, without scripts, fonts or anything from elsewhere.

Their policy (CSP) stands in the page and allows one style sheet, named by its hash, and nothing
else, so that a page is as safe opened from a stick as from a server.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from hashlib import sha256

import jinja2
from markupsafe import Markup

from sandboxctl import clock
from sandboxctl.blueprint.templates import bundled
from sandboxctl.workshop import certificate as claims
from sandboxctl.workshop.certificate import Certificate
from sandboxctl.workshop.evidence import Evidence, TeamFacts
from sandboxctl.workshop.inventory import KINDS

FOLDER = "report"
BORDER = 4
"""Light modules around a QR code. Source: ISO/IEC 18004, the quiet zone."""


@dataclass(frozen=True, slots=True)
class Card:
    """What one team is given: ``link`` opens its sandbox and carries its key, ``address`` is where
    it is found afterwards."""

    name: str
    shown: str
    link: str
    address: str


def sheet(
    title: str, cards: Sequence[Card], until: datetime, *, zone: tzinfo, only_here: bool = False
) -> str:
    """Cards to print and cut apart, one for each team. ``zone`` is that of the room; ``only_here``
    where the links lead to a machine's own loopback, so that nobody else can open them."""
    codes = {card.name: code(card.link, f"QR code of the link for {card.shown}") for card in cards}
    facts = {"title": title, "cards": cards, "codes": codes, "until": until}
    return _page("sheet.html.j2", zone, only_here=only_here, **facts)


def team_page(evidence: Evidence, team: TeamFacts, *, zone: tzinfo) -> str:
    """What a team takes home when a workshop is closed."""
    blueprint = evidence.blueprint_of(team)
    # What others noted about a team is for those who ran the day: it is in the record alone.
    own = [one for one in team.notes if one.by.startswith("team ")]
    facts = {"evidence": evidence, "team": team, "blueprint": blueprint, "own_notes": own}
    return _page("team.html.j2", zone, **facts)


def team_pages(evidence: Evidence, *, zone: tzinfo) -> dict[str, str]:
    """Those of all teams, by the names of their files."""
    return {f"{one.name}.html": team_page(evidence, one, zone=zone) for one in evidence.teams}


def policy() -> str:
    """What a page may load, for the headers of whoever serves it: its own style, and no more."""
    only = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return f"default-src 'none'; style-src 'sha256-{_style_hash()}'; {only}"


def certificate_page(certificate: Certificate, *, zone: tzinfo) -> str:
    """The certificate as a page to print and sign."""
    return _page("certificate.html.j2", zone, certificate=certificate, kinds=KINDS)


def code(link: str, title: str) -> Markup:
    """A QR code as SVG to stand in a page; ``title`` is what a screen reader says of it."""
    import segno

    found = segno.make_qr(link, error="m")
    drawn = found.svg_inline(
        border=BORDER, omitsize=True, title=title, svgclass="qr", lineclass=None, dark="#000"
    )
    return Markup(drawn.replace("<svg ", '<svg role="img" ', 1))  # made by segno


def day(at: datetime) -> str:
    """``Tuesday 12 May 2026, 17:00``, and the zone where it has a name."""
    zone = at.tzname() or ""
    named = f" {zone}" if zone.isalpha() else ""
    return f"{at:%A} {at.day} {at:%B %Y, %H:%M}{named}"


def _page(template: str, zone: tzinfo, **facts: object) -> str:
    css = _style()
    return (
        _templates()
        .get_template(template)
        .render(
            css=Markup(css),  # our own file
            style_hash=_style_hash(),
            when=lambda at: day(at.astimezone(zone)),
            time=lambda at: f"{at.astimezone(zone):%H:%M}",
            length=clock.words,
            claims=claims,
            **facts,
        )
    )


@lru_cache(maxsize=1)
def _style() -> str:
    return (bundled("templates") / FOLDER / "style.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _style_hash() -> str:
    return base64.b64encode(sha256(_style().encode()).digest()).decode()


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(bundled("templates") / FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
