"""`governance policy propose`, `proposals` and `publish`: the same two people as on the page, each with their password."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from governance.cli.main import Context
from governance.cli.options import signed_by
from governance.cli.proof import proved
from governance.domain.policy_changes import Effect
from governance.domain.proposals import check_may_propose
from governance.domain.text import tidy
from governance.ledger.log import Actor
from governance.policy.loader import load_policy
from governance.reads import people, proposed_changes, vacancies
from governance.reads import proposals as reading
from governance.reads.proposals import Told, Wanted
from governance.services import policies
from governance.words import word


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--reason", required=True, help="Why, in words: they go into the record, and the other officer reads them.")
@signed_by("compliance officer")
@click.pass_obj
def propose(context: Context, folder: Path, reason: str, by: str) -> None:
    """Put a policy before a second compliance officer, who publishes or declines it. Nothing changes until then."""
    loaded = load_policy(folder)
    _acting(context, by)
    auth = proved(context, by)
    with context.ledger.writing(*_acting(context, by), auth) as log:
        proposal = policies.propose(log, loaded, tidy(reason))
    with Session(context.engines.reader) as session:
        row = reading.proposal(session, proposal)
        others = [person.name for person in reading.deciders(session, [row], datetime.now(UTC))[row.id]]
    decides = f"{', '.join(others)} can decide on it." if others else NOBODY_ELSE
    click.echo(f"{proposal}: {loaded.policy.title} {loaded.policy.version} is proposed. {decides}")


NOBODY_ELSE = (
    "Nobody can decide on it: an administrator gives a second person the role of compliance officer. "
    "Then withdraw this and propose it again."
)


@click.command()
@click.argument("proposal")
@signed_by("compliance officer")
@click.pass_obj
def publish(context: Context, proposal: str, by: str) -> None:
    """Make a proposed policy the rules from now on. Who proposed it cannot. Requests already submitted keep theirs."""
    with Session(context.engines.reader) as session:
        row = reading.proposal(session, tidy(proposal))
        _acting(context, by)
        [told] = reading.tell(session, [row])
        click.echo("\n".join(_looked_at(session, told)), err=True)
    auth = proved(context, by)
    with context.ledger.writing(*_acting(context, by), auth) as log:
        digest = policies.publish(log, row.id)
    click.echo(f"{told.row.title} {told.row.version} is in force: {digest}")


@click.command()
@click.option("--all", "ended", is_flag=True, help="Those that ended too.")
@click.pass_obj
def proposals(context: Context, *, ended: bool) -> None:
    """List the proposals that wait for a decision, the latest first."""
    with Session(context.engines.reader) as session:
        found = [one for one in reading.every(session, Wanted()) if ended or one.row.state is reading.OPEN]
    for one in found:
        row = one.row
        click.echo(f"{row.id}  {row.at:%Y-%m-%d %H:%M} UTC  {row.version}  by {one.by}  {word(row.state).label}: {_first_line(one.reason)}")
    if not found:
        click.echo("No policy was ever proposed here." if ended else "No proposal waits for a decision.", err=True)


def _acting(context: Context, by: str) -> tuple[Actor, datetime]:
    """Who acts, with the functions they hold, as the page names them; and when. Raises `NotThere`, `NotAllowed`."""
    now = datetime.now(UTC)
    with Session(context.engines.reader) as session:
        doer = people.doer(session, by, now)
    check_may_propose(doer)
    return people.actor(doer), now


def _looked_at(session: Session, told: Told) -> Iterator[str]:
    """What is to be decided on, before anybody types a password."""
    row = told.row
    yield f"{row.id}: {row.title} {row.version} ({row.digest[:12]}), proposed by {told.by}: {told.reason}"
    for vacancy in vacancies.vacancies(session, proposed_changes.rules(session, row).policy, datetime.now(UTC)):
        yield f"Warning: {vacancy.said}"
    found = proposed_changes.difference(session, row)
    if found is None:
        yield "Nothing is in force yet that it could be compared with."
        return
    counted = ", ".join(f"{found.counts[effect]:,} {word(effect).label.lower()}" for effect in Effect)
    yield f"Against {found.before.version} ({found.before.digest[:12]}): {len(found.lines):,} changes: {counted}."


def _first_line(text: str) -> str:
    line = text.splitlines()[0] if text else ""
    return line if len(line) <= 80 else f"{line[:80]}…"
