"""Moving a running request to the policy in force: who may, what lapses, what is asked, and what stays as it was."""

import hashlib
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from governance.domain import signoffs
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.signoffs import Reason
from governance.domain.vocabulary import AnswerState, Decision, Function, RequestState, Role, Section, Stage
from governance.ledger import rebuild
from governance.ledger.memo import forget
from governance.ledger.verify import verify
from governance.models.directory import Person
from governance.models.gates import GateRequest, RequestSeat, Revision
from governance.models.ledger import Words
from governance.models.summary import Waiting
from governance.policy.loader import parse_policy
from governance.reads import candidates, dossier_changes, impact, loosenings, policies, reports, reviews, together
from governance.services import directory, gates, initiatives, migrating
from tests.prepared import begun
from tests.services.conftest import REVIEWERS, TEXTS, House, submitted
from tests.services.portfolio import new_item, seat_of
from tests.services.test_policies import without

REQUEST, KEY = "AI-0001.G1-1", "AI-0001"
REASON = "The new rules hold for everybody."


def altered(old: str, new: str, file: str = "gates/G1.yaml") -> dict[str, str]:
    assert TEXTS[file].count(old) >= 1, old
    return {**TEXTS, file: TEXTS[file].replace(old, new, 1)}


def first_item(owner: Function) -> str:
    """An item of the first gate that a function owns, that applies and that people answer."""
    with_texts = parse_policy(TEXTS)
    return next(item.id for item in with_texts.gates["G1"].items if item.owner is owner and item.when == "true" and item.source is None)


def asking_more(owner: Function) -> dict[str, str]:
    """The shipped policy, one check of one function asked in other words."""
    head, tail = TEXTS["gates/G1.yaml"].split(f"    - id: {first_item(owner)}\n")
    mine, *others = tail.split("    - id:")
    mine = mine.replace('question: "', 'question: "Asked anew: ', 1)
    return {**TEXTS, "gates/G1.yaml": "    - id:".join([head + f"    - id: {first_item(owner)}\n" + mine, *others])}


def publish(house: House, texts: Mapping[str, str]) -> None:
    """By two officers who sign nothing here: who loosened a rule does not sign what benefits from it."""
    with house.read() as session:
        there = session.get(Person, "third") is not None
    if not there:
        profile = directory.Profile("Third", "Compliance officer", "claims")
        house.act("omar", lambda log: directory.register_person(log, "third", profile, "third@nordhaven.example"))
        house.act("omar", lambda log: directory.grant_role(log, "third", Role.COMPLIANCE_OFFICER))
    house.publish(texts, "second", "third")


def migrate(house: House, who: str = "aoife", reason: str = REASON, request: str = REQUEST, expected: str | None = None) -> None:
    house.act(who, lambda log: migrating.migrate(log, request, reason, expected))


def holding(house: House, request: str = REQUEST) -> set[str]:
    """The seats of which a sign-off counts."""
    return set(signoffs.standing(house.table(request).review, house.now))


def fallen(house: House, request: str = REQUEST) -> dict[str, signoffs.Fall]:
    return {given.seat: why for given, why in signoffs.falls(house.table(request).review, house.now)}


THREE = (Function.DATA_SCIENCE, Function.IT_OPS, Function.BUSINESS)


@begun("house", submitted)
def signed(house: House) -> None:
    """Three of four have approved."""
    for function in THREE:
        house.sign(function)


@pytest.mark.parametrize("owner", THREE)
def test_exactly_the_sign_offs_of_which_a_section_changed_lapse(signed: House, owner: Function) -> None:
    publish(signed, asking_more(owner))
    assert holding(signed) == set(THREE), "published, the request keeps its rules"

    migrate(signed)

    assert holding(signed) == set(THREE) - {owner.value}
    assert fallen(signed) == {owner.value: signoffs.Fall(Reason.CHANGED, (Section(owner.value),))}
    signed.sign(owner)
    signed.sign(Function.COMPLIANCE)
    assert signed.state() is RequestState.PASSED and signed.stage() == Stage.REVIEW


LOOK = "I know how it is switched off, and what people do then."


@pytest.mark.parametrize(
    ("old", "new"),
    [(f'        - {{id: exit, text: "{LOOK}"}}\n', ""), (LOOK, "I know how it is switched off."), ("id: exit,", "id: off,")],
    ids=["removed", "said in other words", "renamed"],
)
def test_another_list_of_a_seat_lapses_the_sign_offs_that_cover_its_section(signed: House, old: str, new: str) -> None:
    publish(signed, altered(old, new))

    migrate(signed)

    assert holding(signed) == {"data_science", "business"}
    assert fallen(signed) == {"it_ops": signoffs.Fall(Reason.CHANGED, (Section.IT_OPS,))}
    asked = next(seat for seat in signed.table().review.seats if seat.id == "it_ops")
    assert asked.looks_at == parse_policy(altered(old, new)).gates["G1"].seats[1].looks_at


