"""The gate, from draft to stage: what passes, what is refused, and what stops counting."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from governance.domain import signoffs
from governance.domain.errors import Conflict, NotAllowed, NotThere, Refused, RuleBroken
from governance.domain.findings import NewFinding
from governance.domain.vocabulary import AnswerState, Decision, FindingSeverity, Function, RequestState, Role, Stage, Tier
from governance.domain.waivers import Asked
from governance.ledger import rebuild
from governance.ledger.verify import verify
from governance.models.findings import Finding
from governance.models.gates import SignOff
from governance.models.initiatives import Initiative
from governance.models.ledger import Leaf
from governance.reads import reports
from governance.services import answers, directory, exclusions, findings, gates, initiatives, waivers
from governance.services.signoffs import Judgement, sign_off
from governance.words import word
from tests.services.conftest import ASKED, LOW, STATEMENTS, TEXTS, House, evidence

REQUEST = "AI-0001.G1-1"


def test_four_approvals_advance_the_initiative(in_review: House) -> None:
    for function in Function:
        assert in_review.stage() == Stage.PILOT
        in_review.sign(function)

    assert in_review.stage() == Stage.REVIEW
    assert in_review.state() is RequestState.PASSED


def test_the_record_verifies_and_replays_after_the_whole_walk(in_review: House) -> None:
    in_review.sign_all()

    with in_review.read() as session:
        assert not rebuild.check(session)
        assert not verify(session).problems


GATE, CHECK, SEAT = "G1" + "x" * 38, "c" * 19, "s" * 60
LONG = f"""checklist:
  id: long
  version: "1"
  title: A checklist of long names
  gates: [{GATE}]
  items:
    - id: {CHECK}
      title: A check
      owner: compliance
      severity: waivable
      question: "Is it so?"
      evidence: {{kind: document, requirement: a paper}}
      when: "true"
      why: "it matters"
  seats:
    - {{id: {SEAT}, function: compliance, label: "{"Board " * 40}", covers: [common, compliance], order: 2, qualification: "{"q" * 120}"}}
