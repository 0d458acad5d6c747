"""A blueprint's tables as files in a folder, counted while they are written, with a certificate."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from sandboxctl.blueprint.load import Loaded
from sandboxctl.data import tables
from sandboxctl.data.proof import certificate as proof
from sandboxctl.data.proof.examine import examine
from sandboxctl.data.proof.page import page
from sandboxctl.data.proof.watch import Watch
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks.describe import described
from sandboxctl.data.sinks.files import File, Format, write
from sandboxctl.errors import SandboxError

if TYPE_CHECKING:
    from sandboxctl.data.proof.result import Result
    from sandboxctl.data.proof.watch import Seen

FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Exported:
    """``outside`` counts values that do not belong to their safe set: there should be none."""

    files: tuple[File, ...]
    certificate: Path
    verified: int
    outside: int
    failed: int | None

    @property
    def holds(self) -> bool:
        return not self.outside and not self.failed


def export(
    dataset: Dataset,
    names: Sequence[str],
    form: Format,
    folder: Path,
    *,
    loaded: Loaded | None = None,
    replace: bool = False,
    workers: int = 1,
    size: int = 0,
    check: bool = True,
    tell: Callable[[int], None] = lambda _: None,
) -> Exported:
    """Write these tables, and with ``check`` hold them to what is declared.

    Raises SandboxError if a file is there already, or cannot be written; what was complete by
    then stays.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            return _exported(
                dataset, names, form, folder, loaded, replace, workers, size, check, tell
            )
    except OSError as error:
        raise _failed(folder, error) from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else exports into the folder meanwhile; free as soon as the holder dies."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise SandboxError(
            f"another export is writing into {folder}", hint="Wait for it, or take another folder."
        ) from None
    finally:
        os.close(held)


def _exported(
    dataset: Dataset,
    names: Sequence[str],
    form: Format,
    folder: Path,
    loaded: Loaded | None,
    replace: bool,
    workers: int,
    size: int,
    check: bool,
    tell: Callable[[int], None],
) -> Exported:
    paths = {name: folder / f"{name}.{form}" for name in names}
    about = {path: path.with_name(f"{path.name}-metadata.json") for path in paths.values()}
    beside = about.values() if form in ("csv", "jsonl") else ()
    _make_room(folder, [*paths.values(), *beside], replace=replace)
    told = {"synthetic": "true", "made_by": proof.brief(dataset)}
    files: list[File] = []
    seen: dict[str, Seen] = {}
    done = 0
    for name, path in paths.items():
        watch = Watch(dataset, name)
        try:
            file = write(
                dataset,
                name,
                path,
                form,
                told=told,
                workers=workers,
                size=size,
                watch=watch,
                tell=lambda rows, before=done: tell(before + rows),  # type: ignore[misc]
            )
            if form in ("csv", "jsonl"):
                facts = json.dumps(described(dataset, name, path.name, told), indent=2)
                _put(about[path], f"{facts}\n")
        except OSError as error:
            raise _failed(path, error) from None
        files.append(file)
        done += tables.length(dataset, name)
        seen[name] = watch.seen
    tried = [name for name in names if name in dataset.data.tables] if check else []
    results = examine(dataset, tried).results if tried else None
    written = _certificate(dataset, folder, files, seen, loaded, results)
    counts = [one for table in seen.values() for one in table.verified.values()]
    return Exported(
        tuple(files),
        written,
        sum(one.values for one in counts),
        sum(one.outside for one in counts),
        None if results is None else sum(not one.holds for one in results),
    )


def _make_room(folder: Path, paths: Sequence[Path], *, replace: bool) -> None:
    proofs = [folder / proof.NAME, folder / proof.PAGE]
    there = [path for path in (*paths, *proofs) if path.exists()]
    if there and not replace:
        raise SandboxError(
            f"{there[0]} is there already", hint="Choose another folder, or add --force."
        )
    try:
        for old in proofs:  # it would vouch for files that are being replaced
            old.unlink(missing_ok=True)
    except OSError as error:
        raise _failed(folder, error) from None


def _failed(path: Path, error: OSError) -> SandboxError:
    return SandboxError(
        f"{path} cannot be written: {error.strerror or error}",
        hint="Look at its rights and at the room on its disk.",
    )


def _certificate(
    dataset: Dataset,
    folder: Path,
    files: Sequence[File],
    seen: dict[str, Seen],
    loaded: Loaded | None,
    results: Sequence[Result] | None,
) -> Path:
    made = proof.certificate(
        dataset,
        observed=seen,
        results=results,
        files=[
            proof.Written(file.path.name.partition(".")[0], file.path.name, file.size, file.sha256)
            for file in files
        ],
        blueprint=hashlib.sha256(loaded.file.read_bytes()).hexdigest() if loaded else "",
        parameters=dict(loaded.values) if loaded else {},
    )
    path = folder / proof.NAME
    try:
        _put(folder / proof.PAGE, page(made))
        _put(path, f"{json.dumps(made, indent=2)}\n")
    except OSError as error:
        raise _failed(path, error) from None
    return path


def _put(path: Path, text: str) -> None:
    """There is all of a file, or none."""
    started = path.with_name(f".{path.name}.part")
    try:
        started.write_text(text, encoding="utf-8")
        started.replace(path)
    finally:
        started.unlink(missing_ok=True)
