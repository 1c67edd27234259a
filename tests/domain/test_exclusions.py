"""The rules of exclusions: on what one rests, whom it takes, and that what is undecided stays so."""

from datetime import timedelta

import pytest

from governance.domain import exclusions
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.exclusions import Bound
from governance.domain.exemptions import Exclusion
from governance.domain.separation import Holding, Signer
from governance.domain.vocabulary import Applies, ExclusionState, Function, Role, Tier
from tests.domain.samples import NOW, planned

BOUND = Bound("claims", "lena", "tom", NOW, frozenset({"tara"}))
ONE = Exclusion("AI-0001.N-1", "G1-01", "f", "r", "tom", "aoife", NOW)


def signer(who: str, function: Function = Function.COMPLIANCE) -> Signer:
    return Signer(who, (Holding(function, None, NOW - timedelta(days=1)),), roles=frozenset({Role.REVIEWER}))


@pytest.mark.parametrize("applies", Applies)
def test_only_what_applies_by_the_facts_can_be_excluded(applies: Applies) -> None:
    item = planned(applies=applies, why="because")
    under = exclusions.applied(item, ONE)

    if applies is Applies.YES:
        assert (under.applicability.applies, under.thresholds) == (Applies.NO, None)
        assert under.applicability.why == "compliance confirmed that it does not apply (AI-0001.N-1)"
    else:
        assert under is item
    assert exclusions.applied(item, None) is item


def test_it_rests_on_every_fact_and_on_the_tier_in_whatever_order() -> None:
    facts = {"personal_data": True, "eu_role": "none"}
    rests_on = exclusions.facts_digest(facts, Tier.LOW)

    assert exclusions.facts_digest({"eu_role": "none", "personal_data": True}, Tier.LOW) == rests_on
    others = [
        ({**facts, "personal_data": False}, Tier.LOW),
        ({**facts, "new": True}, Tier.LOW),
        ({"eu_role": "none"}, Tier.LOW),
        (facts, Tier.HIGH),
    ]
    assert rests_on not in {exclusions.facts_digest(*other) for other in others}


@pytest.mark.parametrize("state", ExclusionState)
def test_what_is_proposed_or_confirmed_lapses_with_the_facts(state: ExclusionState) -> None:
    rests = state in (ExclusionState.PROPOSED, ExclusionState.CONFIRMED)

    assert exclusions.shown(state, "a", "a") is state
    for now_are in ("b", None):
        assert exclusions.shown(state, "a", now_are) is (ExclusionState.LAPSED if rests else state)


@pytest.mark.parametrize(
    ("who", "function", "why"),
    [
        ("aoife", Function.COMPLIANCE, None),
        ("mina", Function.IT_OPS, "do not hold the function"),
        ("tom", Function.COMPLIANCE, "You proposed it"),
        ("lena", Function.COMPLIANCE, "You lead this initiative"),
        ("tara", Function.COMPLIANCE, "on the team"),
    ],
)
def test_who_decides(who: str, function: Function, why: str | None) -> None:
    found = list(exclusions.obstacles(signer(who, function), BOUND))

    assert (found == []) if why is None else (len(found) == 1 and why in found[0])


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        (ExclusionState.PROPOSED, None),
        (ExclusionState.LAPSED, RuleBroken),
        *((state, Conflict) for state in (ExclusionState.CONFIRMED, ExclusionState.DECLINED, ExclusionState.WITHDRAWN)),
    ],
)
def test_what_can_be_decided(state: ExclusionState, refused: type[Exception] | None) -> None:
    if refused is None:
        exclusions.check_may_decide(state, signer("aoife"), BOUND)
        with pytest.raises(NotAllowed):
            exclusions.check_may_decide(state, signer("tom"), BOUND)
    else:
        with pytest.raises(refused):
            exclusions.check_may_decide(state, signer("aoife"), BOUND)


@pytest.mark.parametrize(("words", "holds"), [("", False), (" x ", False), ("yes", True), ("x" * 4_000, True), ("x" * 4_001, False)])
def test_words_have_a_length(words: str, holds: bool) -> None:
    if holds:
        exclusions.check_words(words, "so")
    else:
        with pytest.raises(RuleBroken, match="Say why so"):
            exclusions.check_words(words, "so")
