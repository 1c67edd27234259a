"""Who may propose and decide, when there is something to decide, and how files of a policy are called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from governance.domain import proposals
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.proposals import MOST_FILES, Proposed
from governance.domain.rights import Doer
from governance.domain.vocabulary import ProposalState, Role

MOMENT = datetime(2026, 9, 1, 9, tzinfo=UTC)
LATER = MOMENT + timedelta(minutes=1)
OFFICER = Doer("ada", "Ada", "claims", frozenset({Role.COMPLIANCE_OFFICER}), officer_since=MOMENT)
OPEN = Proposed("P-1", "bo", MOMENT, ProposalState.OPEN, "aa")


@pytest.mark.parametrize("role", Role)
def test_only_compliance_officers_propose_and_decide(role: Role) -> None:
    doer = replace(OFFICER, roles=frozenset({role}))
    if role is Role.COMPLIANCE_OFFICER:
        proposals.check_may_propose(doer)
        proposals.check_may_decide(doer, OPEN, 1)
        return
    for check in (lambda: proposals.check_may_propose(doer), lambda: proposals.check_may_decide(doer, OPEN, 1)):
        with pytest.raises(NotAllowed, match="compliance officer"):
            check()


def test_a_disabled_account_does_neither() -> None:
    doer = replace(OFFICER, active=False)
    for check in (lambda: proposals.check_may_propose(doer), lambda: proposals.check_may_decide(doer, OPEN, 1)):
        with pytest.raises(NotAllowed, match="disabled"):
            check()


@pytest.mark.parametrize(("others", "sentence"), [(1, "Another compliance officer decides"), (0, "an administrator gives a second person")])
def test_nobody_decides_on_their_own_proposal(others: int, sentence: str) -> None:
    with pytest.raises(NotAllowed, match=sentence):
        proposals.check_may_decide(OFFICER, replace(OPEN, by="ada"), others)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"officer_since": LATER}, "You were given the role of a compliance officer after it was proposed"),
        ({"officer_since": None}, "You were given the role"),
        ({"reset_at": LATER}, "Your password was set through an administrator's link after it was proposed"),
    ],
)
def test_what_an_administrator_did_since_makes_no_second_person(changed: dict[str, datetime | None], sentence: str) -> None:
    proposals.check_may_decide(replace(OFFICER, reset_at=MOMENT), OPEN, 1)
    with pytest.raises(NotAllowed, match=sentence):
        proposals.check_may_decide(replace(OFFICER, **changed), OPEN, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed", [{"officer_since": LATER}, {"officer_since": None, "roles": frozenset()}, {"roles": frozenset()}, {"active": False}]
)
def test_what_is_published_was_proposed_by_somebody_who_is_an_officer_ever_since(changed: dict[str, object]) -> None:
    assert proposals.why_not_published(OFFICER, OPEN) is None
    sentence = proposals.why_not_published(replace(OFFICER, **changed), OPEN)  # type: ignore[arg-type]
    assert sentence is not None and "Ada proposed this and has not been a compliance officer ever since" in sentence


def test_only_whoever_made_it_withdraws_it() -> None:
    proposals.check_may_withdraw(OFFICER, replace(OPEN, by="ada"))
    with pytest.raises(NotAllowed, match="Only whoever made"):
        proposals.check_may_withdraw(OFFICER, OPEN)


@pytest.mark.parametrize("state", ProposalState)
@pytest.mark.parametrize("in_force", ["aa", "bb", None])
def test_it_is_decided_while_it_is_open_and_rests_on_what_is_in_force(state: ProposalState, in_force: str | None) -> None:
    proposal = replace(OPEN, state=state)
    if state is ProposalState.OPEN and in_force == "aa":
        proposals.check_open(proposal, in_force)
        return
    with pytest.raises(Conflict, match="no longer open" if state is not ProposalState.OPEN else "cannot be published"):
        proposals.check_open(proposal, in_force)


@pytest.mark.parametrize(("reason", "fits"), [("", False), (" " * 20, False), ("too short", False), ("long enough", True), ("x" * 10_001, False)])  # fmt: skip
def test_a_reason_has_words(reason: str, fits: bool) -> None:
    if fits:
        proposals.check_reason(reason)
        return
    with pytest.raises(RuleBroken, match="Say why"):
        proposals.check_reason(reason)


@pytest.mark.parametrize(
    "name",
    ["policy.yaml", "gates/G1.yaml", "a/b/c-d_e.2.yaml", "tests.yaml", "x" * 95 + ".yaml"],
)
def test_names_of_files_of_a_policy(name: str) -> None:
    proposals.check_names([name])


@pytest.mark.parametrize(
    "name",
    [
        "", "policy", "policy.yml", ".yaml", "../policy.yaml", "/policy.yaml", "gates//G1.yaml", "gates/../G1.yaml", "a\\b.yaml", "C:a.yaml",
        "gates/.hidden.yaml", "tests/G1.yaml", "gates/tests/G1.yaml", "a\x00.yaml", "a\n.yaml", "é.yaml", "policy.yaml\n",
        "x" * 96 + ".yaml", "/".join(["x" * 40] * 6) + ".yaml",
    ],
)  # fmt: skip
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(RuleBroken, match="not those of a policy"):
        proposals.check_names(["policy.yaml", name])


def test_names_that_some_systems_take_for_one_are_refused_and_so_are_too_many() -> None:
    with pytest.raises(RuleBroken) as refused:
        proposals.check_names(["gates/G1.yaml", "gates/g1.yaml"])
    assert "one file" in refused.value.problems[0].message

    proposals.check_names([f"{number}.yaml" for number in range(MOST_FILES)])
    with pytest.raises(RuleBroken) as refused:
        proposals.check_names([f"{number}.yaml" for number in range(MOST_FILES + 1)])
    assert "at most 100 files" in refused.value.problems[0].message
