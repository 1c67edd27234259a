"""The streams of the ledger: each leaf belongs to exactly one."""

from collections.abc import Callable, Iterable

SETTINGS = "settings/organisation"
LEDGER = "settings/ledger"


def initiative(key: str) -> str:
    return f"initiative/{key}"


def person(person_id: str) -> str:
    return f"person/{person_id}"


def unit(unit_id: str) -> str:
    return f"unit/{unit_id}"


def policy(policy_id: str) -> str:
    return f"policy/{policy_id}"


def framework(framework_id: str) -> str:
    return f"framework/{framework_id}"


def named(found: Iterable[str], kind: Callable[[str], str]) -> list[str]:
    """The names in those streams that are of a kind, in order: `named(touched, initiative)`."""
    prefix = kind("")
    return sorted(stream.removeprefix(prefix) for stream in found if stream.startswith(prefix))
