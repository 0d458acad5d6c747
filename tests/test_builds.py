"""Tags carry the hash of all that goes in: what changes, and what must not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandboxctl.blueprint import images
from sandboxctl.errors import BlueprintError
from sandboxctl.sandbox.build import Build


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.py").write_text("print(1)\n", encoding="utf-8")
    return tmp_path / "app"


def templates(builds: tuple[Build, ...]) -> list[str]:
    return [build.template for build in builds]


def test_a_chain_is_parents_first() -> None:
    builds = images.chain("services/postgres", facts={"database": "a", "user": "a"})
    assert templates(builds) == ["images/base", "services/postgres/parent", "services/postgres"]
    assert [build.parent for build in builds[1:]] == [build.tag for build in builds[:-1]]
    assert [build.kind for build in builds] == ["base", "postgres-parent", "postgres"]
    assert all(build.tag == f"sandboxctl/{build.kind}:{build.key}" for build in builds)


def test_the_tag_follows_the_facts_but_the_shared_parents_do_not() -> None:
    one, two = (images.chain("services/postgres", facts={"database": d, "user": "a"}) for d in "ab")
    assert one[:-1] == two[:-1]
    assert one[-1].tag != two[-1].tag


def test_the_tag_follows_content_and_not_where_it_lies(folder: Path, tmp_path: Path) -> None:
    first = images.app("python", str(folder))[-1]
    moved = folder.rename(tmp_path / "elsewhere")
    assert images.app("python", str(moved))[-1].tag == first.tag
    (moved / "app.py").write_text("print(2)\n", encoding="utf-8")
    assert images.app("python", str(moved))[-1].tag != first.tag


def test_another_python_comes_from_a_registry(folder: Path) -> None:
    ground, app = images.app("python", str(folder), python="3.12")
    assert ground.parent == "python:3.12-slim"
    assert dict(app.facts)["site"] == "/usr/local/lib/python3.12/site-packages"
    assert app.tag != images.app("python", str(folder))[-1].tag


def test_static_knows_whether_it_is_a_single_page(folder: Path) -> None:
    plain, single = (images.app("static", str(folder), spa=spa)[-1] for spa in (False, True))
    assert dict(single.facts) == {"spa": "true"}
    assert plain.tag != single.tag


def test_node_needs_npm_only_where_there_are_packages(folder: Path) -> None:
    without = images.app("node", str(folder))
    assert "runtimes/node/builder" not in templates(without)
    manifest = json.dumps({"dependencies": {"a": "1.0.0"}})
    (folder / "package.json").write_text(manifest, encoding="utf-8")
    *ground, runtime, builder, app = images.app("node", str(folder))
    assert templates((runtime, builder)) == ["runtimes/node/parent", "runtimes/node/builder"]
    assert app.parent == builder.tag
    assert dict(app.facts) == {"runtime": runtime.tag}
    assert templates(tuple(ground)) == ["images/base"]


def test_files_are_named_by_their_content(folder: Path) -> None:
    conf, more = folder / "app.py", folder
    build = images.with_files("redis:7", {"/etc/b": str(more), "/etc/a": str(conf)})
    assert [target for target, _ in build.files] == ["/etc/a", "/etc/b"]
    conf.write_text("changed", encoding="utf-8")
    again = images.with_files("redis:7", {"/etc/a": str(conf), "/etc/b": str(more)})
    assert again.tag != build.tag


def test_writable_folders_are_part_of_the_tag() -> None:
    plain = images.with_files("redis:7", {})
    data = images.with_files("redis:7", {}, writable=["/var/b", "/data"])
    owned = images.with_files("redis:7", {}, writable=["/data", "/var/b"], user="999:1000")
    assert data.files == (("/data", images.EMPTY), ("/var/b", images.EMPTY))
    assert len({plain.tag, data.tag, owned.tag}) == 3


@pytest.mark.parametrize("value", ["a b", "a;id", "$(id)", "-x", 'a"', "a\nRUN id", "x" * 300])
def test_a_fact_cannot_pass_for_a_command(value: str) -> None:
    with pytest.raises(BlueprintError, match=r"cannot be part of an image") as refused:
        images.of("services/postgres", "parent", facts={"database": value})
    assert refused.value.code == "DEN583"


def test_a_folder_with_a_dockerfile_is_a_template_of_its_own() -> None:
    assert "parent/Dockerfile" not in images.template_files("services/postgres")
    assert set(images.template_files("services/postgres/parent")) >= {"Dockerfile", "pg_hba.conf"}
    base = images.template_files("images/base")
    assert "root/etc/apt/apt.conf.d/99sandboxctl" in base


def test_the_base_follows_what_the_host_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = images.base().tag
    pem = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----"
    (tmp_path / "company.pem").write_text(pem, encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "company.pem"))
    assert images.base().tag != before
