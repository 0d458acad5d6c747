"""`build:` and archives in a blueprint: their forms, their files, and the images they come to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sandboxctl.blueprint import images, origin_files
from sandboxctl.blueprint.load import Facts, load
from sandboxctl.blueprint.model import Blueprint
from sandboxctl.errors import BlueprintError
from sandboxctl.lifecycle.assemble import assemble
from tests.refused import lines
from tests.saved import Image, tar, written

FACTS = Facts("den.localhost", "http", 8080, "a", "http://a.den.localhost:8080/")
DOCKERFILE = "FROM redis:7\nCOPY app ./x* /srv/\nCOPY . /all\n"
ASKED = "exceptions: [{service: web, grant: run, reason: It compiles what it runs.}]\n"

Shaped = Callable[..., Path]


@pytest.fixture
def shaped(tmp_path: Path) -> Shaped:
    """A blueprint's folder: what `web` comes from, its Dockerfile, and whatever else."""

    def of(origin: str, dockerfile: str | None = DOCKERFILE, more: str = "") -> Path:
        web = tmp_path / "web"
        (web / "app" / "in").mkdir(parents=True, exist_ok=True)
        (web / "app" / "in" / "a.py").write_text("print(1)\n", encoding="utf-8")
        (web / "x1").write_text("1", encoding="utf-8")
        if dockerfile is not None:
            (web / "Dockerfile").write_text(dockerfile, encoding="utf-8")
        text = f"blueprint: 1\nname: a\nopens: web\n{more}services:\n  web:\n    {origin}\n"
        (tmp_path / "blueprint.yaml").write_text(f"{text}    expose: [80]\n", encoding="utf-8")
        return tmp_path / "blueprint.yaml"

    return of


def told(path: Path) -> list[str]:
    """Every line of a refusal, with its code."""
    with pytest.raises(BlueprintError) as error:
        load(path, facts=FACTS)
    return str(error.value).splitlines()


def refused(path: Path) -> list[str]:
    with pytest.raises(BlueprintError) as error:
        load(path, facts=FACTS)
    return [line.replace(f"{path.parent}/", "") for line in lines(error.value)]


@pytest.mark.parametrize(
    "origin",
    [
        "build: ./web",
        "build: {context: web}",
        "build: {context: web, dockerfile: Dockerfile}",
        "build: {context: ., dockerfile: web/in-the-root}",
    ],
)
def test_both_forms_of_build(shaped: Shaped, tmp_path: Path, origin: str) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "in-the-root").write_text("FROM redis:7\nCOPY web/app /srv/")
    found = assemble(load(shaped(origin), facts=FACTS))
    assert found.pulls == ("redis:7",)
    (build,) = found.builds
    assert build.parent == "redis:7"
    assert found.recipe.containers["web"].image == build.tag
    assert build.tag.startswith("sandboxctl/dockerfile:")


def test_the_tag_follows_all_that_goes_in(shaped: Shaped) -> None:
    def tag(dockerfile: str) -> str:
        return assemble(load(shaped("build: web", dockerfile), facts=FACTS)).builds[0].tag

    first = tag(DOCKERFILE)
    assert tag(f"# a comment\n{DOCKERFILE}") != first, "the folder has another file in it"
    assert len({first, tag(DOCKERFILE + "USER 5"), tag(DOCKERFILE.replace("7", "8"))}) == 3


def test_debian_and_nothing_at_all_are_not_pulled(shaped: Shaped) -> None:
    for parent in ("debian:bookworm-slim", "debian:12", "scratch"):
        found = assemble(load(shaped("build: web", f"FROM {parent}\nCMD x"), facts=FACTS))
        assert found.pulls == ()
        assert found.builds[0].parent == parent


def test_what_may_mean_another_image_tomorrow(shaped: Shaped) -> None:
    digest = "@sha256:" + "0" * 64
    for parent, found in (("scratch", []), ("redis:7", ["redis:7"]), (f"redis{digest}", [])):
        loaded = load(shaped("build: web", f"FROM {parent}\nCMD x"), facts=FACTS)
        assert origin_files.unpinned(loaded.blueprint, loaded.folder) == found
    loaded = load(shaped("image: redis"), facts=FACTS)
    assert origin_files.unpinned(loaded.blueprint, loaded.folder) == ["redis"]


def test_files_and_folders_to_write_to_stand_on_top_of_a_build(shaped: Shaped) -> None:
    origin = "build: web\n    writable: [/data]\n    files: {/etc/x: web/x1}"
    built, derived = assemble(load(shaped(origin), facts=FACTS)).builds
    assert derived.parent == built.tag


def test_flaws_are_said_with_the_dockerfiles_own_lines(shaped: Shaped) -> None:
    run, add = refused(shaped("build: web", "FROM a\nRUN id\n\nADD x y\nCOPY missing* /x"))
    assert run.startswith("web/Dockerfile:2: RUN: nothing of a supplier's runs")
    assert "{service: web, grant: run" in run
    assert add.startswith("web/Dockerfile:4: ADD: fetches from addresses")


def test_what_copy_takes_has_to_be_there(shaped: Shaped) -> None:
    assert refused(shaped("build: web", "FROM a\nCOPY app/in/a.py app/*/a.* n* /x/")) == [
        "web/Dockerfile: COPY: n* is not in web"
    ]


def test_run_is_taken_where_it_is_asked_for_and_only_there(shaped: Shaped) -> None:
    dockerfile = "FROM a\nRUN id\n"
    found = assemble(load(shaped("build: web", dockerfile, ASKED), facts=FACTS))
    assert found.builds[0].steps == ('RUN ["/bin/sh", "-c", "id"]',)
    other = ASKED.replace("grant: run", "grant: root")
    assert any("RUN" in line for line in refused(shaped("build: web", dockerfile, other)))


