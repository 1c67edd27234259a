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
