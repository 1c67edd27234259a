"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from governance.ledger.log import SYSTEM
from governance.services.directory import NAME

Command = TypeVar("Command", bound=Callable[..., Any])


def person(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    """The short name of somebody. The program itself does nothing at a person's bidding."""
    if given is not None and (not NAME.fullmatch(given) or given == SYSTEM.id):
        raise click.BadParameter("name the person by their short name, such as ada.lind.")
    return given


def in_the_name_of(role: str) -> Callable[[Command], Command]:
    """`--by`: in whose name it is done."""
    said = f"The {role} in whose name; the entry says that nobody proved who they are."
    return click.option("--by", required=True, callback=person, help=said)
