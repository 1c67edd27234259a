"""Publishing, and which rules a request runs under."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.vocabulary import AnswerState, Function, ProposalState, RequestState, Role, Stage
from governance.ledger import rebuild
from governance.ledger.log import SYSTEM, Actor, Auth, Log
from governance.ledger.read import entries
from governance.ledger.verify import verify
from governance.models.accounts import Account
from governance.models.policies import PolicyLoosening, PolicyProposal, PublishedPolicy
from governance.models.summary import Summary, Waiting
from governance.policy.loader import digest_of
from governance.policy.problems import PolicyError
from governance.reads import people, policies, reviews, words
from governance.reads import proposals as reading
from governance.services import accounts, answers, directory, summaries
from governance.services import policies as publishing
from tests.services.conftest import TEXTS, House, ask, evidence


def without(item: str) -> dict[str, str]:
    """The shipped policy with one check of the first gate less."""
    head, tail = TEXTS["gates/G1.yaml"].split(f"    - id: {item}\n")
    return {**TEXTS, "gates/G1.yaml": head + "    - id:" + tail.split("    - id:", maxsplit=1)[1]}


def moved(item: str) -> dict[str, str]:
    """The shipped policy with one check of the first gate asked at the second instead."""
    mine = TEXTS["gates/G1.yaml"].split(f"    - id: {item}\n")[1].split("    - id:", maxsplit=1)[0]
    later = TEXTS["gates/G2.yaml"].replace("  items:\n", f"  items:\n    - id: {item}\n{mine}", 1)
    return {**without(item), "gates/G2.yaml": later}


LOOSER = without("G1-08")
STRICTER = {**TEXTS, "policy.yaml": TEXTS["policy.yaml"].replace("low: 90, medium: 60", "low: 45, medium: 60", 1)}
REASON = "The audit asked for it."


def decide(house: House, proposal: str, who: str = "aoife") -> None:
    house.act(who, lambda log: publishing.publish(log, proposal), proof=True)


def in_force(house: House) -> str:
    with house.read() as session:
        return policies.current(session).digest


def row_of(house: House, proposal: str = "P-1") -> PolicyProposal:
    with house.read() as session:
        return session.get_one(PolicyProposal, proposal)


def test_only_compliance_officers_propose_publish_and_decline(house: House) -> None:
    proposal = house.propose(LOOSER)
    for who in ("lena", "joao", "ruth", "omar"):
        for do in (
            lambda log: publishing.propose(log, publishing.sound(STRICTER), REASON),
            lambda log: publishing.publish(log, proposal),
            lambda log: publishing.decline(log, proposal, REASON),
        ):
            with pytest.raises(NotAllowed, match="compliance officer"):
                house.act(who, do, proof=True)


def test_what_one_officer_proposes_another_one_puts_in_force(house: House) -> None:
    before = in_force(house)
    proposal = house.propose(LOOSER, "second")
    assert (proposal, in_force(house), row_of(house).state) == ("P-1", before, ProposalState.OPEN)

    decide(house, proposal)

    found = row_of(house)
    assert in_force(house) == digest_of(LOOSER) != before
    assert (found.state, found.by, found.decided_by, found.rests_on) == (ProposalState.PUBLISHED, "second", "aoife", before)
    with house.read() as session:
        assert policies.texts(session, session.get_one(PublishedPolicy, found.digest)) == LOOSER
        assert words.text(session, found.reason) == REASON
        assert rebuild.check(session) == [] and not verify(session).problems


def test_nobody_decides_on_their_own_proposal_with_or_without_their_password(house: House) -> None:
    proposal = house.propose(LOOSER, "aoife")
    for proof in (True, False):
        for do in (lambda log: publishing.publish(log, proposal), lambda log: publishing.decline(log, proposal, REASON)):
            with pytest.raises(NotAllowed, match="You proposed this"):
                house.act("aoife", do, proof=proof)


def test_where_no_other_officer_can_sign_in_it_is_said_and_nobody_gets_round_it(house: House) -> None:
    """Second has the role, and no password: she cannot sign in."""
    proposal = house.propose(LOOSER, "aoife")

    with pytest.raises(NotAllowed, match=r"no other compliance officer can decide on it.*an administrator gives a second person"):
        decide(house, proposal)

    with house.ledger.writing(SYSTEM, house.now) as log:
        log.session.get_one(Account, "second").password = "a hash"
    with pytest.raises(NotAllowed, match="Another compliance officer decides on it"):
        decide(house, proposal)
    house.act("omar", lambda log: directory.disable_person(log, "second", "left"))
    with pytest.raises(NotAllowed, match="no other compliance officer can decide on it"):
        decide(house, proposal)


def become_officer(house: House, who: str) -> None:
    house.act("omar", lambda log: directory.grant_role(log, who, Role.COMPLIANCE_OFFICER))


def set_password_by_link(house: House, who: str) -> None:
    def do(log: Log) -> None:
        accounts.set_password_by_link(log, accounts.make_setup_link(log, who), "a hash")

    house.act("omar", do)


@pytest.mark.parametrize(
    ("deed", "who", "sentence"),
    [
        (become_officer, "mallory", "You were given the role of a compliance officer after it was proposed"),
        (set_password_by_link, "second", "Your password was set through an administrator's link after it was proposed"),
    ],
)
def test_an_administrator_and_one_officer_do_not_publish_alone(
    house: House, deed: Callable[[House, str], None], who: str, sentence: str
) -> None:
    proposal = house.propose(LOOSER, "aoife")
    deed(house, who)

    for do in (lambda log: publishing.publish(log, proposal), lambda log: publishing.decline(log, proposal, REASON)):
        with pytest.raises(NotAllowed, match=sentence):
            house.act(who, do, proof=True)
    with house.read() as session:
        row = session.get_one(PolicyProposal, proposal)
        waits = reading.waiting_for(session, people.doer(session, who, house.now))
        counted = reading.number_waiting_for(people.doer(session, who, house.now))
        assert counted is not None and waits == [] and session.scalar(select(counted)) == 0
        assert who not in {person.id for person in reading.deciders(session, [row], house.now)[proposal]}

    house.act("aoife", lambda log: publishing.withdraw(log, proposal, REASON))
    again = house.propose(LOOSER, "aoife")
    decide(house, again, who)
    assert in_force(house) == digest_of(LOOSER)


def test_what_somebody_proposed_who_is_no_officer_any_more_is_declined_and_not_published(house: House) -> None:
    proposal = house.propose(LOOSER, "second")
    house.act("omar", lambda log: directory.withdraw_role(log, "second", Role.COMPLIANCE_OFFICER))
    with pytest.raises(RuleBroken, match="Second proposed this and has not been a compliance officer ever since"):
        decide(house, proposal)
    become_officer(house, "second")
    with pytest.raises(RuleBroken, match="ever since"):
        decide(house, proposal)

    house.act("aoife", lambda log: publishing.decline(log, proposal, REASON), proof=True)
    assert row_of(house).state is ProposalState.DECLINED and in_force(house) == digest_of(TEXTS)


def test_without_the_password_nothing_is_decided(house: House) -> None:
    proposal = house.propose(LOOSER)
    for auth in (None, Auth("command line", house.now, "cli"), Auth("session", house.now, "web")):
        for do in (lambda log: publishing.publish(log, proposal), lambda log: publishing.decline(log, proposal, REASON)):
            with pytest.raises(NotAllowed, match="Prove who you are"), house.ledger.writing(Actor("second"), house.now, auth) as log:
                do(log)


def test_whoever_lost_the_role_no_longer_decides(house: House) -> None:
    proposal = house.propose(LOOSER)
    house.act("omar", lambda log: directory.withdraw_role(log, "second", Role.COMPLIANCE_OFFICER))

    with pytest.raises(NotAllowed, match="compliance officer"):
        decide(house, proposal, "second")


def test_a_declined_or_withdrawn_proposal_is_closed_with_its_reason(house: House) -> None:
    first, second = house.propose(LOOSER), house.propose(STRICTER)
    house.act("second", lambda log: publishing.decline(log, first, "It asks for too little."), proof=True)
    with pytest.raises(NotAllowed, match="Only whoever made"):
        house.act("second", lambda log: publishing.withdraw(log, second, REASON))
    house.act("aoife", lambda log: publishing.withdraw(log, second, "It was a mistake."))

    assert (row_of(house, first).state, row_of(house, first).decided_by) == (ProposalState.DECLINED, "second")
    assert (row_of(house, second).state, row_of(house, second).decided_by) == (ProposalState.WITHDRAWN, "aoife")
    with house.read() as session:
        assert [words.text(session, row_of(house, one).why) for one in (first, second)] == ["It asks for too little.", "It was a mistake."]
    for proposal in (first, second):
        with pytest.raises(Conflict, match="no longer open"):
            decide(house, proposal, "second")


def test_publishing_overtakes_the_other_open_proposals(house: House) -> None:
    first, second = house.propose(LOOSER), house.propose(STRICTER, "second")
    decide(house, second)

    assert row_of(house, first).state is ProposalState.OVERTAKEN
    with pytest.raises(Conflict, match="Another policy was published since"):
        decide(house, first, "second")
    again = house.propose(LOOSER)
    assert row_of(house, again).rests_on == digest_of(STRICTER)
    decide(house, again, "second")
    assert in_force(house) == digest_of(LOOSER)


def test_rolling_back_is_proposing_the_older_text_again(house: House) -> None:
    house.publish(LOOSER)
    house.publish(TEXTS, "aoife", "second")

    assert in_force(house) == digest_of(TEXTS)


def test_a_proposal_is_checked_completely_and_nothing_of_a_faulty_one_is_kept(house: House) -> None:
    faulty = {**TEXTS, "gates/G1.yaml": TEXTS["gates/G1.yaml"].replace("owner: compliance", "owner: complience", 1), "more.yaml": "x: 1\n"}

    with pytest.raises(PolicyError) as refused:
        house.propose(faulty)

    assert [(problem.file, "did you mean" in problem.message) for problem in refused.value.problems] == [
        ("gates/G1.yaml", True),
        ("more.yaml", False),
    ]
    with house.read() as session:
        assert session.scalars(select(PolicyProposal)).all() == []


def test_without_a_reason_or_with_other_files_nothing_is_proposed(house: House) -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        house.propose(LOOSER, reason=" because \n")
    with pytest.raises(RuleBroken, match="not those of a policy"):
        house.propose({f"../{name}": text for name, text in LOOSER.items()})


def test_at_most_five_are_open_and_no_text_twice(house: House) -> None:
    for number in range(5):
        house.propose({**TEXTS, "facts.yaml": f"{TEXTS['facts.yaml']}# {number}\n"})
    with pytest.raises(Conflict, match="P-1 waits"):
        house.propose({**TEXTS, "facts.yaml": f"{TEXTS['facts.yaml']}# 0\n"}, "second")
    with pytest.raises(RuleBroken, match="5 proposals are open"):
        house.propose(LOOSER)

    house.act("aoife", lambda log: publishing.withdraw(log, "P-3", REASON))
    assert house.propose(LOOSER) == "P-6"


def test_people_put_nothing_in_force_without_a_proposal(house: House) -> None:
    for who in ("aoife", "system"):
        with pytest.raises(NotAllowed, match="propose the policy first"):
            house.act(who, lambda log: publishing.publish_shipped(log, LOOSER), proof=True)


def test_what_a_publication_loosens_is_recorded_with_it(house: House) -> None:
    house.publish(LOOSER)
    house.publish(STRICTER, "aoife", "second")

    with house.read() as session:
        [first, second] = [entry.body for entry in entries(session, limit=None, newest_first=False) if entry.kind == "policy.published"][1:]
        rows = session.scalars(select(PolicyLoosening)).all()
    assert first["loosened"] == [{"gate": "G1", "changes": 1}] and (first["proposal"], first["proposed_by"]) == ("P-1", "second")
    assert second["loosened"] == []
    assert [(row.gate, row.changes, row.proposed_by, row.published_by) for row in rows] == [("G1", 1, "second", "aoife")]


def test_the_texts_in_force_are_not_proposed_again(house: House) -> None:
    with pytest.raises(Conflict, match="in force already"):
        house.propose(TEXTS)


def test_no_policy_comes_beside_the_one_in_force(house: House) -> None:
    other = {**TEXTS, "policy.yaml": TEXTS["policy.yaml"].replace("id: ai-stage-gates", "id: aa-rules", 1)}

    with pytest.raises(Conflict, match="ai-stage-gates is in force"):
        house.publish(other)


def test_a_running_request_keeps_its_checks_and_they_can_still_be_answered(in_review: House) -> None:
    in_review.publish(without("G1-08"))

    with in_review.read() as session:
        assert policies.current(session).find("G1-08") is None

    def again(log: object) -> None:
        piece = answers.add_evidence(log, "AI-0001", evidence(answers.EvidenceKind.DOCUMENT, in_review.now))  # type: ignore[arg-type]
        answers.answer_item(log, "AI-0001", "G1-08", answers.NewAnswer(AnswerState.IN_PROGRESS, "", (), [piece]))  # type: ignore[arg-type]

    in_review.act("lena", again)


def test_a_check_that_no_policy_knows_is_not_answered(house: House) -> None:
    house.register()

    with pytest.raises(RuleBroken, match="no check G1-99"):
        house.act("lena", lambda log: answers.answer_item(log, "AI-0001", "G1-99", answers.NewAnswer(AnswerState.MET)))


def test_who_loosened_a_rule_does_not_sign_what_benefits_for_thirty_days(house: House) -> None:
    """Aoife and Second hold compliance, and both have a hand in it; a third officer of the same function signs."""
    house.act("omar", lambda log: directory.grant_role(log, "mallory", Role.REVIEWER))
    house.act("omar", lambda log: directory.grant_function(log, "mallory", Function.COMPLIANCE))
    house.publish(LOOSER)
    published = house.now
    ask(house)
    for who, deed in (("aoife", "published"), ("second", "proposed")):
        with pytest.raises(NotAllowed, match=f"You {deed} version 1.0.0 of the policy, which loosened a rule of gate G1"):
            house.sign(Function.COMPLIANCE, who=who)

    house.now = published + timedelta(days=30) - timedelta(minutes=2)
    with pytest.raises(NotAllowed, match="which loosened"):
        house.sign(Function.COMPLIANCE)
    house.now = published + timedelta(days=30)
    house.sign(Function.COMPLIANCE)


def test_somebody_without_a_hand_in_it_signs_at_once(house: House) -> None:
    house.act("omar", lambda log: directory.grant_role(log, "mallory", Role.REVIEWER))
    house.act("omar", lambda log: directory.grant_function(log, "mallory", Function.COMPLIANCE))
    house.publish(LOOSER)
    ask(house)
    for function in Function:
        house.sign(function, who="mallory" if function is Function.COMPLIANCE else None)

    assert house.state() is RequestState.PASSED and house.stage() == Stage.REVIEW


def test_they_take_no_other_seat_either(house: House) -> None:
    house.publish(LOOSER)
    ask(house)

    with pytest.raises(NotAllowed, match="which loosened"):
        house.sign(Function.BUSINESS, who="second")


def test_who_moves_a_check_to_a_later_gate_does_not_sign_at_the_gate_it_leaves(house: House) -> None:
    house.publish(moved("G1-08"))
    ask(house)

    with pytest.raises(NotAllowed, match="which loosened a rule of gate G1"):
        house.sign(Function.COMPLIANCE)


def test_a_stricter_policy_bars_nobody_nor_a_looser_one_what_was_submitted_before(house: House) -> None:
    house.publish(STRICTER)
    ask(house)
    house.publish({**STRICTER, "gates/G1.yaml": LOOSER["gates/G1.yaml"]}, "aoife", "second")

    house.sign_all()

    assert house.state() is RequestState.PASSED


def test_a_sign_off_has_no_say_once_its_signer_is_barred(in_review: House) -> None:
    """Asked again at the verdict: the request is moved to the looser rules after Aoife signed."""
    in_review.sign(Function.COMPLIANCE)
    in_review.publish(LOOSER)
    key = "AI-0001.G1-1"
    assert [given.entitled for given in in_review.table().review.given] == [True]

    with in_review.read() as session:
        row = reviews.request(session, key)
        row.policy = digest_of(LOOSER)  # as moving it there leaves it; nothing is written
        with session.no_autoflush:
            table = reviews.on_the_table(session, key, in_review.now)
            later = reviews.on_the_table(session, key, in_review.now + timedelta(days=30))
    assert set(table.around.loosened) == {"aoife", "second"}
    assert [given.entitled for given in table.review.given] == [False]
    assert [given.entitled for given in later.review.given] == [True]


def test_when_the_bar_ends_the_list_of_who_may_sign_is_worked_out_again(house: House) -> None:
    house.publish(LOOSER)
    ends = house.now + timedelta(days=30)
    ask(house)

    def excluded() -> set[str]:
        with house.read() as session:
            return set(session.scalars(select(Waiting).where(Waiting.function == Function.COMPLIANCE.value)).one().excluded)

    with house.read() as session:
        assert session.get_one(Summary, "AI-0001").changes_at == ends
    assert excluded() == {"aoife", "second"}
    with house.ledger.writing(SYSTEM, ends) as log:
        assert summaries.refresh_due(log.session, ends) == 1
    assert excluded() == set()
