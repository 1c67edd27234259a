"""How far clauses are covered: counted anew here from answers, frozen dossiers and rights, and compared with what the pages count."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import checks
from governance.domain.frameworks import ClauseState, serving
from governance.domain.rights import may_see
from governance.domain.vocabulary import AnswerState, RequestState, Visibility
from governance.ledger.log import SYSTEM
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative
from governance.models.summary import Passing, Summary
from governance.reads import coverage, evidencing, people, policies, reviews
from governance.reads.evidencing import Basis, Order, Wanted
from governance.reads.material import material
from governance.services import gates, initiatives, summaries
from governance.services.opening import ledger_of
from governance.storage.engines import Engines
from tests.prepared import Prepared
from tests.services.conftest import House, founded, house

__all__ = ["house"]

CAST = ("lena", "joao", "aoife", "ruth", "mallory", "elsewhere")


def reached(engines: Engines) -> House:
    """One that passed G1 and works on G2, one in review, one half answered that only its team sees, one that nobody began."""
    house = founded(engines)
    for key in ("AI-0001", "AI-0002", "AI-0003", "AI-0004"):
        house.register()
        if key != "AI-0004":
            house.open(key=key)
    for key in ("AI-0001", "AI-0002"):
        house.complete(f"{key}.G1-1")
        house.submit(f"{key}.G1-1")
    house.sign_all("AI-0001.G1-1")
    house.answer_item("G1-04", key="AI-0003")
    house.answer_item("G1-03", AnswerState.NOT_MET, key="AI-0003")
    hidden = initiatives.Description("Claims notes", "Sums up notes for the desk.", "claims", "lena", Visibility.NAMED)
    house.act("lena", lambda log: initiatives.describe(log, "AI-0003", hidden))
    house.open("G2")
    house.answer_item("G2-01")
    return house


@pytest.fixture
def portfolio(prepared: Prepared, engine: str, tmp_path: Path) -> Iterator[House]:
    with prepared.engines(engine, tmp_path, reached) as (engines, now):
        yield House(ledger_of(engines), now)


def by_hand(session: Session, house: House, who: str | None) -> Mapping[str, tuple[set[str], set[str]]]:
    """By clause: who met a rule when a gate passed, and who meets one now. Written down the long way, initiative by initiative."""
    policy = policies.current(session)
    found: dict[str, tuple[set[str], set[str]]] = {}
    for row in session.scalars(select(Initiative)):
        if who is not None and not may_see(people.doer(session, who, house.now), people.ties(session, row.key)):
            continue
        passed, now = set[str](), set[str]()
        for request in session.scalars(select(GateRequest).where(GateRequest.initiative_key == row.key)):
            if request.state is RequestState.PASSED:
                table = reviews.on_the_table(session, request.id, house.now)
                passed |= {one.item.id for one in table.checks if one.applies and one.evaluated.state is AnswerState.MET}
        gate = {"pilot": "G1", "review": "G2"}[row.stage.value]
        seen = checks.evaluated(policy, material(session, row.key, gate, policy), house.now)
        now |= {one.item.id for one in seen if one.applies and one.evaluated.state is AnswerState.MET}
        for named, rules in serving(policy).items():
            tokens = {rule.id for rule in rules if rule.gate != "tiering"}
            for place, met in enumerate((passed, now)):
                if tokens & met:
                    found.setdefault(named, (set(), set()))[place].add(row.key)
    return found


@pytest.mark.parametrize("who", [*CAST, None], ids=str)
def test_the_counts_are_those_of_a_count_by_hand(portfolio: House, who: str | None) -> None:
    with portfolio.read() as session:
        expected = by_hand(session, portfolio, who)
        doer = people.doer(session, who, portfolio.now) if who else None
        every = coverage.of_policy(session, doer, policies.current(session), portfolio.now.date())
    found = {f"{one.framework.id}:{line.clause.id}": (line.passed, line.now) for one in every for line in one.lines}
    assert {name: counts for name, counts in found.items() if any(counts)} == {
        name: (len(passed), len(now - passed)) for name, (passed, now) in expected.items()
    }
    assert any(passed for passed, _ in found.values())


@pytest.mark.parametrize("who", ["lena", "aoife", "mallory"])
def test_the_initiatives_of_a_clause_are_those_that_are_counted(portfolio: House, who: str) -> None:
    with portfolio.read() as session:
        doer, policy = people.doer(session, who, portfolio.now), policies.current(session)
        expected = by_hand(session, portfolio, who)
        for named, rules in serving(policy).items():
            passed, now = expected.get(named, (set(), set()))
            page = evidencing.page(session, doer, rules, Wanted())
            assert {row.initiative.key for row in page.rows} == passed | now, named
            assert {row.initiative.key for row in page.rows if row.passed} == passed, named
            assert page.total == len(passed | now)
            only = evidencing.every(session, doer, rules, Wanted(basis=Basis.PASSED))
            assert {row.initiative.key for row in only} == passed


def test_who_met_a_check_names_the_request_that_passed(portfolio: House) -> None:
    with portfolio.read() as session:
        doer, policy = people.doer(session, "aoife", portfolio.now), policies.current(session)
        rules = [rule for rule in serving(policy)["NIST-AI-RMF:MAP-1.1"] if rule.gate == "G1"]
        rows = evidencing.every(session, doer, rules, Wanted(order=Order.KEY))
    [first] = [row for row in rows if row.passed]
    assert first.initiative.key == "AI-0001"
    [(request, met_then)] = first.passed
    assert request.id == "AI-0001.G1-1"
    assert {rule.id for rule in met_then} == {rule.id for rule in rules}


def test_what_nobody_met_is_served_and_no_more(house: House) -> None:
    house.register_without_tier()

    with house.read() as session:
        every = coverage.of_policy(session, people.doer(session, "aoife", house.now), policies.current(session), house.now.date())
    states = {line.state for one in every for line in one.lines}
    assert states == {ClauseState.SERVED, ClauseState.OPEN}
    for one in every:
        assert sum(one.counts.values()) == len(one.lines)
        assert one.served == one.counts[ClauseState.SERVED]


def test_an_answer_that_is_taken_back_evidences_no_more(house: House) -> None:
    house.register()
    house.open()
    house.answer_item("G1-04")
    before = met(house)
    house.answer_item("G1-04", AnswerState.NOT_MET)

    assert "G1-04" in before[1] and "G1-04" not in met(house)[1]


def test_a_passed_gate_stays_evidence_when_the_record_moves_on(portfolio: House) -> None:
    passed, _ = met(portfolio)
    portfolio.act("lena", lambda log: gates.withdraw(log, "AI-0001.G2-1", "not yet"))

    assert met(portfolio)[0] == passed
    assert "G1-04" in passed


def test_it_is_worked_out_once_and_again_where_it_was_lost(portfolio: House) -> None:
    with portfolio.read() as session:
        rows = {row.request_id: row.met for row in session.scalars(select(Passing))}
        kept = {row.initiative_key: (row.met_passed, row.met_now) for row in session.scalars(select(Summary))}
    assert rows.keys() == {"AI-0001.G1-1"}

    with portfolio.ledger.writing(SYSTEM, portfolio.now) as log:
        log.session.delete(log.session.get_one(Passing, "AI-0001.G1-1"))
        log.session.flush()
        summaries.refresh(log.session, sorted(kept), portfolio.now)
    with portfolio.read() as session:
        assert {row.request_id: row.met for row in session.scalars(select(Passing))} == rows
        assert {row.initiative_key: (row.met_passed, row.met_now) for row in session.scalars(select(Summary))} == kept


def met(house: House, key: str = "AI-0001") -> tuple[set[str], set[str]]:
    with house.read() as session:
        row = session.get_one(Summary, key)
        return set(row.met_passed.split()), set(row.met_now.split())


def test_a_reader_without_a_function_sees_what_is_open_to_all(portfolio: House) -> None:
    with portfolio.read() as session:
        policy = policies.current(session)
        counts = {}
        for who in ("lena", "mallory"):
            every = coverage.of_policy(session, people.doer(session, who, portfolio.now), policy, portfolio.now.date())
            counts[who] = sum(line.passed + line.now for one in every for line in one.lines)
    assert counts["mallory"] < counts["lena"]
