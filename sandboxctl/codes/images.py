"""DEN5xx: images, and how they are made."""

from __future__ import annotations

from sandboxctl.codes.code import Code

_SUBSET = "`docs/images.md` has what a Dockerfile may say, and what takes the place of the rest."
_SAVED = "Save it again with `docker save -o api.tar NAME`."
_SMALLER = "Take a smaller image, or let a facilitator raise `images.largest` of the den."

CODES = (
    Code(
        "DEN500",
        "An image that cannot be taken",
        "An image is a program of a stranger, with settings of its own.",
        "Name an image that says what it is, or give a folder with a `runtime`.",
    ),
    Code(
        "DEN502",
        "A registry named by its address",
        "An address can be a machine of the building, which would be asked from within.",
        "Name the registry by its host name.",
        policy=True,
    ),
    Code(
        "DEN503",
        "A registry whose name misleads",
        "Who reads it takes it for a registry that it is not.",
        "Name the registry that is meant, in plain letters.",
        policy=True,
    ),
    Code(
        "DEN510",
        "A Dockerfile that cannot be read",
        "What two programs read differently can hide what it does.",
        "Write it in UTF-8, one instruction after the other; " + _SUBSET,
    ),
    Code(
        "DEN511",
        "An instruction that a Dockerfile does not have here",
        "It would fetch, run, or set what a den decides by itself.",
        _SUBSET,
        policy=True,
    ),
    Code(
        "DEN512",
        "A Dockerfile that does not start from one image",
        "What is made in one stage and taken by another cannot be seen from outside.",
        "Write one `FROM name:tag`, first; build what needs building before, and COPY it.",
    ),
    Code(
        "DEN513",
        "A command that runs while an image is made",
        "It runs as root on the engine, before anything of a sandbox keeps it in.",
        "Use `source` with a `runtime`, bring a built image, or ask for the exception `run`.",
        policy=True,
    ),
    Code(
        "DEN514",
        "A file that is not in the folder of its Dockerfile",
        "What comes from elsewhere is not part of what was handed in and looked at.",
        "Put the file into the folder, and COPY it by its path from there.",
        policy=True,
    ),
    Code(
        "DEN515",
        "An option or a directive that a Dockerfile does not have here",
        "It chooses another reader, another platform, or what a build may reach.",
        "Take it out.",
        policy=True,
    ),
    Code(
        "DEN516",
        "An image that is to run as root",
        "Root in a container is one fault of the kernel away from root on the host.",
        "Give a number, such as `USER 10001`, or leave it out: then it is 10001.",
        policy=True,
    ),
    Code(
        "DEN517",
        "A label that is not a supplier's",
        "By these labels a den, or Docker's own tools, know what they may remove.",
        "Take it out, or choose another name for it.",
        policy=True,
    ),
    Code(
        "DEN518",
        "A value of an instruction that cannot be taken",
        "What is not understood might mean something else to an engine.",
        "Correct what is named; " + _SUBSET,
    ),
    Code(
        "DEN519",
        "A folder of the kernel in an image",
        "A container that works in a folder such as /proc/self/fd has got out of it before.",
        "Choose a folder such as /srv/app.",
        policy=True,
    ),
    Code(
        "DEN530",
        "An archive that is not an image",
        "An archive that says one thing to one program can say another to an engine.",
        _SAVED,
    ),
    Code(
        "DEN531",
        "An archive that grows when it is unpacked",
        "It would fill the engine's disk, and stop every other sandbox.",
        _SMALLER,
        policy=True,
    ),
    Code(
        "DEN532",
        "An archive with more than one image, or none",
        "Which of them would run would be a guess.",
        "Save one image: `docker save -o api.tar NAME`.",
    ),
    Code(
        "DEN533",
        "An archive whose parts are not what it says they are",
        "It was damaged, or somebody changed it after it was made.",
        _SAVED,
    ),
    Code(
        "DEN534",
        "An archive in a form that engines may not know",
        "An older engine could not load it on the day.",
        _SAVED,
    ),
    Code(
        "DEN540",
        "An image that is too large",
        "It would fill the engine's disk, and stop every other sandbox.",
        _SMALLER,
        policy=True,
    ),
    Code(
        "DEN541",
        "An image with triggers for other builds",
        "ONBUILD runs a stranger's commands, as root, in every build from that image.",
        "Start from an image without ONBUILD.",
        policy=True,
    ),
    Code(
        "DEN542",
        "An image for another kind of machine",
        "It would not start, or it would be emulated outside of what was tested.",
        "Take the tag for the engine's processor.",
    ),
    Code(
        "DEN543",
        "An image with VOLUMEs that cannot be covered",
        "What is written there would lie outside of the sandbox, and outlive it.",
        "Name folders to write to in `writable`, and leave VOLUME out of the image.",
        policy=True,
    ),
    Code(
        "DEN544",
        "An image that works in a folder of the kernel",
        "A container that works in a folder such as /proc/self/fd has got out of it before.",
        "Set WORKDIR of the image to a folder such as /srv/app.",
        policy=True,
    ),
    Code(
        "DEN545",
        "An image that says too much of itself",
        "The engine copies it for every container, and shows all of it in every list.",
        "Take labels and variables out that nobody reads.",
        policy=True,
    ),
    Code(
        "DEN548",
        "An image whose configuration is not of the form that engines read",
        "What one program reads as a command, another one may read as something else.",
        "Have the image built anew by a usual tool.",
    ),
    Code(
        "DEN546",
        "An image that does not say what to run",
        "Its container could not start.",
        "Add `command` to the service, or CMD to the image.",
    ),
    Code(
        "DEN547",
        "An image for which the engine's disk has no room",
        "A full disk stops every sandbox of the engine.",
        "`sandboxctl image prune` makes room; so does taking sandboxes down.",
    ),
)
