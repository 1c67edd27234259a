"""Every group of pages."""

from governance.web import (
    accounts,
    checklists,
    evidence,
    facts,
    findings,
    gates,
    health,
    initiatives,
    intake,
    ledger,
    packs,
    people,
    policies,
    portfolio,
    recovery,
    settings,
    setup,
    signing,
    work,
)

BLUEPRINTS = tuple(
    module.bp
    for module in (
        accounts,
        checklists,
        evidence,
        facts,
        findings,
        gates,
        health,
        initiatives,
        intake,
        ledger,
        packs,
        people,
        policies,
        portfolio,
        recovery,
        settings,
        setup,
        signing,
        work,
    )
)
