"""The gate as a machine: random acts by random people, held against an independent model after every step.

The model knows nothing of digests, tables or services. It keeps, for each section, what was last stated, and decides by itself who may do
what, which sign-offs count, and when the stage changes.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from governance.domain.errors import Refused
from governance.domain.loosening import BARRED_FOR
from governance.domain.vocabulary import AnswerState, Decision, Function, RequestState, Role, Stage, Visibility
from governance.ledger import rebuild
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative
from governance.services import answers, directory, gates, initiatives, settling
from governance.services.opening import ledger_of
from governance.storage.engines import Engines
from tests.prepared import Prepared
from tests.services.conftest import ASKED, LOW, REVIEWERS, START, STATEMENTS, TEAM, TEXTS, House, evidence, founded

ITEMS = {Function.DATA_SCIENCE: "G1-05", Function.IT_OPS: "G1-11", Function.BUSINESS: "G1-04", Function.COMPLIANCE: "G1-14"}
PEOPLE = ["lena", "tom", "mara", "dee", "mallory", "omar", "ruth", "second", *REVIEWERS.values()]
HOLDERS = {function: {person} for function, person in REVIEWERS.items()}
HOLDERS[Function.COMPLIANCE] = {"aoife", "second"}
HOLDERS[Function.BUSINESS] = {"joao", "second"}
OFFICERS = {"aoife", "second"}
MOSTLY_LENA = st.sampled_from(["lena"] * 24 + PEOPLE)
VALID, FRESH = timedelta(days=90), timedelta(days=360)


def small_policy() -> dict[str, str]:
    """The shipped policy with a first gate of one document per function, each always asked for."""
    head = TEXTS["gates/G1.yaml"].split("  items:")[0]
    item = (
        "    - id: {id}\n      title: A paper\n      owner: {owner}\n      severity: waivable\n      question: Is it there?\n"
        '      evidence: {{kind: document, requirement: one page}}\n      when: "true"\n      why: it is asked for\n      maps: []\n'
    )
    items = "".join(item.format(id=item_id, owner=function.value) for function, item_id in ITEMS.items())
    return {**TEXTS, "gates/G1.yaml": f"{head}  items:\n{items}"}


def registered(engines: Engines) -> House:
    """The cast and an initiative, under the small policy; where every run starts."""
    house = founded(engines)
    house.publish(small_policy())
    house.now += BARRED_FOR  # it asks for less, and both who brought it about are to sign
    house.register()
    return house


Common = tuple[str, str, str]
"""The model version, the answer to one question, and the lead: taken back, they are what they were."""


@dataclass
class Signed:
    function: Function
    who: str
    decision: Decision
    saw: tuple[Common, int]
    revision: int
    at: object


@dataclass
class Model:
    """What has to be true, worked out by other means."""

    common: Common = ("1.0", "reversible", "lena")
    parts: dict[Function, int] = field(default_factory=lambda: dict.fromkeys(Function, 0))
    claims: dict[Function, AnswerState | None] = field(default_factory=lambda: dict.fromkeys(Function))
    state: RequestState | None = None
    attempt: int = 0
    revision: int = 0
    frozen: tuple[Common, dict[Function, int]] = (("", "", ""), {})
    frozen_claims: dict[Function, AnswerState | None] = field(default_factory=dict)
    signed: list[Signed] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)
    submitters: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)  # whose function was taken away in this run, and perhaps given back
    without: set[str] = field(default_factory=set)  # who has no signing role
    stage: Stage = Stage.PILOT

    def open(self) -> bool:
        return self.state in (RequestState.DRAFT, RequestState.IN_REVIEW, RequestState.CHANGES_REQUESTED)

    def moved(self) -> bool:
        return self.frozen != (self.common, self.parts)

    def could_sign(self, who: str, function: Function) -> bool:
        """Whether somebody might take a seat, whatever has been decided so far. The functions of this run are all older than it."""
        out = self.disabled | self.late | self.without | self.submitters | {self.common[2]}
        elsewhere = any(given.who == who and given.function is not function for given in self.signed)
        return who in HOLDERS[function] - out and not elsewhere

    def counts(self, given: Signed, now: object) -> bool:
        if given.decision is Decision.REJECT:
            return True
        as_frozen = given.saw == (self.frozen[0], self.frozen[1].get(given.function))
        answered = given.decision is Decision.REQUEST_CHANGES and given.revision != self.revision
        if self.is_rejected():
            return as_frozen and not answered
        unmoved = given.saw == (self.common, self.parts[given.function])
        fresh = now <= given.at + VALID  # type: ignore[operator]
        return as_frozen and unmoved and not answered and fresh and self.could_sign(given.who, given.function)

    def is_rejected(self) -> bool:
        return any(given.decision is Decision.REJECT for given in self.signed)

    def counting(self, now: object) -> dict[Function, Decision]:
        return {given.function: given.decision for given in self.signed if self.counts(given, now)}

    def may_sign(self, who: str, function: Function, now: object) -> bool:
        unmoved = (self.common, self.parts[function]) == (self.frozen[0], self.frozen[1].get(function))
        return (
            self.state is RequestState.IN_REVIEW
            and self.could_sign(who, function)
            and function not in self.counting(now)
            and (self.is_rejected() or unmoved)
        )

    def settle(self, now: object) -> None:
        """What has to follow from any act, whoever's it was."""
        if self.state is not RequestState.IN_REVIEW:
            return
        counting = self.counting(now)
        if self.is_rejected():
            self.state = RequestState.REJECTED if len(counting) == 4 else self.state
        elif Decision.REQUEST_CHANGES in counting.values():
            self.state = RequestState.CHANGES_REQUESTED
        elif len(counting) == 4 and not self.moved() and all(claim is AnswerState.MET for claim in self.frozen_claims.values()):
            self.state, self.stage = RequestState.PASSED, Stage.REVIEW


