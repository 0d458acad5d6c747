"""Images and builds, as far as they are decided on the file."""

from __future__ import annotations

from tests.hostile.case import Case, source, web


def _image(name: str, image: str, code: str = "DEN582") -> Case:
    text = web().replace("image: nginx:1.27", f"image: {image}")
    return Case(name, text, code, "services.web.image", 6)


def _packages(name: str, line: str) -> Case:
    files = {"web/app.py": "", "web/requirements.txt": f"flask==3.0.0\n{line}\n"}
    return Case(name, source(), "DEN584", line=2, files=files, file="web/requirements.txt")


def _lock(name: str, manifest: str, lock: str, code: str) -> Case:
    files = {"web/app.py": "", "web/package.json": manifest, "web/package-lock.json": lock}
    return Case(name, source(runtime="node"), code, "services.web.source", 6, files)


ONE = '{"dependencies": {"a": "1"}}'

CASES = (
    _image("one-of-ours", "sandboxctl/base:123456789abc", code="DEN580"),
    _image("one-of-ours-in-full", "docker.io/sandboxctl/base:1", code="DEN580"),
    _image("a-bare-id", "sha256:" + "a" * 64, code="DEN580"),
    _image("a-short-id", "123456789abc", code="DEN580"),
    _image("an-option", "--privileged"),
    _image("a-line-break", '"nginx\\n--privileged"'),
    _image("two-words", "nginx --privileged"),
    _image("an-address", "https://example.org/image"),
    _image("a-path", "../image"),
    _image("capitals", "NGINX"),
    _image("a-shell", "$(id)"),
    _image("a-long-name", "a" * 10_000, code="DEN210"),
    _image("letters-of-another-alphabet", "ngіnx:1"),
    _image("two-tags", "nginx:1:2"),
    _image("a-digest-that-is-none", "nginx@sha256:abc"),
    Case("two-origins", web("template: postgres"), "DEN250", "services.web", 5),
    Case("pull-policy", web("pull_policy: always"), "DEN581", "services.web.pull_policy", 8),
    Case("platform", web("platform: windows/amd64"), "DEN581", "services.web.platform", 8),
    _packages("option-of-pip", "--index-url https://evil.example/simple"),
    _packages("address-of-a-package", "evil @ https://evil.example/x.whl"),
    _packages("repository-of-a-package", "git+https://evil.example/x"),
    _packages("editable-package", "-e ."),
    _packages("another-list-of-packages", "-r /etc/passwd"),
    _packages("local-package", "./evil.whl"),
    _packages("any-version-of-a-package", "flask>=1"),
    _packages("a-command-in-a-package", "flask==1.0; $(id)"),
    _lock(
        "node-repository",
        '{"dependencies": {"a": "git+ssh://evil"}}',
        '{"packages": {}}',
        code="DEN585",
    ),
    _lock(
        "node-folder", '{"dependencies": {"a": "file:../.."}}', '{"packages": {}}', code="DEN585"
    ),
    _lock(
        "node-link", ONE, '{"packages": {"x": {"link": true, "resolved": "../.."}}}', code="DEN585"
    ),
    _lock(
        "node-without-a-hash",
        ONE,
        '{"packages": {"node_modules/a": {"version": "1"}}}',
        code="DEN585",
    ),
    _lock(
        "node-from-elsewhere",
        ONE,
        '{"packages": {"node_modules/a": {"resolved": "http://x", "integrity": "sha512-x"}}}',
        code="DEN585",
    ),
    _lock("node-that-is-deep", ONE, "[" * 100_000, code="DEN585"),
    _lock("node-that-is-large", ONE, "[" + "0," * 3_000_000 + "0]", code="DEN409"),
)
