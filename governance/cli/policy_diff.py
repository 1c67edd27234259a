"""`governance policy diff`: what one policy changes against another, in the policy's own terms."""

import json
import sys
import textwrap
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import click
from sqlalchemy.orm import Session

from governance.cli.main import FAILURES, Context, in_a_sentence, shortened
from governance.domain.errors import NotThere
from governance.domain.policy import Policy
from governance.domain.policy_changes import Said
from governance.domain.text import tidy
from governance.policy.differences.whole import Rules, rules_of
from governance.policy.loader import load_policy
from governance.policy.problems import PolicyError
from governance.reads import policy_history
from governance.reads.policy_changes import Difference, Line, compare
from governance.services.opening import DATABASE
from governance.words import word

WIDTH = 100
SHORT = 70
"""A change fits on its line up to here; longer texts stand below one another."""


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def diff(context: Context, before: str, after: str, form: str) -> None:
    """What policy B changes against policy A, and whether it asks for more or for less.

    Each is a folder, or a published policy: `current`, its version, or its digest or the first six signs of it.
    Ends with 0 where nothing differs, with 1 where something does, and with 2 where one of them cannot be read.
    """
    try:
        found = compare(_rules(context, before), _rules(context, after))
    except FAILURES as failed:
        if (sentence := in_a_sentence(failed)) is None:
            raise
        click.echo(sentence, err=True)
        sys.exit(2)
    click.echo(_json(found) if form == "json" else "\n".join(_text(found)))
    sys.exit(1 if found.lines else 0)


def _rules(context: Context, name: str) -> Rules:
    """Raises whatever keeps it from being read, named by what was typed."""
    folder = Path(name)
    if folder.is_dir():
        return _of_folder(folder)
    instance, database = context.settings.instance, context.settings.database
    if database is None and not (instance / DATABASE).exists():
        raise NotThere(f"{shortened(name)} is no folder, and {shortened(str(instance))} has no record of published policies.")
    with Session(context.engines.reader) as session:
        try:
            return policy_history.rules(session, policy_history.named(session, tidy(name)))
        except NotThere as missing:
            raise NotThere(f"{shortened(name)} is no folder. {missing.message}") from None


def _of_folder(folder: Path) -> Rules:
    try:
        return rules_of(load_policy(folder).texts)
    except PolicyError as error:
        raise NotThere("\n".join(f"{folder}/{problem}" for problem in error.problems)) from None


def _text(found: Difference) -> Iterator[str]:
    yield f"From {_named(found.before)}"
    yield f"to   {_named(found.after)}"
    yield ""
    if not found.lines:
        yield "The same texts." if found.same_texts else "No rule differs: only comments, layout or file names do."
        return
    for group in found.groups:
        yield group.title + (f" ({group.gate})" if group.gate else "")
        for part in group.parts:
            if part.title:
                yield from _wrapped(part.title + (f" ({part.id})" if part.id else ""), "  ", "    ")
            for line in part.lines:
                yield from _line(line)
        yield ""
    yield _counted(found)


def _line(line: Line) -> Iterator[str]:
    effect = f"    {word(line.change.effect).label:<8}  "
    below = " " * len(effect)
    if not line.before or not line.after:
        yield from _wrapped(f"{line.what}: {line.before or line.after}" if line.before or line.after else line.what, effect, below)
    elif len(line.what) + len(line.before) + len(line.after) <= SHORT:
        yield f"{effect}{line.what}: {line.before} → {line.after}"
    else:
        yield f"{effect}{line.what}:"
        yield from _wrapped(line.before, f"{below}from  ", f"{below}      ")
        yield from _wrapped(line.after, f"{below}to    ", f"{below}      ")


def _wrapped(text: str, first: str, further: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=further, break_long_words=False)


def _counted(found: Difference) -> str:
    """“3 changes: 1 stricter, 2 looser.”"""
    total = len(found.lines)
    said = ", ".join(f"{count:,} {word(effect).label.lower()}" for effect, count in found.counts.items() if count)
    return f"{total:,} change{'s' if total > 1 else ''}: {said}."


def _named(policy: Policy) -> str:
    return f"{policy.title} {policy.version} ({policy.digest[:12]})"


def _json(found: Difference) -> str:
    """Closed words and exact numbers for programs, and beside them the words for people."""
    changes = [
        {
            "kind": line.change.kind,
            "effect": line.change.effect,
            "gate": line.change.gate,
            "part": line.change.part,
            "title": line.change.title,
            "detail": line.change.detail,
            "tiers": line.change.tiers,
            "unit": line.change.unit,
            "before": _exact(line.change.before),
            "after": _exact(line.change.after),
            "words": {"what": line.what, "before": line.before, "after": line.after},
        }
        for line in found.lines
    ]
    whole = {"before": _head(found.before), "after": _head(found.after), "changes": changes, "counts": found.counts}
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _head(policy: Policy) -> dict[str, str]:
    return {"id": policy.id, "version": policy.version, "title": policy.title, "digest": policy.digest}


def _exact(value: Said) -> object:
    """Decimals as text, so that no reader rounds them."""
    if isinstance(value, tuple):
        return [_exact(part) for part in value]
    return str(value) if isinstance(value, Decimal) else value
