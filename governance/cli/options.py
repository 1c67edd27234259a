"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from governance.cli.names import person

Command = TypeVar("Command", bound=Callable[..., Any])


def in_the_name_of(role: str) -> Callable[[Command], Command]:
    """`--by`: in whose name it is done."""
    said = f"The {role} in whose name; the entry says that nobody proved who they are."
    return click.option("--by", required=True, callback=person, help=said)


def signed_by(role: str) -> Callable[[Command], Command]:
    """`--by`: who does it. They are asked for their password, which is no option: options stand where others can read them."""
    said = f"The {role} who does it, and who is asked for their password; piped in, it is the first line."
    return click.option("--by", required=True, callback=person, help=said)
