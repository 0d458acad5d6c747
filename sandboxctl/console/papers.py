"""The papers of workshops that are closed: what stays of them, in a folder beside the ledger."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from sandboxctl.lifecycle import ledger
from sandboxctl.lifecycle.workshops.filing import CERTIFICATE, PAGE, RECORD
from sandboxctl.workshop.certificate import Certificate, holds
from sandboxctl.workshop.evidence import Evidence
from sandboxctl.workshop.record import Workshop

_NAME = re.compile(r"[a-z0-9-]{1,80}")
SHOWN = (RECORD, CERTIFICATE, PAGE)


@dataclass(frozen=True, slots=True)
class Paper:
    """A workshop that is closed: its record, its certificate, and the folder of both."""

    name: str
    folder: Path
    evidence: Evidence
    certificate: Certificate

    @property
    def files(self) -> tuple[str, ...]:
        """What somebody may open."""
        return (*SHOWN, *(f"{team.name}.html" for team in self.evidence.teams))

    def text(self, file: str) -> str:
        """Of one of its files; KeyError for any other."""
        if file not in self.files:
            raise KeyError(file)
        return (self.folder / file).read_text(encoding="utf-8")

    def packed(self) -> bytes:
        """All of them, as a zip file."""
        found = io.BytesIO()
        with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as packed:
            for file in self.files:
                packed.writestr(f"{self.name}/{file}", self.text(file))
        return found.getvalue()


@dataclass(frozen=True, slots=True)
class Papers:
    """Those of one den, in a folder beside the ledger."""

    den: str

    @property
    def folder(self) -> Path:
        return ledger.path().with_name(f"closed-{self.den}")

    def place(self, workshop: Workshop) -> Path:
        """The same for each run that closes it: the second goes on with what the first wrote."""
        assert workshop.closing is not None
        place = self.folder / f"{workshop.name}-{workshop.closing:%Y%m%d-%H%M%S}"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    def all(self) -> Sequence[Paper]:
        """Newest first; what is not whole is not shown."""
        try:
            names = [one.name for one in self.folder.iterdir()]
        except OSError:
            return []
        found = [one for one in map(self.find, names) if one]
        return sorted(found, key=lambda one: one.evidence.closed, reverse=True)

    def find(self, name: str) -> Paper | None:
        """None for what is not there, or is not the record that the certificate names."""
        if not _NAME.fullmatch(name):
            return None
        place = self.folder / name
        try:
            stamps = tuple((place / one).stat().st_mtime_ns for one in SHOWN)
        except OSError:
            return None
        return _read(place, stamps)

    def of(self, workshop: str) -> Paper | None:
        """The newest of a workshop's name."""
        return next((one for one in self.all() if one.evidence.name == workshop), None)


@lru_cache(maxsize=64)
def _read(place: Path, _: tuple[int, ...]) -> Paper | None:
    """Read once, and again when a file of it is another one."""
    try:
        evidence = Evidence.model_validate_json((place / RECORD).read_bytes())
        certificate = Certificate.model_validate_json((place / CERTIFICATE).read_bytes())
    except (OSError, ValidationError):
        return None
    whole = holds(certificate, evidence)
    return Paper(place.name, place, evidence, certificate) if whole else None
