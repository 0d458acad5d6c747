"""DEN74x: ports, networks and names of its own choice."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN740",
        "A port of the host",
        "A published port stands open to everybody who can reach the machine, past its firewall.",
        "Take it out: `opens` is what a team sees, `expose` what a service listens on.",
        policy=True,
    ),
    Code(
        "DEN741",
        "The network of the host, or of another container",
        "On the host's network a service reaches whatever the host does, and listens in its name.",
        "Take it out; services of a sandbox have a closed network of their own.",
        policy=True,
    ),
    Code(
        "DEN742",
        "Networks and links of its own choice",
        "A service on two networks is a bridge between them, out of the sandbox or into another.",
        "Take it out; services of a sandbox find each other by name.",
        policy=True,
    ),
    Code(
        "DEN743",
        "Name servers of its own choice",
        "Questions to a name server carry data out of every closed network.",
        "Take it out; names are resolved inside the sandbox only.",
        policy=True,
    ),
    Code(
        "DEN744",
        "Names that lead to addresses of its own choice",
        "A false name leads those who ask for it to another machine, or to the host.",
        "Take it out; services find each other by name.",
        policy=True,
    ),
    Code(
        "DEN745",
        "A hardware address or host name of its own choice",
        "Whoever chooses an address can take another's.",
        "Take it out; a service is reached by its own name.",
    ),
    Code(
        "DEN746",
        "Logs that are sent elsewhere",
        "A log that goes to another machine is a way out that nobody watches.",
        "Take it out; `sandboxctl logs` shows every service.",
        policy=True,
    ),
    Code(
        "DEN747",
        "Services and models from outside",
        "What runs elsewhere sees what is sent to it, and nobody here can stop it.",
        "Put it into a service of the blueprint.",
        policy=True,
    ),
)
