"""`governance doctor`: looks at settings, database, files, keys, clock, worker, policy and printing, and says what to do."""

import sys
from datetime import UTC, datetime

import click

from governance.cli.main import Context
from governance.services.checkup import Checked, Grade, Instance, everything

MARKS = {Grade.GOOD: ("ok     ", "green"), Grade.WARNING: ("warning", "yellow"), Grade.BAD: ("wrong  ", "red")}


@click.command()
@click.pass_obj
def doctor(context: Context) -> None:
    """Check whether everything is in order, and say in words what is not and what to do."""
    settings = context.settings
    _say(Checked("the settings", Grade.GOOD, f"All are understood; the instance is {settings.instance}."))
    instance = Instance(settings.instance, context.engines, context.content, context.key, datetime.now(UTC))
    found = []
    for checked in everything(instance):
        _say(checked)
        found.append(checked.grade)
    wrong, warnings = found.count(Grade.BAD), found.count(Grade.WARNING)
    click.echo(f"{len(found) + 1} checks: {wrong} wrong, {warnings} warning{'' if warnings == 1 else 's'}.")
    sys.exit(bool(wrong))


def _say(checked: Checked) -> None:
    mark, colour = MARKS[checked.grade]
    click.echo(f"{click.style(mark, fg=colour)}  {checked.what}: {checked.found}{f' {checked.do}' if checked.do else ''}")
