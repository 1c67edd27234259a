"""The table of permissions: every permission against every role, and nobody by default."""

from itertools import product

import pytest

from governance.domain.rights import Doer
from governance.domain.vocabulary import Role
from governance.permissions import HOLDERS, ROUTES, Permission, allows

LEAD, REVIEWER, OFFICER, AUDITOR, ADMIN = Role.PROJECT_LEAD, Role.REVIEWER, Role.COMPLIANCE_OFFICER, Role.AUDITOR, Role.ADMIN
ALLOWED = {
    Permission.PUBLIC: {None, LEAD, REVIEWER, OFFICER, AUDITOR, ADMIN},
    Permission.EMPTY_INSTANCE: set(),
    Permission.SIGNED_IN: {None, LEAD, REVIEWER, OFFICER, AUDITOR, ADMIN},
    Permission.VOUCH: {OFFICER},
    Permission.ATTEST: {OFFICER},
    Permission.READ_IMPACT: {OFFICER, AUDITOR},
    Permission.MOVE_REQUESTS: {OFFICER},
    Permission.DECIDE_RULES: {OFFICER},
    Permission.REGISTER: {LEAD, OFFICER},
    Permission.TAKE_PART: {LEAD, REVIEWER, OFFICER},
    Permission.READ_LEDGER: {OFFICER, AUDITOR},
    Permission.ISSUE_PACKS: {LEAD, OFFICER, AUDITOR},
    Permission.READ_PACKS: {LEAD, OFFICER, AUDITOR},
    Permission.ISSUE_TRAIL: {OFFICER, AUDITOR},
    Permission.READ_IMPACT: {OFFICER, AUDITOR},
    Permission.MOVE_REQUESTS: {OFFICER},
    Permission.ADMINISTER: {ADMIN},
}


def doer(*roles: Role, active: bool = True) -> Doer:
    return Doer("who", "Who", "claims", frozenset(roles), active=active)


@pytest.mark.parametrize(("permission", "role"), list(product(Permission, [*Role, None])))
def test_a_permission_belongs_to_the_roles_of_the_table(permission: Permission, role: Role | None) -> None:
    roles = [role] if role else []

    assert allows(permission, doer(*roles)) is (role in ALLOWED[permission])


@pytest.mark.parametrize("permission", Permission)
def test_nobody_and_disabled_people_get_only_what_is_public(permission: Permission) -> None:
    assert allows(permission, None) is (permission is Permission.PUBLIC)
    assert allows(permission, doer(*Role, active=False)) is (permission is Permission.PUBLIC)


def test_one_of_several_roles_is_enough() -> None:
    assert allows(Permission.REGISTER, doer(AUDITOR, LEAD))


def test_every_permission_is_decided_and_used() -> None:
    asked_for_a_role = set(Permission) - {Permission.PUBLIC, Permission.EMPTY_INSTANCE, Permission.SIGNED_IN}

    assert set(HOLDERS) == asked_for_a_role
    assert set(ROUTES.values()) == set(Permission)
