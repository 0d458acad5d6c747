"""Each thing that pydantic can say, in words a supplier understands."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandboxctl.blueprint import words
from sandboxctl.blueprint.model import Blueprint, Healthcheck, Service
from sandboxctl.data.kinds.identity import Uprn


class Model(BaseModel):
    """One key for each thing that can be wrong."""

    model_config = ConfigDict(extra="forbid")

    below: int = Field(default=0, lt=5)
    above: float = Field(default=1.5, gt=0.5)
    short: str = Field(default="xx", min_length=2)
    form: str = Field(default="a", pattern="^a+$")
    of: Literal["one", "two"] = "one"
    pair: tuple[int, int] = (1, 2)
    size: bytes = Field(default=b"", max_length=2)


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("below", 5, "should be less than 5, not 5"),
        ("above", 0.5, "should be more than 0.5, not 0.5"),
        ("short", "x", "should not be empty"),
        ("form", "b", "should be of the form ^a+$, not 'b'"),
        ("of", "tow", "should be 'one' or 'two', not 'tow'; did you mean `two`?"),
        ("of", None, "should be 'one' or 'two', not nothing; did you mean `one`?"),
        ("size", b"xxx", "data should have at most 2 bytes"),
        ("belwo", 5, "is not a key here; did you mean `below`?"),
        ("zz", 5, "is not a key here; there are above, below, form, of, pair, short, size"),
        (
            "x-y",
            5,
            "a blueprint has no extension fields; a service takes over another with `extends`",
        ),
    ],
)
def test_it_is_said_plainly(key: str, value: object, why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Model.model_validate({key: value})
    (error,) = caught.value.errors()
    assert words.said(error, (key,), Model) == why


def test_a_model_without_near_match_and_with_many_keys_lists_none() -> None:
    with pytest.raises(ValidationError) as caught:
        Service.model_validate({"image": "a", "zzz": 1})
    (error,) = caught.value.errors()
    assert words.said(error, ("zzz",), Service) == "is not a key here"


@pytest.mark.parametrize(
    ("location", "model"),
    [
        ((), Blueprint),
        (("services", "web"), Service),
        (("services", "web", "healthcheck"), Healthcheck),
        (("services", "web", "nothing"), None),
        (("data", "tables", "t", "columns", "c", "uprn"), Uprn),
        (("data", "tables", "t", "columns", "c", "zzz"), None),
        (("name",), None),
        (("services", "web", "expose", 0), None),
    ],
)
def test_the_model_at_a_place_is_known(
    location: tuple[Any, ...], model: type[BaseModel] | None
) -> None:
    assert words.model_at(Blueprint, location) is model


def test_a_place_below_what_is_annotated_and_in_a_list_is_known() -> None:
    assert words.model_at(Annotated[Model, "x"], ()) is Model
    assert words.model_at(tuple[Model, ...], (0,)) is Model
    assert list(words.keys(None)) == []