def test_another_question_of_the_gate_lapses_all(signed: House) -> None:
    publish(signed, altered('  question: "', '  question: "Now, '))

    migrate(signed)

    assert holding(signed) == set()
    assert {why.sections for why in fallen(signed).values()} == {(Section.COMMON,)}


def test_a_policy_that_asks_the_same_of_this_request_lapses_nothing(signed: House) -> None:
    publish(signed, altered("severity: blocking", "severity: waivable", "gates/G2.yaml"))

    migrate(signed)

    assert holding(signed) == set(THREE)
    with signed.read() as session:
        assert reviews.request(session, REQUEST).policy == policies.current(session).digest


def test_it_decides_under_the_rules_it_was_submitted_under_and_the_report_holds_their_text(in_review: House) -> None:
    with in_review.read() as session:
        first = policies.current(session).digest
    publish(in_review, asking_more(Function.IT_OPS))

    in_review.sign_all()

    assert in_review.state() is RequestState.PASSED
    with in_review.read() as session:
        record = reports.initiative_record(session, KEY)
        [request] = record.requests
        assert request.policy.digest == first != policies.current(session).digest
        [rules] = record.rules
        assert rules.policy.digest == first
        assert {file.name: file.text for file in rules.files} == TEXTS
        assert all(hashlib.sha256(file.text.encode()).hexdigest() == file.digest for file in rules.files)


def test_the_report_tells_the_move_and_names_both_policies(signed: House) -> None:
    with signed.read() as session:
        first = policies.current(session).digest
    publish(signed, asking_more(Function.IT_OPS))
    migrate(signed)

    with signed.read() as session:
        second = policies.current(session).digest
        record = reports.initiative_record(session, KEY)
        [request] = record.requests
        assert request.policy.digest == second
        assert [one.policy.digest for one in record.rules] == [first, second]
        assert [(one.number, one.policy, one.moved_from) for one in request.revisions] == [(1, first, None), (2, second, first)]
        assert request.revisions[1].note == REASON
        assert [one.fell != "" for one in request.sign_offs] == [False, True, False]


def test_the_old_dossier_stays_readable_and_what_changed_is_told(signed: House) -> None:
    publish(signed, asking_more(Function.IT_OPS))
    migrate(signed)

    with signed.read() as session:
        before, after = (session.get_one(Revision, (REQUEST, number)) for number in (1, 2))
        rows = dossier_changes.compare(
            session, dossier_changes.frozen_content(session, before), dossier_changes.frozen_content(session, after), {}
        )
        assert [(row.section, row.item, row.what) for row in rows] == [(Section.IT_OPS, first_item(Function.IT_OPS), "What is asked")]
        assert rows[0].after.startswith("Asked anew: ")


def with_another_seat() -> dict[str, str]:
    seat = seat_of(TEXTS["gates/G1.yaml"], "it_ops")
    return altered(seat, seat + seat.replace("id: it_ops\n", "id: it_ops_second\n").replace("label: ", "label: Second "))


def test_a_seat_that_the_new_policy_adds_is_asked_and_the_gate_waits_for_it(signed: House) -> None:
    publish(signed, with_another_seat())

    migrate(signed)

    assert {seat.id for seat in signed.table().review.seats} >= {"it_ops", "it_ops_second"}
    assert holding(signed) == {"data_science", "business"}, "who signs for IT operations changed, for nobody else"


def test_a_seat_that_the_new_policy_drops_is_gone_and_what_it_signed_stays_on_record(signed: House) -> None:
    publish(signed, with_another_seat())
    migrate(signed)
    publish(signed, TEXTS)

    migrate(signed)

    assert {seat.id for seat in signed.table().review.seats} == {function.value for function in Function}
    with signed.read() as session:
        assert session.get(RequestSeat, (REQUEST, "it_ops_second")) is None
    assert holding(signed) == set(THREE), "the section is again what was signed"


def test_a_check_that_comes_new_has_to_be_answered_first(signed: House) -> None:
    publish(signed, without("G1-08"))
    signed.act("lena", lambda log: gates.withdraw(log, REQUEST, "Once more."))
    second = signed.open()
    signed.complete(second)
    signed.submit(second)
    for function in THREE:
        signed.sign(function, request=second)
    publish(signed, TEXTS)

    migrate(signed, request=second)

    owner = parse_policy(TEXTS).item("G1-08").owner
    assert holding(signed, second) == {function.value for function in THREE} - {owner.value}
    assert any(obstacle.startswith("G1-08") for obstacle in signed.table(second).review.obstacles)
    assert signed.state(second) is RequestState.IN_REVIEW
    signed.submit(second)
    assert holding(signed, second) == {function.value for function in THREE} - {owner.value}, "nobody else signs again"


