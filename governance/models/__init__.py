"""Tables, one module per noun. Importing this package maps them all."""

from governance.models import (
    accounts,
    answers,
    directory,
    exclusions,
    findings,
    gates,
    idempotency,
    initiatives,
    jobs,
    ledger,
    moving_in,
    outbox,
    packs,
    policies,
    summary,
    waivers,
)

__all__ = [
    "accounts",
    "answers",
    "directory",
    "exclusions",
    "findings",
    "gates",
    "idempotency",
    "initiatives",
    "jobs",
    "ledger",
    "moving_in",
    "outbox",
    "packs",
    "policies",
    "summary",
    "waivers",
]
