"""DEN6xx: templates, parameters and data."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN600",
        "A template that cannot be worked out",
        "A template that may compute anything may also never end, or read what is not its own.",
        "Use names, numbers and the few filters that the reference lists.",
    ),
    Code(
        "DEN601",
        "More than a template may say",
        "Calls, loops, attributes and subscripts are the ways out of every template language.",
        "Use names, numbers, texts, comparisons, `if … else …` and the filters that are listed.",
    ),
    Code(
        "DEN602",
        "A name that templates do not know",
        "A name that comes to nothing leaves a hole where an address or a limit should be.",
        "Use a parameter, or one of the names that the message lists.",
    ),
    Code(
        "DEN603",
        "Too many templates, or too large ones",
        "Working them out takes time of everybody who starts the blueprint.",
        "Make them shorter, or write out what does not change.",
    ),
    Code(
        "DEN604",
        "A template with a result that cannot be used",
        "Numbers without bounds and texts without end are how a small template fills a machine.",
        "Mend the expression; numbers stay below 2^63, texts below 64 KiB.",
    ),
    Code(
        "DEN605",
        "Working out the templates had to be stopped",
        "A template that takes too long or too much is either broken or meant to harm.",
        "Take out templates until it works, and look closely at the last one.",
    ),
    Code(
        "DEN606",
        "A statement or comment of Jinja",
        "Loops and includes can run for ever and read other files.",
        "Only `{{ … }}` is taken; write out what the loop would have made.",
    ),
    Code(
        "DEN607",
        "A variable of your shell",
        "A file of a stranger that reads your environment reads your tokens and passwords.",
        "Make it a parameter or a secret; for the service's own shell, write `$$NAME`.",
    ),
)
