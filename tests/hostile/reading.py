"""The process in which hostile blueprints are read, watched by Python's own audit.

Gets folders as a JSON list, writes what was said of each. Run it with `python -m`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from sandboxctl.blueprint.load import Facts, find, load
from sandboxctl.errors import SandboxError

MEMORY = 200 * 1024 * 1024
"""Bytes that reading may take beyond what Python and its libraries have taken before."""

FACTS = Facts("den.localhost", "http", 8080, "demo", "http://demo.den.localhost:8080")
_FORBIDDEN = ("socket.connect", "socket.bind", "os.system", "os.exec", "os.fork", "os.spawn",
              "os.remove", "os.rename", "os.mkdir", "os.chmod", "os.chown")  # fmt: skip


class Watch:
    """Remembers what was touched while one blueprint was read."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.done: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes):
            path = os.fsdecode(arguments[0])
            self.opened.append(path)
            if arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and not path.startswith(
                ("/tmp", "/dev/null")
            ):
                self.done.append(f"write {path}")
        elif event.startswith(_FORBIDDEN):
            self.done.append(event)


def main() -> None:
    import sandboxctl.data.declared
    import sandboxctl.data.problems
    import sandboxctl.data.scan.scan  # noqa: F401 - what is imported late would count as read

    warm = Path(sys.argv[1])
    _verdict(warm, Watch())
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))
    watch = Watch()
    sys.addaudithook(watch)
    print(json.dumps([_verdict(Path(folder), watch) for folder in json.load(sys.stdin)]))


def _verdict(folder: Path, watch: Watch) -> dict[str, Any]:
    watch.opened.clear()
    watch.done.clear()
    begin = time.process_time()
    refusals: list[dict[str, Any]] = []
    exit_code = 0
    try:
        load(find(str(folder)), facts=FACTS)
    except SandboxError as error:
        exit_code = error.exit_code
        for one in getattr(error, "refusals", ()):
            refusals.append({"code": one.code, "file": one.file, "line": one.line, "key": one.key,
                             "why": one.why, "said": str(one)})  # fmt: skip
        refusals = refusals or [{"code": error.code, "file": "", "line": None, "key": "",
                                 "why": str(error), "said": str(error)}]  # fmt: skip
    except BaseException as error:  # noqa: BLE001 - exactly what must not come
        refusals.append({"code": f"{type(error).__name__}: {error}"})
    return {
        "exit": exit_code,
        "seconds": time.process_time() - begin,
        "refusals": refusals,
        "opened": list(watch.opened),
        "done": list(watch.done),
    }


if __name__ == "__main__":
    main()
