"""DEN58x and DEN59x: images by their name, and packages of a supplier's folder."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
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
        "DEN583",
        "A fact that cannot be part of an image",
        "What goes into a recipe of an image could pass for a command of it.",
        "Use letters, digits and _ - . : / @ only, and no dash in front.",
    ),
    Code(
        "DEN584",
        "A line of requirements.txt that is not `name==version`",
        "Options, addresses and ranges let a file choose where its code comes from.",
        "Write each line as `name==version`; what those packages need need not be listed.",
    ),
    Code(
        "DEN585",
        "Packages of node that are not locked, or not from a registry",
        "A package from an address, or without its hash, may be another one each time.",
        "Run `npm install --package-lock-only` in that folder, with versions of a registry.",
    ),
    Code(
        "DEN586",
        "A folder without the file that its runtime starts from",
        "A service that cannot start is found out in front of everybody.",
        "Add the file that is named, or choose another `runtime`.",
    ),
    Code(
        "DEN587",
        "A package without a wheel",
        "A package that comes as source runs its own code while the image is made.",
        "Use the package that the hint names, or another version of this one.",
    ),
    Code(
        "DEN590",
        "A build that is described in the way of Compose",
        "A step of a build runs with a network and fewer walls than the service will have.",
        "Take it out: `build` has `context` and `dockerfile` here, and a strict Dockerfile.",
    ),
)
