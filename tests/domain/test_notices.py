"""Who may be told anything: only who may see the initiative, and nobody about their own deeds."""

import pytest

from governance.domain.notices import may_be_told
from governance.domain.rights import Doer, Ties
from governance.domain.vocabulary import Role, Visibility

TIES = Ties("AI-0001", "claims", "lena", Visibility.NAMED, frozenset({"tom"}), frozenset({"mallory"}))


@pytest.mark.parametrize(
    ("who", "roles", "active", "by", "told"),
    [
        ("lena", (), True, "joao", True),
        ("tom", (), True, "joao", True),
        ("mallory", (), True, "joao", True),
        ("joao", (Role.REVIEWER,), True, "lena", False),
        ("aoife", (Role.COMPLIANCE_OFFICER,), True, "lena", True),
        ("omar", (Role.ADMIN,), True, "lena", False),
        ("lena", (), True, "lena", False),
        ("lena", (), False, "joao", False),
        ("aoife", (Role.COMPLIANCE_OFFICER,), False, "lena", False),
    ],
)
def test_who_may_be_told(who: str, roles: tuple[Role, ...], active: bool, by: str, told: bool) -> None:
    assert may_be_told(Doer(who, who, "energy", frozenset(roles), active=active), TIES, by) is told
