"""Who may use which route: one table, default deny. A route that is not listed here stops the start-up.

This is the coarse lock on the door. What somebody may do to one initiative is asked again in the services, on every path.
"""

from collections.abc import Mapping
from enum import StrEnum

from governance.domain.rights import Doer
from governance.domain.vocabulary import Role


class Permission(StrEnum):
    PUBLIC = "public"  # nobody has to be signed in
    EMPTY_INSTANCE = "empty_instance"  # only before the first administrator exists
    SIGNED_IN = "signed_in"
    VOUCH = "vouch"  # say what was approved before this system
    ATTEST = "attest"  # sign what the organisation does about a clause
    DECIDE_RULES = "decide_rules"  # propose a policy, and publish what another one proposed
    REGISTER = "register"  # put an initiative into the inventory
    TAKE_PART = "take_part"  # anybody but a mere reader: answers, requests, decisions, comments, findings
    READ_LEDGER = "read_ledger"
    ISSUE_PACKS = "issue_packs"
    READ_PACKS = "read_packs"
    ISSUE_TRAIL = "issue_trail"  # the organisation's own trail
    READ_IMPACT = "read_impact"  # what a policy would change
    MOVE_REQUESTS = "move_requests"  # have it worked out, and move running requests to the policy in force
    ADMINISTER = "administer"


HOLDERS: Mapping[Permission, frozenset[Role]] = {
    Permission.VOUCH: frozenset({Role.COMPLIANCE_OFFICER}),
    Permission.ATTEST: frozenset({Role.COMPLIANCE_OFFICER}),
    Permission.DECIDE_RULES: frozenset({Role.COMPLIANCE_OFFICER}),
    Permission.REGISTER: frozenset({Role.PROJECT_LEAD, Role.COMPLIANCE_OFFICER}),
    Permission.TAKE_PART: frozenset({Role.PROJECT_LEAD, Role.REVIEWER, Role.COMPLIANCE_OFFICER}),
    Permission.READ_LEDGER: frozenset({Role.AUDITOR, Role.COMPLIANCE_OFFICER}),
    Permission.ISSUE_PACKS: frozenset({Role.AUDITOR, Role.COMPLIANCE_OFFICER, Role.PROJECT_LEAD}),
    Permission.READ_PACKS: frozenset({Role.AUDITOR, Role.COMPLIANCE_OFFICER, Role.PROJECT_LEAD}),
    Permission.ISSUE_TRAIL: frozenset({Role.AUDITOR, Role.COMPLIANCE_OFFICER}),
    Permission.READ_IMPACT: frozenset({Role.AUDITOR, Role.COMPLIANCE_OFFICER}),
    Permission.MOVE_REQUESTS: frozenset({Role.COMPLIANCE_OFFICER}),
    Permission.ADMINISTER: frozenset({Role.ADMIN}),
}

