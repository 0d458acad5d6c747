"""How much a service may write, and what is said when it wrote more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sandboxctl.sandbox.disk import GIBIBYTE, Overfull, WriteDown, Wrote, most_files, words

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIMIT = 2 * GIBIBYTE


def wrote(size: int = 0, files: int | None = None, service: str = "db") -> Wrote:
    return Wrote("heron", 1, service, size, files, LIMIT)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 KiB"),
        (5_000, "4 KiB"),
        (512 * 1024**2, "512 MiB"),
        (2 * GIBIBYTE, "2 GiB"),
        (round(2.34 * GIBIBYTE), "2.3 GiB"),
    ],
)
def test_sizes_in_words(size: int, said: str) -> None:
    assert words(size) == said


def test_a_file_for_each_8_kib_and_never_few() -> None:
    assert most_files(LIMIT) == 262_144
    assert most_files(1024**2) == 4096


@pytest.mark.parametrize(
    ("found", "over"),
    [
        (wrote(LIMIT), False),
        (wrote(LIMIT + 1), True),
        (wrote(0, 262_144), False),
        (wrote(0, 262_145), True),
        (wrote(0, None), False),
    ],
)
def test_the_limit_may_be_reached_and_not_passed(found: Wrote, over: bool) -> None:
    assert found.is_over(None) is over


def test_who_was_let_go_on_may_write_a_tenth_more() -> None:
    stopped = wrote(3 * GIBIBYTE, 300_000).overfull(NOW)
    allowed = stopped.model_copy(update={"stopped": False})

    assert wrote(3 * GIBIBYTE).is_over(stopped)
    assert not wrote(round(3.1 * GIBIBYTE), 320_000).is_over(allowed)
    assert wrote(round(3.4 * GIBIBYTE)).is_over(allowed)
    assert wrote(3 * GIBIBYTE, service="web").is_over(allowed)


def test_the_reason_in_words() -> None:
    assert str(wrote(round(2.3 * GIBIBYTE)).overfull(NOW)) == "db wrote 2.3 GiB, its limit is 2 GiB"
    assert str(wrote(5, 300_000).overfull(NOW)) == "db made 300,000 files, its limit is 262,144"
    over: Overfull = wrote(LIMIT + 1).overfull(NOW)
    assert str(WriteDown(over)) == "write down why it is stopped"
    assert str(WriteDown(over.model_copy(update={"stopped": False}))) == "let it go on"
