"""The page of all codes.

python -m sandboxctl.codes.page > docs/codes.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from sandboxctl import codes

HEAD = """# Codes of refusals

Made from the list that the program uses: `python -m sandboxctl.codes.page > docs/codes.md`.

Every refusal of a blueprint ends in a code: `blueprint.yaml:9: services.web.user: … [DEN304]`.
`sandboxctl explain DEN304` says what stands here; `sandboxctl explain` lists them all. A code keeps
its meaning for ever.

A code marked *policy* is about what a den does not give, however well it is asked for: one such
refusal makes the exit code 3, whatever else is wrong. Without one it is 2. How to check a blueprint
in your own CI: [checking.md](checking.md).
"""


def page() -> str:
    """All of it, in Markdown."""
    return "\n".join([HEAD, *_chapters()])


def _chapters() -> Iterator[str]:
    for begins, title in codes.CHAPTERS.items():
        yield f"## {begins}xx: {title}\n"
        for code, found in codes.ALL.items():
            if code.startswith(begins):
                yield from _told(found)


def _told(code: codes.Code) -> Iterator[str]:
    yield f"### {code.code}: {code.title}\n"
    yield f"{'*Policy.* ' if code.policy else ''}{code.risk}\n"
    yield f"*To mend it:* {code.mend}\n"


if __name__ == "__main__":
    sys.stdout.write(page())