"""


def test_the_longest_names_that_a_policy_may_use_reach_the_record(house: House) -> None:
    house.publish({**TEXTS, "gates/G1.yaml": TEXTS["gates/G1.yaml"].replace("id: G1\n", f"id: {GATE}\n"), "long.yaml": LONG})
    profile = directory.Profile("Second", "invented", "claims", qualifications=["q" * 120])
    house.act("omar", lambda log: directory.change_person(log, "second", profile))
    request, item = f"AI-0001.{GATE}-1", f"{GATE}-{CHECK}"
    assert len(item) == 60
    house.now += timedelta(days=31)  # who published it may sign again

    house.register()
    house.open(GATE)
    house.act("lena", lambda log: exclusions.withdraw(log, exclusions.propose(log, "AI-0001", item, "It is not so here."), "It is."))
    asked = Asked("the pilot", "no time", "a second look", "mara", house.now.date() + timedelta(days=20))
    house.act("lena", lambda log: waivers.withdraw(log, waivers.ask(log, "AI-0001", item, asked), "It is met by now."))
    house.complete(request)
    house.submit(request)
    house.sign_all(request)
    house.sign(Function.COMPLIANCE, who="second", request=request, seat=SEAT)

    assert house.stage() == Stage.REVIEW
    with house.read() as session:
        assert not rebuild.check(session)


def test_an_unfinished_request_is_refused_with_the_complete_list(house: House) -> None:
    house.register()
    house.open()
    house.complete(leave=frozenset({"G1-04", "G1-06", "G1-10"}))

    with pytest.raises(RuleBroken) as refused:
        house.submit()

    assert [problem.about for problem in refused.value.problems] == ["G1-04", "G1-06"]
    assert house.state() is RequestState.DRAFT


def test_a_check_that_is_not_met_may_be_submitted_but_never_passes(house: House) -> None:
    house.register()
    house.open()
    house.complete(leave=frozenset({"G1-04"}))
    house.answer_item("G1-04", AnswerState.NOT_MET)
    house.submit()
    house.sign_all()

    assert house.state() is RequestState.IN_REVIEW
    assert house.stage() == Stage.PILOT


def test_changes_requested_edited_and_submitted_again(in_review: House) -> None:
    in_review.sign(Function.BUSINESS)
    in_review.sign(Function.IT_OPS, Decision.REQUEST_CHANGES)
    assert in_review.state() is RequestState.CHANGES_REQUESTED

    in_review.answer_item("G1-11")
    in_review.submit()

    table = in_review.table()
    assert table.review.state is RequestState.IN_REVIEW
    assert table.request.revision == 2
    assert signoffs.standing(table.review, in_review.now).keys() == {"business"}
    for function in (Function.DATA_SCIENCE, Function.IT_OPS, Function.COMPLIANCE):
        in_review.sign(function)
    assert in_review.stage() == Stage.REVIEW


@pytest.mark.parametrize(
    ("item", "function"), [("G1-05", "data_science"), ("G1-11", "it_ops"), ("G1-04", "business"), ("G1-03", "compliance")]
)
def test_an_edit_makes_exactly_the_sign_off_on_its_section_fall(in_review: House, item: str, function: str) -> None:
    for signer in list(Function)[:3]:
        in_review.sign(signer)

    in_review.answer_item(item)

    table = in_review.table()
    expected = {"data_science", "it_ops", "business"} - {function}
    assert signoffs.standing(table.review, in_review.now).keys() == expected
    with pytest.raises(Refused):
        in_review.sign(Function.COMPLIANCE) if function == "compliance" else in_review.sign(Function(function))


@pytest.mark.parametrize("change", ["facts", "model", "name"])
def test_a_change_of_the_common_section_makes_every_sign_off_fall(in_review: House, change: str) -> None:
    for signer in list(Function)[:3]:
        in_review.sign(signer)

    in_review.act("lena", CHANGES[change])

    table = in_review.table()
    assert not signoffs.standing(table.review, in_review.now)
    with pytest.raises(Conflict, match="new revision"):
        in_review.sign(Function.COMPLIANCE)
    assert in_review.stage() == Stage.PILOT


CHANGES = {
    "facts": lambda log: initiatives.answer_tiering(log, "AI-0001", {**LOW, "Q3": "hard"}, STATEMENTS, ASKED),
    "model": lambda log: initiatives.name_model(log, "AI-0001", "2.0"),
    "name": lambda log: initiatives.describe(
        log,
        "AI-0001",
        initiatives.Description("Another name", "A summary that is long enough.", "claims", "lena", initiatives.Visibility.ORGANISATION),
    ),
}


def test_a_change_taken_back_lets_the_sign_offs_count_again(in_review: House) -> None:
    in_review.sign(Function.BUSINESS)
    in_review.act("lena", CHANGES["model"])
    in_review.act("lena", lambda log: initiatives.name_model(log, "AI-0001", "1.0"))

    assert signoffs.standing(in_review.table().review, in_review.now).keys() == {"business"}


def test_a_signer_who_lost_the_function_no_longer_counts(in_review: House) -> None:
    in_review.sign(Function.BUSINESS)
    in_review.act("omar", lambda log: directory.withdraw_function(log, "joao", Function.BUSINESS))
    for function in (Function.DATA_SCIENCE, Function.IT_OPS, Function.COMPLIANCE):
        in_review.sign(function)

    assert in_review.state() is RequestState.IN_REVIEW
    in_review.sign(Function.BUSINESS, who="second")
    assert in_review.stage() == Stage.REVIEW


def test_a_signer_who_was_disabled_no_longer_counts(in_review: House) -> None:
    in_review.sign(Function.BUSINESS)
    in_review.act("omar", lambda log: directory.disable_person(log, "joao", "left the company"))

    assert not signoffs.standing(in_review.table().review, in_review.now)


def test_a_function_given_back_does_not_revive_a_sign_off(in_review: House) -> None:
    in_review.sign(Function.BUSINESS)
    in_review.act("omar", lambda log: directory.withdraw_function(log, "joao", Function.BUSINESS))
    in_review.act("omar", lambda log: directory.grant_function(log, "joao", Function.BUSINESS))

    assert not signoffs.standing(in_review.table().review, in_review.now)


def test_old_sign_offs_have_to_be_given_again(in_review: House) -> None:
    in_review.sign(Function.BUSINESS)
    in_review.now += timedelta(days=91)
    for function in (Function.DATA_SCIENCE, Function.IT_OPS, Function.COMPLIANCE):
        in_review.sign(function)

    assert in_review.state() is RequestState.IN_REVIEW


def test_after_a_reject_the_others_decide_and_nothing_passes(in_review: House) -> None:
    in_review.sign(Function.IT_OPS, Decision.REJECT)
    for function in (Function.DATA_SCIENCE, Function.BUSINESS):
        in_review.sign(function)
    assert in_review.state() is RequestState.IN_REVIEW

    in_review.sign(Function.COMPLIANCE)

    assert in_review.state() is RequestState.REJECTED
    assert in_review.stage() == Stage.PILOT


def test_compliance_closes_a_rejected_request_early(in_review: House) -> None:
    with pytest.raises(RuleBroken, match="that a seat has rejected"):
        in_review.act("aoife", lambda log: gates.close(log, "AI-0001.G1-1", "no need"))
    in_review.sign(Function.IT_OPS, Decision.REJECT)

    with pytest.raises(NotAllowed):
        in_review.act("lena", lambda log: gates.close(log, "AI-0001.G1-1", "I would rather"))
    in_review.act("aoife", lambda log: gates.close(log, "AI-0001.G1-1", "one reject is enough"))

    assert in_review.state() is RequestState.REJECTED


def test_a_new_request_answers_every_finding_of_the_rejected_one(in_review: House) -> None:
    in_review.sign(Function.IT_OPS, Decision.REJECT)
    in_review.act("aoife", lambda log: gates.close(log, "AI-0001.G1-1", "enough"))
    second = in_review.open()
    with pytest.raises(RuleBroken) as refused:
        in_review.submit(second)
    assert [problem.about for problem in refused.value.problems] == ["AI-0001.F-1"]

    def answer(log: object) -> None:
        piece = answers.add_evidence(log, "AI-0001", evidence(answers.EvidenceKind.DOCUMENT, in_review.now))  # type: ignore[arg-type]
        findings.answer_finding(log, "AI-0001.F-1", piece)  # type: ignore[arg-type]

    in_review.act("lena", answer)
    in_review.submit(second)
    in_review.act("mina", lambda log: findings.close_finding(log, "AI-0001.F-1"))
    for function in Function:
        in_review.sign(function, request=second)
    assert in_review.stage() == Stage.REVIEW


def test_a_withdrawn_request_keeps_nothing_for_the_next(in_review: House) -> None:
    for function in list(Function)[:3]:
        in_review.sign(function)
    in_review.act("lena", lambda log: gates.withdraw(log, "AI-0001.G1-1", "too early"))
    second = in_review.open()
    in_review.submit(second)
    in_review.sign(Function.COMPLIANCE, request=second)

    assert in_review.state(second) is RequestState.IN_REVIEW
    assert in_review.stage() == Stage.PILOT


@pytest.mark.parametrize(
    ("who", "seat", "why"),
    [
        ("lena", "business", "do not hold"),
        ("mallory", "business", "do not hold"),
        ("omar", "business", "do not hold"),
        ("ruth", "compliance", "do not hold"),
        ("elsewhere", "business", "do not hold"),
        ("aoife", "business", "do not hold"),
        ("joao", "executive", "no such seat"),
    ],
)
def test_who_may_not_sign(in_review: House, who: str, seat: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        in_review.sign(Function.BUSINESS, who=who, seat=seat)


def test_nobody_signs_without_proof_of_identity(in_review: House) -> None:
    seen = in_review.table().revision.digest
    judgement = Judgement(Decision.APPROVE, word(Decision.APPROVE).meaning, seen)

    with pytest.raises(NotAllowed, match="Prove who you are"):
        in_review.act("joao", lambda log: sign_off(log, "AI-0001.G1-1", "business", judgement))


def judged(house: House, decision: Decision, *ticked: str) -> Judgement:
    found = [NewFinding(FindingSeverity.LOW, "the drill failed", "lena")] if decision is Decision.REJECT else []
    return Judgement(decision, word(decision).meaning, house.table().revision.digest, "because", found, ticked)


def looked_at(house: House) -> list[list[dict[str, str]]]:
    with house.read() as session:
        return [row.looked_at for row in session.scalars(select(SignOff).order_by(SignOff.leaf))]


RUNNING = {"id": "running", "text": "I know which team would run it, and on which of our systems."}
EXIT = {"id": "exit", "text": "I know how it is switched off, and what people do then."}


@pytest.mark.parametrize("ticked", [(), ("running",), ("running", "exit", "budget")])
def test_nobody_approves_what_their_seat_has_not_looked_at(in_review: House, ticked: tuple[str, ...]) -> None:
    with pytest.raises(RuleBroken):
        in_review.act("mina", lambda log: sign_off(log, REQUEST, "it_ops", judged(in_review, Decision.APPROVE, *ticked)), proof=True)

    assert looked_at(in_review) == []


@pytest.mark.parametrize(
    ("decision", "ticked", "recorded"),
    [
        (Decision.APPROVE, ("exit", "running"), [RUNNING, EXIT]),
        (Decision.REQUEST_CHANGES, ("exit",), [EXIT]),
        (Decision.REJECT, (), []),
    ],
)
def test_a_sign_off_keeps_what_was_ticked_in_the_words_it_had(
    in_review: House, decision: Decision, ticked: tuple[str, ...], recorded: list[dict[str, str]]
) -> None:
    in_review.act("mina", lambda log: sign_off(log, REQUEST, "it_ops", judged(in_review, decision, *ticked)), proof=True)

    assert looked_at(in_review) == [recorded]
    with in_review.read() as session:
        [body] = session.scalars(select(Leaf.body).where(Leaf.kind == "gate.signed_off"))
        assert json.loads(body)["looked_at"] == recorded, "no policy is needed to read it"
        assert not rebuild.check(session) and not verify(session).problems
        [request] = reports.initiative_record(session, "AI-0001").requests
        assert [{"id": look.id, "text": look.text} for look in request.sign_offs[0].looked_at] == recorded


def test_nobody_signs_two_seats(in_review: House) -> None:
    in_review.sign(Function.BUSINESS, who="second")

    with pytest.raises(NotAllowed, match="two seats"):
        in_review.sign(Function.COMPLIANCE, who="second")


def test_a_function_gained_during_the_review_does_not_count(in_review: House) -> None:
    in_review.act("omar", lambda log: directory.grant_function(log, "mallory", Function.BUSINESS))

    with pytest.raises(NotAllowed, match="after the request was submitted"):
        in_review.sign(Function.BUSINESS, who="mallory")


def test_the_submitter_stays_out_even_after_the_lead_changed(in_review: House) -> None:
    in_review.act("omar", lambda log: directory.grant_function(log, "lena", Function.BUSINESS))
    description = initiatives.Description(
        "Claims triage", "Scores new motor claims for the adjusters.", "claims", "mara", initiatives.Visibility.ORGANISATION
    )
    in_review.act("lena", lambda log: initiatives.describe(log, "AI-0001", description))

    with pytest.raises(Refused):
        in_review.sign(Function.BUSINESS, who="lena")


def test_a_sign_off_on_another_dossier_is_refused(in_review: House) -> None:
    judgement = Judgement(Decision.APPROVE, "yes", "00" * 32)

    with pytest.raises(Conflict, match="while you were reading"):
        in_review.act("joao", lambda log: sign_off(log, "AI-0001.G1-1", "business", judgement), proof=True)


def test_a_gate_that_does_not_exist_cannot_be_passed(house: House) -> None:
    house.register()

    with pytest.raises(RuleBroken, match="no gate"):
        house.open("G9")


@pytest.mark.parametrize("gate", ["G2", "G3", "C1", "C2"])
def test_no_stage_is_skipped(house: House, gate: str) -> None:
    house.register()

    with pytest.raises(RuleBroken):
        house.open(gate)


def test_a_prohibited_use_passes_nothing(house: House) -> None:
    house.register()
    tier = house.act("lena", lambda log: initiatives.answer_tiering(log, "AI-0001", LOW, {**STATEMENTS, "HS1": "undecided"}, ASKED))

    assert tier is Tier.PROHIBITED
    with pytest.raises(RuleBroken, match="prohibited"):
        house.open()
    with house.read() as session:
        assert session.get_one(Initiative, "AI-0001").standing.value == "suspended"


def test_only_the_lead_asks_and_submits(house: House) -> None:
    house.register()
    with pytest.raises(NotAllowed, match="Only the lead"):
        house.act("mara", lambda log: gates.open_request(log, "AI-0001", "G1"))
    house.open()
    house.complete()
    with pytest.raises(NotAllowed, match="Only the lead"):
        house.submit(who="mara")


def test_only_the_team_answers(house: House) -> None:
    house.register()

    for who in ("joao", "omar", "ruth", "mallory"):
        with pytest.raises(NotAllowed):
            house.act(who, lambda log: answers.answer_item(log, "AI-0001", "G1-04", answers.NewAnswer(AnswerState.NOT_MET)))


@pytest.mark.parametrize("item", ["G1-02", "G1-13"])
def test_what_the_app_records_cannot_be_typed(house: House, item: str) -> None:
    house.register()

    with pytest.raises(RuleBroken, match="answers itself"):
        house.act("lena", lambda log: answers.answer_item(log, "AI-0001", item, answers.NewAnswer(AnswerState.MET)))


def test_a_carried_answer_is_only_for_records_to_come(house: House) -> None:
    house.register()

    with pytest.raises(RuleBroken, match="cannot be carried"):
        house.act("lena", lambda log: answers.carry_answer(log, "AI-0001", "G1-04", answers.NewAnswer(AnswerState.MET)))


def test_one_open_request_at_a_time(in_review: House) -> None:
    with pytest.raises(Conflict, match="is open"):
        in_review.open()


def test_an_unchanged_dossier_is_not_submitted_twice(in_review: House) -> None:
    with pytest.raises(Conflict, match="in review already"):
        in_review.submit()


def test_a_settled_request_is_over(in_review: House) -> None:
    in_review.sign_all()

    for act in (lambda log: gates.submit(log, "AI-0001.G1-1"), lambda log: gates.withdraw(log, "AI-0001.G1-1", "x")):
        with pytest.raises(Refused):
            in_review.act("lena", act)


def test_somebody_who_may_not_see_it_learns_nothing(in_review: House) -> None:
    hidden = initiatives.Description(
        "Claims triage", "Scores new motor claims for the adjusters.", "claims", "lena", initiatives.Visibility.NAMED
    )
    in_review.act("lena", lambda log: initiatives.describe(log, "AI-0001", hidden))

    for who in ("joao", "mallory", "omar"):
        with pytest.raises(NotThere):
            in_review.sign(Function.BUSINESS, who=who)


def test_findings_are_raised_by_the_team_and_its_reviewers_only(house: House) -> None:

    house.register()
    new = NewFinding(FindingSeverity.HIGH, "garage distance works as a proxy", "lena")

    for who in ("tom", "joao", "second"):
        house.act(who, lambda log: findings.raise_finding(log, "AI-0001", new))
    for who in ("mallory", "omar", "ruth"):
        with pytest.raises(Refused):
            house.act(who, lambda log: findings.raise_finding(log, "AI-0001", new))
    with house.read() as session:
        assert session.get_one(Finding, "AI-0001.F-1").due.isoformat() == "2026-10-01"


def test_an_admin_gives_nothing_to_themselves(house: House) -> None:
    with pytest.raises(RuleBroken, match="Nobody grants themselves"):
        house.act("omar", lambda log: directory.grant_function(log, "omar", Function.BUSINESS))
    with pytest.raises(RuleBroken, match="Nobody grants themselves"):
        house.act("omar", lambda log: directory.grant_role(log, "omar", Role.AUDITOR))
    with pytest.raises(RuleBroken, match="last administrator"):
        house.act("omar", lambda log: directory.disable_person(log, "omar", "holiday"))
