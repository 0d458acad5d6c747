"""DEN45x to DEN47x: folders of the host, volumes, and data that a blueprint brings along."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN450",
        "A folder or file of the host",
        "Who reads the host's files reads its keys; who writes them is its administrator.",
        "Put what it needs beside the blueprint: `files: {/path/inside: ./file}`.",
        policy=True,
    ),
    Code(
        "DEN451",
        "A volume",
        "A volume outlives its sandbox, and one of a known name may hold another's data.",
        "Name the folders that it keeps data in with `writable`.",
        policy=True,
    ),
    Code(
        "DEN452",
        "A volume with a driver or options",
        "Options of a driver mount folders of the host and file servers of the network.",
        "Take it out, and name the folders that it keeps data in with `writable`.",
        policy=True,
    ),
    Code(
        "DEN453",
        "Folders of other containers",
        "What two services write to, either can spoil for the other, or read its secrets from.",
        "Let the services speak with each other over their network.",
        policy=True,
    ),
    Code(
        "DEN454",
        "A folder in memory of its own size",
        "Memory that is filled through a file system is not counted where it should be.",
        "Take it out; /tmp is always there, and `writable` names other folders.",
    ),
    Code(
        "DEN455",
        "Files that come in another way",
        "A second way in for files is one that is not looked at.",
        "Name each file in `files: {/path/inside: ./file}`.",
    ),
    Code(
        "DEN456",
        "A file of variables",
        "Such a file is mostly the one with a developer's own passwords in it.",
        "Use `environment`, `parameters` and `secrets`.",
        policy=True,
    ),
    Code(
        "DEN457",
        "Another file that is a part of this one",
        "A file from elsewhere can change after this one was looked at.",
        "Copy the services into the blueprint.",
        policy=True,
    ),
    Code(
        "DEN460",
        "A folder of the kernel",
        "What lies over /proc, /sys or /dev hides what the kernel says there, or changes it.",
        "Choose another folder, such as /srv or one below /var.",
        policy=True,
    ),
    Code(
        "DEN461",
        "A path with `.` or `..` inside the container",
        "One folder with two names passes a check that only knows one of them.",
        "Write the path without them.",
    ),
    Code(
        "DEN470",
        "A data file with values that could be somebody's",
        "Real people's data on a workshop's laptop is a leak that has already happened.",
        "`sandboxctl data scan FILE --fix FOLDER` writes a copy with safe values.",
        policy=True,
    ),
    Code(
        "DEN471",
        "A data file that cannot be looked through",
        "What cannot be looked through may hold somebody's data.",
        "Save it as CSV, JSON, SQL or Parquet in UTF-8, or leave it out.",
    ),
    Code(
        "DEN472",
        "No blueprint there",
        "What is found by guessing may be another blueprint than the one that was meant.",
        "Give a folder with a blueprint.yaml in it, a file, or the name of a shipped blueprint.",
    ),
    Code(
        "DEN473",
        "A packed folder that is not taken",
        "What is unpacked can write where it likes, fill a disk, or be two things to two programs.",
        "Pack the folder by itself, as a plain zip or tar: files and folders, no links.",
    ),
)