def test_the_lead_is_next_where_nobody_has_answered_what_the_new_rules_ask(signed: House) -> None:
    publish(signed, {**TEXTS, "gates/G1.yaml": TEXTS["gates/G1.yaml"].rstrip("\n") + "\n" + new_item(40, "it_ops", "blocking", "true")})

    migrate(signed)

    with signed.read() as session:
        waiting = session.scalars(select(Waiting).where(Waiting.kind == "renew")).all()
    assert [(row.person_id, row.what) for row in waiting] == [("lena", "Answer 1 check that the new rules of G1 ask, then submit again")]
    signed.answer_item("G1-40")
    signed.submit()
    assert holding(signed) == {"data_science", "business"}


def test_a_change_of_the_record_still_counts_after_the_move(signed: House) -> None:
    signed.answer_item(first_item(Function.BUSINESS), AnswerState.MET)
    publish(signed, asking_more(Function.IT_OPS))

    migrate(signed)

    assert holding(signed) == {"data_science"}


def test_a_request_for_changes_is_not_answered_by_the_move(in_review: House) -> None:
    in_review.sign(Function.BUSINESS, Decision.REQUEST_CHANGES)
    publish(in_review, asking_more(Function.IT_OPS))

    migrate(in_review)

    assert in_review.state() is RequestState.CHANGES_REQUESTED
    assert holding(in_review) == {"business"}
    in_review.answer_item(first_item(Function.IT_OPS))
    in_review.submit()
    assert holding(in_review) == set() and fallen(in_review)["business"].reason is Reason.ANSWERED


def test_who_moved_it_may_still_sign_because_they_submitted_nothing(signed: House) -> None:
    publish(signed, asking_more(Function.COMPLIANCE))
    migrate(signed)

    signed.sign(Function.COMPLIANCE)

    assert signed.state() is RequestState.PASSED


@pytest.fixture
def rolled_back(in_review: House) -> House:
    """Moved to stricter rules; then Aoife's proposal puts the older ones in force again, and the request is not moved back yet."""
    in_review.sign(Function.COMPLIANCE)
    publish(in_review, altered("severity: waivable", "severity: blocking"))
    migrate(in_review)
    in_review.publish(TEXTS, "aoife", "third")
    return in_review


def test_who_brings_older_rules_back_signs_no_request_that_comes_back_to_them(rolled_back: House) -> None:
    migrate(rolled_back, who="second")

    assert set(rolled_back.table().around.loosened) == {"aoife", "third"}
    with pytest.raises(NotAllowed, match=r"You proposed version .* which loosened a rule of gate G1, and this request benefits"):
        rolled_back.sign(Function.COMPLIANCE)


def test_what_a_move_back_to_older_rules_makes_lapse_was_foreseen(rolled_back: House) -> None:
    with rolled_back.read() as session:
        candidate = candidates.policy(session, parse_policy(TEXTS).digest)
        foreseen = {lapse.given.by for lapse in impact.of(session, [KEY], candidate, rolled_back.now)[0].changes.lapses}
    before = {given.by for given in signoffs.standing(rolled_back.table().review, rolled_back.now).values()}

    migrate(rolled_back, who="second")

    after = {given.by for given in signoffs.standing(rolled_back.table().review, rolled_back.now).values()}
    assert before - after == foreseen == {"aoife"}


def test_of_one_request_and_of_many_it_is_read_alike_when_they_took_their_rules(rolled_back: House) -> None:
    migrate(rolled_back, who="second")
    with rolled_back.read() as session:
        row = reviews.request(session, REQUEST)
        alone = loosenings.taken_at(session, REQUEST, row.policy)
        forget(session)
        together.read(session, [KEY], rolled_back.now)
        assert loosenings.taken_at(session, REQUEST, row.policy) == alone == rolled_back.now


def test_moving_can_be_the_last_act_where_it_takes_away_what_stood_in_the_way(in_review: House) -> None:
    in_review.answer_item("G1-08", AnswerState.NOT_MET)
    in_review.submit()
    in_review.sign_all()
    assert in_review.state() is RequestState.IN_REVIEW
    publish(in_review, without("G1-08"))

    migrate(in_review)

    owner = parse_policy(TEXTS).item("G1-08").owner
    assert holding(in_review) == {function.value for function in Function} - {owner.value}
    in_review.sign(owner)
    assert in_review.state() is RequestState.PASSED


REFUSED = {"lena": "compliance officer", "joao": "compliance officer", "omar": "compliance officer", "ruth": "compliance officer"}


@pytest.mark.parametrize("who", REFUSED)
def test_only_a_compliance_officer_moves_a_request(signed: House, who: str) -> None:
    publish(signed, without("G1-08"))

    with pytest.raises(NotAllowed, match=REFUSED[who]):
        migrate(signed, who)


