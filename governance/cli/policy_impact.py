"""`governance policy impact`: what the policy of a folder would change for every open request and running initiative."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from governance.cli.main import Context
from governance.domain.impact import Impact, Mark
from governance.domain.policy import Policy
from governance.policy.loader import load_policy
from governance.reads import impact_words, people, policies
from governance.reads.impact import Foreseen, foresee
from governance.words import word


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--all", "everything", is_flag=True, help="Also what nothing would change for.")
@click.pass_obj
def impact(context: Context, folder: Path, form: str, everything: bool) -> None:
    """What the policy in FOLDER would change for every open request and every running initiative. Nothing is written.

    A request that was submitted keeps its rules until it is moved: for it this is what moving it would do.
    """
    candidate = load_policy(folder).policy
    with Session(context.engines.reader) as session:
        current = policies.current(session)
        found = foresee(session, candidate, datetime.now(UTC))
        names = people.names(session, {lapse.given.by for one in found.found for lapse in one.changes.lapses})
    shown = [one for one in found.found if everything or Mark.UNCHANGED not in one.marks]
    click.echo(_json(found, shown, names) if form == "json" else "\n".join(_text(found, candidate, current, shown, names)))


def _text(found: Foreseen, candidate: Policy, current: Policy, shown: list[Impact], names: Mapping[str, str]) -> Iterator[str]:
    totals = impact_words.totals(found.found)
    yield f"{impact_words.answer(totals)}."
    yield f"From {_named(current)}"
    yield f"to   {_named(candidate)}"
    yield f"Open requests: {totals.requests:,}. Initiatives without one: {totals.running:,}. No change: {totals.unchanged:,}."
    for one in shown:
        yield ""
        about = one.request or one.key
        yield f"{about}  {one.name} ({word(one.subject).past})"
        yield f"    {impact_words.how(one)}"
        yield from (f"    + {sentence}" for sentence in impact_words.losses(one, names))
        yield from (f"    - {sentence}" for sentence in impact_words.gains(one))


def _named(policy: Policy) -> str:
    return f"{policy.title} {policy.version} ({policy.digest[:12]})"


def _json(found: Foreseen, shown: list[Impact], names: Mapping[str, str]) -> str:
    """Closed words for programs, and beside them the sentences for people."""
    listed = [
        {
            "initiative": one.key,
            "name": one.name,
            "request": one.request,
            "gate": one.gate,
            "state": one.subject,
            "runs_under": one.runs_under,
            "stays": one.stays,
            "unknown": one.unknown,
            "marks": [mark for mark in Mark if mark in one.marks],
            "lapses": [{"seat": lapse.given.seat, "entry": lapse.given.leaf, "sections": lapse.sections} for lapse in one.changes.lapses],
            "more": impact_words.losses(one, names),
            "less": impact_words.gains(one),
        }
        for one in shown
    ]
    counts = {mark.value: sum(1 for one in found.found if mark in one.marks) for mark in Mark}
    head = {"policy": found.policy, "in_force": found.in_force, "entries": found.size, "counts": counts, "impacts": listed}
    return json.dumps(head, indent=2, ensure_ascii=False)
