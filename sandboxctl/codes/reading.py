"""DEN1xx: how a file is written."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN100",
        "The file cannot be read as YAML",
        "What is read differently by two programs can hide what it asks for.",
        "Mend the line that is named; `sandboxctl init` writes a file to start from.",
    ),
    Code(
        "DEN101",
        "A file that is too large",
        "A file that takes long to read holds up everybody who has to look at it.",
        "Put rows into a data file or describe them in `data`, and long texts into files.",
    ),
    Code(
        "DEN102",
        "A file that is not plain UTF-8",
        "Bytes that two programs decode differently can say one thing here and another there.",
        "Save it as UTF-8 without a byte order mark; every editor can.",
    ),
    Code(
        "DEN103",
        "An invisible or controlling character",
        "Such characters hide text from a reader, turn it around, or take over a terminal.",
        "Delete the character; the message names it by its number.",
    ),
    Code(
        "DEN104",
        "Nothing in it, or not a mapping",
        "A file that says nothing is started by mistake, and what then runs is a matter of chance.",
        "Start from an example: a blueprint is lines of `key: value`.",
    ),
    Code(
        "DEN105",
        "More than one document",
        "A second document is read by some programs and passed over by others.",
        "Take out the `---`, or make a file of each.",
    ),
    Code(
        "DEN106",
        "An anchor or an alias",
        "Aliases let a few lines stand for billions of values, and hide what a line means.",
        "Write it out where it is needed, or let a service use `extends`.",
    ),
    Code(
        "DEN107",
        "A tag",
        "Tags tell a program to make something else of a value, and can make some run code.",
        "Leave the tag out, and put what should be text in quotes.",
    ),
    Code(
        "DEN108",
        "A merge key",
        "Merged values stand nowhere in the place they apply to, and grow without bounds.",
        "Use `extends: <service>` to start from another service.",
    ),
    Code(
        "DEN109",
        "A key that stands there twice",
        "Programs differ in which of the two they take, so one can be shown and the other run.",
        "Keep the one that is meant.",
    ),
    Code(
        "DEN110",
        "Nested too deeply",
        "Depth without bounds exhausts the program that reads it.",
        "Write it flatter; no key of a blueprint lies that deep.",
    ),
    Code(
        "DEN111",
        "Too many values",
        "Values without number take time and memory of everybody who has to look at the file.",
        "Describe tables in `data`, and put lists into files.",
    ),
    Code(
        "DEN112",
        "A number that is not finite, or too large",
        "Infinite numbers and those that are none pass every comparison with a bound.",
        "Give a finite number; put it in quotes if it is text.",
    ),
    Code(
        "DEN113",
        "A key that is not a plain word",
        "A key that is itself a structure is read differently by every program.",
        "Put a template in quotes, and keep keys short.",
    ),
    Code(
        "DEN114",
        "Too many mistakes of this kind",
        "Listing them for ever would take longer than anybody would read.",
        "Mend those that are listed, and look again.",
    ),
    Code(
        "DEN115",
        "A name with letters of two alphabets",
        "A Cyrillic letter that looks Latin makes another name, which nobody can tell apart.",
        "Write each word in one alphabet.",
    ),
    Code(
        "DEN180",
        "A Compose file that cannot be read",
        "What is read differently by two programs can hide what it asks for.",
        "Mend the line that is named; `docker compose config` shows what Compose makes of it.",
    ),
    Code(
        "DEN181",
        "A Compose file that passes a limit",
        "A file of a few lines can name itself so often that no memory is large enough for it.",
        "Write out what its aliases name, or take out what the prototype does not need.",
    ),
    Code(
        "DEN182",
        "No Compose file",
        "Guessing what a file of another kind means would make a blueprint that nobody asked for.",
        "Give the file that `docker compose up` takes, with `services` in it.",
    ),
    Code(
        "DEN183",
        "A Compose file with too many services",
        "Every team gets a container of each, and a den has to hold all of them at once.",
        "Make a Compose file with the services that the prototype cannot do without.",
    ),
)