def test_who_works_on_the_initiative_does_not_move_its_request(in_review: House) -> None:
    for person in ("lena", "dee"):
        in_review.act("omar", lambda log, one=person: directory.grant_role(log, one, Role.COMPLIANCE_OFFICER))
    publish(in_review, without("G1-08"))

    for person in ("lena", "dee"):
        with pytest.raises(NotAllowed, match="hand in this request"):
            migrate(in_review, person)
    migrate(in_review)


def test_who_submitted_it_once_does_not_move_it_later(in_review: House) -> None:
    in_review.act("omar", lambda log: directory.grant_role(log, "lena", Role.COMPLIANCE_OFFICER))
    description = initiatives.Description(
        "Claims triage", "Scores new motor claims.", "claims", "mara", initiatives.Visibility.ORGANISATION
    )
    in_review.act("lena", lambda log: initiatives.name_team(log, KEY, Function.DATA_SCIENCE, "mallory", None, 8))
    in_review.act("lena", lambda log: initiatives.describe(log, KEY, description))
    publish(in_review, without("G1-08"))

    with pytest.raises(NotAllowed, match="hand in this request"):
        migrate(in_review, "lena")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_it_takes_a_reason(signed: House, reason: str) -> None:
    publish(signed, without("G1-08"))

    with pytest.raises(RuleBroken, match="Say why"):
        migrate(signed, reason=reason)


def test_the_rules_that_it_has_already_are_no_move(signed: House) -> None:
    with pytest.raises(Conflict, match="already"):
        migrate(signed)


def test_a_policy_that_nobody_looked_at_is_no_aim(signed: House) -> None:
    publish(signed, without("G1-08"))

    with pytest.raises(Conflict, match="Another policy is in force by now"):
        migrate(signed, expected="0" * 64)


def test_a_draft_needs_no_move(house: House) -> None:
    house.register()
    house.open()
    publish(house, without("G1-08"))

    with pytest.raises(RuleBroken, match="draft follows the policy in force"):
        migrate(house)


def test_what_is_settled_stays_as_it_was_judged(in_review: House) -> None:
    in_review.sign_all()
    publish(in_review, without("G1-08"))

    with pytest.raises(Conflict, match="settled"):
        migrate(in_review)


def test_after_a_reject_it_ends_under_the_rules_it_has(in_review: House) -> None:
    in_review.sign(Function.BUSINESS, Decision.REJECT)
    publish(in_review, without("G1-08"))

    with pytest.raises(RuleBroken, match="A seat has rejected"):
        migrate(in_review)


def renamed_gate() -> dict[str, str]:
    """The shipped policy, its first gate called otherwise throughout."""
    return {name: text.replace("G1", "GX") for name, text in TEXTS.items()}


def test_a_gate_that_the_new_policy_lacks_is_no_aim(signed: House) -> None:
    publish(signed, renamed_gate())

    with pytest.raises(RuleBroken, match="no gate G1"):
        migrate(signed)
    signed.sign(Function.COMPLIANCE)
    assert signed.state() is RequestState.PASSED, "it is judged by the rules that it has"


def test_a_draft_of_a_gate_that_is_gone_says_so_when_it_is_submitted(house: House) -> None:
    house.register()
    house.open()
    house.complete()
    publish(house, renamed_gate())

    with pytest.raises(RuleBroken, match="no gate G1 any more"):
        house.submit()
    house.act("lena", lambda log: gates.withdraw(log, REQUEST, "The gate is gone."))


def test_the_record_verifies_and_replays(signed: House) -> None:
    publish(signed, asking_more(Function.IT_OPS))
    migrate(signed)
    signed.sign(Function.IT_OPS)

    with signed.read() as session:
        assert not rebuild.check(session)
        assert not verify(session).problems
        row = session.get_one(GateRequest, REQUEST)
        kept = session.get_one(Revision, (REQUEST, row.revision))
        assert all(session.get(Words, digest) is not None for digest in kept.sections.values())


def test_what_is_on_the_table_after_the_move_is_what_was_foreseen(signed: House) -> None:
    publish(signed, asking_more(Function.IT_OPS))
    with signed.read() as session:
        table = reviews.on_the_table(session, REQUEST, signed.now)
        foreseen = reviews.under(session, table, policies.current(session), signed.now)
    migrate(signed)

    after = signed.table()
    assert after.review == foreseen.review
    assert after.material == foreseen.material


def test_the_dossier_read_back_is_the_one_that_was_frozen(in_review: House) -> None:
    table = in_review.table()

    with in_review.read() as session:
        assert reviews.under(session, table, table.policy, in_review.now).review.frozen == table.review.frozen


assert set(REVIEWERS) == set(Function)
