"""What several commands ask of the words they are given."""

import click

from governance.ledger.log import SYSTEM
from governance.services.directory import NAME


def person(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    """The short name of somebody. The program itself does nothing at a person's bidding."""
    if given is not None and (not NAME.fullmatch(given) or given == SYSTEM.id):
        raise click.BadParameter("name the person by their short name, such as ada.lind.")
    return given
