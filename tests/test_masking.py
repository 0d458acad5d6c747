"""Secrets are taken out of what is shown, however they are written."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from sandboxctl.sandbox.masking import Mask, mark

KEY = "kQ7wZ2mT9xR4bL6nP1cV"
ODD = 'p@ss "word" & more/£'
PEM = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----"
HIDE = Mask({"KEY": [KEY], "ODD": [ODD], "PEM": [PEM], "SHORT": ["hunter"], "TINY": ["abc"]})


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"it is {KEY}.", "it is •••KEY•••."),
        (f"{KEY}{KEY}", "•••KEY••••••KEY•••"),
        (f"in JSON {json.dumps(ODD)}", 'in JSON "•••ODD•••"'),
        (f"?q={quote(ODD, safe='')}", "?q=•••ODD•••"),
        (f"as it is: {ODD}", "as it is: •••ODD•••"),
        (base64.b64encode(KEY.encode()).decode(), "•••KEY•••="),
        ("hunter, hunters and a huntera", "•••SHORT•••, hunters and a huntera"),
        ("abc is too short to hide", "abc is too short to hide"),
        ("nothing", "nothing"),
        (PEM, "•••PEM•••"),
        ("only MIIEvQIBADANBgkq of it", "only •••PEM••• of it"),
        (f"cut {KEY[:9]}\n{KEY[9:]} in two", "cut •••KEY•••\n in two"),
        (f"begun {KEY[:9]}\nand not ended", f"begun {KEY[:9]}\nand not ended"),
    ],
)
def test_a_value_is_hidden(said: str, shown: str) -> None:
    assert HIDE.text(said) == shown


def test_nothing_known_is_nothing_hidden() -> None:
    plain = Mask({})
    assert plain.text(f"{KEY}\n") == f"{KEY}\n"
    assert plain.data(KEY.encode()) == KEY.encode()
    assert list(plain.lines([("a", KEY)])) == [("a", KEY)]


def test_what_is_no_text_stays_as_it_is() -> None:
    assert HIDE.data(b"\xff\x00" + KEY.encode() + b"\xfe") == b"\xff\x00\xe2\x80\xa2\xe2\x80" + (
        b"\xa2\xe2\x80\xa2KEY\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xfe"
    )


def test_a_value_cut_between_two_lines_of_one_speaker_is_hidden() -> None:
    told = [("a", f"x {KEY[:12]}"), ("b", "between"), ("a", f"{KEY[12:]} y"), ("b", KEY[:8])]
    shown = list(HIDE.lines(told))
    assert [line for who, line in shown if who == "a"] == [f"x {mark('KEY')}", " y"]
    assert [line for who, line in shown if who == "b"] == ["between", KEY[:8]]


def test_an_old_value_and_a_new_one_have_one_name() -> None:
    assert Mask({"KEY": ["first-value", "other-value"]}).text("first-value other-value") == (
        "•••KEY••• •••KEY•••"
    )
