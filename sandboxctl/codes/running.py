"""DEN9xx: what an engine made of it, and what happened while it ran."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN900",
        "The engine did not do as it was asked",
        "A limit that an engine drops without a word protects nobody.",
        "`sandboxctl doctor` shows what this engine cannot do.",
    ),
    Code(
        "DEN901",
        "A runtime that the engine does not have",
        "A den that was meant to run under gVisor and does not is less closed than was decided.",
        "Add the runtime to the engine's `daemon.json`, or take what it has: "
        "`sandboxctl den --unset runtime`.",
    ),
    Code(
        "DEN902",
        "Something of another owner has that name",
        "What is not ours may be what somebody else works with, so it is never changed or removed.",
        "`docker inspect` shows whose it is; rename or remove it, or give the den another name.",
    ),
    Code(
        "DEN903",
        "The isolation could not be proved",
        "What one sandbox can reach or change, a hostile prototype will.",
        "`sandboxctl doctor --isolation` shows each probe, what it saw, and what mends it.",
    ),
    Code(
        "DEN951",
        "More written to disk than a service may",
        "A disk that one sandbox fills is full for every other one.",
        "`sandboxctl reset` brings minute zero back, `restart` lets it go on for a tenth more; a "
        "higher `storage_opt.size` in the blueprint keeps what was written.",
    ),
    Code(
        "DEN952",
        "A den that is watched already",
        "Two that watch would stop and start the same sandboxes against each other.",
        "Leave it to the one that does; `sandboxctl watch --once` looks without watching.",
    ),
    Code(
        "DEN953",
        "More teams than fit",
        "The team for which there is no room any more brings down those that had some.",
        "Start fewer teams or keep fewer spares; the message says what is short, and by how much.",
    ),
    Code(
        "DEN954",
        "A workshop that left something behind",
        "A paper that says all is gone while something is there is worse than none.",
        "Run `workshop close` again; `docker inspect` shows what its list names.",
    ),
    Code(
        "DEN960",
        "What the console keeps cannot be written",
        "Sessions and what was asked for would be forgotten, and done twice or never.",
        "Look at the rights and the room of the folder that is named.",
    ),
    Code(
        "DEN961",
        "A console for a room, over plain HTTP",
        "Whoever is on the same network can read the links and come in as somebody else.",
        "Put a proxy with a certificate before it, or accept it with `--insecure-room`.",
    ),
    Code(
        "DEN962",
        "An address or port that the console cannot have",
        "Another program has it, or it is not this machine's.",
        "Choose another one with `--bind` and `--port`.",
    ),
    Code(
        "DEN963",
        "A console at every address of a machine",
        "The link that is printed would lead nowhere: no browser opens 0.0.0.0.",
        "Name the address or the name that others open with `--host`.",
    ),
    Code(
        "DEN964",
        "A public address that is none",
        "Links, cookies and what is accepted as ours all follow from it.",
        "Give `--url` the address that browsers open, such as `https://console.example`.",
    ),
)
