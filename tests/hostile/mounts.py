"""Mounts and files: the host's folders by any spelling, and links, pipes and devices."""

from __future__ import annotations

from tests.hostile.case import OUTSIDE, Case, Made, link, listening, pipe, source, sparse, web

APP = {"web/app.py": "print()\n"}


def _volume(name: str, line: str, code: str) -> Case:
    return Case(name, web(line), code, f"services.web.{line.partition(':')[0]}", 8)


def _source(name: str, folder: str, code: str, **files: Made) -> Case:
    return Case(name, source(folder=folder), code, "services.web.source", 6, {**APP, **files})


def _within(name: str, code: str, inner: str, content: Made) -> Case:
    """Something odd in the folder of a service."""
    files = {**APP, f"web/{inner}": content}
    return Case(name, source(), code, "services.web.source", 6, files)


def _copied(name: str, path: str, code: str, **files: Made) -> Case:
    text = web("files:", f"  /srv/x: {path}")
    return Case(name, text, code, "services.web.files./srv/x", 9, files)


def _schema(name: str, path: str, code: str, **files: Made) -> Case:
    db = f"  db:\n    template: postgres\n    with: {{schema: {path}}}\n"
    return Case(name, web(services=db), code, "services.db.with.schema", 10, files)


def _built(name: str, build: str, code: str, key: str, line: int, **files: Made) -> Case:
    """A service that is built from a Dockerfile in a folder."""
    service = f"    build: {build}\n    expose: [80]\n    command: [sleep, 1h]\n"
    text = f"blueprint: 1\nname: hostile\nopens: web\nservices:\n  web:\n{service}"
    return Case(name, text, code, f"services.web.{key}", line, files)


_COPIES_ALL: dict[str, Made] = {
    "x/Dockerfile": "FROM debian\nCOPY . /\n",
    "x/a": link("/etc/shadow"),
}