ROUTES: Mapping[str, Permission] = {
    "static": Permission.PUBLIC,
    "bootstrap.static": Permission.PUBLIC,
    "health.healthz": Permission.PUBLIC,
    "health.readyz": Permission.PUBLIC,
    "health.metrics": Permission.PUBLIC,  # whoever has the token of the settings
    "accounts.sign_in": Permission.PUBLIC,
    "accounts.demo_sign_in": Permission.PUBLIC,
    "accounts.set_password": Permission.PUBLIC,
    "setup.first_admin": Permission.EMPTY_INSTANCE,
    "accounts.sign_out": Permission.SIGNED_IN,
    "accounts.profile": Permission.SIGNED_IN,
    "accounts.choose_mail": Permission.SIGNED_IN,
    "settings.logo": Permission.PUBLIC,
    "work.mine": Permission.SIGNED_IN,
    "portfolio.board": Permission.SIGNED_IN,
    "portfolio.table": Permission.SIGNED_IN,
    "portfolio.export": Permission.SIGNED_IN,
    "intake.register": Permission.REGISTER,
    "initiatives.overview": Permission.SIGNED_IN,
    "initiatives.describe": Permission.TAKE_PART,
    "initiatives.team": Permission.TAKE_PART,
    "initiatives.readers": Permission.TAKE_PART,
    "initiatives.remove_reader": Permission.TAKE_PART,
    "initiatives.model": Permission.TAKE_PART,
    "moving_in.bring_in": Permission.VOUCH,
    "moving_in.attach": Permission.VOUCH,
    "moving_in.regularise": Permission.VOUCH,
    "importing.listing": Permission.VOUCH,
    "importing.start": Permission.VOUCH,
    "importing.example": Permission.VOUCH,
    "importing.job": Permission.VOUCH,
    "importing.confirm": Permission.VOUCH,
    "importing.look_again": Permission.VOUCH,
    "facts.tiering": Permission.SIGNED_IN,
    "facts.answer": Permission.TAKE_PART,
    "facts.limits": Permission.TAKE_PART,
    "ml_test_score.form": Permission.SIGNED_IN,
    "ml_test_score.save": Permission.TAKE_PART,
    "checklists.checklist": Permission.SIGNED_IN,
    "checklists.answer": Permission.TAKE_PART,
    "checklists.add_evidence": Permission.TAKE_PART,
    "evidence.download": Permission.SIGNED_IN,
    "evidence.statement": Permission.SIGNED_IN,
    "evidence.share": Permission.TAKE_PART,
    "evidence.stop_sharing": Permission.TAKE_PART,
    "evidence.supersede": Permission.TAKE_PART,
    "reusing.offers": Permission.TAKE_PART,
    "reusing.reuse": Permission.TAKE_PART,
    "findings.listing": Permission.SIGNED_IN,
    "findings.raise_finding": Permission.TAKE_PART,
    "findings.answer": Permission.TAKE_PART,
    "findings.close": Permission.TAKE_PART,
    "gates.open_request": Permission.TAKE_PART,
    "gates.request_page": Permission.SIGNED_IN,
    "gates.submit": Permission.TAKE_PART,
    "gates.withdraw": Permission.TAKE_PART,
    "gates.close": Permission.TAKE_PART,
    "gates.comment": Permission.TAKE_PART,
    "signing.decide": Permission.TAKE_PART,
    "signing.sign": Permission.TAKE_PART,
    "exclusions.exclusion": Permission.SIGNED_IN,
    "exclusions.propose": Permission.TAKE_PART,
    "exclusions.decide": Permission.TAKE_PART,
    "exclusions.withdraw": Permission.TAKE_PART,
    "waivers.listing": Permission.SIGNED_IN,
    "waivers.export": Permission.SIGNED_IN,
    "waivers.waiver": Permission.SIGNED_IN,
    "waivers.ask": Permission.TAKE_PART,
    "waivers.sign": Permission.TAKE_PART,
    "waivers.withdraw": Permission.TAKE_PART,
    "policies.overview": Permission.SIGNED_IN,
    "policies.gate": Permission.SIGNED_IN,
    "policies.history": Permission.SIGNED_IN,
    "policies.export": Permission.SIGNED_IN,
    "policies.changes": Permission.SIGNED_IN,
    "frameworks.listing": Permission.SIGNED_IN,
    "frameworks.export": Permission.SIGNED_IN,
    "frameworks.framework": Permission.SIGNED_IN,
    "frameworks.export_clauses": Permission.SIGNED_IN,
    "frameworks.clause": Permission.SIGNED_IN,
    "frameworks.export_clause": Permission.SIGNED_IN,
    "attesting.attest": Permission.ATTEST,
    "attesting.attestation": Permission.SIGNED_IN,
    "attesting.confirm": Permission.ATTEST,
    "attesting.withdraw": Permission.ATTEST,
    "attesting.download": Permission.SIGNED_IN,
    "impact.page": Permission.READ_IMPACT,
    "impact.ask": Permission.MOVE_REQUESTS,
    "impact.choose": Permission.MOVE_REQUESTS,
    "impact.move": Permission.MOVE_REQUESTS,
    "impact.moves": Permission.READ_IMPACT,
    "impact.moved": Permission.READ_IMPACT,
    "policy_checks.listing": Permission.SIGNED_IN,
    "drafting.draft": Permission.DECIDE_RULES,
    "drafting.propose": Permission.DECIDE_RULES,
    "drafting.check": Permission.DECIDE_RULES,
    "drafting.seat": Permission.DECIDE_RULES,
    "drafting.add_seat": Permission.DECIDE_RULES,
    "drafting.remove_seat": Permission.DECIDE_RULES,
    "drafting.days": Permission.DECIDE_RULES,
    "drafting.undo": Permission.DECIDE_RULES,
    "drafting.discard": Permission.DECIDE_RULES,
    "drafting.go_on": Permission.DECIDE_RULES,
    "proposals.listing": Permission.SIGNED_IN,
    "proposals.export": Permission.SIGNED_IN,
    "proposals.page": Permission.SIGNED_IN,
    "proposals.decide": Permission.DECIDE_RULES,
    "proposals.withdraw": Permission.DECIDE_RULES,
    "proposing.start": Permission.DECIDE_RULES,
    "proposing.again": Permission.DECIDE_RULES,
    "ledger.entries": Permission.READ_LEDGER,
    "ledger.entry": Permission.READ_LEDGER,
    "ledger.export": Permission.READ_LEDGER,
    "ledger.checkpoint": Permission.READ_LEDGER,
    "ledger.proof": Permission.READ_LEDGER,
    "packs.listing": Permission.READ_PACKS,
    "packs.issue": Permission.ISSUE_PACKS,
    "packs.issue_trail": Permission.ISSUE_TRAIL,
    "packs.job": Permission.READ_PACKS,
    "packs.download": Permission.READ_PACKS,
    "people.listing": Permission.ADMINISTER,
    "people.export": Permission.ADMINISTER,
    "people.add": Permission.ADMINISTER,
    "people.person": Permission.ADMINISTER,
    "people.change": Permission.ADMINISTER,
    "people.grant_role": Permission.ADMINISTER,
    "people.withdraw_role": Permission.ADMINISTER,
    "people.grant_function": Permission.ADMINISTER,
    "people.withdraw_function": Permission.ADMINISTER,
    "people.disable": Permission.ADMINISTER,
    "people.enable": Permission.ADMINISTER,
    "people.setup_link": Permission.ADMINISTER,
    "recovery.awaited": Permission.ADMINISTER,
    "recovery.confirm": Permission.ADMINISTER,
    "staffing.start": Permission.ADMINISTER,
    "staffing.example": Permission.ADMINISTER,
    "staffing.confirm": Permission.ADMINISTER,
    "settings.organisation": Permission.ADMINISTER,
    "settings.open_unit": Permission.ADMINISTER,
    "settings.rename_unit": Permission.ADMINISTER,
    "settings.mail": Permission.ADMINISTER,
    "settings.try_again": Permission.ADMINISTER,
}


def allows(permission: Permission, doer: Doer | None) -> bool:
    """Whether somebody, or nobody (None), may use a route with this permission."""
    if permission is Permission.PUBLIC:
        return True
    if permission is Permission.EMPTY_INSTANCE or doer is None or not doer.active:
        return False
    if permission is Permission.SIGNED_IN:
        return True
    return bool(HOLDERS[permission] & doer.roles)
