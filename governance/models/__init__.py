"""Tables, one module per noun. Importing this package maps them all."""

from governance.models import (
    accounts,
    answers,
    attestations,
    directory,
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
)

__all__ = [
    "accounts",
    "answers",
    "attestations",
    "directory",
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
]
