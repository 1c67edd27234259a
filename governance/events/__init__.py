"""One class per thing that can happen. Importing this package registers them all, so that any leaf can be read."""

from governance.events import (
    answers,
    attestations,
    directory,
    evidence,
    exclusions,
    findings,
    gates,
    initiatives,
    ledger,
    ml_test_score,
    moving_in,
    packs,
    policies,
    recovery,
    waivers,
)

__all__ = [
    "answers",
    "attestations",
    "directory",
    "evidence",
    "exclusions",
    "findings",
    "gates",
    "initiatives",
    "ledger",
    "ml_test_score",
    "moving_in",
    "packs",
    "policies",
    "recovery",
    "waivers",
]
