"""`schema`: what may stand in a file that is read, and what stands in one that is written."""

from __future__ import annotations

import json

import click

from sandboxctl.cli.session import Session, Verb


@click.command("schema", cls=Verb)
@click.option("--reference", is_flag=True, help="As a page to read, in Markdown.")
@click.option(
    "--workshop", "what", flag_value="file", help="Of a workshop file, not of a blueprint."
)
@click.option("--record", "what", flag_value="record", help="Of the record of a closed workshop.")
@click.option("--certificate", "what", flag_value="certificate", help="Of the certificate with it.")
@click.pass_obj
def schema_verb(_: Session, reference: bool, what: str | None) -> None:
    """Print everything a blueprint may say.

    A JSON Schema, which editors understand; with --reference a page to read. With --workshop the
    same of a workshop file; with --record or --certificate the schema of what `workshop close`
    writes.
    """
    if reference and what in ("record", "certificate"):
        raise click.UsageError(f"--{what} has no page to read; docs/workshops.md tells of it")
    if what is None:
        from sandboxctl.blueprint.reference import reference as page
        from sandboxctl.blueprint.schema import json_schema as schema
    else:
        from sandboxctl.workshop.schema import SCHEMAS
        from sandboxctl.workshop.schema import reference as page

        schema = SCHEMAS[what]
    click.echo(page() if reference else json.dumps(schema(), indent=2))
