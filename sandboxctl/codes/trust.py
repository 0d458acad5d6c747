"""DEN8xx: exceptions that are asked for, and secrets."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN800",
        "An exception that nobody has granted",
        "An exception loosens what keeps a prototype in, so somebody has to answer for it.",
        "Ask the facilitator: `sandboxctl approve` shows what is asked for, and grants it.",
        policy=True,
    ),
    Code(
        "DEN801",
        "Something that is never granted",
        "With it a service would reach the host, its neighbours, or what belongs to others.",
        "Take it out; docs/exceptions.md says what can be granted, and what takes its place.",
        policy=True,
    ),
    Code(
        "DEN802",
        "An exception that is none",
        "Whoever grants it could not know what it would let the prototype do.",
        "Ask for root, writable_root, run, cap:NAME, egress:HOST or a higher limit.",
    ),
    Code(
        "DEN803",
        "An exception for a service that is not there",
        "A grant that stands ready for nobody is there for whoever takes the name later.",
        "Name a service of this blueprint.",
    ),
    Code(
        "DEN804",
        "The same exception twice",
        "Two requests with two reasons leave open which of them was agreed to.",
        "Keep the one that says better why.",
    ),
    Code(
        "DEN805",
        "An exception that nothing makes use of",
        "Rights that are not needed today are the ones that are misused tomorrow.",
        "Take it out, or add to the service what it is for.",
    ),
    Code(
        "DEN806",
        "A host that no service may be let out to",
        "A name that leads into a building, to a machine or to anywhere at all is no limit.",
        "Name exact public hosts one by one, with port 443 or 80.",
        policy=True,
    ),
    Code(
        "DEN807",
        "More than is ever granted",
        "One service with so much of a machine leaves the other sandboxes without.",
        "Ask for less: at most 64g of memory, 64 cores and 8192 processes.",
        policy=True,
    ),
    Code(
        "DEN809",
        "An exception that was granted for another version",
        "What was looked at and agreed to is not what would run now.",
        "Look at what changed, then run `sandboxctl approve` again.",
        policy=True,
    ),
    Code(
        "DEN810",
        "An exception whose time is over",
        "A grant that never ends is one that nobody remembers.",
        "Run `sandboxctl approve` again, if it is still meant.",
        policy=True,
    ),
    Code(
        "DEN811",
        "An exception that was granted where nobody could write it down",
        "A grant without a record of who gave it is one that nobody answers for.",
        "Make room, or give yourself the rights to the ledger's folder; then approve again.",
    ),
    Code(
        "DEN851",
        "Data that cannot be kept without the secrets of its service",
        "An image outlives the sandbox it was made of, and shows its settings to all who may look.",
        "Use an engine that can load an image without its layers, or `sandboxctl reset`, which "
        "goes on without the data.",
    ),
)