REACHED: Counter[RequestState | None] = Counter()
"""How many runs ended in which state: a machine that never passes a gate tests nothing."""


class GateMachine(RuleBasedStateMachine):
    prepared: Prepared
    engine: str
    whole: bool

    @initialize()
    def start(self) -> None:
        self.until_the_end = ExitStack()
        folder = Path(self.until_the_end.enter_context(TemporaryDirectory()))
        engines, now = self.until_the_end.enter_context(self.prepared.engines(self.engine, folder, registered))
        self.house, self.model = House(ledger_of(engines), now), Model()
        if not self.whole:
            self.house.ledger.before_commit = [settling.settle_touched]
        self.house.now += timedelta(days=1)

    def teardown(self) -> None:
        REACHED.update([self.model.state] if hasattr(self, "model") else [])
        if hasattr(self, "house"):
            with self.until_the_end, self.house.read() as session:
                assert rebuild.check(session) == []

    @property
    def request(self) -> str:
        return f"AI-0001.G1-{self.model.attempt}"

    @property
    def lead(self) -> str:
        return self.model.common[2]

    def leads(self, who: str) -> bool:
        return who == self.lead and who not in self.model.disabled

    def tried(self, who: str, do: object, *, proof: bool = False) -> bool:
        try:
            self.house.act(who, do, proof=proof)  # type: ignore[arg-type]
        except Refused:
            return False
        return True

    def settled(self) -> None:
        """After an act that took effect."""
        self.model.settle(self.house.now)

    @rule(who=MOSTLY_LENA)
    def open_request(self, who: str) -> None:
        expected = self.leads(who) and not self.model.open() and self.model.stage is Stage.PILOT
        assert self.tried(who, lambda log: gates.open_request(log, "AI-0001", "G1")) == expected
        if expected:
            self.model.attempt += 1
            self.model.state, self.model.revision, self.model.signed = RequestState.DRAFT, 0, []
            self.model.submitters, self.model.late = set(), set()

    @rule(
        function=st.sampled_from(Function),
        claim=st.sampled_from([AnswerState.MET, AnswerState.MET, AnswerState.NOT_MET, AnswerState.IN_PROGRESS]),
        stranger=st.sampled_from([False] * 9 + [True]),
    )
    def answer(self, function: Function, claim: AnswerState, stranger: bool) -> None:
        self._answer(function, claim, stranger)

    @rule()
    def answer_everything_and_submit(self) -> None:
        """The way most requests go, so that runs get past it."""
        self.open_request(self.lead)
        for function in Function:
            if self.model.claims[function] is not AnswerState.MET:
                self._answer(function, AnswerState.MET, stranger=False)
        self.submit(self.lead)

    @rule(function=st.sampled_from(Function))
    def submit_with_a_check_that_is_not_met_and_approve(self, function: Function) -> None:
        """Submitted knowingly and approved by everybody: it still does not pass."""
        self._answer(function, AnswerState.NOT_MET, stranger=False)
        for other in Function:
            if other is not function and self.model.claims[other] is not AnswerState.MET:
                self._answer(other, AnswerState.MET, stranger=False)
        self.submit(self.lead)
        for signer in Function:
            self._sign(REVIEWERS[signer], signer, Decision.APPROVE)

    @rule()
    def one_person_tries_two_seats(self) -> None:
        self.answer_everything_and_submit()
        self._sign("second", Function.BUSINESS, Decision.APPROVE)
        self._sign("second", Function.COMPLIANCE, Decision.APPROVE)

    def _answer(self, function: Function, claim: AnswerState, stranger: bool) -> None:
        who = "mallory" if stranger else TEAM[function]

        def do(log: object) -> None:
            piece = answers.add_evidence(log, "AI-0001", evidence(answers.EvidenceKind.DOCUMENT, self.house.now))  # type: ignore[arg-type]
            answers.answer_item(log, "AI-0001", ITEMS[function], answers.NewAnswer(claim, "", (), [piece]))  # type: ignore[arg-type]

        assert self.tried(who, do) == (not stranger)
        if not stranger:
            self.model.parts[function] += 1
            self.model.claims[function] = claim
            self.settled()

    @rule(number=st.integers(1, 3))
    def name_model(self, number: int) -> None:
        assert self.tried("mara", lambda log: initiatives.name_model(log, "AI-0001", f"{number}.0"))
        self.model.common = (f"{number}.0", *self.model.common[1:])
        self.settled()

    @rule(question=st.sampled_from(["reversible", "likely"]))
    def change_a_fact(self, question: str) -> None:
        assert self.tried("dee", lambda log: initiatives.answer_tiering(log, "AI-0001", {**LOW, "Q3": question}, STATEMENTS, ASKED))
        self.model.common = (self.model.common[0], question, self.lead)
        self.settled()

    @rule(by=st.sampled_from(["lena", "lena", "aoife", "second", "mallory"]), lead=st.sampled_from(["lena", "lena", "aoife", "joao"]))
    def change_the_lead(self, by: str, lead: str) -> None:
        expected = (self.leads(by) or by in OFFICERS - self.model.disabled) and lead not in self.model.disabled
        words = ("Claims triage", "Scores new motor claims for the adjusters.", "claims", lead, Visibility.ORGANISATION)
        assert self.tried(by, lambda log: initiatives.describe(log, "AI-0001", initiatives.Description(*words))) == expected
        if expected:
            self.model.common = (*self.model.common[:2], lead)
            self.settled()

    @rule(who=MOSTLY_LENA)
    def submit(self, who: str) -> None:
        if not self.model.attempt:
            return
        complete = all(claim in (AnswerState.MET, AnswerState.NOT_MET) for claim in self.model.claims.values())
        again = self.model.state is not RequestState.IN_REVIEW or self.model.moved()
        findings = any(given.decision is Decision.REJECT for given in self.rejections)
        expected = self.leads(who) and self.model.open() and self.model.stage is Stage.PILOT and complete and again and not findings
        assert self.tried(who, lambda log: gates.submit(log, self.request)) == expected
        if expected:
            self.model.state, self.model.revision = RequestState.IN_REVIEW, self.model.revision + 1
            self.model.frozen = (self.model.common, dict(self.model.parts))
            self.model.frozen_claims = dict(self.model.claims)
            self.model.submitters.add(who)
            self.settled()

    @property
    def rejections(self) -> list[Signed]:
        """Every reject ever given: its finding is never answered here, so nothing can be submitted again."""
        return getattr(self, "rejected", [])

    @rule(
        who=st.sampled_from(PEOPLE),
        function=st.sampled_from(Function),
        decision=st.sampled_from([*[Decision.APPROVE] * 12, *[Decision.REQUEST_CHANGES] * 2, Decision.REJECT]),
    )
    def sign(self, who: str, function: Function, decision: Decision) -> None:
        self._sign(who, function, decision)

    @rule(functions=st.permutations(list(Function)), how_many=st.integers(1, 4))
    def approve_as_holders(self, functions: list[Function], how_many: int) -> None:
        for function in functions[:how_many]:
            self._sign(REVIEWERS[function], function, Decision.APPROVE)

    @rule(function=st.sampled_from(Function), closes=st.booleans())
    def reject(self, function: Function, closes: bool) -> None:
        self.answer_everything_and_submit()
        self._sign(REVIEWERS[function], function, Decision.REJECT)
        if closes:
            self.close("aoife")

    def _sign(self, who: str, function: Function, decision: Decision) -> None:
        if self.model.revision == 0:
            return
        now = self.house.now + timedelta(minutes=1)
        expected = self.model.may_sign(who, function, now)
        try:
            self.house.sign(function, decision, who=who, request=self.request)
            done = True
        except Refused:
            done = False
        assert done == expected, f"{who} for {function}: expected {expected}"
        if expected:
            saw = (self.model.frozen[0], self.model.frozen[1][function])  # which after a reject may not be the record any more
            given = Signed(function, who, decision, saw, self.model.revision, now)
            self.model.signed.append(given)
            if decision is Decision.REJECT:
                self.rejected = [*self.rejections, given]
            self.model.settle(now)

    @rule(who=st.sampled_from(["lena", "mara", "aoife"]))
    def withdraw(self, who: str) -> None:
        if not self.model.attempt:
            return
        expected = self.leads(who) and self.model.open() and not self.model.is_rejected()
        assert self.tried(who, lambda log: gates.withdraw(log, self.request, "not now")) == expected
        if expected:
            self.model.state = RequestState.WITHDRAWN

    @rule(who=st.sampled_from(PEOPLE))
    def close(self, who: str) -> None:
        if not self.model.attempt:
            return
        rejected = any(given.decision is Decision.REJECT for given in self.model.signed)
        may_close = OFFICERS - self.model.disabled - self.model.submitters
        expected = who in may_close and self.model.state is RequestState.IN_REVIEW and rejected
        assert self.tried(who, lambda log: gates.close(log, self.request, "enough")) == expected
        if expected:
            self.model.state = RequestState.REJECTED

    @rule(who=st.sampled_from(["joao", "mina", "second"]))
    def disable_or_enable(self, who: str) -> None:
        if who in self.model.disabled:
            assert self.tried("omar", lambda log: directory.enable_person(log, who))
            self.model.disabled.discard(who)
        else:
            assert self.tried("omar", lambda log: directory.disable_person(log, who, "for now"))
            self.model.disabled.add(who)
        self.settled()

    @rule(function=st.sampled_from([Function.BUSINESS, Function.IT_OPS]))
    def take_a_function_away_and_give_it_back(self, function: Function) -> None:
        """Given back, it is younger than the request, and does not reach it; only a request submitted later."""
        who = REVIEWERS[function]
        assert self.tried("omar", lambda log: directory.withdraw_function(log, who, function))
        assert self.tried("omar", lambda log: directory.grant_function(log, who, function))
        if self.model.revision:
            self.model.late.add(who)
        self.settled()

    @rule(who=st.sampled_from(["rafael", "joao"]))
    def take_a_role_away_or_give_it_back(self, who: str) -> None:
        if who in self.model.without:
            assert self.tried("omar", lambda log: directory.grant_role(log, who, Role.REVIEWER))
            self.model.without.discard(who)
        else:
            assert self.tried("omar", lambda log: directory.withdraw_role(log, who, Role.REVIEWER))
            self.model.without.add(who)
        self.settled()

    @rule(days=st.sampled_from([1, 30, 91]))
    def wait(self, days: int) -> None:
        """Long enough for sign-offs to fall by their age, not for evidence: that is another rule, and not of this machine."""
        if self.house.now + timedelta(days=days) < START + FRESH:
            self.house.now += timedelta(days=days)

    @invariant()
    def the_model_agrees(self) -> None:
        if not hasattr(self, "house"):
            return
        with self.house.read() as session:
            assert session.get_one(Initiative, "AI-0001").stage is self.model.stage
            if self.model.attempt:
                assert session.get_one(GateRequest, self.request).state is self.model.state


