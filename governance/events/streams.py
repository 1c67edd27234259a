"""The streams of the ledger: each leaf belongs to exactly one."""

SETTINGS = "settings/organisation"


def initiative(key: str) -> str:
    return f"initiative/{key}"


def person(person_id: str) -> str:
    return f"person/{person_id}"


def unit(unit_id: str) -> str:
    return f"unit/{unit_id}"


def policy(policy_id: str) -> str:
    return f"policy/{policy_id}"
