"""`python -m tests.fuzz loads`: atheris looks for an input that breaks a target.

FUZZ_SECONDS is how long, FUZZ_SEED where chance begins (0: anywhere); what it finds stays in the
file `crash-…` that it names.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["sandboxctl.blueprint"]):
    from tests.fuzz import targets

SLOWEST = 10
"""Seconds of one input; instrumented code on a busy machine takes several times as long."""

LARGEST = 16 * 1024
MEMORY = 1024
"""MiB of the whole process, with all that it keeps of former inputs."""


def main() -> None:
    """Fuzz one target until the time is over."""
    name = sys.argv[1]
    seconds = os.environ.get("FUZZ_SECONDS", "60")
    with tempfile.TemporaryDirectory() as seeds:
        _seed(Path(seeds), name)
        options = [f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-max_len={LARGEST}"]
        options += [f"-seed={os.environ.get('FUZZ_SEED', '0')}"]
        options += [f"-rss_limit_mb={MEMORY}", "-print_final_stats=1", "-verbosity=0"]
        atheris.Setup([sys.argv[0], *options, seeds], getattr(targets, name))
        atheris.Fuzz()


def _seed(folder: Path, name: str) -> None:
    """What the hostile corpus and the examples have, to start from."""
    from tests.hostile import data, privileges, templates, yaml_files

    cases = [case for part in (data, privileges, templates, yaml_files) for case in part.CASES]
    texts = [case.text for case in cases if isinstance(case.text, str | bytes)]
    root = Path(__file__).resolve().parents[2]
    texts += [path.read_text() for path in root.glob("[be][lx][ua]*/*/blueprint.yaml")]
    for number, text in enumerate(texts):
        content = text if isinstance(text, bytes) else text.encode()
        if len(content) <= LARGEST:
            (folder / f"{name}-{number}").write_bytes(content)


if __name__ == "__main__":
    main()
