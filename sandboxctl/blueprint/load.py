"""A file → a Blueprint that can be made, or all of its problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from sandboxctl.blueprint import (
    beneath,
    catalogue,
    checks,
    consequences,
    merge,
    packs,
    parameters,
    tree,
    worked_out,
)
from sandboxctl.blueprint.model import Blueprint
from sandboxctl.blueprint.problem import Problem, apart, failure, near, nearest
from sandboxctl.blueprint.reader import read
from sandboxctl.blueprint.render import Rendering
from sandboxctl.blueprint.syntax import LARGEST
from sandboxctl.blueprint.templates import bundled
from sandboxctl.blueprint.validate import validated
from sandboxctl.errors import BlueprintError

__all__ = ["Facts", "Loaded", "bundled", "find", "load", "shipped"]

FILE = "blueprint.yaml"
ANY = "any-sandbox"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a template may know about where it will run.

    ``domain``, ``scheme`` and ``port`` are the den's; ``url`` is the address of ``sandbox``.
    """

    domain: str
    scheme: str
    port: int
    sandbox: str
    url: str

    @property
    def anywhere(self) -> Facts:
        """The same for a sandbox of no particular name."""
        url = f"{self.scheme}://{ANY}.{self.domain}:{self.port}/"
        return replace(self, sandbox=ANY, url=url)

    @property
    def names(self) -> dict[str, dict[str, tree.Plain]]:
        return {
            "den": {"domain": self.domain, "scheme": self.scheme, "port": self.port},
            "sandbox": {"name": self.sandbox, "url": self.url},
        }


@dataclass(frozen=True, slots=True)
class Loaded:
    """``values`` are the parameters as they ended up; ``names_sandbox`` tells whether some
    template used `sandbox.*`, so that what was made from it fits no other sandbox. ``anywhere`` is
    the blueprint as it would be for a sandbox of no particular name, where that matters: what a
    facilitator agrees to holds for all of its sandboxes."""

    blueprint: Blueprint
    file: Path
    folder: Path
    values: Mapping[str, parameters.Value]
    names_sandbox: bool
    anywhere: Blueprint


