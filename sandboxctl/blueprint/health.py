"""How a service shows that it is ready."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from sandboxctl.blueprint.forms import Command, Duration, Frozen, Port, Whole
from sandboxctl.blueprint.patterns import REQUEST
from sandboxctl.blueprint.problem import Unfit


class Healthcheck(Frozen):
    """How a service shows that it is ready: one of `http`, `tcp` or `test`.

    Asked every 100 ms until it is ready; Compose's `interval` and `retries` are
    taken and mean nothing here. Durations in seconds.
    """

    http: str | None = Field(
        default=None, pattern=REQUEST, max_length=400, description="A path that answers 200 to 399."
    )
    tcp: Port | None = Field(default=None, description="A port that takes connections.")
    test: Command | None = Field(
        default=None, description="Runs inside the service; exit 0 is ready."
    )
    port: Port | None = Field(default=None, description="For `http`, if not the first one exposed.")
    start_period: Annotated[Duration, Field(gt=0, le=600)] = Field(
        default=60, description="How long it may take to become ready."
    )
    timeout: Annotated[Duration, Field(gt=0, le=60)] = Field(
        default=5, description="How long one answer may take."
    )
    interval: Annotated[Duration, Field(gt=0)] | None = Field(
        default=None, description="Taken from Compose; means nothing here."
    )
    retries: Whole | None = Field(
        default=None, ge=0, description="Taken from Compose; means nothing here."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.http, self.tcp, self.test)) != 1:
            raise Unfit("should have exactly one of `http`, `tcp` and `test`", "DEN254")
        if self.port is not None and self.http is None:
            raise Unfit("`port` goes with `http`", "DEN251")
        if self.test is not None and not self.argv:
            raise Unfit("`test` names no command", "DEN254")
        return self

    @property
    def argv(self) -> tuple[str, ...]:
        """`test` as a command: Compose's CMD and CMD-SHELL are taken off."""
        match self.test:
            case None | ("NONE",):
                return ()
            case ("CMD", *words):
                return tuple(words)
            case ("CMD-SHELL", *words):
                return ("sh", "-c", " ".join(words)) if words else ()
            case words:
                return words
