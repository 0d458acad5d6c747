"""DEN25x to DEN29x: how the parts of a blueprint fit together."""

from __future__ import annotations

from sandboxctl.codes.code import Code

_LEFT = "A service that cannot start is found out in front of everybody."

CODES = (
    Code(
        "DEN250",
        "A service that comes from nowhere, or from two places",
        "Which of two programs runs would be a matter of chance.",
        "Give it exactly one of `source`, `template` and `image`.",
    ),
    Code(
        "DEN251",
        "Keys that do not go together",
        "A key without the one that it belongs to has no effect, and seems to have one.",
        "Add the other key that is named, or take this one out.",
    ),
    Code(
        "DEN252",
        "A command that is missing or empty",
        _LEFT,
        "Say what runs, for example `command: [python, app.py]`.",
    ),
    Code(
        "DEN253",
        "A script that is not in the folder",
        _LEFT,
        "Correct the path in `command`, or put the file into the folder named as `source`.",
    ),
    Code(
        "DEN254",
        "A healthcheck that cannot tell anything",
        "A service that counts as ready before it is gets visitors that it cannot answer.",
        "Give exactly one of `http`, `tcp` and `test`, and expose the port that is asked.",
    ),
    Code(
        "DEN255",
        "A service that is not in the blueprint",
        "A name that leads nowhere today may lead to somebody else's service tomorrow.",
        "Correct the name, or add the service.",
    ),
    Code(
        "DEN256",
        "Services that wait for each other, or for themselves",
        "None of them would ever start.",
        "Take one of them out of `depends_on`.",
    ),
    Code(
        "DEN257",
        "Services that extend each other, or something that cannot be extended",
        "What grows out of itself has no end, and another file may be changed unseen.",
        "Extend a service of this blueprint that does not lead back here.",
    ),
    Code(
        "DEN258",
        "More values than a blueprint has, with what services extend",
        "Services that repeat one another can make a small file fill all memory.",
        "Let fewer services extend large ones.",
    ),
    Code(
        "DEN259",
        "Nothing to see first, or a port that nobody listens on",
        "Visitors would meet an error page, and look for the fault elsewhere.",
        "Let `opens` lead from `/` to a service that exposes the port.",
    ),
    Code(
        "DEN260",
        "A ready-made service that there is not",
        "A name that is taken for something else brings a program that nobody chose.",
        "Choose one of those that the message lists.",
    ),
    Code(
        "DEN261",
        "A value that a ready-made service does not take",
        "Values of a template become parts of commands, so only plain ones are taken.",
        "Give one of its values in the form that the message names.",
    ),
    Code(
        "DEN262",
        "A secret that is not declared, or given twice",
        "A secret beside a plain value of the same name may be the one that is shown.",
        "Declare it once below `secrets`, and take it out of `environment`.",
    ),
    Code(
        "DEN263",
        "Tables for a service that cannot hold them, or that there are not",
        "A prototype that starts empty is taken for one that works.",
        "Name tables of `data`, for a service made from a template with a database.",
    ),
)
