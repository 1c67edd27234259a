"""What a policy would change, foreseen: it is what happens, request by request and sign-off by sign-off, when all are moved to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text

from governance.domain import impact as values
from governance.domain.errors import Refused
from governance.domain.impact import Impact, Mark, Stands, Subject
from governance.domain.vocabulary import Decision, Function, RequestState, Role, Section, Stage, Tier
from governance.models.gates import GateRequest, Revision
from governance.models.ledger import Leaf
from governance.policy.loader import parse_policy
from governance.reads import impact
from governance.services import directory, initiatives, migrating
from governance.services.opening import ledger_of, open_engines
from tests.prepared import Prepared
from tests.services.conftest import ASKED, LOW, STATEMENTS, TEXTS, House, founded
from tests.services.portfolio import OPEN, STRICTER, fill_up, filled
from tests.services.test_migrating import REQUEST, altered, asking_more, publish, renamed_gate, with_another_seat
from tests.services.test_policies import without


def foreseen(house: House, texts: Mapping[str, str]) -> dict[str, Impact]:
    with house.read() as session:
        return {one.key: one for one in impact.foresee(session, parse_policy(texts), house.now).found}


def only(house: House, texts: Mapping[str, str]) -> Impact:
    [found] = foreseen(house, texts).values()
    return found


def stood(house: House) -> dict[str, Stands]:
    """How every request that was submitted stands now."""
    with house.read() as session:
        submitted = session.scalars(select(GateRequest.id).where(GateRequest.revision > 0)).all()
        return {request: impact.stands(session, request, house.now) for request in submitted}


def move_all(house: House) -> dict[str, str]:
    """Move every request that runs; what is refused, with its sentence."""
    running = [RequestState.IN_REVIEW, RequestState.CHANGES_REQUESTED]
    with house.read() as session:
        requests = session.scalars(select(GateRequest.id).where(GateRequest.state.in_(running)).order_by(GateRequest.id)).all()
    refused = {}
    for request in requests:
        try:
            house.act("second", lambda log, one=request: migrating.migrate(log, one, "For all."))
        except Refused as why:
            refused[request] = why.message
    return refused


def check_it_comes_as_foreseen(house: House, texts: Mapping[str, str]) -> list[Impact]:
    told, before = foreseen(house, texts), stood(house)
    for officer in ("mallory", "elsewhere"):  # who sign nothing, so that nobody is barred for a rule that is loosened
        house.act("omar", lambda log, one=officer: directory.grant_role(log, one, Role.COMPLIANCE_OFFICER))
    house.publish(texts, proposed_by="mallory", by="elsewhere")
    refused, after = move_all(house), stood(house)
    running = [found for found in told.values() if found.subject in (Subject.IN_REVIEW, Subject.CHANGES_REQUESTED)]
    for found in running:
        assert found.request is not None
        came = values.compare(before[found.request], after[found.request])
        tier = {"tier_before": found.changes.tier_before, "tier_after": found.changes.tier_after, "recertified": found.changes.recertified}
        assert replace(came, **tier) == found.changes, found.request  # type: ignore[arg-type]
        assert refused.get(found.request) == found.stays
    return running


def test_what_is_foreseen_is_what_happens_in_a_portfolio_of_every_kind(prepared: Prepared, tmp_path: Path) -> None:
    with prepared.engines("sqlite", tmp_path, filled) as (engines, now):
        house = House(ledger_of(engines), now)
        told = foreseen(house, STRICTER)
        running = check_it_comes_as_foreseen(house, STRICTER)

    kinds = {(found.subject, mark) for found in running for mark in found.marks}
    wanted = (Mark.BLOCKED, Mark.LAPSES, Mark.SEATS, Mark.LOSES, Mark.GAINS, Mark.UNCHANGED)
    assert kinds >= {(Subject.IN_REVIEW, mark) for mark in wanted}
    assert kinds >= {(Subject.CHANGES_REQUESTED, mark) for mark in (Mark.LAPSES, Mark.SEATS, Mark.BLOCKED)}
    assert sum(1 for found in told.values() if found.request is not None) >= OPEN
    lapsed = {(lapse.given.seat, lapse.sections) for found in running for lapse in found.changes.lapses}
    assert lapsed >= {(function.value, (Section(function.value),)) for function in Function}
    assert any(found.stays for found in running), "what was rejected stays"


@pytest.mark.parametrize("texts", [TEXTS | asking_more(Function.BUSINESS), with_another_seat(), without("G1-08")])
def test_it_comes_as_foreseen_on_both_engines(in_review: House, texts: dict[str, str]) -> None:
    for function in (Function.DATA_SCIENCE, Function.IT_OPS, Function.BUSINESS):
        in_review.sign(function)

    check_it_comes_as_foreseen(in_review, texts)


def test_whoever_loosened_a_rule_is_told_to_lapse_where_a_request_would_benefit(in_review: House) -> None:
    for function in (Function.BUSINESS, Function.COMPLIANCE):
        in_review.sign(function)
    in_review.publish(without("G1-08"), proposed_by="second", by="aoife")
    before = stood(in_review)
    told = only(in_review, without("G1-08"))

    assert [(lapse.given.seat, lapse.reason) for lapse in told.changes.lapses] == [("compliance", "right_lost")]
    move_all(in_review)
    came = values.compare(before[REQUEST], stood(in_review)[REQUEST])
    assert (came.lapses, came.applies_no_more) == (told.changes.lapses, told.changes.applies_no_more)


def test_a_sign_off_that_was_given_too_long_ago_for_the_new_rules_lapses_by_its_age(in_review: House) -> None:
    in_review.sign(Function.BUSINESS)
    in_review.now += timedelta(days=40)
    texts = altered("valid_days: {low: 90", "valid_days: {low: 30", "policy.yaml")

    [found] = check_it_comes_as_foreseen(in_review, texts)

    assert [(lapse.given.seat, lapse.reason, lapse.sections) for lapse in found.changes.lapses] == [("business", "expired", ())]


def test_the_same_policy_changes_nothing(in_review: House) -> None:
    in_review.sign(Function.BUSINESS)

    found = only(in_review, TEXTS)

    assert found.marks == {Mark.UNCHANGED} and (found.stays, found.unknown, found.gate_gone) == (None, None, False)


def test_a_draft_follows_at_once_and_tells_what_comes_and_goes(house: House) -> None:
    house.register()
    house.open()
    house.complete()

    less = only(house, without("G1-08")).changes
    assert [check.item for check in less.applies_no_more] == ["G1-08"] and not less.applies
    publish(house, without("G1-08"))
    found = only(house, TEXTS)
    assert (found.subject, found.gate, found.request) == (Subject.DRAFT, "G1", REQUEST)
    assert [check.item for check in found.changes.applies] == ["G1-08"]


def test_a_gate_that_is_gone_is_told_for_drafts_and_for_running_requests(house: House) -> None:
    house.register()
    house.open()
    assert only(house, renamed_gate()).marks >= {Mark.GATE_GONE, Mark.LOSES}
    house.complete()
    house.submit()

    found = only(house, renamed_gate())

    assert found.gate_gone and found.stays is not None and "no gate G1" in found.stays
    assert not found.changes.lapses, "it stays under the rules that it has"


def test_what_runs_without_a_request_is_told_by_the_gate_ahead_its_tier_and_its_recertification(house: House) -> None:
    house.register()
    house.bring_in()
    assert house.stage() == Stage.FULL_PRODUCTION
    bands = {"low, from: 0, to: 10": "low, from: 0, to: 1", "medium, from: 11": "medium, from: 2"}
    tiering = TEXTS["tiering.yaml"]
    for old, new in bands.items():
        assert tiering.count(old) == 1
        tiering = tiering.replace(old, new)

    found = only(house, {**altered("low: 365", "low: 180", "gates/C1.yaml"), "tiering.yaml": tiering})

    assert found.subject is Subject.RUNNING and found.stage is Stage.FULL_PRODUCTION
    assert (found.changes.tier_before, found.changes.tier_after) == (Tier.LOW, Tier.MEDIUM)
    [again] = found.changes.recertified
    assert again.gate == "C1" and again.before is not None and again.after is not None and again.after < again.before
    assert found.marks == {Mark.LOSES}


def test_without_a_tier_nothing_can_change_yet(house: House) -> None:
    house.register_without_tier()

    assert only(house, without("G1-08")).marks == {Mark.UNCHANGED}


def test_what_was_retired_is_left_out(house: House) -> None:
    house.register()
    house.bring_in(stage=Stage.RETIRED)

    assert foreseen(house, without("G1-08")) == {}


def test_a_damaged_request_is_told_as_such_and_hides_no_other(in_review: House) -> None:
    other = str(in_review.act("lena", lambda log: initiatives.register(log, _another())))
    in_review.act("lena", lambda log: initiatives.answer_tiering(log, other, LOW, STATEMENTS, ASKED))
    spoil(in_review)

    found = foreseen(in_review, with_another_seat())

    assert found["AI-0001"].unknown is not None and found["AI-0001"].marks == {Mark.UNKNOWN}
    assert found[other].marks == {Mark.SEATS, Mark.LOSES}


def _another() -> initiatives.Description:
    return initiatives.Description("Letters", "Sorts the letters of a day.", "claims", "lena", initiatives.Visibility.ORGANISATION)


def spoil(house: House) -> None:
    """A text of the dossier on the table is gone, and no guard was asked."""
    with house.read() as session:
        digest = session.get_one(Revision, (REQUEST, 1)).sections["common"]
    engines = house.ledger.engines
    with engines.writer.connect() as connection:
        engines.backend.drop_guards(connection)
        connection.execute(text("UPDATE words SET text = NULL WHERE digest = :digest"), {"digest": digest})
        connection.commit()


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    seen: list[str] = []
    note = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731 - a short form
    event.listen(house.ledger.engines.reader, "before_cursor_execute", note)
    yield seen
    event.remove(house.ledger.engines.reader, "before_cursor_execute", note)


def statements(house: House, keys: list[str]) -> int:
    with counted(house) as seen, house.read() as session:
        assert len(impact.of(session, keys, parse_policy(STRICTER), house.now)) == len(keys)
    return len(seen)


def test_the_statements_of_a_batch_do_not_depend_on_how_many_are_in_it(prepared: Prepared, tmp_path: Path) -> None:
    with prepared.engines("sqlite", tmp_path, filled) as (engines, now):
        house = House(ledger_of(engines), now)
        keys = [f"AI-{number:04}" for number in range(1, 101)]
        statements(house, keys[:20])  # the policy is read once

        few, many = statements(house, keys[:20]), statements(house, keys)

    assert few == many <= 30


def test_nothing_is_written_and_progress_is_told(in_review: House) -> None:
    told: list[tuple[int, int]] = []
    with in_review.read() as session:
        before = session.scalars(select(Leaf.hash).order_by(Leaf.index)).all()

        found = impact.foresee(session, parse_policy(with_another_seat()), in_review.now, lambda done, total: told.append((done, total)))

        assert session.scalars(select(Leaf.hash).order_by(Leaf.index)).all() == before
        assert (found.size, found.policy) == (len(before), parse_policy(with_another_seat()).digest)
    assert told == [(0, 1), (1, 1)]


def test_a_rejected_request_stays_and_says_why(in_review: House) -> None:
    in_review.sign(Function.BUSINESS, Decision.REJECT)

    found = only(in_review, with_another_seat())

    assert found.stays is not None and "rejected" in found.stays and found.marks == {Mark.UNCHANGED}


@pytest.mark.campaign
def test_what_is_foreseen_for_two_thousand_open_requests_is_what_happens(tmp_path: Path) -> None:
    engines = open_engines(tmp_path, synchronous="OFF")
    house = founded(engines)
    fill_up(house, 2_400)

    running = check_it_comes_as_foreseen(house, STRICTER)

    with house.read() as session:
        asked = session.scalar(select(func.count()).select_from(GateRequest)) or 0
    assert asked >= 2_000 and len(running) >= 1_500
    engines.close()