@pytest.mark.parametrize(
    ("origin", "why"),
    [
        ("build: ../web", "services.web.build: '../web' should be a path beside"),
        ("build: /etc", "services.web.build: '/etc' should be a path beside"),
        ("build: nowhere", "services.web.build: nowhere is not there"),
        ("build: web/x1", "services.web.build: web/x1 is a file; give the folder"),
        ("build: {context: web, dockerfile: ../blueprint.yaml}", "services.web.build: '../bl"),
        (
            "build: {context: web, dockerfile: app}",
            "services.web.build: app is a folder, not a file",
        ),
        ("build: {context: web, dockerfile: Nofile}", "services.web.build: Nofile is not there"),
        ("build: {context: web, target: x}", "services.web.build.target: is not a key here: a Do"),
        ("build: {dockerfile: x}", "services.web.build.context: is missing"),
        ("build: {context: web, zzz: x}", "services.web.build.zzz: is not a key here"),
        ("build: 5", "services.web.build: should be a mapping"),
        ("build: web\n    image: redis", "services.web: has `build` and `image`; keep one"),
        ("image: {archive: ../x.tar}", "services.web.image.archive: '../x.tar' should be a path"),
        ("image: {archive: web}", "services.web.image.archive: web is a folder, not a file"),
        ("image: {archive: x.tar}", "services.web.image.archive: x.tar is not there"),
        ("image: {archive: web/x1}", "services.web.image.archive: web/x1 ends too soon"),
        ("image: {archiv: x}", "services.web.image.archiv: is not a key here"),
        ("image: [a]", "services.web.image: should be text, not ['a']"),
        ("image: 10.0.0.1/x", "services.web.image: names a registry by its address"),
        ("image: sandboxctl/base", "services.web.image: names an image of this engine"),
    ],
)
def test_what_cannot_be_taken(shaped: Shaped, origin: str, why: str) -> None:
    found = refused(shaped(origin))
    assert any(why in line for line in found), found


def test_a_link_out_of_the_folder_is_no_dockerfile(shaped: Shaped, tmp_path: Path) -> None:
    path = shaped("build: web", None)
    (tmp_path / "outside").write_text("FROM a", encoding="utf-8")
    (tmp_path / "web" / "Dockerfile").symlink_to(tmp_path / "outside")
    assert "is a link that leads out" in refused(path)[0]


def test_a_folder_that_cannot_be_taken_is_no_context(shaped: Shaped, tmp_path: Path) -> None:
    path = shaped("build: web")
    (tmp_path / "web" / "out").symlink_to("/etc/passwd")
    (why,) = refused(path)
    assert "services.web.build: web/out: is a link that leads out of its folder" in why


def test_an_archive_is_named_by_its_hash(shaped: Shaped, tmp_path: Path) -> None:
    archive = written(tmp_path / "api.tar", Image().files)
    found = assemble(load(shaped("image: {archive: ./api.tar}"), facts=FACTS))
    (build,) = found.builds
    assert found.pulls == ()
    assert build == images.from_archive(str(archive))
    assert found.recipe.containers["web"].image == build.tag
    assert build.tag.startswith("sandboxctl/archive:")
    archive.write_bytes(tar({**Image().files, "more": b"1"}))
    assert images.from_archive(str(archive)).tag != build.tag


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (Image(config={"Cmd": ["/a"], "OnBuild": ["RUN id"]}), "DEN541"),
        (Image(more={"os": "windows"}), "DEN542"),
        (Image(config={"Cmd": ["/a"], "Volumes": {"/proc": {}}}), "DEN543"),
        (Image(config={"Cmd": ["/a"], "WorkingDir": "/a/../proc"}), "DEN544"),
        (Image(config={"Cmd": ["/a"], "Env": ["A=" + "x" * 300_000]}), "DEN545"),
        (Image(config={}), "DEN546"),
        (Image(config={"Cmd": {"a": 1}}), "DEN548"),
        (Image(config={"Cmd": ["/a"], "Env": ["=x"]}), "DEN548"),
    ],
)
def test_what_an_archive_says_of_itself_is_looked_at_before_any_engine(
    shaped: Shaped, tmp_path: Path, image: Image, code: str
) -> None:
    written(tmp_path / "api.tar", image.files)
    assert any(f"[{code}]" in one for one in told(shaped("image: {archive: ./api.tar}")))


def test_an_archive_without_a_command_is_taken_where_the_service_names_one(
    shaped: Shaped, tmp_path: Path
) -> None:
    written(tmp_path / "api.tar", Image(config={}, more={"architecture": "riscv64"}).files)
    origin = "image: {archive: ./api.tar}\n    command: [/hello]"
    assert load(shaped(origin), facts=FACTS).blueprint.services["web"].command == ("/hello",)


def test_a_dockerfile_that_changed_since_it_was_looked_at(shaped: Shaped) -> None:
    loaded = load(shaped("build: web"), facts=FACTS)
    shaped("build: web", "FROM a\nRUN id")
    with pytest.raises(BlueprintError, match="RUN: nothing of a supplier's runs") as error:
        origin_files.asked(loaded.blueprint, "web", loaded.folder)
    assert error.value.code == "DEN513"


def test_a_blueprint_says_where_a_service_comes_from() -> None:
    of = {"blueprint": 1, "name": "a", "opens": "web"}
    web, api = (
        Blueprint.model_validate({**of, "services": {"web": {"image": image}}}).services["web"]
        for image in ("redis", {"archive": "x"})
    )
    assert (web.pulled, web.archive, api.pulled, api.archive) == ("redis", "", "", "x")
