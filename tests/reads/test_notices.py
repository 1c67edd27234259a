"""Who is told what: one rule per kind of entry, only who may see the initiative, and nobody about their own deeds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from governance.domain.findings import NewFinding
from governance.domain.loosening import BARRED_FOR
from governance.domain.notices import NoticeKind
from governance.domain.vocabulary import (
    Decision,
    EvidenceKind,
    FindingSeverity,
    Function,
    RequestState,
    Role,
    Stage,
    Tier,
    Visibility,
    WaiverDecision,
    WaiverSeat,
)
from governance.domain.waivers import Asked
from governance.jobs import evidence as duty_of_evidence
from governance.jobs import waivers as duty
from governance.ledger import read, rebuild
from governance.ledger.log import SYSTEM
from governance.models.accounts import Account
from governance.models.ledger import Leaf
from governance.paths import templates_directory
from governance.reads import notices, people, work
from governance.reads.deliveries import ABOUT
from governance.services import accounts, answers, directory, findings, gates, initiatives, waivers
from governance.services import policies as publishing
from tests.services.conftest import TEXTS, House, ask, evidence, house, in_review
from tests.services.test_evidence import add, answer, supersede
from tests.services.test_sharing import reuse, share, shared, stop
from tests.services.test_waivers import RUNNING, at_risk, confirm_met, grant
from tests.tampering import alter

__all__ = ["house", "in_review"]

REQUEST = "AI-0001.G1-1"
on_both = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
"""Where a rule asks something that nothing else asks; what the other rules read is tested on both elsewhere."""


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "sqlite"))


def told(house: House, kind: str) -> dict[str, NoticeKind]:
    """Who is told about the latest entry of a kind, as the record stands now."""
    with house.read() as session:
        (leaf,) = read.entries(session, Leaf.kind == kind, limit=1)
        return {person: found.notice.kind for person, found in notices.by_mail(session, leaf, house.now).items()}


def waits_for(house: House) -> set[str]:
    """Whose list the request stands on as something to sign."""
    with house.read() as session:
        everybody = people.active_people(session)
        tasks = {person.id: work.mine(session, people.doer(session, person.id, house.now)).tasks for person in everybody}
        return {person for person, found in tasks.items() if any(task.waiting.kind == "sign" for task in found)}


def hide(house: House) -> None:
    """Only who is named may see it from now on."""
    hidden = initiatives.Description("Claims triage", "Scores new motor claims.", "claims", "lena", Visibility.NAMED)
    house.act("lena", lambda log: initiatives.describe(log, "AI-0001", hidden))


def exception(house: House, days: int = 60) -> None:
    """A waiver of a check of production, asked for by the lead."""
    asked = Asked("model 1.x", "the owner is on leave", "ten cases by hand", "tom", house.now.date() + timedelta(days=days))
    house.act("lena", lambda log: waivers.ask(log, "AI-0001", "G3-10", asked))


def granted(house: House, days: int = 60) -> None:
    exception(house, days)
    for who, seat in (("rafael", WaiverSeat.OWNER), ("aoife", WaiverSeat.COMPLIANCE)):
        house.act(who, lambda log, seat=seat: waivers.sign(log, "AI-0001.W-1", seat, WaiverDecision.GRANT, "yes"), proof=True)


@on_both
def test_the_lead_and_whoever_brought_evidence_in_are_told_that_its_source_ended_it(house: House) -> None:
    """Until a newer piece takes its place, and only who may see the initiative then."""
    ask(house)
    house.register()
    source = shared(house)
    made = reuse(house, source, who="tom")
    answer(house, made)
    stop(house, source)

    assert told(house, "evidence.reuse_ended") == dict.fromkeys(("lena", "tom"), NoticeKind.EVIDENCE_ENDED)
    house.act("lena", lambda log: initiatives.name_team(log, "AI-0001", Function.IT_OPS, "dee", None, 8))
    hide(house)
    assert told(house, "evidence.reuse_ended") == {"lena": NoticeKind.EVIDENCE_ENDED}
    supersede(house, made, add(house))
    assert told(house, "evidence.reuse_ended") == {}


def test_a_list_of_work_names_it_while_an_answer_rests_on_it(house: House) -> None:
    ask(house)
    house.register()
    source = shared(house)
    made = reuse(house, source)
    stop(house, source)
    assert not evidence_on_the_list(house), "nothing rests on it yet"
    source = shared(house)
    made = reuse(house, source)
    answer(house, made)
    assert not evidence_on_the_list(house)

    supersede(house, source, newer := add(house, key="AI-0002"))

    [(what, subject)] = evidence_on_the_list(house)
    assert (subject, what) == (made, f"Answer G1-09 again: {source} was superseded by {newer} on 1 Sep 2026")
    answer(house, add(house))
    assert not evidence_on_the_list(house)


def test_nobody_is_told_of_evidence_of_what_is_retired(house: House) -> None:
    house.register()
    house.register()
    source, soon = shared(house), dated(house, house.now.date() + timedelta(days=20))
    reuse(house, source)
    reuse(house, soon)
    house.bring_in(stage=Stage.RETIRED)
    stop(house, source)
    house.now += timedelta(days=15)
    duty_of_evidence.watch(house.ledger, house.now)

    assert told(house, "evidence.reuse_ended") == {} and len(expiries(house)) == 1
    assert told(house, "evidence.expiry_told") == {}


def test_that_evidence_of_another_initiative_expires_is_told_30_and_7_days_before_and_after_each_once(house: House) -> None:
    ask(house)
    house.register()
    expires = house.now.date() + timedelta(days=60)
    made = reuse(house, dated(house, expires), who="tom")
    answer(house, made)
    assert not evidence_on_the_list(house)

    said: list[str] = []
    for days in range(-40, 10):
        house.now = datetime.combine(expires + timedelta(days=days), time(12), UTC)
        before = len(expiries(house))
        for _ in range(2):
            assert not duty_of_evidence.watch(house.ledger, house.now), "one at most is due"
        said += [str(days)] * (len(expiries(house)) - before)
        if len(expiries(house)) > before:
            assert told(house, "evidence.expiry_told") == dict.fromkeys(("lena", "tom"), NoticeKind.EVIDENCE_EXPIRES)
    assert said == ["-30", "-7", "1"]
    [(what, _)] = evidence_on_the_list(house)
    assert what == f"Answer G1-09 again: {made} expired on 31 Oct 2026"
    with house.read() as session:
        assert not rebuild.check(session)


def days_told(house: House, piece: str, expires: date, days: range) -> list[int]:
    """On which of these days before it expires (negative) the worker records that it is told."""
    said: list[int] = []
    for day in days:
        house.now = datetime.combine(expires + timedelta(days=day), time(12), UTC)
        before = len(expiries(house))
        duty_of_evidence.watch(house.ledger, house.now)
        said += [day] * (len(expiries(house)) - before)
    assert {piece} >= {one for one, _ in expiries(house)}
    return said


def reminding(days: str, version: str) -> Mapping[str, str]:
    """The shipped policy with other days for evidence."""
    text = TEXTS["policy.yaml"].replace("evidence_expiry: {days_before: [30, 7]}", f"evidence_expiry: {{days_before: {days}}}", 1)
    assert text != TEXTS["policy.yaml"] or days == "[30, 7]"
    return {**TEXTS, "policy.yaml": text.replace('version: "1.0.0"', f'version: "{version}"', 1)}


def test_the_policy_says_on_which_days_before_evidence_expires_it_is_told(house: House) -> None:
    ask(house)
    house.register()
    house.publish(reminding("[60, 14, 1]", "1.1.0"))
    expires = house.now.date() + timedelta(days=90)
    made = reuse(house, dated(house, expires), who="tom")
    answer(house, made)

    assert days_told(house, made, expires, range(-80, -59)) == [-60]
    assert evidence_on_the_list(house) == [(f"Answer G1-09 again: {made} expires on {expires:%-d %b %Y}", made)]
    assert days_told(house, made, expires, range(-59, 6)) == [-14, -1, 1]
    with house.read() as session:
        assert not rebuild.check(session)


def test_without_a_day_it_is_told_once_it_has_expired(house: House) -> None:
    ask(house)
    house.register()
    house.publish(reminding("[]", "1.1.0"))
    expires = house.now.date() + timedelta(days=40)
    made = reuse(house, dated(house, expires))
    answer(house, made)

    assert days_told(house, made, expires, range(-39, 1)) == [] and not evidence_on_the_list(house)
    assert days_told(house, made, expires, range(1, 6)) == [1] and len(evidence_on_the_list(house)) == 1


@on_both
def test_another_policy_counts_for_what_is_used_already_and_nothing_is_told_twice(house: House) -> None:
    ask(house)
    house.register()
    expires = house.now.date() + timedelta(days=90)
    made = reuse(house, dated(house, expires), who="tom")

    assert days_told(house, made, expires, range(-89, -49)) == []
    house.publish(reminding("[60, 40, 7]", "1.1.0"))
    assert days_told(house, made, expires, range(-49, -29)) == [-49, -40], "60 days before is told late, once"
    house.publish(reminding("[30, 7]", "1.2.0"))
    assert days_told(house, made, expires, range(-29, -19)) == [-29]
    house.publish(reminding("[30]", "1.3.0"))
    assert days_told(house, made, expires, range(-19, 5)) == [1], "30 days before was told"
    assert [on for _, on in expiries(house)] == [(expires - timedelta(days=days)).isoformat() for days in (-1, 30, 40, 60)]


def test_what_comes_in_late_is_told_of_the_days_that_are_left(house: House) -> None:
    ask(house)
    house.register()
    expires = house.now.date() + timedelta(days=30)
    made = reuse(house, dated(house, expires))

    assert days_told(house, made, expires, range(-30, 5)) == [-7, 1], "who used it on that day saw it"


def test_who_was_told_late_is_not_told_twice_and_of_what_is_over_nobody_is(house: House) -> None:
    ask(house)
    house.register()
    expires = house.now.date() + timedelta(days=60)
    made, other = reuse(house, dated(house, expires)), reuse(house, source := dated(house, expires))
    reuse(house, shared(house))
    stop(house, source)
    house.now += timedelta(days=55)

    duty_of_evidence.watch(house.ledger, house.now)

    [(piece, on)] = expiries(house)
    assert (piece, on) == (made, (expires - timedelta(days=7)).isoformat()) and other != made
    supersede(house, made, add(house))
    assert told(house, "evidence.expiry_told") == {}
    house.now += timedelta(days=30)
    duty_of_evidence.watch(house.ledger, house.now)
    assert len(expiries(house)) == 1


def dated(house: House, expires: date) -> str:
    """A piece that the other initiative shares, until a day."""
    new = replace(evidence(EvidenceKind.LINK, house.now), expires=expires)
    piece = str(house.act("lena", lambda log: answers.add_evidence(log, "AI-0002", new)))
    share(house, piece)
    return piece


def expiries(house: House) -> list[tuple[str, str]]:
    with house.read() as session:
        found = read.entries(session, Leaf.kind == "evidence.expiry_told", limit=50)
        return [(entry.body["evidence"], entry.body["on"]) for entry in found]


def evidence_on_the_list(house: House, who: str = "lena") -> list[tuple[str, str | None]]:
    with house.read() as session:
        tasks = work.mine(session, people.doer(session, who, house.now)).tasks
        return [(task.waiting.what, task.waiting.subject) for task in tasks if task.waiting.kind == "evidence"]


def test_a_waiver_is_told_to_whoever_can_sign_it_and_its_decision_to_whoever_asked(house: House) -> None:
    house.register()
    exception(house)
    assert told(house, "waiver.asked") == dict.fromkeys(("rafael", "aoife", "second"), NoticeKind.WAIVER_TO_SIGN)

    sign = lambda log: waivers.sign(log, "AI-0001.W-1", WaiverSeat.OWNER, WaiverDecision.GRANT, "yes")  # noqa: E731 - a short form
    house.act("rafael", sign, proof=True)
    assert told(house, "waiver.signed") == {} and "rafael" not in told(house, "waiver.asked")
    sign = lambda log: waivers.sign(log, "AI-0001.W-1", WaiverSeat.COMPLIANCE, WaiverDecision.DECLINE, "no", "not enough")  # noqa: E731
    house.act("aoife", sign, proof=True)

    assert told(house, "waiver.signed") == {"lena": NoticeKind.WAIVER_DECIDED} and told(house, "waiver.asked") == {}


def test_that_a_waiver_ends_is_told_to_owner_lead_and_compliance_while_it_holds(house: House) -> None:
    house.register()
    house.bring_in()
    granted(house)
    assert told(house, "waiver.granted") == {"lena": NoticeKind.WAIVER_DECIDED}
    house.now += timedelta(days=48)
    duty.watch(house.ledger, house.now)

    concerned = ("tom", "lena", "aoife", "second")
    assert told(house, "waiver.reminded") == dict.fromkeys(concerned, NoticeKind.WAIVER_ENDS)
    house.now += timedelta(days=20)
    assert told(house, "waiver.reminded") == {}, "it ended meanwhile"
    duty.watch(house.ledger, house.now)
    assert told(house, "waiver.expired") == dict.fromkeys(concerned, NoticeKind.WAIVER_EXPIRED)
    confirm_met(house)
    assert told(house, "waiver.expired") == {}, "it was put right"


def test_a_day_that_the_tier_moved_is_told_too(house: House) -> None:
    house.register()
    house.bring_in()
    grant(house, RUNNING, days=180)

    at_risk(house, Tier.HIGH)

    assert told(house, "waiver.end_moved") == dict.fromkeys(("lena", "aoife", "second"), NoticeKind.WAIVER_ENDS)


@on_both
def test_a_submission_is_told_to_exactly_those_on_whose_list_it_stands(in_review: House) -> None:
    found = told(in_review, "gate.submitted")

    assert found.keys() == waits_for(in_review) and len(found) >= 3
    assert set(found.values()) == {NoticeKind.YOUR_TURN}


def test_a_seat_that_decides_later_is_told_when_its_turn_comes_and_by_that_entry_only(house: House) -> None:
    later = TEXTS["gates/G1.yaml"].replace("      function: compliance\n", "      function: compliance\n      order: 2\n", 1)
    house.publish({**TEXTS, "gates/G1.yaml": later})
    house.now += BARRED_FOR  # both who brought it about are to sign
    ask(house)
    for function in (Function.DATA_SCIENCE, Function.IT_OPS, Function.BUSINESS):
        assert "aoife" not in told(house, "gate.submitted")
        house.sign(function)

    assert told(house, "gate.signed_off").keys() == waits_for(house) == {"aoife", "second"}
    assert told(house, "gate.submitted") == {}


def test_who_can_no_longer_decide_is_not_told_any_more(in_review: House) -> None:
    assert "rafael" in told(in_review, "gate.submitted")

    in_review.sign(Function.DATA_SCIENCE)

    assert "rafael" not in told(in_review, "gate.submitted")


def test_a_dossier_that_changed_under_the_reviewers_is_not_theirs_to_decide(in_review: House) -> None:
    in_review.act("lena", lambda log: initiatives.name_model(log, "AI-0001", "2.0"))

    assert told(in_review, "gate.submitted") == {}


def test_a_request_for_changes_is_told_to_the_lead_until_it_is_answered(in_review: House) -> None:
    in_review.sign(Function.DATA_SCIENCE, Decision.REQUEST_CHANGES)
    assert told(in_review, "gate.changes_requested") == {"lena": NoticeKind.CHANGES_REQUESTED}

    in_review.submit()

    assert told(in_review, "gate.changes_requested") == {}
    assert "rafael" in told(in_review, "gate.submitted")


@pytest.mark.parametrize("outcome", [RequestState.PASSED, RequestState.REJECTED])
def test_what_was_decided_is_told_to_the_lead(in_review: House, outcome: RequestState) -> None:
    first = Decision.APPROVE if outcome is RequestState.PASSED else Decision.REJECT
    in_review.sign(Function.DATA_SCIENCE, first)
    for function in (Function.IT_OPS, Function.BUSINESS, Function.COMPLIANCE):
        in_review.sign(function)
    assert in_review.state() is outcome

    assert told(in_review, "gate.settled") == {"lena": NoticeKind.SETTLED}


@on_both
def test_a_request_that_was_withdrawn_is_told_to_those_from_whose_list_it_is_gone_and_not_to_who_withdrew_it(in_review: House) -> None:
    in_review.sign(Function.DATA_SCIENCE)
    listed = waits_for(in_review)

    in_review.act("lena", lambda log: gates.withdraw(log, REQUEST, "Not yet."))

    assert told(in_review, "gate.settled") == dict.fromkeys(listed, NoticeKind.WITHDRAWN)
    assert listed and "rafael" not in listed and waits_for(in_review) == set()


def test_a_request_that_waited_for_its_lead_is_withdrawn_without_a_word(in_review: House) -> None:
    in_review.sign(Function.DATA_SCIENCE, Decision.REQUEST_CHANGES)
    in_review.act("lena", lambda log: gates.withdraw(log, REQUEST, "Not yet."))

    assert told(in_review, "gate.settled") == {}


def test_a_draft_that_is_withdrawn_concerns_nobody(house: House) -> None:
    house.register()
    house.open()
    house.act("lena", lambda log: gates.withdraw(log, REQUEST, "Not yet."))

    assert told(house, "gate.settled") == {}


def test_a_finding_is_told_to_its_owner_until_there_is_an_answer(in_review: House) -> None:
    raised = NewFinding(FindingSeverity.LOW, "The drill failed.", "tom")
    in_review.act("rafael", lambda log: findings.raise_finding(log, "AI-0001", raised))
    assert told(in_review, "finding.raised") == {"tom": NoticeKind.FINDING}

    in_review.act("tom", lambda log: findings.answer_finding(log, "AI-0001.F-1", "AI-0001.E-1"))

    assert told(in_review, "finding.raised") == {}


def test_nobody_is_told_what_they_did_themselves(in_review: House) -> None:
    own = NewFinding(FindingSeverity.LOW, "The drill failed.", "lena")
    in_review.act("lena", lambda log: findings.raise_finding(log, "AI-0001", own))

    assert told(in_review, "finding.raised") == {}


def test_who_may_not_see_the_initiative_is_told_nothing(in_review: House) -> None:
    hide(in_review)
    in_review.submit()

    found = told(in_review, "gate.submitted")

    assert found.keys() == waits_for(in_review) == {"aoife", "second"}


def test_who_left_is_told_nothing(in_review: House) -> None:
    in_review.act("omar", lambda log: directory.disable_person(log, "rafael", "left"))

    assert "rafael" not in told(in_review, "gate.submitted")


@on_both
def test_who_switched_mails_off_gets_none_and_the_others_do(in_review: House) -> None:
    in_review.act("mina", lambda log: accounts.choose_mail(log, wanted=False))
    found = told(in_review, "gate.submitted")
    in_review.act("mina", lambda log: accounts.choose_mail(log, wanted=True))

    assert "mina" not in found and "rafael" in found
    assert "mina" in told(in_review, "gate.submitted")


def test_who_has_no_account_gets_no_mail(in_review: House) -> None:
    with in_review.ledger.writing(SYSTEM, in_review.now) as log:
        log.session.delete(log.session.get_one(Account, "mina"))

    assert "mina" not in told(in_review, "gate.submitted")


@pytest.mark.parametrize("body", [b"{}", b"no json", b'{"request":"AI-9999.G1-1","revision":1}'], ids=["empty", "no json", "another"])
def test_an_entry_that_was_altered_tells_nobody_anything_and_stops_nobody(in_review: House, body: bytes) -> None:
    with in_review.read() as session:
        (leaf,) = read.entries(session, Leaf.kind == "gate.submitted")

        assert notices.by_mail(session, replace(leaf, body_bytes=body), in_review.now + timedelta(minutes=1)) == {}


@on_both
def test_an_entry_that_is_not_what_was_recorded_tells_nobody_anything(in_review: House) -> None:
    assert told(in_review, "gate.submitted")

    alter(in_review.ledger.engines, "UPDATE leaf SET at = '2026-09-01T09:00:00.000000Z' WHERE kind = 'gate.submitted'")

    assert told(in_review, "gate.submitted") == {}


def sign_in(house: House, *who: str) -> None:
    with house.ledger.writing(SYSTEM, house.now) as log:
        for person in who:
            log.session.get_one(Account, person).password = "a hash"


@on_both
def test_a_proposal_is_told_to_the_officers_who_can_decide_and_its_end_to_whoever_made_it(house: House) -> None:
    sign_in(house, "aoife", "second", "lena")
    first = house.propose({**TEXTS, "facts.yaml": f"{TEXTS['facts.yaml']}# 1\n"}, "aoife")
    assert told(house, "policy.proposed") == {"second": NoticeKind.PROPOSAL}

    house.publish({**TEXTS, "facts.yaml": f"{TEXTS['facts.yaml']}# 2\n"})

    assert told(house, "policy.proposed") == {}
    assert told(house, "policy.published") == {
        "second": NoticeKind.PROPOSAL_ENDED
    }  # Aoife published it: hers was overtaken by her own deed
    again = house.propose({**TEXTS, "facts.yaml": f"{TEXTS['facts.yaml']}# 1\n"}, "aoife")
    house.act("second", lambda log: publishing.decline(log, again, "It says nothing new."), proof=True)
    assert first != again and told(house, "policy.proposal_closed") == {"aoife": NoticeKind.PROPOSAL_ENDED}


def test_nobody_is_told_of_a_proposal_who_cannot_decide_on_it(house: House) -> None:
    sign_in(house, "aoife", "second")
    house.propose({**TEXTS, "facts.yaml": f"{TEXTS['facts.yaml']}# 1\n"}, "aoife")
    house.act("omar", lambda log: directory.withdraw_role(log, "second", Role.COMPLIANCE_OFFICER))

    assert told(house, "policy.proposed") == {}


def test_every_kind_of_notice_follows_from_some_entry_and_has_its_text() -> None:
    assert {file.stem for file in (templates_directory() / "mail").glob("*.txt")} - {"foot"} == {kind.value for kind in NoticeKind}
    assert ABOUT.keys() == notices.RULES.keys()
