"""`governance framework`: catalogues of frameworks: which there are, how far they are covered, and bringing others in."""

import csv
import io
import json
import os
import stat
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from governance.cli.main import Context, shortened
from governance.domain.errors import NotThere, RuleBroken
from governance.domain.frameworks import ClauseState
from governance.domain.text import cell
from governance.policy.catalogues.importing import LARGEST, Imported, imported
from governance.reads import coverage as reading
from governance.reads import policies
from governance.reads.coverage import ClauseLine, Coverage
from governance.words import word

SHAPE = click.Choice(["text", "json", "csv"])
OF_CATALOGUES = (
    "framework", "name", "version", "status", "state", "applies from", "superseded by",
    "clauses", "served", "evidenced", "attested", "open",
)  # fmt: skip
OF_CLAUSES = ("clause", "title", "applies from", "state", "served by", "initiatives (gate passed)", "initiatives (met now)", "attestation")


@click.group()
def framework() -> None:
    """List the catalogues of the policy in force, show how far they are covered, import others."""


@framework.command("list")
@click.option("--format", "shape", type=SHAPE, default="text", help="How to say it.")
@click.pass_obj
def list_(context: Context, shape: str) -> None:
    """Every catalogue of the policy in force, with its version, its state and how many of its clauses are covered."""
    every = _every(context)
    rows = [_catalogue(one) for one in every]
    if shape == "text":
        for one in every:
            click.echo(_line(one))
    else:
        click.echo(_written(OF_CATALOGUES, rows, shape), nl=shape == "json")


@framework.command()
@click.argument("framework_id", metavar="ID")
@click.option("--format", "shape", type=SHAPE, default="text", help="How to say it.")
@click.pass_obj
def coverage(context: Context, framework_id: str, shape: str) -> None:
    """Each clause of a catalogue: which rules serve it, how many initiatives evidence it, what is attested."""
    every = _every(context)
    found = next((one for one in every if one.framework.id == framework_id), None)
    if found is None:
        known = ", ".join(one.framework.id for one in every) or "none"
        raise NotThere(f"The policy in force has no framework “{shortened(framework_id)}”. It has {known}.")
    if shape == "text":
        click.echo(_line(found))
        for line in found.lines:
            click.echo(_clause_line(line))
    else:
        click.echo(_written(OF_CLAUSES, [_clause(line) for line in found.lines], shape), nl=shape == "json")


@framework.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The YAML file to write; never overwritten.")
@click.option("--id", "framework_id", help="The id of the catalogue in mappings; by itself it follows from the file.")
@click.option("--with-text", is_flag=True, help="Keep the titles of the source, where its licence allows that.")
def import_(file: Path, out: Path, framework_id: str | None, with_text: bool) -> None:
    """Turn an OSCAL catalog (JSON) or a CISO Assistant library (YAML) into a catalogue of a policy."""
    made = imported(shortened(file.name), _content(file), framework_id=framework_id, with_text=with_text)
    _write(out, made)
    for one in made.catalogues:
        count = f"{len(one.clauses):,} {'clause' if len(one.clauses) == 1 else 'clauses'}"
        click.echo(f"{one.id}: {count} of “{one.name}”, {one.version}. Left out: {', '.join(one.left_out)}.")
    if not with_text:
        click.echo(
            "No title was kept, because the wording of a framework may be copyright: write short ones in words of your own, "
            "or import it with --with-text where its licence allows keeping them."
        )


def _content(file: Path) -> bytes:
    """One byte more than it may have is enough to see that it has more: a link may lead to what never ends."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise RuleBroken(f"{shortened(file.name)} is no file.")
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _write(out: Path, made: Imported) -> None:
    """The whole file or none: it gets its name when everything is in it."""
    beside = out.with_name(f".{out.name[:200]}.{os.getpid()}")
    try:
        with beside.open("x", encoding="utf-8") as opened:
            opened.write(made.text)
        os.link(beside, out)
    except FileExistsError:
        raise RuleBroken(f"{shortened(str(out))} is there already, and nothing is overwritten. Choose another name.") from None
    finally:
        beside.unlink(missing_ok=True)


def _every(context: Context) -> list[Coverage]:
    with Session(context.engines.reader) as session:
        return reading.of_policy(session, None, policies.current(session), datetime.now(UTC).date())


def _line(one: Coverage) -> str:
    total, about = len(one.lines), one.framework
    state = f"{word(one.state).past}" + (f" by {about.superseded_by}" if about.superseded_by else "")
    state += f", applies from {about.effective_from}" if one.state.value == "ahead" else ""
    state += f", {one.open_point}" if one.open_point else ""
    attested = sum(1 for line in one.lines if line.is_attested)
    counts = f"{one.served} of {total} clauses served, {one.counts[ClauseState.EVIDENCED]} evidenced, {attested} attested"
    return f"{about.id} {about.version} ({state}): {counts}"


def _clause_line(line: ClauseLine) -> str:
    served = ", ".join(rule.id for rule in line.serving) or "nobody"
    found = [f"{line.passed} when a gate passed"] if line.passed else []
    found += [f"{line.now} as of now"] if line.now else []
    attested = f"; {line.attestation.row.id} {word(line.attestation.state).past}" if line.attestation else ""
    by = f"; evidenced by {' and '.join(found)}" if found else ""
    return f"  {line.clause.id}  {word(line.state).past}: {line.clause.title}. Served by {served}{by}{attested}"


def _catalogue(one: Coverage) -> list[object]:
    about, counts = one.framework, one.counts
    first = [about.id, about.title, about.version, about.status, one.state.value, about.effective_from or "", about.superseded_by or ""]
    attested = sum(1 for line in one.lines if line.is_attested)
    return [*first, len(one.lines), one.served, counts[ClauseState.EVIDENCED], attested, counts[ClauseState.OPEN]]


def _clause(line: ClauseLine) -> list[object]:
    attested = f"{line.attestation.row.id} {line.attestation.state.value}" if line.attestation else ""
    served = "; ".join(rule.id for rule in line.serving)
    return [line.clause.id, line.clause.title, line.clause.applies or "", line.state.value, served, line.passed, line.now, attested]


def _written(header: Sequence[str], rows: Sequence[Sequence[object]], shape: str) -> str:
    if shape == "json":
        return json.dumps([dict(zip(header, row, strict=True)) for row in rows], ensure_ascii=False, indent=2)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
