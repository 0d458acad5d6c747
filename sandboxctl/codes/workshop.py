"""DEN27x: the file of a workshop."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN270",
        "A team that is named twice",
        "Two teams of one name would share a sandbox, and each wonder about the other's entries.",
        "Give every team a name of its own.",
    ),
    Code(
        "DEN271",
        "A workshop without a blueprint",
        "A team that has nothing to try sits in front of an empty page.",
        "Name a `blueprint` for all teams, or one for each of them.",
    ),
    Code(
        "DEN272",
        "An end that cannot be",
        "A lease that is over when it begins is taken away before anybody has seen it.",
        "Give a time of day such as 17:00, or a date and a time that lie ahead.",
    ),
    Code(
        "DEN273",
        "No workshop there",
        "What is taken for a workshop and is none starts something else, for who knows how many.",
        "Give a file with `workshop: 1` in it, or a blueprint and `--teams`.",
    ),
    Code(
        "DEN274",
        "A workshop file where a blueprint was asked for",
        "One says who takes part and until when, the other what each of them gets.",
        "Start it with `sandboxctl workshop up FILE`, or name the blueprint that stands in it.",
    ),
)
