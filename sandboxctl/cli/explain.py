"""`explain`: what a code means, why it is a risk, and how to mend it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from sandboxctl import codes
from sandboxctl.cli import show
from sandboxctl.cli.session import Session, Verb, codes_of_refusals

_MISREAD = str.maketrans("OILSBZ", "011582")
"""Letters that are taken for digits."""


@click.command("explain", cls=Verb)
@click.argument("words", metavar="[CODE]...", nargs=-1, shell_complete=codes_of_refusals)
@click.pass_obj
def explain_verb(session: Session, words: tuple[str, ...]) -> None:
    """Say what a code means, why it is a risk, and how to mend it.

    CODE is one such as DEN301, as it stands at the end of a refusal. Without one, all codes are
    listed by chapter.
    """
    asked = [_code(word) for word in dict.fromkeys(words)]
    if session.json:
        show.rows(session, [_row(code) for code in asked or codes.ALL], empty="")
    elif asked:
        _tell(session, asked)
    else:
        _list(session)


def _tell(session: Session, asked: Sequence[str]) -> None:
    first, *more = asked
    show.facts(session, _row(first))
    for code in more:
        show.say(session)
        show.facts(session, _row(code))


def explained(code: str) -> show.Row:
    """What `codes` has of a code, as it stands in an answer."""
    found = codes.of(code)
    return {"title": found.title, "risk": found.risk, "mend": found.mend, "policy": found.policy}


def _row(code: str) -> show.Row:
    return {"code": code, "chapter": codes.chapter(code), **explained(code)}


def _code(word: str) -> str:
    """The code that somebody means: in letters of any size, in brackets, or by its number."""
    from sandboxctl.errors import BlueprintError

    bare = word.strip("[]").upper()
    code = f"DEN{bare}" if bare.isdigit() else bare
    if code not in codes.ALL:
        raise BlueprintError(
            f"{word} is not a code{_instead(code)}", hint="`sandboxctl explain` lists them all."
        )
    return code


def _instead(code: str) -> str:
    """The code with one character else, though not its chapter's; or the chapter without it."""
    read = code[:3] + code[3:].translate(_MISREAD)
    slips = [one for one in codes.ALL if _wrong(read, one) in ([], [0], [1], [2], [4], [5])]
    if slips:
        nearest = min(slips, key=lambda one: (len(_wrong(read, one)), one[4] != read[4], one))
        return f"; did you mean `{nearest}`?"
    begins = read[:4]
    if begins in codes.CHAPTERS and len(read) == len("DEN301") and read[4:].isdigit():
        return f": {begins}xx, “{codes.CHAPTERS[begins]}”, has none of this number"
    return ""


def _wrong(read: str, code: str) -> list[int]:
    """Which characters are wrong; all where some are missing or too many."""
    same_length = len(read) == len(code)
    return [at for at, one in enumerate(code) if not same_length or read[at] != one]


def _list(session: Session) -> None:
    """A heading and a table for each chapter at a terminal; elsewhere one line for each code."""
    if session.looks(sys.stdout) == "plain":
        show.facts(session, {code: found.title for code, found in codes.ALL.items()})
        return
    for begins, title in codes.CHAPTERS.items():
        show.say(session, f"{begins}xx  {title}")
        found = [one for code, one in codes.ALL.items() if code.startswith(begins)]
        show.rows(session, [{"code": one.code, "title": one.title} for one in found], empty="")
        show.say(session)
