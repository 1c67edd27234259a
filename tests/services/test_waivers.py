"""Waivers: who may ask, who has to sign, when one is in force, and what its end does; from asking to the standing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from governance.domain import checks
from governance.domain.errors import Conflict, NotAllowed, NotThere, RuleBroken
from governance.domain.evidence_scope import Scope, ScopePart
from governance.domain.questionnaire import FactValue
from governance.domain.tiering import Answers
from governance.domain.vocabulary import (
    AnswerState,
    EvidenceKind,
    Function,
    RequestState,
    Role,
    Standing,
    Tier,
    Visibility,
    WaiverDecision,
    WaiverSeat,
    WaiverState,
)
from governance.domain.waivers import Asked
from governance.jobs import waivers as duty
from governance.ledger import rebuild
from governance.ledger.log import SYSTEM, Log
from governance.models.findings import Finding
from governance.models.initiatives import Initiative
from governance.models.ledger import Leaf, Words
from governance.models.summary import Summary, Waiting
from governance.models.waivers import Waiver
from governance.policy.assess import assess_initiative
from governance.reads import policies
from governance.reads.material import material
from governance.services import answers, directory, findings, gates, initiatives, summaries, waivers
from governance.services import evidence as sharing
from governance.words import word
from tests.prepared import begun
from tests.services.conftest import ASKED, LOW, REVIEWERS, STATEMENTS, TEXTS, House, evidence, founded

KEY, ITEM, REQUEST = "AI-0001", "G1-11", "AI-0001.G1-1"
ID = "AI-0001.W-1"
CLAIMED = "G3-18"  # another one, which people answer
RUNNING = "G3-10"  # a check of the gate into full production, owned by data science


def asked(house: House, days: int = 60, **changed: object) -> Asked:
    values = {
        "scope": "this initiative, model 1.x",
        "reason": "the owner of the source is on leave",
        "control": "a person compares ten cases a week by hand",
        "owner": "lena",
        "expires": house.now.date() + timedelta(days=days),
        **changed,
    }
    return Asked(**values)  # type: ignore[arg-type]


def ask(house: House, item: str = ITEM, who: str = "lena", days: int = 60, **changed: object) -> str:
    return str(house.act(who, lambda log: waivers.ask(log, KEY, item, asked(house, days, **changed))))


def sign(
    house: House, seat: WaiverSeat, who: str, decision: WaiverDecision = WaiverDecision.GRANT, *, waiver: str = ID, reason: str = ""
) -> None:
    house.act(who, lambda log: waivers.sign(log, waiver, seat, decision, word(decision).meaning, reason), proof=True)


def owner_of(item: str) -> str:
    """A reviewer who holds the function that owns a check."""
    return {ITEM: "mina", RUNNING: "rafael"}[item]


def grant(house: House, item: str = ITEM, waiver: str = ID, **more: object) -> str:
    made = ask(house, item, **more)  # type: ignore[arg-type]
    sign(house, WaiverSeat.OWNER, owner_of(item), waiver=made)
    sign(house, WaiverSeat.COMPLIANCE, "aoife", waiver=made)
    assert made == waiver
    return made


def row(house: House, waiver: str = ID) -> Waiver:
    with house.read() as session:
        return session.get_one(Waiver, waiver)


def state_of(house: House, item: str = ITEM) -> AnswerState:
    with house.read() as session:
        policy = policies.current(session)
        found = checks.evaluated(policy, material(session, KEY, item.partition("-")[0], policy), house.now)
        return next(check.evaluated.state for check in found if check.item.id == item)


def standing(house: House) -> Standing:
    with house.read() as session:
        return session.get_one(Initiative, KEY).standing


def day_after(house: House, days: int, waiver: str = ID) -> datetime:
    """The first moment so many days after the last day of a waiver."""
    return datetime.combine(row(house, waiver).expires + timedelta(days=days), time(), UTC)


def watch(house: House, at: datetime) -> None:
    house.now = at
    duty.watch(house.ledger, at)


def kinds(house: House) -> list[str]:
    with house.read() as session:
        return [
            leaf.kind for leaf in session.query(Leaf).order_by(Leaf.index) if leaf.kind.startswith(("waiver.", "standing.", "finding."))
        ]


def consistent(house: House) -> bool:
    with house.read() as session:
        return rebuild.check(session) == []


@begun("house", founded)
def running(house: House) -> None:
    """In full production, with a check that is not met."""
    house.register()
    house.bring_in()


@begun("house", founded)
def unmet(house: House) -> None:
    """A request at G1, complete but for one waivable check that is not met."""
    house.register()
    house.open()
    house.complete(leave=frozenset({ITEM}))
    house.answer_item(ITEM, AnswerState.NOT_MET)


def test_two_signatures_waive_the_check_and_the_gate_passes(unmet: House) -> None:
    made = ask(unmet)
    sign(unmet, WaiverSeat.OWNER, "mina")
    assert (made, row(unmet).state, state_of(unmet)) == (ID, WaiverState.ASKED, AnswerState.NOT_MET)

    sign(unmet, WaiverSeat.COMPLIANCE, "aoife")

    assert (row(unmet).state, state_of(unmet)) == (WaiverState.IN_FORCE, AnswerState.WAIVED)
    unmet.submit()
    unmet.sign_all()
    assert unmet.stage() == "review"
    assert consistent(unmet)


def test_without_a_waiver_the_same_request_does_not_pass(unmet: House) -> None:
    unmet.submit()
    unmet.sign_all()

    assert unmet.stage() == "pilot"


@pytest.mark.parametrize(
    ("seat", "who", "sentence"),
    [
        (WaiverSeat.OWNER, "lena", "You do not hold the function"),
        (WaiverSeat.OWNER, "joao", "You do not hold the function"),
        (WaiverSeat.COMPLIANCE, "mina", "You do not hold the function"),
        (WaiverSeat.COMPLIANCE, "omar", "You do not hold the function"),
        (WaiverSeat.COMPLIANCE, "mallory", "You do not hold the function"),
    ],
)
def test_only_who_holds_the_function_signs(unmet: House, seat: WaiverSeat, who: str, sentence: str) -> None:
    ask(unmet)

    with pytest.raises(NotAllowed, match=sentence):
        sign(unmet, seat, who)
    assert row(unmet).signatures == []


def test_nobody_signs_without_proof_of_identity(unmet: House) -> None:
    ask(unmet)

    with pytest.raises(NotAllowed, match="Prove who you are"):
        unmet.act("mina", lambda log: waivers.sign(log, ID, WaiverSeat.OWNER, WaiverDecision.GRANT, "yes"))


def test_one_person_with_both_functions_signs_only_once(unmet: House) -> None:
    unmet.act("omar", lambda log: directory.grant_function(log, "aoife", Function.IT_OPS))
    ask(unmet)
    sign(unmet, WaiverSeat.OWNER, "aoife")

    with pytest.raises(NotAllowed, match="two different people"):
        sign(unmet, WaiverSeat.COMPLIANCE, "aoife")
    sign(unmet, WaiverSeat.COMPLIANCE, "second")
    assert state_of(unmet) is AnswerState.WAIVED


def give(house: House, who: str, function: Function) -> None:
    def do(log: Log) -> None:
        directory.grant_role(log, who, Role.REVIEWER)
        directory.grant_function(log, who, function)

    house.act("omar", do)


def test_neither_asker_nor_owner_nor_lead_signs(unmet: House) -> None:
    for who in ("tom", "dee", "lena"):
        give(unmet, who, Function.IT_OPS)
    ask(unmet, who="tom", owner="dee")

    for who, sentence in (("tom", "You asked"), ("dee", "own this waiver"), ("lena", "lead this initiative")):
        with pytest.raises(NotAllowed, match=sentence):
            sign(unmet, WaiverSeat.OWNER, who)


def test_the_only_author_of_the_evidence_does_not_sign(unmet: House) -> None:
    give(unmet, "tom", Function.IT_OPS)  # he answered the check, and added what it rests on
    ask(unmet)

    with pytest.raises(NotAllowed, match="only author"):
        sign(unmet, WaiverSeat.OWNER, "tom")


def test_whoever_wrote_evidence_of_another_initiative_on_which_the_check_rests_alone_does_not_sign(unmet: House) -> None:
    assert unmet.register() == "AI-0002"
    source = unmet.act("dee", lambda log: answers.add_evidence(log, "AI-0002", evidence(EvidenceKind.DOCUMENT, unmet.now)))
    unmet.act("lena", lambda log: sharing.share(log, str(source), Scope(purpose="Triage of motor claims")))
    said = sharing.Statement([ScopePart.PURPOSE], "The same use of it.", Scope(purpose="Triage of motor claims").digest)
    made = unmet.act("lena", lambda log: sharing.reuse(log, KEY, str(source), said))
    unmet.act("tom", lambda log: answers.answer_item(log, KEY, ITEM, answers.NewAnswer(AnswerState.NOT_MET, "not yet", (), [str(made)])))
    give(unmet, "dee", Function.IT_OPS)
    ask(unmet)

    with pytest.raises(NotAllowed, match="only author"):
        sign(unmet, WaiverSeat.OWNER, "dee")
    sign(unmet, WaiverSeat.OWNER, "mina")


def test_who_made_the_check_waivable_does_not_sign_its_waiver_for_30_days(unmet: House) -> None:
    """Nor does who proposed it; what was asked for before benefits from nothing."""
    give(unmet, "ruth", Function.COMPLIANCE)
    first, other = ask(unmet), "G1-04"
    blocking = next(text for text in TEXTS["gates/G1.yaml"].split("    - id: ") if text.startswith(f"{other}\n"))
    assert "severity: blocking" in blocking
    looser = TEXTS["gates/G1.yaml"].replace(blocking, blocking.replace("severity: blocking", "severity: waivable"))
    unmet.publish({**TEXTS, "gates/G1.yaml": looser})
    unmet.answer_item(other, AnswerState.NOT_MET)
    made = ask(unmet, other)

    for who, deed in (("aoife", "published"), ("second", "proposed")):
        with pytest.raises(NotAllowed, match=f"You {deed} version .* of the policy, which loosened a rule of gate G1, and this waiver"):
            sign(unmet, WaiverSeat.COMPLIANCE, who, waiver=made)
    sign(unmet, WaiverSeat.COMPLIANCE, "aoife", waiver=first)
    sign(unmet, WaiverSeat.COMPLIANCE, "ruth", waiver=made)
    assert {given["by"] for given in row(unmet, made).signatures} == {"ruth"}


def test_who_was_given_the_function_after_it_was_asked_for_does_not_sign(unmet: House) -> None:
    ask(unmet)
    give(unmet, "mallory", Function.IT_OPS)

    with pytest.raises(NotAllowed, match="after the waiver was asked for"):
        sign(unmet, WaiverSeat.OWNER, "mallory")


def test_a_signature_whose_signer_lost_the_function_does_not_count_until_they_have_it_again(unmet: House) -> None:
    give(unmet, "mallory", Function.IT_OPS)
    ask(unmet)
    sign(unmet, WaiverSeat.OWNER, "mallory")
    unmet.act("omar", lambda log: directory.disable_person(log, "mallory", "left"))
    sign(unmet, WaiverSeat.COMPLIANCE, "aoife")
    assert row(unmet).state is WaiverState.ASKED

    unmet.act("omar", lambda log: directory.enable_person(log, "mallory"))

    assert row(unmet).state is WaiverState.IN_FORCE, "any act can be the one that completes it"
    assert consistent(unmet)


def test_somebody_else_takes_the_seat_of_a_signature_that_does_not_count(unmet: House) -> None:
    give(unmet, "mallory", Function.IT_OPS)
    ask(unmet)
    sign(unmet, WaiverSeat.OWNER, "mallory")
    with pytest.raises(Conflict, match="signed already"):
        sign(unmet, WaiverSeat.OWNER, "mina")
    unmet.act("omar", lambda log: directory.disable_person(log, "mallory", "left"))

    sign(unmet, WaiverSeat.OWNER, "mina")
    sign(unmet, WaiverSeat.COMPLIANCE, "aoife")

    assert row(unmet).state is WaiverState.IN_FORCE


def test_either_seat_may_decline_with_a_reason_and_then_it_is_over(unmet: House) -> None:
    ask(unmet)
    with pytest.raises(RuleBroken, match="Say why"):
        sign(unmet, WaiverSeat.COMPLIANCE, "aoife", WaiverDecision.DECLINE)
    sign(unmet, WaiverSeat.COMPLIANCE, "aoife", WaiverDecision.DECLINE, reason="the control is not enough")

    with pytest.raises(Conflict, match="decided already"):
        sign(unmet, WaiverSeat.OWNER, "mina")
    assert (row(unmet).state, state_of(unmet)) == (WaiverState.DECLINED, AnswerState.NOT_MET)
    assert ask(unmet) == "AI-0001.W-2", "it may be asked for anew, and that is no renewal"
    assert row(unmet, "AI-0001.W-2").renews is None


def test_whoever_asked_or_the_lead_withdraws_it(unmet: House) -> None:
    ask(unmet, who="tom")
    for who in ("mara", "mina", "aoife"):
        with pytest.raises(NotAllowed):
            unmet.act(who, lambda log: waivers.withdraw(log, ID, "no longer needed"))
    with pytest.raises(RuleBroken):
        unmet.act("tom", lambda log: waivers.withdraw(log, ID, " "))

    unmet.act("tom", lambda log: waivers.withdraw(log, ID, "no longer needed"))

    assert row(unmet).state is WaiverState.WITHDRAWN
    with pytest.raises(Conflict):
        unmet.act("lena", lambda log: waivers.withdraw(log, ID, "no longer needed"))


@pytest.mark.parametrize("who", ["mina", "aoife", "omar", "mallory", "ruth"])
def test_only_lead_and_team_ask(unmet: House, who: str) -> None:
    with pytest.raises(NotAllowed):
        ask(unmet, who=who)


def test_who_may_not_see_the_initiative_is_not_told_that_there_is_a_waiver(unmet: House) -> None:
    ask(unmet)
    hidden = initiatives.Description("Claims triage", "Scores new motor claims.", "claims", "lena", Visibility.NAMED)
    unmet.act("lena", lambda log: initiatives.describe(log, KEY, hidden))

    with pytest.raises(NotThere):
        sign(unmet, WaiverSeat.OWNER, "mina")


@pytest.mark.parametrize(
    ("item", "answered", "sentence"),
    [
        ("G1-03", AnswerState.NOT_MET, "only what is waivable can be waived"),
        ("G1-10", AnswerState.NOT_MET, "only what is waivable can be waived"),
        (ITEM, AnswerState.MET, "nothing to waive"),
        ("G2-20", None, "does not apply"),
        ("G1-99", None, "no check G1-99"),
    ],
)
def test_only_a_waivable_check_that_applies_and_is_not_met(unmet: House, item: str, answered: AnswerState | None, sentence: str) -> None:
    if answered is not None:
        unmet.answer_item(item, answered)

    with pytest.raises(RuleBroken, match=sentence):
        ask(unmet, item)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"scope": " "}, "scope"),
        ({"reason": "no"}, "reason"),
        ({"control": "x" * 4_001}, "control"),
        ({"owner": "nobody"}, "owner"),
        ({"days": 0}, "expires"),
        ({"days": -1}, "expires"),
        ({"days": 181}, "expires"),
    ],
)
def test_what_does_not_hold_up_is_named_field_by_field(unmet: House, changed: dict[str, object], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        ask(unmet, **changed)  # type: ignore[arg-type]
    assert [problem.about for problem in refused.value.problems] == [field]


def test_the_last_day_is_at_most_that_of_the_tier(unmet: House) -> None:
    assert ask(unmet, days=180) == ID


def test_one_is_asked_for_at_a_time(unmet: House) -> None:
    ask(unmet)

    with pytest.raises(Conflict, match=f"{ID} is asked for already"):
        ask(unmet)


def test_what_was_not_signed_until_its_last_day_cannot_be_signed_any_more_and_is_no_obstacle(unmet: House) -> None:
    ask(unmet, days=2)
    unmet.now += timedelta(days=3)

    with pytest.raises(RuleBroken, match="last day is past"):
        sign(unmet, WaiverSeat.OWNER, "mina")
    assert ask(unmet) == "AI-0001.W-2"


def test_granting_lapses_exactly_the_sign_offs_that_cover_its_section(unmet: House) -> None:
    unmet.submit()
    unmet.sign_all()
    before = {given.seat for given in unmet.table().review.given}

    grant(unmet)

    moved = [section for section, digest in unmet.table().review.frozen.items() if unmet.table().review.live[section] != digest]
    assert [section.value for section in moved] == ["it_ops"]
    unmet.submit()
    assert before and unmet.state() is RequestState.IN_REVIEW
    unmet.sign(Function.IT_OPS)
    assert unmet.stage() == "review", "the three others still counted"


def test_a_waiver_that_ends_during_the_review_keeps_the_gate_shut_by_the_clock_alone(unmet: House) -> None:
    grant(unmet, days=5)
    unmet.submit()
    for function in (Function.DATA_SCIENCE, Function.BUSINESS, Function.COMPLIANCE):
        unmet.sign(function)
    unmet.now = day_after(unmet, 1)

    assert any(ITEM in obstacle for obstacle in unmet.table().review.obstacles)
    unmet.sign(Function.IT_OPS)
    assert unmet.stage() == "pilot", "nobody has recorded yet that it ended"

    watch(unmet, unmet.now)

    table = unmet.table()
    assert [section.value for section in table.review.frozen if table.review.frozen[section] != table.review.live[section]] == ["it_ops"]
    assert (row(unmet).state, kinds(unmet)[-1], standing(unmet)) == (WaiverState.EXPIRED, "waiver.expired", Standing.GOOD)
    unmet.submit()
    unmet.sign(Function.IT_OPS)
    assert unmet.stage() == "pilot", "not met, and waived no more"


def test_it_holds_to_the_end_of_its_last_day(unmet: House) -> None:
    grant(unmet, days=5)
    unmet.now = day_after(unmet, 1) - timedelta(seconds=1)
    assert state_of(unmet) is AnswerState.WAIVED

    unmet.now += timedelta(seconds=1)

    assert state_of(unmet) is AnswerState.NOT_MET


def test_in_production_its_end_opens_a_finding_then_holds_then_suspends(running: House) -> None:
    grant(running, RUNNING)
    assert state_of(running, RUNNING) is AnswerState.WAIVED
    last = row(running).expires

    watch(running, day_after(running, 1))
    with running.read() as session:
        found = session.get_one(Finding, "AI-0001.F-1")
        assert (found.owner_id, found.severity, found.due, found.raised_by, found.item) == (
            "lena",
            "medium",
            last + timedelta(days=14),
            "system",
            RUNNING,
        )
    assert (row(running).state, standing(running)) == (WaiverState.OVERDUE, Standing.GOOD)
    watch(running, day_after(running, 15) - timedelta(seconds=1))
    assert standing(running) is Standing.GOOD
    watch(running, day_after(running, 15))
    assert standing(running) is Standing.ON_HOLD
    watch(running, day_after(running, 61))
    assert standing(running) is Standing.SUSPENDED

    watch(running, day_after(running, 200))
    assert kinds(running).count("finding.raised") == 1 and kinds(running).count("standing.changed") == 2, "once each"
    assert consistent(running)


def test_a_worker_that_comes_late_records_everything_with_the_days_it_was_due(running: House) -> None:
    grant(running, RUNNING)

    watch(running, day_after(running, 100))

    assert kinds(running)[-4:] == ["finding.raised", "waiver.expired", "waiver.took_effect", "standing.changed"]
    assert standing(running) is Standing.SUSPENDED and row(running).reminded == []


def test_evidence_that_meets_the_check_ends_it_once_its_function_accepts_it_and_restores_the_standing(running: House) -> None:
    grant(running, RUNNING)
    watch(running, day_after(running, 20))
    running.answer_item(RUNNING)
    assert (row(running).state, standing(running)) == (WaiverState.OVERDUE, Standing.ON_HOLD), "the team alone says so"

    accept(running)

    assert (row(running).state, row(running).ended_how, standing(running)) == (WaiverState.EXPIRED, "met", Standing.GOOD)
    watch(running, day_after(running, 100))
    assert standing(running) is Standing.GOOD
    assert consistent(running)


def confirm_met(house: House, who: str = "rafael", finding: str = "AI-0001.F-1") -> None:
    """The check is answered as met, its owner on the team names the evidence, and somebody accepts it."""
    house.answer_item(RUNNING)
    accept(house, who, finding)


def accept(house: House, who: str = "rafael", finding: str = "AI-0001.F-1") -> None:
    piece = str(house.act("lena", lambda log: answers.add_evidence(log, KEY, evidence(EvidenceKind.LINK, house.now))))
    house.act("lena", lambda log: findings.answer_finding(log, finding, piece))
    house.act(who, lambda log: findings.close_finding(log, finding))


def renew(house: House, waiver: str) -> None:
    piece = str(house.act("lena", lambda log: answers.add_evidence(log, KEY, evidence(EvidenceKind.LINK, house.now))))
    grant(house, RUNNING, waiver, evidence=(piece,))


def test_a_renewal_ends_it_too_and_needs_new_evidence_of_the_control(running: House) -> None:
    grant(running, RUNNING)
    watch(running, day_after(running, 20))
    with pytest.raises(RuleBroken) as refused:
        ask(running, RUNNING)
    assert "since AI-0001.W-1 was granted" in refused.value.problems[0].message

    renew(running, "AI-0001.W-2")

    assert (row(running).state, row(running).ended_how, standing(running)) == (WaiverState.EXPIRED, "waived", Standing.GOOD)
    assert (row(running, "AI-0001.W-2").renews, state_of(running, RUNNING)) == (ID, AnswerState.WAIVED)


def test_a_renewal_does_not_rest_on_what_counts_no_more_nor_on_old_content_brought_here(running: House) -> None:
    assert running.register() == "AI-0002"
    scope = Scope(purpose="Triage of motor claims")
    said = sharing.Statement([ScopePart.PURPOSE], "The same use of it.", scope.digest)
    link = evidence(EvidenceKind.LINK, running.now)
    before = str(running.act("lena", lambda log: answers.add_evidence(log, "AI-0002", link)))
    grant(running, RUNNING)
    since, gone = (str(running.act("lena", lambda log, of=key: answers.add_evidence(log, of, link))) for key in ("AI-0002", KEY))
    for source in (before, since):
        running.act("lena", lambda log, of=source: sharing.share(log, of, scope))
    old, new = (str(running.act("lena", lambda log, of=source: sharing.reuse(log, KEY, of, said))) for source in (before, since))
    running.act("lena", lambda log: sharing.supersede(log, gone, new, "It was run again."))

    for piece, sentence in ((old, "Choose evidence of the compensating control that was added since"), (gone, "was superseded by")):
        with pytest.raises(RuleBroken) as refused:
            ask(running, RUNNING, evidence=(piece,))
        assert sentence in refused.value.problems[0].message and refused.value.problems[0].about == "evidence"
    assert ask(running, RUNNING, evidence=(new,)) == "AI-0001.W-2"


def test_a_second_renewal_is_refused_in_the_words_of_the_policy(running: House) -> None:
    grant(running, RUNNING)
    renew(running, "AI-0001.W-2")

    with pytest.raises(RuleBroken, match="a second one needs the accountable executive"):
        ask(running, RUNNING)


def test_a_tier_under_which_the_check_does_not_apply_ends_it(running: House) -> None:
    grant(running, RUNNING)
    watch(running, day_after(running, 20))

    running.act("lena", lambda log: initiatives.answer_tiering(log, KEY, {**LOW, "Q10": "documented"}, STATEMENTS, ASKED))
    accept(running)

    assert (row(running).ended_how, standing(running)) == ("not_applicable", Standing.GOOD)


def test_without_a_tier_nobody_can_say_that_the_check_is_met_so_its_end_has_its_effects(running: House) -> None:
    grant(running, RUNNING)
    unanswered = {question: answer for question, answer in LOW.items() if question != "Q1"}
    running.act("lena", lambda log: initiatives.answer_tiering(log, KEY, unanswered, STATEMENTS, ASKED))

    watch(running, day_after(running, 20))

    assert (row(running).state, standing(running)) == (WaiverState.OVERDUE, Standing.ON_HOLD)


def test_a_suspension_that_has_another_cause_is_not_lifted(running: House) -> None:
    grant(running, RUNNING)
    watch(running, day_after(running, 20))
    running.act("lena", lambda log: initiatives.answer_tiering(log, KEY, LOW, {**STATEMENTS, "HS1": "yes"}, ASKED))
    assert standing(running) is Standing.SUSPENDED

    running.act("lena", lambda log: initiatives.answer_tiering(log, KEY, LOW, STATEMENTS, ASKED))
    confirm_met(running)

    assert (row(running).ended_how, standing(running)) == ("met", Standing.SUSPENDED), "compliance lifts what the tier asked for"


def test_a_prohibited_use_stays_suspended_where_a_waiver_had_suspended_it_before(running: House) -> None:
    grant(running, RUNNING)
    watch(running, day_after(running, 61))
    assert standing(running) is Standing.SUSPENDED

    running.act("lena", lambda log: initiatives.answer_tiering(log, KEY, LOW, {**STATEMENTS, "HS1": "yes"}, ASKED))
    running.act("lena", lambda log: initiatives.answer_tiering(log, KEY, LOW, STATEMENTS, ASKED))
    confirm_met(running)

    assert (row(running).state, standing(running)) == (WaiverState.EXPIRED, Standing.SUSPENDED)
    with running.read() as session:
        assert session.get_one(Initiative, KEY).standing_why == "the tiering answers name a prohibited use (HS1)"


def test_a_waiver_that_ends_after_its_gate_was_passed_is_relied_on_in_every_later_stage(unmet: House) -> None:
    grant(unmet, days=2)
    unmet.submit()
    unmet.sign_all()
    assert unmet.stage() == "review"

    watch(unmet, day_after(unmet, 1))

    assert (row(unmet).state, row(unmet).finding_id) == (WaiverState.OVERDUE, "AI-0001.F-1")
    watch(unmet, day_after(unmet, 15))
    assert standing(unmet) is Standing.ON_HOLD
    assert consistent(unmet)


@pytest.mark.parametrize("before", [timedelta(hours=1), -timedelta(hours=1), -timedelta(days=20)], ids=["before", "after", "on-hold"])
@pytest.mark.parametrize("fact", [True, False], ids=["fact", "claim"])
def test_turning_a_fact_or_a_claim_to_and_fro_ends_nothing(running: House, before: timedelta, fact: bool) -> None:
    """An hour before its end as an hour after it, and once it is on hold."""

    def say(passes: bool) -> None:
        if fact:
            given = {**LOW, "Q10": "documented"} if passes else LOW
            running.act("lena", lambda log: initiatives.answer_tiering(log, KEY, given, STATEMENTS, ASKED))
        else:
            running.answer_item(CLAIMED, AnswerState.MET if passes else AnswerState.NOT_MET)

    item = RUNNING if fact else CLAIMED
    running.answer_item(CLAIMED, AnswerState.NOT_MET)
    made = ask(running, item)
    sign(running, WaiverSeat.OWNER, "rafael" if fact else REVIEWERS[row(running, made).function], waiver=made)
    sign(running, WaiverSeat.COMPLIANCE, "second", waiver=made)
    end = day_after(running, 1)
    watch(running, end - before)
    say(passes=True)
    watch(running, max(running.now, end))

    assert row(running).state is WaiverState.OVERDUE
    say(passes=False)
    watch(running, day_after(running, 61))
    assert standing(running) is Standing.SUSPENDED
    assert consistent(running)


def test_what_the_team_says_before_its_end_is_looked_at_all_the_same(running: House) -> None:
    grant(running, RUNNING)
    running.answer_item(RUNNING)
    watch(running, day_after(running, 1))
    with running.read() as session:
        finding = session.get_one(Finding, "AI-0001.F-1")
        assert "That was not looked at yet" in session.get_one(Words, finding.words).text

    accept(running)

    assert (row(running).state, row(running).ended_how, standing(running)) == (WaiverState.EXPIRED, "met", Standing.GOOD)
    watch(running, day_after(running, 100))
    assert standing(running) is Standing.GOOD and consistent(running)


def test_a_gate_that_was_passed_with_the_check_met_has_confirmed_it(unmet: House) -> None:
    grant(unmet, days=5)
    unmet.answer_item(ITEM)
    unmet.submit()
    unmet.sign_all()

    watch(unmet, day_after(unmet, 1))

    assert (unmet.stage(), row(unmet).state, kinds(unmet)[-1]) == ("review", WaiverState.EXPIRED, "waiver.expired")


def test_the_finding_of_its_end_is_not_accepted_while_the_check_is_not_met(running: House) -> None:
    grant(running, RUNNING)
    watch(running, day_after(running, 20))

    with pytest.raises(RuleBroken, match=f"{RUNNING} is not_started|{RUNNING} is not started"):
        accept(running)
    assert (row(running).state, standing(running)) == (WaiverState.OVERDUE, Standing.ON_HOLD)


def name(house: House, team: Mapping[Function, str]) -> None:
    for function, person in team.items():
        house.act("lena", lambda log, f=function, p=person: initiatives.name_team(log, KEY, f, p, None, 8))


def test_nobody_with_a_part_in_it_confirms_that_the_check_is_met(running: House) -> None:
    for who in ("tom", "mallory", "elsewhere"):
        give(running, who, Function.DATA_SCIENCE)
    running.act("omar", lambda log: directory.grant_role(log, "dee", Role.COMPLIANCE_OFFICER))
    name(running, {Function.BUSINESS: "mallory", Function.COMPLIANCE: "elsewhere"})
    ask(running, RUNNING, "mallory")
    sign(running, WaiverSeat.OWNER, "rafael")
    sign(running, WaiverSeat.COMPLIANCE, "aoife")
    watch(running, day_after(running, 20))
    running.act("elsewhere", lambda log: initiatives.answer_tiering(log, KEY, LOW, STATEMENTS, ASKED))
    name(running, {Function.BUSINESS: "mara", Function.COMPLIANCE: "dee"})
    running.answer_item(RUNNING)

    for who, sentence in (("tom", "You work on"), ("dee", "You work on"), ("mallory", "You asked for"), ("elsewhere", "You gave the")):
        with pytest.raises(NotAllowed, match=sentence):
            accept(running, who)
    accept(running, "aoife")
    assert row(running).state is WaiverState.EXPIRED


def test_its_end_is_told_at_its_share_of_life_and_again_before_each_once(running: House) -> None:
    grant(running, RUNNING, days=100)
    granted = row(running).expires - timedelta(days=100)

    for on in range(101):
        watch(running, datetime.combine(granted + timedelta(days=on), time(12), UTC) if on else running.now)

    assert row(running).reminded == [(granted + timedelta(days=days)).isoformat() for days in (80, 93, 99)]
    assert kinds(running).count("waiver.reminded") == 3


def test_a_summary_says_when_time_will_end_it_and_is_worked_out_anew_then(unmet: House) -> None:
    grant(unmet, days=5)
    with unmet.read() as session:
        summary = session.get_one(Summary, KEY)
        assert summary.changes_at == day_after(unmet, 1)
        done = summary.checks_done

    with unmet.ledger.writing(SYSTEM, day_after(unmet, 1)) as log:
        summaries.refresh_due(log.session, day_after(unmet, 1))

    with unmet.read() as session:
        assert session.get_one(Summary, KEY).checks_done == done - 1


def waits(house: House) -> set[tuple[str | None, str | None]]:
    with house.read() as session:
        return {(one.function.value if one.function else None, one.subject) for one in session.query(Waiting).filter_by(kind="waive")}


def test_it_stands_on_the_list_of_whoever_can_sign_it_until_they_have(unmet: House) -> None:
    ask(unmet)
    assert waits(unmet) == {("it_ops", f"{ID}/owner"), ("compliance", f"{ID}/compliance")}
    sign(unmet, WaiverSeat.OWNER, "mina")
    assert waits(unmet) == {("compliance", f"{ID}/compliance")}
    sign(unmet, WaiverSeat.COMPLIANCE, "aoife")

    assert waits(unmet) == set()


def test_the_finding_of_its_end_is_accepted_by_the_function_that_owns_the_check(running: House) -> None:
    grant(running, RUNNING)
    watch(running, day_after(running, 1))
    running.answer_item(RUNNING)
    piece = str(running.act("lena", lambda log: answers.add_evidence(log, KEY, evidence(EvidenceKind.LINK, running.now))))
    running.act("lena", lambda log: findings.answer_finding(log, "AI-0001.F-1", piece))
    with running.read() as session:
        turn = session.query(Waiting).filter_by(kind="accept").one()
        assert (turn.person_id, turn.function) == (None, Function.DATA_SCIENCE)

    running.act("rafael", lambda log: findings.close_finding(log, "AI-0001.F-1"))

    assert consistent(running)


def test_a_policy_that_makes_the_check_blocking_waives_it_no_more(unmet: House) -> None:
    grant(unmet)
    with unmet.read() as session:
        policy = policies.current(session)
        found = material(session, KEY, "G1", policy)
    assert policy.waivers is not None
    stricter = replace(policy, waivers=replace(policy.waivers, only_for="blocking"))  # type: ignore[arg-type]
    state = {check.item.id: check.evaluated.state for check in checks.evaluated(stricter, found, unmet.now)}[ITEM]

    assert state is AnswerState.NOT_MET


def at_risk(house: House, tier: Tier) -> None:
    """Answer the questions so that they give this tier."""
    statements = {**STATEMENTS, "FL1": "yes" if tier is Tier.HIGH else "no"}
    asked_for: dict[str, FactValue] = dict(ASKED)
    with house.read() as session:
        policy = policies.current(session)
    for _ in range(5):  # an answer may open further questions
        given = assess_initiative(policy, Answers(questions=LOW, statements=statements, asked=asked_for))
        for name_ in given.missing:
            fact = policy.facts.get(name_)
            asked_for |= {name_: fact.values[0] if fact.values else False} if fact else {}
            statements |= {} if fact else {name_: "no"}
    assert (given.tier, given.missing) == (tier, ())
    house.act("lena", lambda log: initiatives.answer_tiering(log, KEY, LOW, statements, asked_for))


def test_a_tier_that_allows_less_time_ends_it_sooner_and_a_lower_one_gives_the_day_back(unmet: House) -> None:
    grant(unmet, days=180)
    granted, asked_until = unmet.now.date(), row(unmet).expires

    at_risk(unmet, Tier.HIGH)

    assert row(unmet).expires == granted + timedelta(days=90) and kinds(unmet)[-1] == "waiver.end_moved"
    unmet.now += timedelta(days=80)
    assert state_of(unmet) is AnswerState.WAIVED
    unmet.now += timedelta(days=11)
    assert state_of(unmet) is AnswerState.NOT_MET, "by the clock alone"
    unmet.now -= timedelta(days=11)
    at_risk(unmet, Tier.LOW)
    assert row(unmet).expires == asked_until and consistent(unmet)


def test_a_higher_tier_ends_it_at_once_where_its_time_is_over_and_the_grace_counts_from_then(running: House) -> None:
    grant(running, RUNNING, days=180)
    running.now += timedelta(days=170)

    at_risk(running, Tier.HIGH)

    raised = running.now.date()
    assert row(running).expires == raised - timedelta(days=1)
    watch(running, running.now)
    assert (row(running).state, standing(running)) == (WaiverState.OVERDUE, Standing.GOOD)
    at_risk(running, Tier.LOW)
    assert (row(running).state, row(running).expires) == (WaiverState.OVERDUE, raised - timedelta(days=1)), "nothing brings it back"
    watch(running, running.now + timedelta(days=15))
    assert standing(running) is Standing.ON_HOLD and consistent(running)


def test_the_second_signature_grants_no_more_than_the_tier_allows_by_then(unmet: House) -> None:
    ask(unmet, days=180)
    sign(unmet, WaiverSeat.OWNER, "mina")
    at_risk(unmet, Tier.HIGH)

    sign(unmet, WaiverSeat.COMPLIANCE, "aoife")

    assert (row(unmet).state, row(unmet).expires) == (WaiverState.IN_FORCE, unmet.now.date() + timedelta(days=90))


def changed(head: str, old: str, new: str) -> dict[str, str]:
    """The policy with something of the waived check, or of all waivers, changed."""
    name_ = "gates/G1.yaml" if head else "policy.yaml"
    before, after = TEXTS[name_].split(head) if head else ("", TEXTS[name_])
    assert old in after
    return {**TEXTS, name_: f"{before}{head}{after.replace(old, new, 1)}"}


def test_a_check_that_asks_something_else_needs_another_waiver(unmet: House) -> None:
    grant(unmet)
    unmet.act("lena", lambda log: gates.withdraw(log, REQUEST, "not yet"))

    unmet.publish(changed(f"    - id: {ITEM}\n", 'question: "', 'question: "Another duty: '))

    assert state_of(unmet) is AnswerState.NOT_MET
    unmet.publish(changed(f"    - id: {ITEM}\n", 'why: "', 'why: "In other words, '))
    assert state_of(unmet) is AnswerState.WAIVED, "words that only explain are no part of what was waived"


def test_rules_that_allow_less_time_end_it_sooner_wherever_they_judge(unmet: House) -> None:
    grant(unmet, days=180)
    days = "max_days: {low: 180, medium: 120, high: 90}"
    unmet.publish(changed("", days, "max_days: {low: 10, medium: 10, high: 5}"))

    unmet.now += timedelta(days=9)
    assert state_of(unmet) is AnswerState.WAIVED
    unmet.now += timedelta(days=3)
    assert state_of(unmet) is AnswerState.NOT_MET


def test_nobody_grants_what_was_asked_for_of_another_rule(running: House) -> None:
    """The limit of this check is another one at the higher tier."""
    ask(running, RUNNING)
    sign(running, WaiverSeat.OWNER, "rafael")
    at_risk(running, Tier.HIGH)

    with pytest.raises(RuleBroken, match="What the check asks has changed"):
        sign(running, WaiverSeat.COMPLIANCE, "aoife")
    sign(running, WaiverSeat.COMPLIANCE, "aoife", WaiverDecision.DECLINE, reason="it asks for more now")
    assert row(running).state is WaiverState.DECLINED


def test_signatures_given_before_the_rule_changed_grant_nothing_until_it_is_as_it_was(running: House) -> None:
    give(running, "mallory", Function.DATA_SCIENCE)
    ask(running, RUNNING)
    sign(running, WaiverSeat.OWNER, "mallory")
    running.act("omar", lambda log: directory.disable_person(log, "mallory", "left"))
    sign(running, WaiverSeat.COMPLIANCE, "aoife")
    at_risk(running, Tier.HIGH)

    running.act("omar", lambda log: directory.enable_person(log, "mallory"))
    assert row(running).state is WaiverState.ASKED
    at_risk(running, Tier.LOW)

    assert row(running).state is WaiverState.IN_FORCE
