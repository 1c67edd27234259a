"""The cast: Lena leads, Mara, Tom and Dee are on her team, four reviewers hold one function each, Mallory holds none."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from governance.demo import fill
from governance.domain import checks
from governance.domain.dossier import ML_TEST_SCORE
from governance.domain.findings import NewFinding
from governance.domain.moving_in import AsFound
from governance.domain.policy import PlannedItem
from governance.domain.vocabulary import (
    AnswerState,
    Applies,
    Decision,
    EvidenceKind,
    FindingSeverity,
    Function,
    RequestState,
    Role,
    Stage,
    Visibility,
)
from governance.ledger.log import SYSTEM, Actor, Auth, Ledger, Log
from governance.models.gates import GateRequest, Revision
from governance.models.initiatives import Initiative
from governance.paths import policies_directory
from governance.policy.loader import load_policy
from governance.reads import policies, reviews
from governance.reads.material import material
from governance.services import answers, directory, gates, initiatives, ml_test_score, moving_in, signoffs
from governance.services import policies as publishing
from governance.services.opening import ledger_of
from governance.services.signoffs import Judgement
from governance.storage.engines import Engines
from governance.words import word
from tests.prepared import Prepared, state_of

START = datetime(2026, 9, 1, 9, tzinfo=UTC)
REVIEWERS = {Function.DATA_SCIENCE: "rafael", Function.IT_OPS: "mina", Function.BUSINESS: "joao", Function.COMPLIANCE: "aoife"}
TEAM = {Function.DATA_SCIENCE: "lena", Function.IT_OPS: "tom", Function.BUSINESS: "mara", Function.COMPLIANCE: "dee"}
LOW = {"Q1": "recommend", "Q2": "none", "Q3": "reversible", "Q4": "lt1k", "Q5": "no", "Q6": "none", "Q7": "yes", "Q8": "static", "Q9": "no", "Q10": "none", "Q11": "internal", "Q12": "fallback"}  # fmt: skip
STATEMENTS = {"HS1": "no", "HS2": "no", "FL1": "no"}
ASKED = {
    "eu_market": True,
    "eu_role": "none",
    "employees_affected": False,
    "financial_sector": False,
    "batch_only": True,
    "structured_inputs": True,
    "legacy_integration": False,
}
TEXTS = load_policy(policies_directory() / "stage-gates").texts


@dataclass
class House:
    """An instance with the cast, and short ways to act in it. Time moves a minute per act unless told."""

    ledger: Ledger
    now: datetime = START

    def act(self, who: str, do: Callable[[Log], object], *, proof: bool = False) -> object:
        self.now += timedelta(minutes=1)
        actor = SYSTEM if who == "system" else Actor(who)
        with self.ledger.writing(actor, self.now, Auth("password", self.now, "web") if proof else None) as log:
            return do(log)

    def read(self) -> Session:
        return Session(self.ledger.engines.reader)

    def stage(self, key: str = "AI-0001") -> str:
        with self.read() as session:
            return session.get_one(Initiative, key).stage.value

    def state(self, request: str = "AI-0001.G1-1") -> RequestState:
        with self.read() as session:
            return session.get_one(GateRequest, request).state

    def register_without_tier(self) -> str:
        intake = initiatives.Description(
            "Claims triage", "Scores new motor claims for the adjusters.", "claims", "lena", Visibility.ORGANISATION
        )
        return str(self.act("lena", lambda log: initiatives.register(log, intake)))

    def register(self) -> str:
        key = self.register_without_tier()
        for function, person in TEAM.items():
            self.act("lena", lambda log, f=function, p=person: initiatives.name_team(log, key, f, p, None, 8))
        self.act("lena", lambda log: initiatives.answer_tiering(log, key, LOW, STATEMENTS, ASKED))
        for limit in fill.LIMITS:
            self.act("lena", lambda log, one=limit: initiatives.state_limit(log, key, one.name, one.value, one.unit))
        self.act("lena", lambda log: initiatives.name_model(log, key, "1.0"))
        return key

    def open(self, gate: str = "G1", key: str = "AI-0001") -> str:
        return str(self.act("lena", lambda log: gates.open_request(log, key, gate)))

    def complete(self, request: str = "AI-0001.G1-1", leave: frozenset[str] = frozenset()) -> None:
        """Answer every check that applies, as its owner on the team."""
        key, gate = request.split(".", maxsplit=1)[0], request.split(".")[1].split("-", maxsplit=1)[0]
        with self.read() as session:
            policy = policies.current(session)
            found = checks.evaluated(policy, material(session, key, gate, policy), self.now)
        for check in found:
            if (
                check.planned.applicability.applies is Applies.YES
                and check.item.source not in checks.KEPT_RECORDS - {ML_TEST_SCORE}
                and check.item.id not in leave
            ):
                self.answer(key, check.planned)

    def bring_in(self, key: str = "AI-0001", stage: Stage = Stage.FULL_PRODUCTION, who: str = "aoife", **changed: object) -> None:
        """As Ada Lind says it was found."""
        until = None if stage is Stage.RETIRED else self.now.date() + timedelta(days=180)
        found = replace(AsFound(stage, date(2023, 5, 3), "Ada Lind", "head of claims", until), **changed)  # type: ignore[arg-type]
        self.act(who, lambda log: moving_in.bring_in(log, key, found, "The board took it on in 2023."))

    def answer(self, key: str, planned: PlannedItem, claim: AnswerState = AnswerState.MET) -> None:
        item, person = planned.item, TEAM[planned.item.owner]
        limits = {limit.name: limit for limit in fill.LIMITS}
        values = tuple(fill.values(planned, limits, {}, self.now))

        def do(log: Log) -> None:
            if item.source == ML_TEST_SCORE:
                ml_test_score.fill_in(log, key, fill.ml_test_score(Decimal(values[0].value), "https://ci.example/tests"))
                return
            pieces = [answers.add_evidence(log, key, evidence(item.evidence, self.now))] if item.source is None else []
            answers.answer_item(log, key, item.id, answers.NewAnswer(claim, "looked at", values, pieces))

        self.act(person, do)

    def answer_item(self, item_id: str, claim: AnswerState = AnswerState.MET, key: str = "AI-0001") -> None:
        with self.read() as session:
            policy = policies.current(session)
            gate = item_id.split("-", maxsplit=1)[0]
            planned = next(p for p in material(session, key, gate, policy).plan.items if p.item.id == item_id)
        self.answer(key, planned, claim)

    def submit(self, request: str = "AI-0001.G1-1", who: str = "lena") -> None:
        self.act(who, lambda log: gates.submit(log, request))

    def sign(self, function: Function, decision: Decision = Decision.APPROVE, *, who: str | None = None, request: str = "AI-0001.G1-1", seat: str | None = None, reason: str = "because") -> None:  # fmt: skip
        findings = [NewFinding(FindingSeverity.MEDIUM, "the drill failed", "lena")] if decision is Decision.REJECT else []
        with self.read() as session:
            judgement = judged(session, request, seat or function.value, decision, reason, findings)
        self.act(who or REVIEWERS[function], lambda log: signoffs.sign_off(log, request, seat or function.value, judgement), proof=True)

    def propose(self, texts: Mapping[str, str], who: str = "aoife", reason: str = "The audit asked for it.") -> str:
        return str(self.act(who, lambda log: publishing.propose(log, publishing.sound(texts), reason)))

    def publish(self, texts: Mapping[str, str], proposed_by: str = "second", by: str = "aoife") -> str:
        """What one compliance officer proposes and another one publishes. Returns the id of the proposal."""
        proposal = self.propose(texts, proposed_by)
        self.act(by, lambda log: publishing.publish(log, proposal), proof=True)
        return proposal

    def sign_all(self, request: str = "AI-0001.G1-1") -> None:
        for function in Function:
            self.sign(function, request=request)

    def table(self, request: str = "AI-0001.G1-1") -> reviews.OnTheTable:
        with self.read() as session:
            return reviews.on_the_table(session, request, self.now)


def judged(session: Session, request: str, seat: str, decision: Decision, reason: str, findings: Sequence[NewFinding] = ()) -> Judgement:
    """What somebody decides who read the dossier on the table and ticked whatever the seat looks at."""
    row = session.get_one(GateRequest, request)
    seen = session.get_one(Revision, (request, row.revision)).digest
    seats = policies.by_digest(session, row.policy).gates[row.gate].seats
    ticked = [look.id for asked in seats if asked.id == seat for look in asked.looks_at]
    return Judgement(decision, word(decision).meaning, seen, reason, findings, ticked)


def evidence(kind: EvidenceKind, now: datetime) -> answers.NewEvidence:
    file = answers.StoredFile("ab" * 32, "report.pdf", "application/pdf", 1200)
    return answers.NewEvidence(
        kind=kind,
        title="A fictional paper",
        effective=now.date(),
        file=file if kind not in (EvidenceKind.LINK, EvidenceKind.ATTESTATION) else None,
        address="https://evidence.example/paper" if kind is EvidenceKind.LINK else None,
        statement="I confirm it." if kind is EvidenceKind.ATTESTATION else None,
    )


def found(ledger: Ledger) -> None:
    """The organisation, its cast and its policy."""
    before = START - timedelta(days=30)
    profile = lambda name: directory.Profile(name.capitalize(), "invented", "claims")  # noqa: E731 - a short form
    with ledger.writing(SYSTEM, before) as log:
        settings = directory.OrganisationSettings("Nordhaven", "Europe/Copenhagen")
        directory.found(log, settings, ("claims", "Claims"), "omar", profile("omar"), "omar@nordhaven.example")
        publishing.publish_shipped(log, TEXTS)
    with ledger.writing(Actor("omar"), before) as log:
        directory.open_unit(log, "energy", "Energy")
        for name in ("lena", "tom", "mara", "dee", "mallory", "ruth", *REVIEWERS.values(), "second", "elsewhere"):
            directory.register_person(log, name, profile(name), f"{name}@nordhaven.example")
        for name in ("lena", "mara"):
            directory.grant_role(log, name, Role.PROJECT_LEAD)
        directory.grant_role(log, "ruth", Role.AUDITOR)
        directory.grant_role(log, "aoife", Role.COMPLIANCE_OFFICER)
        directory.grant_role(log, "second", Role.COMPLIANCE_OFFICER)
        for function, name in REVIEWERS.items():
            directory.grant_role(log, name, Role.REVIEWER)
            directory.grant_function(log, name, function)
        directory.grant_function(log, "second", Function.COMPLIANCE)
        directory.grant_function(log, "second", Function.BUSINESS)
        directory.grant_function(log, "elsewhere", Function.BUSINESS, "energy")


def founded(engines: Engines) -> House:
    house = House(ledger_of(engines))
    found(house.ledger)
    return house


def submitted(engines: Engines) -> House:
    """A request at G1, complete and in review."""
    house = founded(engines)
    ask(house)
    return house


def ask(house: House) -> None:
    house.register()
    house.open()
    house.complete()
    house.submit()


@pytest.fixture
def house(prepared: Prepared, engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    state = state_of(request, submitted if "in_review" in request.fixturenames else founded)
    with prepared.engines(engine, tmp_path, state) as (engines, now):
        yield House(ledger_of(engines), now)


@pytest.fixture
def in_review(house: House) -> House:
    """The house with a request at G1, complete and submitted."""
    return house
