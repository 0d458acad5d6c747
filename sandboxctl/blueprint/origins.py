"""Where a service comes from when it is neither `source` nor `template`: an image or a folder."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, Tag

from sandboxctl.blueprint.forms import Frozen, Image

Beside = Annotated[str, Field(min_length=1, max_length=400)]
"""A path beside the blueprint."""


class Archive(Frozen):
    """An image in a file: what `docker save` writes. Its own names are ignored."""

    archive: Beside = Field(description="The file, beside the blueprint.")


class BuildFrom(Frozen):
    """A folder with a Dockerfile."""

    context: Beside = Field(description="The folder, beside the blueprint.")
    dockerfile: Beside = Field(default="Dockerfile", description="The file, below that folder.")


def _form(value: object) -> str:
    return "archive" if isinstance(value, dict | Archive) else "reference"


def _build(value: object) -> object:
    return {"context": value} if isinstance(value, str) else value


def _as_it_is(value: object) -> object:
    """Only there to say in the schema what is taken: pydantic would say it in a form of its own."""
    return value


Origin = Annotated[
    Annotated[Image, Tag("reference")] | Annotated[Archive, Tag("archive")],
    Discriminator(_form),
    BeforeValidator(_as_it_is, json_schema_input_type=Image | Archive),
]
"""A registry's image by name, or one in an archive."""

Build = Annotated[
    BuildFrom, BeforeValidator(_build, json_schema_input_type=Beside | BuildFrom)
]  # Compose's short form is the folder alone
