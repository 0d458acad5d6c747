"""Why something failed: a key of words for whoever asked, and what was said for who can mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandboxctl.console.job import Job
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import (
    AddressTaken,
    BlueprintError,
    EngineError,
    Held,
    NotReady,
    PolicyError,
    SandboxError,
)
from sandboxctl.sandbox.masking import Mask

BUG, GONE, REFUSED = "why.bug", "why.gone", "why.refused"
_KEYS: tuple[tuple[type[SandboxError], str], ...] = (
    (NotReady, "why.not_ready"),
    (PolicyError, "why.not_allowed"),
    (BlueprintError, REFUSED),
    (Held, "why.busy"),
    (AddressTaken, "why.no_room"),
    (EngineError, "why.engine"),
    (SandboxError, REFUSED),
)
KEYS = tuple(dict.fromkeys([*(key for _, key in _KEYS), BUG, GONE]))
"""Every key of words that a failed job may have."""


def key(error: SandboxError) -> str:
    return next(words for kind, words in _KEYS if isinstance(error, kind))


def failed(job: Job, errors: Mapping[Any, SandboxError], engine: Engine | None = None) -> Job:
    """A job with the first reason and all that was said, secrets masked. Where the engine does
    not tell which there are, nothing is told of what it said."""
    first = next(iter(errors.values()))
    told = "\n".join(dict.fromkeys(f"{one.told} {one.hint}" for one in errors.values()))
    return replace(
        job, state="failed", why=key(first), code=first.code, told=_masked(engine, job, told)
    )


def _masked(engine: Engine | None, job: Job, text: str) -> str:
    try:
        return Mask(engine.known(job.sandbox)).text(text) if engine else text
    except SandboxError:
        return ""


def serves(engine: Engine, job: Job) -> bool:
    """Whether what was live before it began still is, and runs."""
    try:
        now = engine.observe(job.sandbox)
    except SandboxError:
        return False
    same = now.record is not None and now.record.live == job.before
    return bool(same and now.live and any(one.runs for one in now.live.services.values()))
