"""`data check`: what a blueprint declares of its data, beside what its rows are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import given, show
from sandboxctl.cli.counter import counter
from sandboxctl.cli.dataset import blueprint_argument, chosen, dataset, tables_option
from sandboxctl.cli.session import Session, Verb

if TYPE_CHECKING:
    from sandboxctl.data.proof.examine import Report
    from sandboxctl.data.proof.result import Result
    from sandboxctl.data.scope import Dataset


@click.command("check", cls=Verb)
@blueprint_argument
@tables_option
@click.option(
    "--rows", type=click.IntRange(1), metavar="N", help="Only the first N rows of each table."
)
@click.option("--failed", is_flag=True, help="Show only what does not hold.")
@given.set_option
@click.pass_obj
def check_verb(
    session: Session,
    blueprint: str,
    tables: tuple[str, ...],
    rows: int | None,
    failed: bool,
    values: tuple[tuple[str, str], ...],
) -> int:
    """Compare what a blueprint declares with the rows it makes.

    Shares, curves, rates of missing values and rare cases, bounds, keys, references, rules, and
    whether every identifier is in its safe set. Exit code 1 if something does not hold.

    \b
    sandboxctl data check repair-right
    sandboxctl data check ./mine --table homes --rows 100000 --json
    """
    _, made = dataset(session, blueprint, values)
    names = _declared(made, tables)
    return told(session, _examined(session, made, names, rows), only_failed=failed)


def _declared(made: Dataset, asked: Iterable[str]) -> list[str]:
    """These tables of the blueprint, or all. Raises BlueprintError for another one."""
    from sandboxctl.data.dirt.truth import table_of
    from sandboxctl.errors import BlueprintError

    names = chosen(made, asked)
    truths = {name: dirty for name in names if (dirty := table_of(made.data, name))}
    for name, dirty in truths.items() if asked else ():
        raise BlueprintError(
            f"{name} is no table of the blueprint, so nothing is declared of it",
            hint=f"Check {dirty}: what its rows should be follows from its columns.",
        )
    return [name for name in names if name not in truths]


def told(session: Session, report: Report, *, only_failed: bool) -> int:
    """A report as an answer; the exit code."""
    found = report.failed if only_failed else report.results
    show.rows(session, [_row(session, one) for one in found], empty="Everything holds.")
    show.say(session, f"\n{_verdict(report)}")
    return 1 if report.failed else 0


def _examined(session: Session, made: Dataset, names: list[str], rows: int | None) -> Report:
    from sandboxctl.data.proof.examine import examine

    counts = {name: min(rows or made.sizes[name], made.sizes[name]) for name in names}
    before = {name: sum(list(counts.values())[:n]) for n, name in enumerate(names)}
    with counter(session, "check", sum(counts.values())) as tell:
        return examine(made, names, rows=rows, tell=lambda table, done: tell(before[table] + done))


def _row(session: Session, one: Result) -> show.Row:
    if session.json:
        return one.facts()
    return {
        "check": one.check,
        "where": one.where,
        "declared": one.declared,
        "observed": one.observed,
        "statistic": _short(one.statistic),
        "limit": _short(one.limit),
        "verdict": "holds" if one.holds else "FAILS",
    }


def _short(number: float) -> str:
    if math.isinf(number):
        return "∞"
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.4g}"


def _verdict(report: Report) -> str:
    number, failed = len(report.results), len(report.failed)
    rows = sum(seen.rows for seen in report.seen.values())
    if failed:
        return f"{failed:,} of {number:,} checks of {rows:,} rows fail."
    return f"All {number:,} checks of {rows:,} rows hold."
