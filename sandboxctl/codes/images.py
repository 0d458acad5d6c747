"""DEN5xx: images, and how they are made."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN500",
        "An image that cannot be taken",
        "An image is a program of a stranger, with settings of its own.",
        "Name an image that says what it is, or give a folder with a `runtime`.",
    ),
    Code(
        "DEN580",
        "An image of this engine",
        "What another den made, or an image known only by its number, may be another's data.",
        "Name an image of a registry, with a tag.",
        policy=True,
    ),
    Code(
        "DEN581",
        "When and for which machine an image is fetched",
        "An image that is fetched while visitors wait may be another one than was tried.",
        "Take it out; `sandboxctl image prepare` fetches images before a workshop.",
    ),
    Code(
        "DEN582",
        "An image whose name cannot be read",
        "A name that one program reads as an image and another as an option runs something else.",
        "Write it as a registry has it, for example redis:7.",
    ),
    Code(
        "DEN590",
        "A build that is described in the way of Compose",
        "A step of a build runs with a network and fewer walls than the service will have.",
        "Give a folder as `source` with a `runtime`, or an `image`.",
    ),
)