CASES = (
    _built("build-above", "..", "DEN401", "build", 6),
    _built("build-absolute", "/", "DEN401", "build", 6),
    _built("build-from-the-web", "https://evil.example/x.git", "DEN404", "build", 6),
    _built("build-through-a-link", "x", "DEN402", "build", 6, x=link("/etc")),
    _built("build-of-a-pipe", "x", "DEN405", "build", 6, **{"x/Dockerfile": pipe}),
    _built(
        "build-of-a-file-elsewhere",
        "x",
        "DEN402",
        "build",
        6,
        **{"x/Dockerfile": link("/etc/passwd")},
    ),
    _built(
        "build-with-a-link-out",
        "x",
        "DEN402",
        "build",
        6,
        **_COPIES_ALL,
    ),
    _volume("root-of-the-host", "volumes: ['/:/host']", code="DEN450"),
    _volume(
        "engine-socket", "volumes: ['/var/run/docker.sock:/var/run/docker.sock']", code="DEN312"
    ),
    _volume("engine-socket-by-run", "volumes: ['/run/docker.sock:/d.sock:ro']", code="DEN312"),
    _volume("home", "volumes: ['~/.ssh:/ssh']", code="DEN450"),
    _volume("relative", "volumes: ['../..:/host']", code="DEN450"),
    _volume("long-form", "volumes: [{type: bind, source: /etc, target: /etc}]", code="DEN450"),
    _volume(
        "propagation",
        "volumes: [{type: bind, source: /, bind: {propagation: rshared}}]",
        code="DEN450",
    ),
    _volume("named-volume", "volumes: ['other_suppliers_data:/data']", code="DEN451"),
    _volume(
        "pipe-of-windows",
        "volumes: [{type: npipe, source: '\\\\.\\pipe\\docker_engine'}]",
        code="DEN451",
    ),
    _volume("volumes-of-another", "volumes_from: [gateway]", code="DEN453"),
    _volume("memory-disk", "tmpfs: ['/run:size=64g,exec,suid,dev']", code="DEN454"),
    _volume("environment-file", "env_file: /root/.env", code="DEN456"),
    _volume("configs", "configs: [{source: x, target: /etc/x}]", code="DEN455"),
    _volume("label-file", "label_file: /etc/passwd", code="DEN330"),
    Case(
        "driver-options",
        web(more="volumes:\n  v:\n    driver_opts: {type: none, device: /}\n"),
        "DEN452",
        "volumes",
        8,
    ),
    Case(
        "remote-volume",
        web(more="volumes: {v: {driver_opts: {type: nfs, o: addr=10.0.0.1}}}\n"),
        "DEN452",
        "volumes",
        8,
    ),
    Case(
        "config-from-the-host",
        web(more="configs: {c: {file: /etc/shadow}}\n"),
        "DEN455",
        "configs",
        8,
    ),
    Case(
        "secret-from-the-host",
        web(more="secrets: {A: {file: /root/.ssh/id_rsa}}\n"),
        "DEN890",
        line=8,
    ),
    Case(
        "secret-from-the-shell",
        web(more="secrets: {A: {environment: AWS_KEY}}\n"),
        "DEN890",
        line=8,
    ),
    Case("over-the-kernel", web("files: {/proc/sys/kernel/core_pattern: ./x}"), "DEN460", line=8),
    Case("over-devices", web("writable: [/dev/shm]"), "DEN460", "services.web.writable.0", 8),
    Case("over-sys", web("writable: [/sys/fs/cgroup]"), "DEN460", "services.web.writable.0", 8),
    Case("over-the-root", web("writable: [/]"), "DEN206", "services.web.writable.0", 8),
    Case("over-the-kernel-by-dots", web("writable: [/srv/../proc]"), "DEN461", line=8),
    Case("over-the-kernel-by-slashes", web("writable: [//proc]"), "DEN206", line=8),
    Case(
        "another-file",
        web(services="  b: {extends: {file: /etc/x.yaml, service: a}}\n"),
        "DEN257",
        "services.b.extends",
        8,
    ),
    _source("absolute", "/etc", "DEN401"),
    _source("parent", "..", "DEN401"),
    _source("parent-in-the-middle", "web/../..", "DEN401"),
    _source("home-of-a-user", "~root", "DEN401"),
    _source("backslashes", "'..\\\\..\\\\etc'", "DEN401"),
    _source("drive-of-windows", "'C:\\\\'", "DEN401"),
    _source("nul-at-the-end", '"web\\0/../.."', "DEN103"),
    _source("escape-in-the-name", '"web\\e[2J"', "DEN103"),
    _source("line-break-in-the-name", '"web\\n./web"', "DEN406"),
    _source("percent-of-the-web", "'%2e%2e'", "DEN404"),
    _source("dots-of-another-alphabet", "'．．'", "DEN404"),
    _source("a-scheme", "file:///etc", "DEN404"),
    _source("another-case", "./WEB", "DEN404"),
    _source("name-too-long", "a" * 300, "DEN408"),
    _source("link-out", "./out", "DEN402", out=link("..")),
    _source("link-to-the-root", "./out", "DEN402", out=link("/")),
    _source("link-through-proc", "./out", "DEN402", out=link("/proc/self/root")),
    _source("links-in-a-chain", "./a", "DEN402", a=link("b"), b=link("c"), c=link("/etc")),
    _source("link-in-the-middle", "./a/b", "DEN402", a=link("../..")),
    _source("link-to-itself", "./a", "DEN404", a=link("a")),
    _source("a-pipe-for-a-folder", "./a", "DEN412", a=pipe),
    _source("a-link-to-a-device", "./a", "DEN402", a=link("/dev/zero")),
    _within("link-out-within", "DEN402", "x", link(f"../../{OUTSIDE}")),
    _within("link-to-a-password-file", "DEN402", "x", link("/etc/shadow")),
    _within("link-deep-within", "DEN402", "a/b/c/x", link("../../../../../..")),
    _within("link-to-a-folder-within", "DEN403", "x", link(".")),
    _within("link-to-nothing-within", "DEN403", "x", link("nothing")),
    _within("link-to-the-environment", "DEN402", "x", link("/proc/self/environ")),
    _within("pipe-within", "DEN405", "x", pipe),
    _within("socket-within", "DEN405", "x", listening),
    _within("requirements-that-are-a-pipe", "DEN405", "requirements.txt", pipe),
    _within("requirements-from-elsewhere", "DEN402", "requirements.txt", link("/etc/passwd")),
    _within("more-than-the-disk", "DEN409", "x", sparse(1 << 42)),
    _within("too-deep-within", "DEN409", "/".join("d" * 45) + "/x", "x"),
    _within("name-with-an-escape", "DEN406", "a\x1b[2J", "x"),
    _within("file-name-with-a-line-break", "DEN406", "a\nb: 1", "x"),
    _within("name-turned-around", "DEN406", "a\u202egnp.exe", "x"),
    _within("name-that-is-no-text", "DEN406", "a\udcff", "x"),
    _copied("file-absolute", "/etc/shadow", "DEN401"),
    _copied("file-above", f"../{OUTSIDE}", "DEN401"),
    _copied("file-of-home", "~/.ssh/id_rsa", "DEN401"),
    _copied("file-link-out", "x", "DEN402", x=link(f"../{OUTSIDE}")),
    _copied("file-link-to-a-device", "x", "DEN402", x=link("/dev/zero")),
    _copied("file-that-is-a-pipe", "x", "DEN405", x=pipe),
    _copied("file-that-is-a-socket", "x", "DEN405", x=listening),
    _copied("file-through-a-link", "d/x", "DEN402", d=link("..")),
    _schema("schema-absolute", "/etc/passwd", "DEN401"),
    _schema("schema-above", f"../{OUTSIDE}", "DEN401"),
    _schema("schema-link-out", "x.sql", "DEN402", **{"x.sql": link(f"../{OUTSIDE}")}),
    _schema("schema-that-is-a-pipe", "x.sql", "DEN405", **{"x.sql": pipe}),
    Case("blueprint-that-is-a-link-out", link(f"../{OUTSIDE}"), "DEN402"),
    Case("blueprint-that-is-a-link-to-a-device", link("/dev/zero"), "DEN472"),
    Case("blueprint-that-is-a-pipe", pipe, "DEN472"),
    Case("blueprint-that-is-a-socket", listening, "DEN472"),
    Case("blueprint-of-a-terabyte", sparse(1 << 40), "DEN101"),
    Case("blueprint-of-zeros", sparse(400_000), "DEN103", line=1),
    Case("blueprint-that-is-the-memory", link("/proc/self/mem"), "DEN402"),
)
