"""`governance policy check` and `governance policy schema`: a policy held against its rules, and the rules for editors."""

import sys
from pathlib import Path

import click

from governance.cli import policy_formats
from governance.policy.checking import Checked
from governance.policy.checking import check as checked
from governance.policy.models import TITLE, FileModel
from governance.policy.schema import text


@click.command()
@click.argument("folders", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--format", "shape", type=click.Choice(["text", "json", "sarif", "github"]), default="text", help="How to say it.")
@click.option("--strict", is_flag=True, help="Let a warning fail the check too.")
def check(folders: tuple[Path, ...], shape: str, strict: bool) -> None:
    """Check policy folders: every error with its file, line and column, then every warning."""
    found = [checked(folder) for folder in folders]
    if shape == "text":
        _say(found)
    else:
        written = {"json": policy_formats.as_json, "sarif": policy_formats.as_sarif, "github": policy_formats.as_github}[shape](found)
        click.echo(written, nl=bool(written))
    sys.exit(any(one.errors or (strict and one.warnings) for one in found))


@click.command()
def schema() -> None:
    """Print the JSON Schema of policy files, for editors."""
    click.echo(text(FileModel, TITLE), nl=False)


def _say(found: list[Checked]) -> None:
    """Problems to standard error as a compiler does, one line about each sound policy to standard output."""
    for one in found:
        for problem in one.problems:
            click.echo(policy_formats.line(one, problem), err=True)
        if not one.errors and one.head:
            warned = f", {one.warnings} warning{'s' * (one.warnings != 1)}" if one.warnings else ""
            said = f"{one.head.title} {one.head.version}, {one.items} checks at {one.gates} gates, no faults{warned}."
            click.echo(f"{policy_formats.shown(str(one.folder))}: {said}")