@dataclass
class _Findings:
    """Problems of one stage after the other; a later one never repeats an earlier one."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, found: Iterable[Problem]) -> None:
        self.problems += apart(found, self.problems)


def find(argument: str) -> Path:
    """The file that a person means by a folder, a file, or the name of a shipped blueprint.

    Raises BlueprintError with the near match.
    """
    path, said = Path(argument), argument[:80] if argument.isprintable() else ascii(argument[:80])
    try:
        if path.is_dir():
            return _in_folder(path)
        if path.exists():
            return path
    except (OSError, ValueError):
        raise BlueprintError(
            f"{said}: is not a path that can be read", hint=_names(), code="DEN472"
        ) from None
    if argument in shipped():
        return bundled("blueprints") / argument / FILE
    hint = near(argument, shipped())
    raise BlueprintError(
        f"{said}: no such file or folder, and no shipped blueprint of that name{hint}",
        hint=_names(),
        code="DEN472",
    )


def shipped() -> tuple[str, ...]:
    """Names of the blueprints that come with the package, sorted."""
    return tuple(sorted(path.parent.name for path in bundled("blueprints").glob(f"*/{FILE}")))


def _names() -> str:
    return f"Give a folder with a {FILE} in it, a file, or one of: {', '.join(shipped())}."


def _in_folder(folder: Path) -> Path:
    for name in (FILE, "blueprint.yml"):
        if (folder / name).exists():
            return folder / name
    raise BlueprintError(f"{folder}: has no {FILE} in it", hint=_names(), code="DEN472")


def load(path: Path, *, values: Mapping[str, str] = NOTHING, facts: Facts) -> Loaded:
    """Read and check one blueprint; ``values`` are those of ``--set``.

    Raises BlueprintError with every problem at once, each as ``file:line: key: why``.
    """
    document = read(_bytes(path))
    if document.root is None:
        raise failure(str(path), document.problems)
    if "workshop" in document.root.entries and "services" not in document.root.entries:
        raise BlueprintError(
            f"{path}: is a workshop file, not a blueprint",
            hint=f"`sandboxctl workshop up {path}` starts it, `sandboxctl plan {path}` says what "
            "that would do; its own blueprints are named in it.",
            code="DEN274",
        )
    findings = _Findings(list(document.problems))
    settled, problems = parameters.settled(document.root.get("parameters"), values)
    findings.add(problems)
    rendering = Rendering({**settled, **facts.names}, worked_out.apart)
    root = rendering.tree(document.root)
    findings.add(rendering.problems)
    root, problems = packs.spread(root)
    findings.add(problems)
    root, problems = _with_services(root)
    findings.add(problems)
    blueprint, problems = validated(root)
    findings.add(problems)
    if blueprint:
        found = checks.problems(blueprint, path.parent)
        real = consequences.without(found, blueprint, root, findings.problems)
        findings.add([_placed(root, problem) for problem in real])
    if findings.problems or not blueprint:
        raise failure(str(path), findings.problems)
    named = rendering.names_sandbox
    other = named and bool(blueprint.exceptions) and facts.sandbox != ANY
    anywhere = load(path, values=values, facts=facts.anywhere).blueprint if other else blueprint
    return Loaded(blueprint, path, path.parent, settled, named, anywhere)


def _bytes(path: Path) -> bytes:
    """At most one byte more than a blueprint may have."""
    if not path.is_file():
        why = "is not a file" if path.exists() else "no such file"
        raise BlueprintError(f"{path}: {why}", hint=_names(), code="DEN472")
    try:
        with beneath.opened(beneath.real(path.parent), path.name) as file:
            return file.read(LARGEST + 1)
    except BlueprintError as error:
        raise BlueprintError(f"{path.parent}/{error}", hint=error.hint, code=error.code) from None


def _with_services(root: tree.Mapping) -> tuple[tree.Mapping, list[Problem]]:
    """Services with what they extend, and with what their template or runtime brings."""
    services = root.get("services")
    if not isinstance(services, tree.Mapping):
        return root, []
    services, problems = merge.extended(services)
    grounded: dict[tree.Plain, tree.Node] = {}
    for name, service in services.entries.items():
        grounded[name] = service
        if isinstance(service, tree.Mapping):
            grounded[name], found = _grounded(service, str(name))
            problems += found
    done = tree.Mapping(grounded, services.lines, services.line)
    return root.replaced({"services": done}), problems


def _grounded(service: tree.Mapping, name: str) -> tuple[tree.Mapping, list[Problem]]:
    """One service over the keys of its template or runtime."""
    runtime, template = _text(service, "runtime"), _text(service, "template")
    if runtime in catalogue.RUNTIMES:
        line = service.lines["runtime"]
        ground = tree.grown_mapping(catalogue.RUNTIMES[runtime], line)
        return merge.merged(service, ground), []
    if not template:
        return service, []
    line = service.lines["template"]
    key, with_key = ("services", name, "template"), ("services", name, "with")
    given = service.get("with")
    if template not in catalogue.names():
        meant = nearest(template, catalogue.names())
        more = catalogue.settled(meant, given, with_key)[1] if meant else []
        return service, [
            Problem(key, catalogue.unknown(template), line, code="DEN260"),
            *more,
        ]
    options, problems = catalogue.settled(template, given, with_key)
    filled = tree.grown_mapping(catalogue.filled(template, options).service, line)
    with_ = tree.grown_mapping({k: v for k, v in options.items() if v is not None}, line)
    if isinstance(given, tree.Mapping):
        with_ = merge.merged(given, with_)
    own = (
        service
        if given and not isinstance(given, tree.Mapping)
        else service.replaced({"with": with_})
    )
    return merge.merged(own, filled), problems


def _text(service: tree.Mapping, key: str) -> str:
    node = service.get(key)
    return node.value if isinstance(node, tree.Scalar) and isinstance(node.value, str) else ""


def _placed(root: tree.Mapping, problem: Problem) -> Problem:
    if problem.file:
        return problem
    line, key = tree.located(root, problem.key, missing=True)
    return replace(problem, line=line, key=tree.written(root, key, line))
