"""The inside of the process in which a blueprint's templates are worked out.

It is started for one request, takes all limits upon itself before it looks at it, answers once
and ends. `blueprint/worked_out.py` starts it, and believes nothing of what it says.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

SECONDS = 2
"""Of a processor; a request of the largest size takes a quarter of one."""

MEMORY = 256 * 1024 * 1024
"""Bytes of addresses; Jinja takes 60 MiB."""

LARGEST_ANSWER = 256 * 1024
"""Characters of all results together."""

_LONGEST_REASON = 1_000
_EVERYTHING = [
    r"{{ a|upper ~ '\N{BULLET}\n' if not 1.5 // 2 > 1 }}",
    "{{ 1 / 0 }}",
    "{{ 1 + }}",
    "{{ b }}",
]
"""What Python and Jinja load late, they load for these; afterwards no file can be opened."""

_TOO_MUCH = ["no", "comes to too much text, with all templates before it", "DEN604"]


def main() -> None:
    """Read a request from standard input, write the answer to standard output."""
    _confine(RLIMIT_CPU=SECONDS, RLIMIT_AS=MEMORY, RLIMIT_CORE=0, RLIMIT_FSIZE=0, RLIMIT_NPROC=0)
    answer(json.dumps({"texts": _EVERYTHING, "names": {"a": "b"}}).encode())
    request = sys.stdin.buffer.read()
    _confine(RLIMIT_NOFILE=3)
    sys.stdout.write(answer(request))


def answer(request: bytes) -> str:
    """One item for each template: its value and the groups it names, or why not and the code."""
    asked = json.loads(request)
    done: list[Any] = []
    left = LARGEST_ANSWER
    for text in asked["texts"]:
        done.append(_one(text, asked["names"]) if left > 0 else _TOO_MUCH)
        left -= len(str(done[-1]))
    return json.dumps(done)


def _one(text: str, names: Any) -> list[Any]:
    from sandboxctl.blueprint import expression

    try:
        return ["yes", expression.rendered(text, names), sorted(expression.groups(text))]
    except expression.Untaken as error:
        return ["no", str(error)[:_LONGEST_REASON], error.code]


def _confine(**limits: int) -> None:
    for name, limit in limits.items():
        kind = getattr(resource, name)
        _, most = resource.getrlimit(kind)
        lower = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (lower, lower))


if __name__ == "__main__":
    sys.path += sys.argv[1:]
    main()
