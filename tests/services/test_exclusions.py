"""That a check does not apply is worked out from facts; where they do not tell, somebody proposes it and compliance confirms it."""

import pytest

from governance.domain import checks
from governance.domain.errors import Conflict, NotAllowed, NotThere, RuleBroken
from governance.domain.vocabulary import AnswerState, Confirmation, ExclusionState, Function, Role, Visibility
from governance.ledger import rebuild
from governance.ledger.log import Log
from governance.models.exclusions import Exclusion
from governance.models.ledger import Leaf
from governance.models.summary import Waiting
from governance.reads import exemption_rules as reading
from governance.reads import policies
from governance.reads.material import material
from governance.reads.reports import initiative_record
from governance.services import directory, exclusions, gates, initiatives, migrating
from governance.words import word
from tests.prepared import begun
from tests.services.conftest import ASKED, LOW, STATEMENTS, TEXTS, House, founded

KEY, ITEM, ID = "AI-0001", "G1-05", "AI-0001.N-1"


@begun("house", founded)
def draft(house: House) -> None:
    """Complete but for one blocking check that nobody can answer."""
    house.register()
    house.open()
    house.complete(leave=frozenset({ITEM}))


def propose(house: House, who: str = "lena", item: str = ITEM, reason: str = "there is no such thing here") -> str:
    return str(house.act(who, lambda log: exclusions.propose(log, KEY, item, reason)))


def decide(
    house: House, who: str = "aoife", decision: Confirmation = Confirmation.CONFIRM, reason: str = "", *, proof: bool = True
) -> None:
    house.act(who, lambda log: exclusions.decide(log, ID, decision, word(decision).meaning, reason), proof=proof)


def change_the_facts(house: House, **changed: object) -> None:
    house.act("lena", lambda log: initiatives.answer_tiering(log, KEY, LOW, STATEMENTS, {**ASKED, **changed}))


def state_of(house: House) -> AnswerState:
    with house.read() as session:
        policy = policies.current(session)
        return next(
            check.evaluated.state
            for check in checks.evaluated(policy, material(session, KEY, "G1", policy), house.now)
            if check.item.id == ITEM
        )


def shown(house: House) -> ExclusionState:
    with house.read() as session:
        return reading.shown(session, session.get_one(Exclusion, ID))


def test_a_proposal_alone_counts_for_nothing(draft: House) -> None:
    propose(draft)

    assert state_of(draft) is AnswerState.NOT_STARTED
    with pytest.raises(RuleBroken, match="still open"):
        draft.submit()


def test_what_compliance_confirms_counts_and_the_gate_passes(draft: House) -> None:
    propose(draft)
    decide(draft)

    assert (state_of(draft), shown(draft)) == (AnswerState.NOT_APPLICABLE, ExclusionState.CONFIRMED)
    draft.submit()
    draft.sign_all()
    assert draft.stage() == "review"
    with draft.read() as session:
        assert rebuild.check(session) == []


def test_it_lapses_with_the_facts_and_counts_again_when_they_are_as_they_were(draft: House) -> None:
    propose(draft)
    decide(draft)

    change_the_facts(draft, employees_affected=True)
    assert (state_of(draft), shown(draft)) == (AnswerState.NOT_STARTED, ExclusionState.LAPSED)
    change_the_facts(draft)

    assert (state_of(draft), shown(draft)) == (AnswerState.NOT_APPLICABLE, ExclusionState.CONFIRMED)


def test_facts_that_change_during_the_review_keep_the_gate_shut(draft: House) -> None:
    propose(draft)
    decide(draft)
    draft.submit()
    for function in (Function.DATA_SCIENCE, Function.IT_OPS, Function.BUSINESS):
        draft.sign(function)
    change_the_facts(draft, employees_affected=True)

    with pytest.raises(Conflict, match="record changed"):
        draft.sign(Function.COMPLIANCE)
    assert draft.stage() == "pilot"


def test_taking_it_back_makes_exactly_the_sign_offs_of_its_section_lapse(draft: House) -> None:
    propose(draft)
    decide(draft)
    draft.submit()
    draft.act("lena", lambda log: exclusions.withdraw(log, ID, "it applies after all"))

    review = draft.table().review
    with draft.read() as session:
        owner = policies.current(session).item(ITEM).owner
    assert [section.value for section in review.frozen if review.frozen[section] != review.live[section]] == [owner.value]
    assert state_of(draft) is AnswerState.NOT_STARTED