def run(prepared: Prepared, engine: str, examples: int, steps: int, *, whole: bool = True) -> None:
    """`whole` also works the summaries out before each commit: a third of the time, and no part of any verdict."""
    machine = type("Machine", (GateMachine,), {"prepared": prepared, "engine": engine, "whole": whole}).TestCase
    machine.settings = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        print_blob=True,
    )
    machine("runTest").runTest()


@pytest.mark.parametrize(("engine", "runs", "whole"), [("sqlite", 40, True), ("sqlite", 60, False), ("postgresql", 15, False)])
def test_the_gate_keeps_to_its_model(prepared: Prepared, engine: str, runs: int, whole: bool) -> None:
    """Runs of 30 steps, other ones every time; in parts, so that processes share them."""
    REACHED.clear()
    run(prepared, engine, runs, 30, whole=whole)

    assert REACHED[RequestState.IN_REVIEW], REACHED


@pytest.mark.parametrize("whole", [True, False])
def test_the_machine_can_pass_a_gate(prepared: Prepared, engine: str, whole: bool) -> None:
    """One that never does tests nothing; by chance alone not every part of the runs gets there."""
    kind = type("Machine", (GateMachine,), {"prepared": prepared, "engine": engine, "whole": whole})
    machine = kind()

    machine.start()
    machine.answer_everything_and_submit()
    machine.approve_as_holders(list(Function), 4)

    assert machine.model.state is RequestState.PASSED
    machine.the_model_agrees()
    machine.teardown()


@pytest.mark.campaign
@pytest.mark.parametrize("part", range(4))
def test_the_gate_keeps_to_its_model_a_thousand_times(prepared: Prepared, part: int) -> None:
    run(prepared, "sqlite", 250, 30)


@pytest.mark.campaign
@pytest.mark.parametrize(("engine", "part"), [*(("sqlite", part) for part in range(20)), *(("postgresql", part) for part in range(2))])
def test_the_gate_keeps_to_its_model_for_long(prepared: Prepared, engine: str, part: int) -> None:
    """20,000 runs of 50 steps, and 2,000 on PostgreSQL."""
    run(prepared, engine, 1_000, 50)
