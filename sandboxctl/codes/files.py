"""DEN4xx: files beside a blueprint, and folders of the host."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN400",
        "A file that cannot be taken",
        "A path that leaves the folder of the blueprint reads the files of whoever starts it.",
        "Put a plain file beside the blueprint, and name it by its path from there.",
    ),
    Code(
        "DEN401",
        "A path that is not beside the blueprint",
        "Paths from the root, your home or through `..` lead to files that are not the supplier's.",
        "Put the file beside the blueprint, and name it by its path from there: `./web`.",
    ),
    Code(
        "DEN402",
        "A link that leads out of the folder",
        "What it leads to is a file of whoever starts the blueprint, and would be copied into it.",
        "Put a copy of the file there, if it is the supplier's to give.",
    ),
    Code(
        "DEN403",
        "A link that does not lead to a file",
        "A link to a folder, or to nothing, means something else on every machine.",
        "Put the files themselves there.",
    ),
    Code(
        "DEN404",
        "A file that is not there",
        "What is missing today may be somebody else's file tomorrow.",
        "Correct the name, or add the file.",
    ),
    Code(
        "DEN405",
        "A socket, pipe, device or folder in place of a file",
        "Reading them waits for ever, never ends, or does something to the machine.",
        "Put a plain file there.",
    ),
    Code(
        "DEN406",
        "A file name that is not plain text",
        "Line breaks and escapes in a name forge lines of a list, or take over a terminal.",
        "Rename it with letters, digits and signs that can be seen.",
    ),
    Code(
        "DEN407",
        "Another name for a file of somebody else",
        "A second name for a file gets around the rights that keep others from reading it.",
        "Put a copy there that belongs to whoever owns the folder.",
    ),
    Code(
        "DEN408",
        "A file that cannot be read",
        "A blueprint that works for one person only is not the same for everybody.",
        "Give yourself the right to read it; `ls -l` shows who has it.",
    ),
    Code(
        "DEN409",
        "Too many files, too large or too deep",
        "What fills the disk of one sandbox fills that of all others.",
        "Take out what the service does not need to run; rows belong into `data`.",
    ),
    Code(
        "DEN410",
        "A file that was changed while it was looked at",
        "Who swaps a file between the look and the use has one thing checked and another taken.",
        "Try again once nobody writes to the folder; be wary if it happens twice.",
    ),
    Code(
        "DEN412",
        "A file where a folder belongs",
        "What is taken for a folder and is none leaves a service empty.",
        "Name the folder that the file is in.",
    ),
    Code(
        "DEN480",
        "A Compose file that is not there, or cannot be opened",
        "Nothing can be said of a file that nobody has read.",
        "Give the path of the file, and check its owner and rights.",
    ),
    Code(
        "DEN481",
        "A folder that `init` would have to change",
        "What is overwritten is lost, and a half-written folder looks like a whole one.",
        "Give a folder that is not there, or one that has none of the names.",
    ),
)
