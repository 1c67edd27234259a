"""Lists and overviews take the same number of statements at 20 and at 2,000 initiatives, and no more than 15."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select

from governance.domain.evidence_scope import Scope
from governance.domain.findings import NewFinding
from governance.domain.importing import Account
from governance.domain.vocabulary import EvidenceKind, FindingSeverity, Function, Role, Visibility
from governance.domain.waivers import Asked
from governance.jobs import impacts
from governance.ledger.keys import KeyFile
from governance.ledger.log import Log
from governance.models.directory import Person
from governance.models.policies import PolicyProposal
from governance.policy.loader import digest_of
from governance.reads.imports import told
from governance.services import answers, checkpoints, directory, findings, foreseeing, gates, initiatives, packs, policies, waivers
from governance.services import evidence as services_of_evidence
from governance.services.initiatives import Description
from governance.storage.slate import slate_of
from tests.services.conftest import TEXTS, evidence
from tests.sheets import source
from tests.web.browser import Site, reviewed, site
from tests.web.loaded import previewed

__all__ = ["reviewed", "site"]

PAGES = {
    "aoife": [
        "/",
        "/portfolio",
        "/portfolio/table",
        "/portfolio/table?q=claims&sort=waits",
        "/portfolio/export.csv",
        "/initiatives/AI-0001",
        "/initiatives/AI-0002",
        "/initiatives/AI-0003",
        "/portfolio/table?origin=due",
        "/initiatives/AI-0001/checklist/G1",
        "/initiatives/AI-0001/facts",
        "/initiatives/AI-0001/findings",
        "/initiatives/AI-0001/findings?format=csv",
        "/requests/AI-0001.G1-1",
        "/waivers",
        "/waivers?q=claims&state=withdrawn&sort=item&down=1",
        "/waivers/export.csv",
        "/waivers/AI-0001.W-1",
        "/policy",
        "/policy/gates/G1",
        "/policy/checks?gate=G2&function=it_ops&tier=high",
        "/policy/checks?format=csv",
        "/policy/draft",
        "/policy/draft/days",
        "/policies",
        "/policies?q=1.0&sort=who",
        "/policies/export.csv",
        "/policies/diff",
        f"/policies/{digest_of(TEXTS)}/impact",
        f"/policies/{digest_of(TEXTS)}/impact?q=claims&mark=unchanged&sort=name",
        f"/policies/{digest_of(TEXTS)}/impact?format=csv",
        "/policies/moves",
        "/frameworks",
        "/frameworks?q=risk&state=current&sort=served&down=1",
        "/frameworks/export.csv",
        "/frameworks/NIST-AI-RMF",
        "/frameworks/NIST-AI-RMF?show=open&sort=initiatives",
        "/frameworks/NIST-AI-RMF/export.csv",
        "/frameworks/NIST-AI-RMF/clause?id=MAP-1.1",
        "/frameworks/NIST-AI-RMF/clause?id=MAP-1.1&q=claims&basis=now&sort=name",
        "/frameworks/NIST-AI-RMF/clause/export.csv?id=MAP-1.1",
        "/policies/proposals",
        "/policies/proposals?q=audit&state=open&sort=who",
        "/policies/proposals/export.csv",
        "/packs",
        "/packs?format=csv",
        "/import",
        "/import?q=list&state=previewed&sort=title",
        "/import?format=csv",
        "/ledger",
        "/ledger?initiative=AI-0001",
        "/ledger.csv",
    ],
    "lena": ["/initiatives/AI-0001/checklist/G1/G1-10/reuse", "/initiatives/AI-0001/checklist/G1/G1-10/reuse?q=use"],
    "omar": ["/people", "/people?q=person&sort=unit", "/people/export.csv", "/people/joao", "/settings", "/settings/mail"],
}
BUDGET = 15
WHOLE_DOSSIER = {"/initiatives/AI-0001/checklist/G1", "/requests/AI-0001.G1-1"}
WHOLE = 39
"""Neither lists nor sums up: these read everything that is judged of one initiative, each kind of it once or twice."""


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def register(site: Site, count: int) -> None:
    """Many initiatives in one transaction."""
    intake = Description("Claims and more", "Scores new motor claims for the adjusters.", "claims", "lena", Visibility.ORGANISATION)

    def do(log: Log) -> None:
        for _ in range(count):
            initiatives.register(log, intake)

    site.house.act("lena", do)


def grow(site: Site, count: int) -> None:
    """What a portfolio of this size has besides: people, findings, talk, evidence packs."""

    def people(log: Log) -> None:
        first = log.session.scalar(select(func.count()).select_from(Person)) or 0
        for number in range(first, first + count):
            profile = directory.Profile(f"Person {number}", "invented", "claims")
            directory.register_person(log, f"person.{number}", profile, f"person.{number}@nordhaven.example")
            directory.grant_role(log, f"person.{number}", Role.REVIEWER)
            directory.grant_function(log, f"person.{number}", Function.BUSINESS)

    def talk(log: Log) -> None:
        for number in range(count):
            new = NewFinding(FindingSeverity.LOW, f"Finding {number} of many", "lena", "G1-04")
            findings.raise_finding(log, "AI-0001", new)
            gates.comment(log, "AI-0001.G1-1", f"Comment {number} of many")
            hand_over(log, number)
            packs.issue(log, "AI-0001", packs.Made(f"Report {number}", "report.pdf", "ab" * 32, "cd" * 32, 1000, 10, 5))

    def exceptions(log: Log) -> None:
        for number in range(count):
            asked = Asked(f"model {number}", "the owner is on leave", "ten cases by hand", "lena", log.now.date() + timedelta(days=60))
            waivers.withdraw(log, waivers.ask(log, "AI-0001", "G3-10", asked), "no longer needed")

    def propose(log: Log) -> None:
        first = log.session.scalar(select(func.count()).select_from(PolicyProposal)) or 0
        for number in range(first, first + count):
            taken_back = policies.propose(log, policies.sound(other(number)), "The audit asked for it.")
            policies.withdraw(log, taken_back, "It was a mistake.")

    def offer(log: Log) -> None:
        for number in range(count):
            piece = answers.add_evidence(log, "AI-0002", evidence(EvidenceKind.LINK, log.now))
            services_of_evidence.share(log, piece, Scope(purpose=f"Use {number} of many"))

    site.house.act("lena", exceptions)
    site.house.act("lena", offer)
    site.house.act("omar", people)
    site.house.act("aoife", propose)
    site.house.act("aoife", talk)


def other(name: object) -> dict[str, str]:
    """The shipped policy with a remark more."""
    return {**TEXTS, "facts.yaml": f"{TEXTS['facts.yaml']}# {name}\n"}


def hand_over(log: Log, number: int) -> None:
    given, account = source(), Account((), {}, blank=0)
    previewed(log, f"list {number}.csv", given, told(account, 0, log.now))


def foresee(site: Site) -> None:
    site.house.act("aoife", lambda log: foreseeing.ask(log, digest_of(TEXTS)))
    assert impacts.work(site.house.ledger, slate_of(site.app.extensions["governance"].settings.instance))


def statements(site: Site) -> dict[str, int]:
    found = {}
    for who, paths in PAGES.items():
        browser = site.browser(who)
        browser.get("/")
        for path in paths:
            with counted(site.house.ledger.engines.reader) as seen:
                assert browser.get(path).status_code == 200, path
            found[path] = len([statement for statement in seen if not statement.startswith("BEGIN")])
    return found


def test_pages_keep_to_their_budget_whatever_the_size(reviewed: Site, tmp_path: Path) -> None:
    checkpoints.sign(reviewed.house.ledger, KeyFile(tmp_path / "checkpoint-key"), reviewed.house.now)
    register(reviewed, 19)
    reviewed.house.bring_in("AI-0003")
    for who in ("second", "aoife"):
        reviewed.house.propose(other(who), who)
    grow(reviewed, 3)
    foresee(reviewed)
    reviewed.browser("aoife").get("/policy/draft")  # reads the rules in force, once per process
    small = statements(reviewed)
    register(reviewed, 1_980)
    grow(reviewed, 60)
    foresee(reviewed)
    large = statements(reviewed)

    assert small == large
    over = {path: count for path, count in large.items() if count > (WHOLE if path in WHOLE_DOSSIER else BUDGET)}
    assert not over


def test_every_list_and_overview_is_measured(site: Site) -> None:
    lists = {rule.rule for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or set())} - FORMS_AND_PIECES
    urls = site.app.url_map.bind("localhost")
    asked = {urls.match(path.partition("?")[0], return_rule=True)[0].rule for paths in PAGES.values() for path in paths}

    assert lists == asked


FORMS_AND_PIECES = {
    "/policies/proposals/<proposal_id>",
    "/policies/propose",
    "/policies/propose/again/<digest>",
    "/policy/draft/gates/<gate>/checks/<item>",
    "/policy/draft/gates/<gate>/seats",
    "/policy/draft/gates/<gate>/seats/<seat_id>",
    "/static/<path:filename>",
    "/bootstrap/static/<path:filename>",
    "/healthz",
    "/readyz",
    "/metrics",
    "/setup",
    "/recovery",
    "/sign-in",
    "/set-password/<secret>",
    "/profile",
    "/settings/logo",
    "/initiatives/new",
    "/initiatives/<key>/describe",
    "/initiatives/<key>/ml-test-score",
    "/initiatives/<key>/team",
    "/initiatives/<key>/readers",
    "/initiatives/<key>/model",
    "/initiatives/<key>/bring-in",
    "/initiatives/<key>/waivers/<item>",
    "/initiatives/<key>/exclusions/<item>",
    "/exclusions/<exclusion_id>",
    "/initiatives/<key>/papers",
    "/initiatives/<key>/regularise",
    "/frameworks/<framework_id>/attest/<path:clause_id>",
    "/attestations/<attestation_id>",
    "/attestations/<attestation_id>/file",
    "/evidence/<evidence_id>",
    "/evidence/<evidence_id>/file",
    "/initiatives/<key>/checklist/<gate>/<item>/reuse/<evidence_id>",
    "/requests/<request_id>/seats/<seat_id>",
    "/requests/<request_id>/seats/<seat_id>/sign",
    "/ledger/<int(max=999999999999999):index>",
    "/ledger/<int(max=999999999999999):index>.tlog-proof",
    "/ledger/checkpoint",
    "/packs/jobs/<job_id>",
    "/packs/<pack_id>",
    "/people/add",
    "/people-import",
    "/people-import/example.csv",
    "/import/example.yaml",
    "/import/<import_id>",
    "/policies/<digest>/move",
    "/policies/moves/<job_id>",
}
"""What shows one thing, or a form for it; everything else lists or sums up."""


@pytest.mark.parametrize(
    "path",
    ["/portfolio/table?page=2", "/portfolio/table?page=999999", "/portfolio/table?page=x", "/portfolio?stage=nowhere&tier=9&sort=;drop"],
)
def test_odd_questions_get_a_page(site: Site, path: str) -> None:
    register(site, 60)

    assert site.browser("aoife").get(path).status_code == 200
