"""The demo portfolio with the states it does not reach by itself, and the address of every page of it.

The routes come from the application, so that a new page is walked without anybody thinking of it; only what stands in for
`<key>` and its like is chosen here, from what the record holds.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.evidence_scope import Scope, ScopePart
from governance.domain.findings import NewFinding
from governance.domain.moving_in import AsFound
from governance.domain.vocabulary import (
    Decision,
    EvidenceKind,
    FindingSeverity,
    Function,
    ProposalState,
    RequestState,
    Role,
    Stage,
    Visibility,
)
from governance.domain.waivers import Asked
from governance.events import streams
from governance.events.initiatives import Advanced
from governance.jobs.impacts import work as foreseen
from governance.jobs.imports import work as imported
from governance.jobs.reports import work
from governance.ledger import read
from governance.ledger.keys import KeyFile
from governance.ledger.log import SYSTEM, Actor, Auth, Ledger, Log
from governance.models.answers import Evidence
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative
from governance.models.jobs import ImportJob, Job
from governance.models.moving_in import Origin
from governance.models.policies import PolicyProposal, PublishedPolicy
from governance.models.waivers import Waiver
from governance.paths import policies_directory
from governance.permissions import ROUTES, allows
from governance.policy.loader import digest_of, load_policy
from governance.policy.places import edit
from governance.reads import people
from governance.services import (
    accounts,
    answers,
    attestations,
    checkpoints,
    directory,
    evidence,
    exclusions,
    findings,
    foreseeing,
    imports,
    initiatives,
    moving_in,
    packs,
    policy_drafts,
    signoffs,
    waivers,
)
from governance.services import policies as publishing
from governance.services.answers import NewEvidence, StoredFile
from governance.services.attestations import NewAttestation
from governance.services.evidence import Statement
from governance.services.opening import ledger_of, open_engines
from governance.storage import private
from governance.storage.content import ContentStore
from governance.storage.engines import Engines
from governance.storage.slate import slate_of
from tests.services.conftest import House, judged
from tests.sheets import HALF, source
from tests.web.loaded import given_up, hand_over

SHIPPED = load_policy(policies_directory() / "stage-gates").texts
CAST: Mapping[str, str | None] = {
    "project lead": "ines.okafor",
    "reviewer": "mina.petrov",
    "compliance officer": "aoife.lynch",
    "auditor": "ruth.adler",
    "administrator": "omar.said",
    "no role": "noor.haddad",
    "nobody": None,
}
WIDEST = "wilhelmina.van.der.meer"
"""Holds every role and a long name, so that the menu on top is as wide as it gets."""
NOT_PAGES = frozenset(
    {"static", "bootstrap.static", "health.healthz", "health.readyz", "health.metrics", "settings.logo", "evidence.download"}
    | {"waivers.export", "proposals.export"}
    | {"packs.download", "policies.export", "portfolio.export", "people.export", "ledger.export", "importing.example", "staffing.example"}
    | {"frameworks.export", "frameworks.export_clauses", "frameworks.export_clause", "attesting.download"}
    | {"ledger.checkpoint", "ledger.proof"}
)
"""What a GET answers with something else than a page; a test looks that it does."""
ELSEWHERE = frozenset({"setup.first_admin", "recovery.awaited"})
"""Pages that only an empty instance has, or a restored one; they are walked there."""
ASKED = {
    "portfolio.board": ["?q=nothing-has-this-name", "?stage=nowhere"],
    "portfolio.table": ["?q=nothing-has-this-name", "?sort=waits&down=0"],
    "policies.overview": ["?q=drift", "?q=nothing-has-this-name"],
    "policy_checks.listing": ["?gate=G2&function=it_ops&tier=high", "?q=nothing-has-this-name", "?sort=severity&page=2"],
    "policies.history": ["?q=nothing-has-this-name", "?sort=version&down=1"],
    "frameworks.listing": ["?q=nothing-has-this-name", "?state=superseded&sort=name&down=1"],
    "frameworks.framework": ["?q=nothing-has-this-name", "?show=open&sort=state&down=1"],
    "proposals.listing": ["?q=nothing-has-this-name", "?state=declined", "?sort=who&down=0"],
    "proposing.start": ["?from=current"],
    "policies.changes": ["?from=1.0.0&to=1.0.0", "?from=1.1.0", "?from=no-such-version"],
    "waivers.listing": ["?q=nothing-has-this-name", "?sort=asked&down=1", "?state=overdue"],
    "ledger.entries": ["?text=nothing-has-these-words", "?kind=gate.signed_off"],
    "people.listing": ["?q=nobody-has-this-name"],
    "packs.listing": ["?q=nothing-has-this-name"],
    "impact.page": ["?q=nothing-has-this-name", "?mark=lapses&sort=lapses&down=1"],
    "importing.listing": ["?q=nothing-has-this-name", "?sort=title&state=done"],
}
"""The same pages with a question in the address: nothing found, another order."""
NOWHERE = ("/no-such-page", "/initiatives/AI-9999", "/requests/AI-9999.G1-1", "/people/nobody.here", "/ledger/999999")

LISTED = HALF.replace(b";lena;", b";ines.okafor;").replace(b";Mara;", b";Ines Okafor;").replace(b"tom@nordhaven.example", b"ines.okafor")
"""Three rows that somebody of the demo leads, and one that is refused."""

Values = dict[str, str | int]


@dataclass
class Portfolio:
    """The copied demo. `secret` opens the page on which somebody sets a first password."""

    folder: Path
    engines: Engines
    ledger: Ledger
    content: ContentStore
    secret: str = ""
    jobs: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)
    brought: dict[str, str] = field(default_factory=dict)  # keys by name
    shared: list[str] = field(default_factory=list)

    def act(self, who: str, do: Callable[[Log], object]) -> object:
        with self.ledger.writing(Actor(who), datetime.now(UTC), Auth("password", datetime.now(UTC), "web")) as log:
            return do(log)

    def open_to(self, person: str | None) -> set[str]:
        """The routes whose door is open to somebody; behind it, the services look again."""
        with Session(self.engines.reader) as session:
            doer = people.doer(session, person, datetime.now(UTC)) if person else None
        return {endpoint for endpoint, permission in ROUTES.items() if allows(permission, doer)}

    def sign(self, who: str, request: str, seat: str, decision: Decision, *found: NewFinding) -> None:
        with Session(self.engines.reader) as session:
            judgement = judged(session, request, seat, decision, "The drill failed twice.", found)
        self.act(who, lambda log: signoffs.sign_off(log, request, seat, judgement))


def eased() -> dict[str, str]:
    """The shipped policy with changes of every effect. It was in force once; the shipped one followed again."""
    edits = {
        "policy.yaml": [('version: "1.0.0"', 'version: "1.1.0"'), ("low: 90, medium: 60", "low: 45, medium: 60")],
        "gates/G2.yaml": [
            ("severity: blocking", "severity: advisory"),
            ("on a frozen test set no older than the limit", "on a frozen test set that nobody has used before"),
            ("comparator: gte, value: 0.99", "comparator: gte, value: {low: 0.95, medium: 0.99, high: 0.995}"),
        ],
    }
    texts = dict(SHIPPED)
    for name, changes in edits.items():
        for old, new in changes:
            assert old in texts[name], old
            texts[name] = texts[name].replace(old, new, 1)
    return texts


def copied(demo: Path, folder: Path) -> Portfolio:
    """A portfolio of its own, because the demo is shared and this one is written to."""
    private.make(folder / "governance.sqlite3")
    with sqlite3.connect(demo / "governance.sqlite3") as source, sqlite3.connect(folder / "governance.sqlite3") as copy:
        source.backup(copy)
    source.close()
    copy.close()
    shutil.copytree(demo / "content", folder / "content")
    engines = open_engines(folder, synchronous="OFF")
    return Portfolio(folder, engines, ledger_of(engines), ContentStore(folder / "content"))


def enrich(portfolio: Portfolio) -> None:
    """What the demo does not have yet: each line a state that some page shows."""
    act = portfolio.act
    exception = Asked("model 1.x", "the owner is on leave", "ten cases by hand", "sofia.marchetti", date.today() + timedelta(days=60))
    act("sofia.marchetti", lambda log: waivers.ask(log, "AI-0004", "G2-05", exception))
    act("sofia.marchetti", lambda log: exclusions.propose(log, "AI-0004", "G2-05", "there is nothing of the kind here"))
    _publish(portfolio)
    changes = [edit("gate/G2/items/G2-07/threshold/value", 10), edit("gate/G2/seats/privacy_officer/when", "facts.personal_dat")]
    act("aoife.lynch", lambda log: policy_drafts.change(log, changes))
    profile = directory.Profile("Noor Haddad", "New colleague", "insurance")
    act("omar.said", lambda log: directory.register_person(log, "noor.haddad", profile, "noor.haddad@nordhaven.example"))
    act("omar.said", lambda log: directory.register_person(log, "left.already", directory.Profile("Lew Maas", "Analyst", "insurance"), "lew.maas@nordhaven.example"))  # fmt: skip
    profile = directory.Profile("Wilhelmina van der Meer", "Stands in for everybody", "insurance")
    act("omar.said", lambda log: directory.register_person(log, WIDEST, profile, "wilhelmina@nordhaven.example"))
    for role in Role:
        act("omar.said", lambda log: directory.grant_role(log, WIDEST, role))  # noqa: B023
    act("omar.said", lambda log: directory.disable_person(log, "left.already", "left the organisation"))
    portfolio.secret = str(act("omar.said", lambda log: accounts.make_setup_link(log, "noor.haddad")))

    finding = NewFinding(FindingSeverity.HIGH, "The drill failed twice.", "sofia.marchetti", item=None)
    checkpoints.sign(portfolio.ledger, KeyFile(portfolio.folder / "checkpoint-key"), datetime.now(UTC))
    portfolio.sign("pieter.dewit", "AI-0004.G1-1", "business", Decision.REJECT, finding)
    portfolio.sign("aoife.lynch", "AI-0004.G1-1", "compliance", Decision.APPROVE)
    act("aoife.lynch", lambda log: log.record(Advanced(initiative="AI-0008", request="AI-0008.G1-1", entered=Stage.RETIRED), streams.initiative("AI-0008")))  # fmt: skip
    hidden = initiatives.Description("Summaries of broker contracts", "Sums up broker contracts for the desk.", "insurance", "ines.okafor", Visibility.NAMED)  # fmt: skip
    act("ines.okafor", lambda log: initiatives.describe(log, "AI-0005", hidden))
    for text in ("The log keeps no reasons.", "The monitor has no alarm.", "The owner is not named."):
        act("aoife.lynch", lambda log: findings.raise_finding(log, "AI-0006", NewFinding(FindingSeverity.MEDIUM, text, "ines.okafor", "G2-01")))  # noqa: B023 - called at once  # fmt: skip
    for number in (1, 2):
        act("ines.okafor", lambda log: findings.answer_finding(log, f"AI-0006.F-{number}", "AI-0006.E-1"))  # noqa: B023
    act("aoife.lynch", lambda log: findings.close_finding(log, "AI-0006.F-1"))
    _bring_in(portfolio)
    _share(portfolio)
    _import(portfolio)
    _attest(portfolio)
    _order(portfolio)
    _foresee(portfolio)


def _publish(portfolio: Portfolio) -> None:
    """A looser policy that was in force once, one that was declined, taken back or overtaken, and one that waits."""
    aoife, yusuf = "aoife.lynch", "yusuf.demir"
    late = {**SHIPPED, "policy.yaml": SHIPPED["policy.yaml"].replace("low: 90, medium: 60", "low: 30, medium: 30", 1)}
    remark = {**SHIPPED, "facts.yaml": f"{SHIPPED['facts.yaml']}# reviewed\n"}

    def propose(who: str, texts: Mapping[str, str], why: str) -> str:
        return str(portfolio.act(who, lambda log: publishing.propose(log, publishing.sound(texts), why)))

    declined = propose(yusuf, late, "Decisions were found to rest on old sign-offs.")
    portfolio.act(aoife, lambda log: publishing.decline(log, declined, "The reviewers cannot sign that often."))
    withdrawn = propose(yusuf, remark, "The facts were read again.")
    portfolio.act(yusuf, lambda log: publishing.withdraw(log, withdrawn, "Nothing follows from it."))
    propose(yusuf, late, "It was asked for once more.")
    looser = propose(aoife, eased(), "The audit found that low-risk pilots wait without a reason.")
    portfolio.act(yusuf, lambda log: publishing.publish(log, looser))
    back = propose(yusuf, SHIPPED, "The first month showed that it let too much through.")
    portfolio.act(aoife, lambda log: publishing.publish(log, back))
    sheet = propose(yusuf, eased_again(), "Nobody knew the data sheet.")
    portfolio.act(aoife, lambda log: publishing.publish(log, sheet))
    propose(yusuf, eased(), "With the reasons of the first month, as the board asked.")
    propose(aoife, remark, "The facts were read again, and nothing else changes.")


def _bring_in(portfolio: Portfolio) -> None:
    """One that is to be regularised, with a paper and with evidence of its own, one that is kept for the record, one that may be brought in."""
    today, paper = datetime.now(UTC).date(), StoredFile(*_stored(portfolio))
    for name, stage in (("Letter sorting", Stage.FULL_PRODUCTION), ("Scan index", Stage.RETIRED), ("Call notes", None)):
        intake = initiatives.Description(name, "It has been there for years.", "insurance", "ines.okafor", Visibility.ORGANISATION)
        key = str(portfolio.act("ines.okafor", lambda log: initiatives.register(log, intake)))  # noqa: B023 - called at once
        portfolio.brought[name] = key
        if stage is None:
            continue
        until = None if stage is Stage.RETIRED else today + timedelta(days=30)
        found = AsFound(stage, date(2021, 5, 3), "Ada Lind", "head of the AI office until 2024", until)
        papers = [moving_in.Paper("Minutes of the board", date(2021, 5, 2), "Ada Lind", paper, Function.BUSINESS)]
        portfolio.act("aoife.lynch", lambda log: moving_in.bring_in(log, key, found, "The board took it on.", papers))  # noqa: B023
        link = NewEvidence(EvidenceKind.LINK, "Runbook", today, address="https://runbooks.example/letters")
        portfolio.act("ines.okafor", lambda log: answers.add_evidence(log, key, link))  # noqa: B023


def _share(portfolio: Portfolio) -> None:
    """One that was superseded, one that came from it, and one that is shared."""
    ines, other = "ines.okafor", portfolio.brought["Letter sorting"]
    scope = Scope(dataset="Letters of 2025, scanned", purpose="Routing of letters to desks")
    said = Statement([ScopePart.DATASET, ScopePart.PURPOSE], "Both run on the same letters, and for the same desk.", scope.digest)

    def add(title: str) -> str:
        link = NewEvidence(EvidenceKind.LINK, title, datetime.now(UTC).date(), address="https://runbooks.example/shared")
        return str(portfolio.act(ines, lambda log: answers.add_evidence(log, other, link)))

    first, newer = add("Runbook of the pipeline"), add("Runbook of the pipeline, second edition")
    portfolio.act(ines, lambda log: evidence.share(log, first, scope))
    made = str(portfolio.act(ines, lambda log: evidence.reuse(log, "AI-0006", first, said)))
    portfolio.act(ines, lambda log: evidence.supersede(log, first, newer, "The pipeline moved to other servers."))
    portfolio.act(ines, lambda log: evidence.share(log, newer, scope))
    portfolio.act(ines, lambda log: evidence.reuse(log, "AI-0006", newer, said))
    portfolio.shared += [first, made, newer]


def _import(portfolio: Portfolio) -> None:
    """One that is to be read, one that waits to be confirmed, one that waits for the worker, one that is done, one that was refused."""
    house, who = House(portfolio.ledger, datetime.now(UTC) - timedelta(minutes=10)), "aoife.lynch"
    for name in ("done", "refused", "under way", "previewed"):
        import_id = hand_over(house, who, source(LISTED), hashlib.sha256(name.encode()).hexdigest()[:16])
        portfolio.imports.append(import_id)
        with Session(portfolio.engines.reader) as session:
            expected = session.get_one(ImportJob, import_id).told_digest
        if name != "previewed":
            house.act(who, lambda log: imports.confirm(log, import_id, expected, partial=True))  # noqa: B023 - called at once
    imported(portfolio.ledger, portfolio.content, slate_of(portfolio.folder))  # what was confirmed first
    portfolio.imports.insert(0, str(house.act(who, lambda log: imports.hand_over(log, "next.csv", source(LISTED)))))
    with portfolio.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        log.session.get_one(ImportJob, portfolio.imports[2]).failed = "Something changed since the preview, so nothing was imported."


def _attest(portfolio: Portfolio) -> None:
    """One in force, one that was withdrawn, one that waits for a second officer."""
    portfolio.act("omar.said", lambda log: directory.grant_role(log, "pieter.dewit", Role.COMPLIANCE_OFFICER))
    until, paper = datetime.now(UTC).date() + timedelta(days=300), StoredFile(*_stored(portfolio))
    for clause, words in (
        ("GOVERN-2.3", "The executive board decides on every use of high risk, and its minutes say why."),
        ("GOVERN-1.2", "The traits are written into the policy of the group."),
        ("GOVERN-4.1", "Teams look for what may go wrong before they look for what may go right."),
    ):
        given = NewAttestation("NIST-AI-RMF", clause, words, until, paper)
        portfolio.act("aoife.lynch", lambda log: attestations.attest(log, given))  # noqa: B023 - called at once
    portfolio.act("pieter.dewit", lambda log: attestations.confirm(log, "AT-1"))
    portfolio.act("pieter.dewit", lambda log: attestations.withdraw(log, "AT-2", "The policy was taken back."))


def eased_again() -> dict[str, str]:
    """What is in force at the end: what runs was submitted under the shipped one, and can be moved."""
    texts = eased()
    texts["policy.yaml"] = texts["policy.yaml"].replace('version: "1.1.0"', 'version: "1.2.0"')
    ask = 'question: "Is every question of the data sheet answered?"'
    new = f"    - id: G2-90\n      title: Data sheet\n      owner: data_science\n      severity: blocking\n      {ask}\n"
    new += '      evidence: {kind: document, requirement: "the data sheet"}\n      when: "true"\n      why: "nobody knew it"\n'
    texts["gates/G2.yaml"] = texts["gates/G2.yaml"].rstrip("\n") + "\n" + new + '      maps: ["NIST-AI-RMF:MAP-2.3"]\n'
    return texts


def _foresee(portfolio: Portfolio) -> None:
    """The impact of the policy in force is worked out, that of the one before it is under way; one move is done, one waits."""
    act, slate = portfolio.act, slate_of(portfolio.folder)
    digest = digest_of(eased_again())
    act("aoife.lynch", lambda log: foreseeing.ask(log, digest))
    for request in ("AI-0007.G2-1", "AI-0001.G2-1"):
        portfolio.moves.append(str(act("aoife.lynch", lambda log: foreseeing.ask_to_move(log, digest, [request], "It is new."))))  # noqa: B023
    act("aoife.lynch", lambda log: foreseeing.ask(log, digest_of(SHIPPED)))
    for _ in ("impact", "move"):
        foreseen(portfolio.ledger, slate)


def _stored(portfolio: Portfolio) -> tuple[str, str, str, int]:
    digest, size = portfolio.content.put(b"%PDF-1.7\n")
    return digest, "minutes.pdf", "application/pdf", size


def _order(portfolio: Portfolio) -> None:
    """One report that is made, one that failed, and one that is being made; a mail that the server refused."""
    for who, key in (("aoife.lynch", "AI-0012"), ("ines.okafor", "AI-0006"), ("ruth.adler", "AI-0012")):
        portfolio.jobs.append(str(portfolio.act(who, lambda log: packs.ask_for_report(log, key))))  # noqa: B023
        if who == "aoife.lynch":
            work(portfolio.ledger, portfolio.content)
    with portfolio.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        log.session.get_one(Job, portfolio.jobs[1]).failed = "It was tried 3 times and did not succeed."
        log.session.add(given_up(log.session, "mina.petrov"))


def addresses(app: Flask, portfolio: Portfolio) -> dict[str, list[str]]:
    """For every route that GET may ask, the addresses to look at."""
    found: dict[str, list[str]] = {}
    urls = app.url_map.bind("localhost")
    with Session(portfolio.engines.reader) as session:
        examples = _examples(session, portfolio)
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or set()) and rule.endpoint not in NOT_PAGES | ELSEWHERE:
                wanted = examples.get(rule.endpoint, [] if rule.arguments else [{}])
                found[rule.endpoint] = [urls.build(rule.endpoint, dict(values)) for values in wanted]
    for endpoint, queries in ASKED.items():
        found[endpoint] += [found[endpoint][0] + query for query in queries]
    return found


def _examples(session: Session, portfolio: Portfolio) -> dict[str, list[Values]]:
    """By endpoint, what to put into its address: one of each state."""
    of: dict[str, list[Values]] = {key: [{"key": key}] for key in ("AI-0004", "AI-0006", "AI-0010", "AI-0012")}
    seats = [("AI-0001.G2-1", "compliance"), ("AI-0001.G2-1", "it_ops"), ("AI-0007.G2-1", "it_ops"), ("AI-0006.G2-1", "business")]
    return {
        "accounts.set_password": [{"secret": portfolio.secret}, {"secret": "used-already"}],
        "initiatives.overview": _initiatives(session),
        "initiatives.describe": of["AI-0006"],
        "initiatives.team": of["AI-0006"],
        "initiatives.readers": of["AI-0006"],
        "initiatives.model": of["AI-0006"],
        "moving_in.bring_in": [{"key": portfolio.brought["Call notes"]}],
        "moving_in.attach": [{"key": portfolio.brought["Letter sorting"]}],
        "moving_in.regularise": [{"key": portfolio.brought["Letter sorting"]}, {"key": portfolio.brought["Scan index"]}],
        "importing.job": [{"import_id": import_id} for import_id in portfolio.imports],
        "facts.tiering": of["AI-0006"] + of["AI-0010"] + of["AI-0012"],
        "ml_test_score.form": [{"key": "AI-0001"}, *of["AI-0006"]],
        "findings.listing": of["AI-0004"] + of["AI-0006"] + of["AI-0012"],
        "checklists.checklist": [{"key": key, "gate": gate} for key, gate in (("AI-0006", "G2"), ("AI-0012", "G1"), ("AI-0009", "G3"))],
        "frameworks.framework": [{"framework_id": name} for name in ("NIST-AI-RMF", "EU-AI-ACT", "SR-11-7", "NOWHERE")],
        "frameworks.clause": [
            {"framework_id": name, "id": clause}
            for name, clause in (("NIST-AI-RMF", "MAP-1.1"), ("NIST-AI-RMF", "GOVERN-2.3"), ("EU-AI-ACT", "20"))
        ],
        "attesting.attest": [{"framework_id": "NIST-AI-RMF", "clause_id": clause} for clause in ("GOVERN-1.2", "MAP-1.1")],
        "attesting.attestation": [{"attestation_id": made} for made in ("AT-1", "AT-2", "AT-3", "AT-9")],
        "evidence.statement": [*_evidence(session), *({"evidence_id": piece} for piece in portfolio.shared)],
        "reusing.offers": [{"key": "AI-0006", "gate": "G2", "item": item} for item in ("G2-03", "G2-07")],
        "reusing.reuse": [{"key": "AI-0006", "gate": "G2", "item": "G2-03", "evidence_id": portfolio.shared[-1]}],
        "gates.request_page": _requests(session),
        "signing.decide": [{"request_id": request, "seat_id": seat} for request, seat in seats],
        "signing.sign": [{"request_id": request, "seat_id": seat} for request, seat in seats[:1]],
        "waivers.waiver": [{"waiver_id": row.id} for row in session.scalars(select(Waiver).order_by(Waiver.id))],
        "exclusions.propose": [{"key": "AI-0004", "item": "G2-07"}],
        "exclusions.exclusion": [{"exclusion_id": "AI-0004.N-1"}],
        "waivers.ask": [{"key": "AI-0004", "item": "G2-05"}, {"key": "AI-0003", "item": "G3-10"}],
        "drafting.check": [{"gate": "G2", "item": "G2-06"}, {"gate": "G2", "item": "G2-99"}],
        "drafting.seat": [{"gate": "G2", "seat_id": "privacy_officer"}],
        "drafting.add_seat": [{"gate": "G2"}],
        "policies.gate": [{"gate_id": "G1"}, {"gate_id": "C1"}, {"gate_id": "C9"}],
        "impact.page": [{"digest": digest_of(texts)} for texts in (eased_again(), SHIPPED, eased())],
        "impact.choose": [{"digest": digest_of(eased_again()), "scope": "all"}],
        "impact.moved": [{"job_id": job} for job in portfolio.moves],
        "proposals.page": [{"proposal_id": row.id} for row in session.scalars(select(PolicyProposal).order_by(PolicyProposal.id))],
        "proposing.again": [{"digest": digest} for digest in _ended(session)],
        "ledger.entry": [{"index": index} for index in (0, 500, read.head(session).size - 1)],
        "packs.job": [{"job_id": job} for job in portfolio.jobs],
        "people.person": [{"person_id": person} for person in ("joao.teles", "noor.haddad", "left.already")],
    }


def _ended(session: Session) -> list[str]:
    """Texts that can be proposed again: one that was in force, one that was declined."""
    declined = select(PolicyProposal.digest).where(PolicyProposal.state == ProposalState.DECLINED)
    return [
        session.scalars(select(PublishedPolicy.digest).where(PublishedPolicy.version == "1.1.0")).one(),
        session.scalars(declined).one(),
    ]


def _initiatives(session: Session) -> list[Values]:
    """One of each stage, the suspended one, and the one that only its team sees."""
    rows = session.scalars(select(Initiative).order_by(Initiative.key)).all()
    brought = {row.initiative_key for row in session.scalars(select(Origin))}
    return _first_of(rows, lambda row: (row.stage, row.standing, row.visibility, row.key in brought), lambda row: {"key": row.key})


def _requests(session: Session) -> list[Values]:
    rows = session.scalars(select(GateRequest).order_by(GateRequest.id)).all()
    assert {row.state for row in rows} == set(RequestState), "every state of a request is looked at"
    return _first_of(rows, lambda row: (row.state, row.gate), lambda row: {"request_id": row.id})


def _evidence(session: Session) -> list[Values]:
    rows = session.scalars(select(Evidence).order_by(Evidence.id)).all()
    return _first_of(rows, lambda row: row.kind, lambda row: {"evidence_id": row.id})


def _first_of(rows: Sequence[object], sort: Callable[[object], object], values: Callable[[object], Values]) -> list[Values]:
    found: dict[object, Values] = {}
    for row in rows:
        found.setdefault(sort(row), values(row))
    return list(found.values())