@pytest.mark.parametrize("who", ["mina", "rafael", "omar", "ruth", "mallory"])
def test_only_compliance_decides(draft: House, who: str) -> None:
    propose(draft)

    with pytest.raises(NotAllowed, match="do not hold the function"):
        decide(draft, who)


def test_neither_who_proposed_it_nor_the_lead_decides(draft: House) -> None:
    def grant(log: Log) -> None:
        for who in ("lena", "tom"):
            directory.grant_role(log, who, Role.REVIEWER)
            directory.grant_function(log, who, Function.COMPLIANCE)

    draft.act("omar", grant)
    propose(draft, "tom")

    for who, sentence in (("tom", "You proposed it"), ("lena", "You lead this initiative")):
        with pytest.raises(NotAllowed, match=sentence):
            decide(draft, who)


def test_it_takes_proof_of_identity_and_a_reason_to_decline(draft: House) -> None:
    propose(draft)

    with pytest.raises(NotAllowed, match="Prove who you are"):
        decide(draft, proof=False)
    with pytest.raises(RuleBroken, match="Say why you decline"):
        decide(draft, decision=Confirmation.DECLINE)
    decide(draft, decision=Confirmation.DECLINE, reason="it does apply")

    assert (state_of(draft), shown(draft)) == (AnswerState.NOT_STARTED, ExclusionState.DECLINED)
    with pytest.raises(Conflict, match="decided already"):
        decide(draft, "second")


def test_nobody_decides_on_facts_that_are_gone(draft: House) -> None:
    propose(draft)
    change_the_facts(draft, employees_affected=True)

    with pytest.raises(RuleBroken, match="changed since it was proposed"):
        decide(draft)
    assert propose(draft) == "AI-0001.N-2", "it can be proposed anew"


@pytest.mark.parametrize("who", ["mina", "aoife", "omar", "mallory"])
def test_only_lead_and_team_propose(draft: House, who: str) -> None:
    with pytest.raises(NotAllowed):
        propose(draft, who)


