"""Every group of pages."""

from governance.web import (
    accounts,
    checklists,
    evidence,
    facts,
    findings,
    gates,
    health,
    importing,
    initiatives,
    intake,
    ledger,
    moving_in,
    packs,
    people,
    policies,
    portfolio,
    recovery,
    settings,
    setup,
    signing,
    staffing,
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
        importing,
        initiatives,
        intake,
        ledger,
        moving_in,
        packs,
        people,
        policies,
        portfolio,
        recovery,
        settings,
        setup,
        signing,
        staffing,
        work,
    )
)
