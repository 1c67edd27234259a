"""Records to print. People, organisations and files are invented; digests are those of their own names."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from governance.domain.evidence_scope import ReuseEnd
from governance.domain.vocabulary import (
    AnswerState,
    Confirmation,
    Decision,
    EvidenceKind,
    ExclusionState,
    FindingSeverity,
    Function,
    ProofMethod,
    Regularity,
    RequestState,
    Section,
    Severity,
    Stage,
    Standing,
    Tier,
    WaiverDecision,
    WaiverState,
)
from governance.packs.fonts import installed
from governance.packs.record import (
    BroughtIn,
    Check,
    Comment,
    Cut,
    Evidence,
    Exclusion,
    ExclusionDecision,
    Finding,
    GateRequest,
    Initiative,
    InitiativeRecord,
    Labelled,
    Looked,
    Organisation,
    Paper,
    Policy,
    Reused,
    Revision,
    Seat,
    SectionDigest,
    SignOff,
    StageEntry,
    Superseded,
    TeamMember,
    TierAnswer,
    Tiering,
    TrailEntry,
    TrailRecord,
    Value,
    Waiver,
    WaiverSignature,
)

ORGANISATION = Organisation(name="Nordhaven Insurance", note="(fictional)", classification="Confidential", zone="Europe/Copenhagen")
SIGNERS = {
    Function.DATA_SCIENCE: ("Rafael Otero", "Head of data science"),
    Function.IT_OPS: ("Mina Petrov", "Head of IT operations"),
    Function.BUSINESS: ("Joao Teles", "Claims director"),
    Function.COMPLIANCE: ("Aoife Lynch", "Head of compliance"),
}
TITLES = {
    Function.DATA_SCIENCE: ("Performance in conditions like production", "Slice quality and fairness", "Input and output drift"),
    Function.IT_OPS: ("Service objectives met", "Rollback drilled at the current scale", "Logs and traceability"),
    Function.BUSINESS: ("Net benefit after running cost", "Teams trained for the way back", "Owner of the process named"),
    Function.COMPLIANCE: ("Impact assessment signed", "Legal class decided", "Rights of those affected answered"),
}


def named(what: str) -> str:
    """A digest that is the same in every run."""
    return hashlib.sha256(what.encode()).hexdigest()


POLICY = Policy(id="ai-stage-gates", version="1.2.0", digest=named("policy"))


def at(days: int, hours: int = 0) -> str:
    return f"{datetime(2026, 1, 12, 8, 30, 17, tzinfo=UTC) + timedelta(days=days, hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def on(days: int) -> str:
    return at(days)[:10]


def initiative_record() -> InitiativeRecord:
    """Gate 1 passed, gate 2 rejected and passed at the second request, gate 3 in review."""
    requests = (
        request("G1", 1, 30, Stage.PILOT, Stage.REVIEW),
        request("G2", 1, 80, Stage.REVIEW, Stage.LIMITED_PRODUCTION, rejects=(Function.DATA_SCIENCE, Function.COMPLIANCE)),
        request("G2", 2, 120, Stage.REVIEW, Stage.LIMITED_PRODUCTION, revisions=2),
        request("G3", 1, 240, Stage.LIMITED_PRODUCTION, Stage.FULL_PRODUCTION, open_seats=(Function.COMPLIANCE, Function.BUSINESS)),
    )
    trail = entries(136)
    requests = in_the_trail(requests, trail[40:])
    return InitiativeRecord(
        organisation=ORGANISATION,
        cut=cut("AI-0042-R4729", 4728, trail[-1].at),
        initiative=INITIATIVE,
        policy=POLICY,
        team=team(),
        facts=(
            Labelled(label="Personal data", value="yes"),
            Labelled(label="Automated decision", value="yes"),
            Labelled(label="Generative AI", value="no"),
        ),
        legal=(Labelled(label="Legal note", value="Not high-risk: Annex III 5(c) covers life and health insurance only."),),
        limits=(Labelled(label="Days to payment, at most", value="4.8 days"),),
        tiering=TIERING,
        stages=(
            StageEntry(stage=Stage.PILOT, at=at(0), leaf=314),
            StageEntry(stage=Stage.REVIEW, at=at(34), leaf=963, request="AI-0042.G1-1"),
            StageEntry(stage=Stage.LIMITED_PRODUCTION, at=at(125), leaf=2011, request="AI-0042.G2-2"),
        ),
        requests=requests,
        evidence=(*(piece(item) for one in requests[::2] for item in cited(one)), piece("unused")),
        findings=findings(),
        trail=trail,
    )


def brief() -> InitiativeRecord:
    """The same in ten pages: before any request and any finding, with two pieces of evidence and a trail of twelve entries."""
    whole = initiative_record()
    trail = entries(12)
    end = replace(whole.cut, leaf=trail[-1].index, at=trail[-1].at)
    return replace(whole, cut=end, stages=whole.stages[:1], requests=(), findings=(), evidence=whole.evidence[:2], trail=trail)


def asked_once() -> InitiativeRecord:
    """The brief sample with its first request, passed, and the evidence that it cites."""
    record, (first, *_) = brief(), initiative_record().requests
    return replace(record, requests=in_the_trail((first,), record.trail[4:]), evidence=tuple(map(piece, cited(first))))


INITIATIVE = Initiative(
    key="AI-0042",
    name="Motor claims fast-track triage",
    summary="A gradient-boosted model scores new motor claims. Low-value, low-risk claims are paid at once with ten per cent sampled; "
    "everything else goes to the right adjuster. It can approve, it can never refuse.",
    unit="Claims",
    lead="Ines Okafor",
    stage=Stage.LIMITED_PRODUCTION,
    stage_since=at(125),
    standing=Standing.GOOD,
    standing_since=at(0),
    model_version="2.0",
    registered_at=at(0),
    registered_by="Ines Okafor",
)
TIERING = Tiering(
    tier=Tier.HIGH,
    score=22,
    highest=42,
    decided_by="points, high starts at 21",
    by="Declan Roy",
    at=at(1),
    answers=tuple(
        TierAnswer(id=f"Q{number}", question=question, answer=answer, points=points)
        for number, (question, answer, points) in enumerate(
            (
                ("What does the output do?", "decides, people review a sample or can override", 4),
                ("Worst plausible effect on a person (rights, dignity, health, money, access)?", "high", 4),
                ("Can the effect be undone?", "probably", 1),
                ("People or cases touched per year?", "more than 100 000", 2),
                ("Are vulnerable or equity-denied groups among those affected?", "yes", 3),
                ("Most sensitive data used?", "special category, children, biometric, precise location", 4),
                ("Visibility?", "customers notice errors", 4),
            ),
            start=1,
        )
    ),
)


def cut(report: str, leaf: int, moment: str) -> Cut:
    return Cut(report=report, leaf=leaf, at=moment, root=named("root"), software="Governance 0.1.0", fonts=installed())


def team() -> tuple[TeamMember, ...]:
    people = ("Ines Okafor", "Tomasz Lind", "Marguerite Sarr", "Declan Roy")
    return tuple(TeamMember(function=one, accountable=who, hours_a_week=8) for one, who in zip(Function, people, strict=True))


def request(gate, number, day, leaves, enters, *, rejects=(), open_seats=(), revisions=1) -> GateRequest:
    """A request opened on that day, submitted a day later, decided within five."""
    id_ = f"AI-0042.{gate}-{number}"
    state = RequestState.REJECTED if rejects else RequestState.IN_REVIEW if open_seats else RequestState.PASSED
    settled = None if open_seats else at(day + 5, 2)
    submitted = tuple(revision(id_, one, day + one) for one in range(1, revisions + 1))
    return GateRequest(
        id=id_,
        gate=gate,
        name="Into limited production",
        question="Does it work, is it allowed, and can we stop it?",
        number=number,
        state=state,
        leaves=leaves,
        enters=enters,
        policy=POLICY,
        opened_by="Ines Okafor",
        opened_at=at(day),
        settled_at=settled,
        settled_by="System" if settled else None,
        revisions=submitted,
        checks=tuple(check(gate, position, function, rejects, id_) for position, function in enumerate([*Function] * 3, start=1)),
        seats=tuple(seat(function, function in open_seats) for function in Function),
        sign_offs=tuple(
            signed for one in submitted for signed in signatures(one, rejects, open_seats, fell=one.number < revisions, day=day)
        ),
        comments=(
            Comment(
                by="Tomasz Lind", at=at(day + 2), leaf=900 + day, words="The payment queue had to be drained by hand in the first drill."
            ),
        ),
        obstacles=("Finding AI-0042.F-2 is open.",) if open_seats else (),
    )


def in_the_trail(requests: tuple[GateRequest, ...], trail: tuple[TrailEntry, ...]) -> tuple[GateRequest, ...]:
    """Each sign-off at the place of an entry of its own."""
    places = iter(trail)
    return tuple(
        replace(
            one,
            sign_offs=tuple(replace(given, leaf=place.index, seq=place.seq) for given, place in zip(one.sign_offs, places, strict=False)),
        )
        for one in requests
    )


def revision(request_id: str, number: int, day: int) -> Revision:
    return Revision(
        number=number,
        dossier=named(f"{request_id} {number}"),
        sections=tuple(SectionDigest(section=section, digest=named(f"{request_id} {number} {section}")) for section in Section),
        policy=POLICY.digest,
        model_version="2.0",
        by="Ines Okafor",
        at=at(day),
        note="The threshold for rural postcodes was set again." if number > 1 else "",
    )


def seat(function: Function, is_open: bool) -> Seat:
    label = f"Head of {function.value.replace('_', ' ')}"
    return Seat(
        id=function.value,
        label=label,
        function=function,
        independent=True,
        empty_why="Not decided when this report was cut." if is_open else "",
    )


def signatures(submitted: Revision, rejects, open_seats, fell, day) -> list[SignOff]:
    given = []
    for position, function in enumerate(Function):
        if function in open_seats:
            continue
        name, title = SIGNERS[function]
        decision = Decision.REJECT if function in rejects else Decision.APPROVE
        given.append(
            SignOff(
                seat=function.value,
                function=function,
                name=name,
                title=title,
                decision=decision,
                meaning=f"I reviewed the sections of the dossier that my seat covers, and {decision.value} that this gate is passed.",
                reason=f"Reason of {name} on revision {submitted.number} of day {day}: the figures hold on claims the model has not seen.",
                at=at(day + submitted.number, 3 + position),
                method=ProofMethod.PASSWORD,
                proved_at=at(day + submitted.number, 3 + position),
                revision=submitted.number,
                dossier=submitted.dossier,
                leaf=0,
                seq=0,
                fell="the common section changed after it was given." if fell else "",
                looked_at=(
                    Looked(id="drill", text=f"I have seen the log of drill {submitted.number} of day {day}, for {function.value}."),
                ),
            )
        )
    return given


def check(gate, position, function, rejects, request_id) -> Check:
    item = f"{gate}-{position:02}"
    values = (
        Value(
            metric="Worst slice gap",
            value="0.038",
            unit="points",
            limit="≤ 0.05",
            n=412,
            least_n=200,
            low="0.031",
            high="0.045",
            window="28 days",
        ),
    )
    if position % 3 == 0:
        values = (*values, Value(metric="95th percentile of the delay to answer", value="0.81", limit="≤ 1.0", source="monitoring"))
    state = AnswerState.NOT_MET if function in rejects and position < 5 else AnswerState.MET
    if position == 12:
        return Check(
            item=item,
            title="Continuous learning under control",
            owner=function,
            severity=Severity.BLOCKING,
            state=AnswerState.NOT_APPLICABLE,
            why="The model does not learn in production.",
        )
    return Check(
        item=item,
        title=TITLES[function][(position - 1) // 4],
        owner=function,
        severity=Severity.WAIVABLE if position == 7 else Severity.BLOCKING,
        state=AnswerState.INCONCLUSIVE if rejects and position == 6 else state,
        values=values if position % 4 else (),
        note="Measured again after the change." if position == 2 else "",
        evidence=(f"{item}.1", f"{item}.2") if position == 1 else (f"{item}.1",),
    )


def cited(one: GateRequest) -> list[str]:
    return [reference for check in one.checks for reference in check.evidence] + (
        []
        if one.gate == "G1"
        else [f"G3-{position:02}.{number}" for position in range(1, 12) for number in ((1, 2) if position == 1 else (1,))]
    )


def piece(id_: str) -> Evidence:
    return Evidence(
        id=id_,
        title=f"Report behind {id_}",
        kind=EvidenceKind.AUTOMATED_REPORT,
        digest=named(id_),
        effective=on(20),
        added_by="Marguerite Sarr",
        added_at=at(28),
        file_name=f"report_{id_}.html",
        size=139_412,
        expires=on(400),
    )


def findings() -> tuple[Finding, ...]:
    closed = Finding(
        id="AI-0042.F-1",
        severity=FindingSeverity.HIGH,
        words="PSI 0.27 on vehicle_age and powertrain.",
        owner="Ines Okafor",
        due=on(100),
        raised_by="Rafael Otero",
        raised_at=at(85),
        item="G2-01",
        request="AI-0042.G2-1",
        function=Function.DATA_SCIENCE,
        answered_by="G2-01.1",
        answered_at=at(101),
        closed_by="Rafael Otero",
        closed_at=at(103),
    )
    still_open = Finding(
        id="AI-0042.F-2",
        severity=FindingSeverity.MEDIUM,
        words="Rural postcodes: fewer than 200 cases.",
        owner="Declan Roy",
        due=on(300),
        raised_by="Aoife Lynch",
        raised_at=at(241),
        request="AI-0042.G3-1",
        function=Function.COMPLIANCE,
    )
    elsewhere = replace(still_open, id="AI-0042.F-3", request=None, words="The monitoring page is down at weekends.", item=None)
    return closed, still_open, elsewhere


def entries(count: int, stream: str = "initiative/AI-0042") -> tuple[TrailEntry, ...]:
    return tuple(
        TrailEntry(
            index=314 + position * 32 + (94 if position == count - 1 else 0),
            stream=stream,
            seq=position + 1,
            at=at(position * 2, position % 9),
            kind="evidence.added",
            sentence=f"Added “Report number {position}” for G1-{position % 12 + 1:02}",
            actor="Marguerite Sarr",
            hash=named(f"{stream} {position}"),
        )
        for position in range(count)
    )


def trail_record() -> TrailRecord:
    trail = entries(60, "person/ines.okafor")
    return TrailRecord(
        organisation=ORGANISATION,
        cut=cut("ORG-R4729", 4728, trail[-1].at),
        since="2026-01-01",
        until="2026-06-30",
        covers=("people and roles", "units", "policies", "settings"),
        trail=trail,
    )


def brought_in(words: str = "The board took it on.") -> InitiativeRecord:
    """The brief sample as it would be had it been found in full production, a day overdue to be regular here."""
    record = brief()
    found = BroughtIn(
        stage=Stage.FULL_PRODUCTION,
        since="2023-05-03",
        said_by="Ada Lind",
        said_as="head of claims",
        reason=words,
        recorded_by="Ruth Adler",
        recorded_at=record.cut.at,
        regularity=Regularity.OVERDUE,
        regularise_by=on(0),
        papers=(
            Paper(evidence="AI-0042.E-1", title=words[:200], approved_on="2023-05-02", approved_by="Ada Lind", function=Function.BUSINESS),
        ),
    )
    stage = StageEntry(stage=Stage.FULL_PRODUCTION, at="2023-05-03T00:00:00Z", leaf=record.cut.leaf)
    initiative = replace(record.initiative, stage=Stage.FULL_PRODUCTION, stage_since=stage.at, standing=Standing.GOOD)
    return replace(record, initiative=initiative, stages=(stage,), requests=(), findings=(), brought_in=found)


def waived(words: str = "Ten cases a week by hand.") -> InitiativeRecord:
    """The brief sample with a waiver that expired in production and was renewed, and one that was declined."""
    record = brief()
    last = record.trail[-1].index

    def signed(function: Function, decision: WaiverDecision = WaiverDecision.GRANT) -> WaiverSignature:
        name, _ = SIGNERS[function]
        reason = words if decision is WaiverDecision.DECLINE else ""
        return WaiverSignature(
            function=function,
            decision=decision,
            name=name,
            meaning="I agree.",
            reason=reason,
            at=at(9),
            method=ProofMethod.PASSWORD,
            leaf=last,
        )

    both = (signed(Function.DATA_SCIENCE), signed(Function.COMPLIANCE))
    first = Waiver(
        id="AI-0042.W-1",
        item="G3-10",
        gate="G3",
        function=Function.DATA_SCIENCE,
        state=WaiverState.EXPIRED,
        scope=words,
        reason=words,
        control=words,
        owner="Ada Lind",
        expires=on(60),
        asked_by="Ada Lind",
        asked_at=at(8),
        terms=named("terms"),
        signatures=both,
        granted_at=at(9),
        finding="AI-0042.F-9",
        ended_at=at(70),
        ended_how=AnswerState.WAIVED,
    )
    renewal = replace(first, id="AI-0042.W-2", state=WaiverState.IN_FORCE, renews=first.id, evidence=(record.evidence[0].id,), finding=None, ended_at=None, ended_how=None)  # fmt: skip
    declined = replace(first, id="AI-0042.W-3", state=WaiverState.DECLINED, signatures=(signed(Function.COMPLIANCE, WaiverDecision.DECLINE),), granted_at=None, finding=None, ended_at=None, ended_how=None)  # fmt: skip
    return replace(record, waivers=(first, renewal, declined, replace(declined, id="AI-0042.W-4", state=WaiverState.WITHDRAWN, signatures=(), withdrawn_why=words)))  # fmt: skip


def excluded(words: str = "There is no such source here.") -> InitiativeRecord:
    """The brief sample with a check that compliance confirmed not to apply, and one that was taken back undecided."""
    record = brief()
    said = ExclusionDecision(
        decision=Confirmation.CONFIRM,
        name="Aoife Lynch",
        meaning="I reviewed the reason, and confirm that it does not apply.",
        reason=words,
        at=at(9),
        method=ProofMethod.PASSWORD,
        leaf=record.trail[-1].index,
    )
    confirmed = Exclusion(
        id="AI-0042.N-1",
        item="G1-05",
        gate="G1",
        state=ExclusionState.CONFIRMED,
        reason=words,
        proposed_by="Ada Lind",
        proposed_at=at(8),
        facts=named("facts"),
        rule=named("rule"),
        decided=said,
    )
    back = replace(confirmed, id="AI-0042.N-2", state=ExclusionState.WITHDRAWN, decided=None, withdrawn_why="It applies after all.")
    return replace(record, exclusions=(confirmed, back))


def shared(words: str = "Both run on it.") -> InitiativeRecord:
    """The brief sample with a piece whose place a newer one took, and one of another initiative, whose source was superseded."""
    record = brief()
    old = replace(record.evidence[0], superseded=Superseded(by="AI-0042.E-9", at=at(70), why="The run was repeated."))
    source = Reused(source="AI-0007.E-2", author="Ada Lind", why=words, dataset="Claims of 2025", purpose="Triage")
    ended = replace(source, ended=ReuseEnd.SUPERSEDED, ended_at=at(75), successor="AI-0007.E-3")
    return replace(record, evidence=(old, replace(record.evidence[1], reused=ended), *record.evidence[2:]))


def with_words(words: str) -> InitiativeRecord:
    """The sample with one request, and those words wherever a person can write."""
    record = replace(asked_once(), findings=findings())
    first = record.requests[0]
    spoken = tuple(replace(given, name=f"Rafael {words}"[:200], reason=words, meaning=words, title=words) for given in first.sign_offs)
    checks = tuple(replace(one, title=words, note=words, why=words) for one in first.checks)
    said = replace(
        first, question=words, settled_why=words, sign_offs=spoken, checks=checks, comments=(replace(first.comments[0], words=words),)
    )
    return replace(
        record,
        organisation=replace(record.organisation, name=words[:200]),
        initiative=replace(record.initiative, name=words[:200], summary=words, unit=words, standing=Standing.ON_HOLD, standing_why=words),
        requests=(said,),
        evidence=tuple(replace(one, title=words[:200], file_name=words[:200]) for one in record.evidence),
        findings=tuple(replace(one, words=words, owner=words[:80], request=first.id) for one in record.findings),
        trail=tuple(replace(entry, sentence=words) for entry in record.trail),
        facts=(Labelled(label=words[:80], value=words),),
    )
