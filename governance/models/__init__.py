"""Tables, one module per noun. Importing this package maps them all."""

from governance.models import (
    accounts,
    answers,
    directory,
    drafts,
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
    "directory",
    "drafts",
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
