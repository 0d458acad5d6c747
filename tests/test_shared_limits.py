"""What sandboxes share because the kernel counts it for a user."""

from __future__ import annotations

from pathlib import Path

from sandboxctl.lifecycle import shared_limits
from sandboxctl.lifecycle.shared_limits import ENOUGH, INOTIFY, PIPES


def test_it_is_read_where_the_kernel_has_it(tmp_path: Path) -> None:
    (tmp_path / "fs" / "inotify").mkdir(parents=True)
    (tmp_path / "fs" / "inotify" / "max_user_instances").write_text("128\n")
    (tmp_path / "fs" / "pipe-user-pages-soft").write_text("odd\n")
    assert shared_limits.read(tmp_path) == {INOTIFY: 128}
    assert set(shared_limits.read()) <= set(ENOUGH)


def test_little_is_told_with_the_command_that_gives_more() -> None:
    few = shared_limits.few({INOTIFY: 128, PIPES: 0})
    assert few == {INOTIFY: "128 programs may watch files"}
    assert shared_limits.mend(few) == "sudo sysctl -w fs.inotify.max_user_instances=8192"
    assert shared_limits.few(ENOUGH) == {}
    assert shared_limits.mend({}) == ""
