"""DEN3xx: rights on the host."""

from __future__ import annotations

from functools import partial

from sandboxctl.codes.code import Code

_policy = partial(Code, policy=True)
_OUT = "Take it out; no service of a sandbox gets it, and no exception gives it."
_ASK = "Take it out. Where it cannot work without, ask for an exception: `exceptions`."

CODES = (
    _policy(
        "DEN300",
        "Rights on the host",
        "A container with rights on the host can read and change everything on it.",
        "Take it out; a service needs none of it to answer a web page.",
    ),
    _policy(
        "DEN301",
        "A privileged container",
        "It may do whatever the host's administrator may: see its disks, load code into its "
        "kernel, and take over every other sandbox.",
        _OUT,
    ),
    _policy(
        "DEN302",
        "Capabilities",
        "Each one is a part of the administrator's power, and several lead to all of it.",
        "Take it out. A few harmless ones can be asked for: `grant: cap:NAME` in `exceptions`.",
    ),
    _policy(
        "DEN303",
        "Confinement that is switched off",
        "Without seccomp, AppArmor or no-new-privileges one fault in the kernel is enough to "
        "get out.",
        _OUT,
    ),
    _policy(
        "DEN304",
        "A service that runs as root, or as a user known by name",
        "Root inside is the same user as root outside; one mistake of the kernel, and it is.",
        'Give a number such as `user: "10001:10001"`, or leave it out. Where it cannot work '
        "without, ask for the exception `root`.",
    ),
    _policy(
        "DEN305",
        "The host's users",
        "In the host's user namespace the container's root is the host's.",
        _OUT,
    ),
    _policy(
        "DEN306",
        "Namespaces of the host or of other containers",
        "Who shares processes, memory or host name sees and stops what others run.",
        "Take it out; let services speak with each other over their network.",
    ),
    _policy(
        "DEN307",
        "Devices of the host",
        "A device leads past every wall: a disk holds all files, a GPU others' memory.",
        _OUT,
    ),
    _policy(
        "DEN308",
        "Settings of the kernel",
        "Some settings of a kernel concern everything that runs on it.",
        _OUT,
    ),
    _policy(
        "DEN309",
        "Another runtime, isolation or host credentials",
        "Which program starts containers decides how well they are kept in.",
        "Take it out; the operator of a den chooses. `runtime` is python, node or static here.",
    ),
    _policy(
        "DEN310",
        "Groups of the host",
        "A group by its number may be the host's own, such as that of its disks or of Docker.",
        _OUT,
    ),
    _policy(
        "DEN311",
        "A control group of its own choice",
        "In another control group the limits of the sandbox count for nothing.",
        _OUT,
    ),
    _policy(
        "DEN312",
        "The socket of a container engine",
        "Whoever can speak to the engine can start a container with every right on the host.",
        "Take it out; no prototype needs to start containers, and no exception gives it.",
    ),
    _policy(
        "DEN313",
        "Protection from running out of memory",
        "When memory is short the kernel would end somebody else's process instead.",
        "Take it out; give the service the memory that it needs with `mem_limit`.",
    ),
    _policy(
        "DEN314",
        "A root that can be written to",
        "A program that can change its own files keeps whatever broke into it.",
        "Name the folders that it writes to in `writable`. Where it cannot work without, ask for "
        "the exception `writable_root`.",
    ),
    _policy(
        "DEN320",
        "More memory than a service gets",
        "One service that takes all memory ends the others, on this sandbox and beside it.",
        "Set `mem_limit` to 8g or less, or ask for the exception `mem_limit:12g`.",
    ),
    _policy(
        "DEN321",
        "More processors than a service gets",
        "A service that computes on every core makes its neighbours wait.",
        "Set `cpus` to 8 or less, or ask for the exception `cpus:12`.",
    ),
    _policy(
        "DEN322",
        "More processes than a service gets",
        "Processes without end leave none to anybody else on the host.",
        "Set `pids_limit` to 1024 or less, or ask for the exception `pids_limit:2048`.",
    ),
    _policy(
        "DEN323",
        "Memory that is limited in another way, or not at all",
        "Swap and shared memory beside a limit are memory without one.",
        "Take it out, and set `mem_limit`.",
    ),
    _policy(
        "DEN324",
        "Processors that are limited in another way, or not at all",
        "A share counts only against others, and real-time work stops the whole host.",
        "Take it out, and set `cpus`.",
    ),
    _policy(
        "DEN325",
        "Disks that are limited in another way, hardly, or not at all",
        "Weights and rates name devices of the host, and a size of its own may be all of it.",
        "Take it out, or ask for less; a den watches what each sandbox writes.",
    ),
    _policy(
        "DEN326",
        "Limits of open files and processes that are set anew",
        "A limit that a blueprint sets is one that it can lift.",
        "Take it out; `pids_limit` is the number of processes and threads.",
    ),
    _policy(
        "DEN330",
        "Labels and annotations",
        "Labels are how a den knows what is its own: a false one makes it change another's.",
        "Take it out; what a service is for can be said in a comment.",
    ),
    _policy(
        "DEN331",
        "A name of its own for a container",
        "A name on the engine that a blueprint chooses may be somebody else's.",
        "Take it out; containers are named by the den, one for every team.",
    ),
)