@pytest.mark.parametrize(
    ("item", "sentence"),
    [("G1-02", "answers itself"), ("G1-04", "is met"), ("G2-20", "does not apply already"), ("G1-99", "no check G1-99")],
)
def test_only_of_a_check_that_applies_and_is_not_met(draft: House, item: str, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        propose(draft, item=item)


def test_a_check_of_which_nobody_can_say_whether_it_applies_is_not_excluded(draft: House) -> None:
    propose(draft)
    decide(draft)
    with draft.read() as session:
        policy = policies.current(session)
        found = material(session, KEY, "G1", policy)
    planned = next(one for one in checks.planned_items(found) if one.item.id == ITEM)

    assert planned.applicability.why == f"compliance confirmed that it does not apply ({ID})"


@pytest.mark.parametrize("reason", ["", "  ", "no", "x" * 4_001])
def test_it_takes_a_reason(draft: House, reason: str) -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        propose(draft, reason=reason)


def test_one_is_proposed_at_a_time(draft: House) -> None:
    propose(draft)

    with pytest.raises(Conflict, match="proposed already"):
        propose(draft)


def test_who_takes_it_back(draft: House) -> None:
    propose(draft, "tom")
    for who in ("mara", "aoife", "mina"):
        with pytest.raises(NotAllowed):
            draft.act(who, lambda log: exclusions.withdraw(log, ID, "it applies"))
    draft.act("tom", lambda log: exclusions.withdraw(log, ID, "it applies"))

    with pytest.raises(Conflict, match="over already"):
        draft.act("lena", lambda log: exclusions.withdraw(log, ID, "it applies"))


def test_it_stands_on_the_list_of_compliance_while_the_facts_hold(draft: House) -> None:
    propose(draft)

    def waits() -> list[tuple[Function | None, str | None]]:
        with draft.read() as session:
            return [(row.function, row.subject) for row in session.query(Waiting).filter_by(kind="exclude")]

    assert waits() == [(Function.COMPLIANCE, ID)]
    change_the_facts(draft, employees_affected=True)
    assert waits() == []
    change_the_facts(draft)
    decide(draft)
    assert waits() == []


def test_who_may_not_see_the_initiative_is_not_told_that_there_is_one(draft: House) -> None:
    propose(draft)
    hidden = initiatives.Description("Claims triage", "Scores new motor claims.", "claims", "lena", Visibility.NAMED)
    draft.act("lena", lambda log: initiatives.describe(log, KEY, hidden))

    with pytest.raises(NotThere):
        decide(draft, "mina")


def test_a_newer_one_on_other_facts_hides_none(draft: House) -> None:
    propose(draft)
    decide(draft)
    change_the_facts(draft, legacy_integration=True)
    newer = propose(draft)
    draft.act("aoife", lambda log: exclusions.decide(log, newer, Confirmation.CONFIRM, word(Confirmation.CONFIRM).meaning, ""), proof=True)
    assert state_of(draft) is AnswerState.NOT_APPLICABLE

    change_the_facts(draft)

    assert (state_of(draft), shown(draft)) == (AnswerState.NOT_APPLICABLE, ExclusionState.CONFIRMED)


def rewritten(word: str, what: str) -> dict[str, str]:
    """The policy with words of the check changed."""
    head, tail = TEXTS["gates/G1.yaml"].split(f"    - id: {ITEM}\n")
    assert f"{word}" in tail
    return {**TEXTS, "gates/G1.yaml": f"{head}    - id: {ITEM}\n{tail.replace(word, what, 1)}"}


def test_it_counts_no_more_once_the_check_asks_something_else_and_again_once_it_asks_the_same(draft: House) -> None:
    draft.act("lena", lambda log: gates.withdraw(log, "AI-0001.G1-1", "not yet"))
    propose(draft)
    decide(draft)
    draft.publish(rewritten('question: "', 'question: "Another duty: '))

    assert (state_of(draft), shown(draft)) == (AnswerState.NOT_STARTED, ExclusionState.LAPSED)
    assert propose(draft) == "AI-0001.N-2", "it can be proposed anew"
    draft.publish(TEXTS)

    assert (state_of(draft), shown(draft)) == (AnswerState.NOT_APPLICABLE, ExclusionState.CONFIRMED)


def test_words_that_only_explain_change_nothing(draft: House) -> None:
    draft.act("lena", lambda log: gates.withdraw(log, "AI-0001.G1-1", "not yet"))
    propose(draft)
    decide(draft)
    draft.publish(rewritten("title: ", "title: In other words, "))
    draft.publish(rewritten('why: "', 'why: "In other words, '))

    assert (state_of(draft), shown(draft)) == (AnswerState.NOT_APPLICABLE, ExclusionState.CONFIRMED)


def test_a_request_that_is_moved_to_other_rules_takes_none_along(draft: House) -> None:
    propose(draft)
    decide(draft)
    draft.submit()
    draft.publish(rewritten('question: "', 'question: "Another duty: '))
    draft.act("second", lambda log: migrating.migrate(log, "AI-0001.G1-1", "The rules are new."))

    assert draft.table().review.obstacles == (f"{ITEM} not_started",), "nobody said of this check that it does not apply"


def test_the_report_holds_what_was_proposed_and_what_compliance_signed(draft: House) -> None:
    propose(draft, reason="there is no such source")
    decide(draft, reason="I looked, and there is none")
    with draft.read() as session:
        [one] = initiative_record(session, KEY).exclusions
        leaf = session.query(Leaf).filter_by(kind="exclusion.decided").one()

    assert (one.id, one.state, one.reason, one.proposed_by) == (ID, ExclusionState.CONFIRMED, "there is no such source", "Lena")
    assert one.decided is not None
    told = one.decided
    assert (told.decision, told.name, told.reason, told.leaf) == (Confirmation.CONFIRM, "Aoife", "I looked, and there is none", leaf.index)
    assert (told.meaning, told.method.value) == (word(Confirmation.CONFIRM).meaning, "password")

    draft.act("lena", lambda log: exclusions.withdraw(log, ID, "it applies after all"))
    with draft.read() as session:
        [one] = initiative_record(session, KEY).exclusions
    assert (one.state, one.withdrawn_why, one.decided) == (ExclusionState.WITHDRAWN, "it applies after all", told)
