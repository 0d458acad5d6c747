"""A new folder, whole or not at all; nothing that is there is ever overwritten."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sandboxctl.errors import SandboxError

Content = Mapping[str, "Path | str"]
"""Path in the new folder, with slashes → a file to copy, or a text."""


def place(folder: Path, files: Content) -> None:
    """Write ``files`` into ``folder``, which is made if it is not there.

    They are written beside it first and then moved, so that whatever happens there is all of it or
    nothing. Raises SandboxError if one of the names is taken, or nothing can be written there.
    """
    made: list[Path] = []
    try:
        made = _made(folder.parent)
        refuse_taken(folder, files)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}.", dir=folder.parent))
        try:
            beside.chmod(0o755)
            for name, content in files.items():
                _write(beside / name, content)
            _move(beside, folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except BaseException as error:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError):
            raise _refused(folder, f"cannot be written: {error.strerror}") from None
        raise


def refuse_taken(folder: Path, files: Content) -> None:
    """SandboxError if ``folder`` has one of the names already, or is no folder."""
    if os.path.lexists(folder) and not folder.is_dir():
        raise _refused(folder, "is there already, and is not a folder")
    tops = dict.fromkeys(name.partition("/")[0] for name in files)
    taken = [name for name in tops if os.path.lexists(folder / name)]
    if taken:
        raise _refused(folder, f"has {', '.join(taken)} already; nothing is overwritten")


def _refused(folder: Path, why: str) -> SandboxError:
    return SandboxError(
        f"{folder}: {why}", hint="Give a folder that is not there, or an empty one.", code="DEN481"
    )


def _made(folder: Path) -> list[Path]:
    """Makes what is missing above; what was made, the uppermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
    return missing[::-1]


def _write(path: Path, content: Path | str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
        return
    shutil.copyfile(content, path)
    path.chmod(0o755 if os.access(content, os.X_OK) else 0o644)


def _move(beside: Path, folder: Path) -> None:
    """One rename where the folder is not there or empty; else a rename for each name."""
    try:
        os.rename(beside, folder)  # noqa: PTH104 - Path.rename says the same of an empty folder
        return
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
    moved: list[Path] = []
    try:
        for path in sorted(beside.iterdir()):
            target = folder / path.name
            if path.is_dir():
                target.mkdir()  # fails where something is, as a rename would not
                moved.append(target)
                os.rename(path, target)  # noqa: PTH104
            else:
                os.link(path, target)
                moved.append(target)
    except BaseException:
        for path in moved:
            _take_away(path)
        raise


def _take_away(path: Path) -> None:
    """What was made here a moment ago."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
