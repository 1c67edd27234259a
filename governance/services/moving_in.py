"""Bringing in an initiative that was approved before this system, with its papers; and recording that it is regular here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from governance.domain import moving_in as rules
from governance.domain.errors import NotThere, Problem, RuleBroken
from governance.domain.moving_in import AsFound
from governance.domain.rights import check_may_see
from governance.domain.vocabulary import EvidenceKind, Function
from governance.events import streams
from governance.events.answers import EvidenceAdded
from governance.events.moving_in import BroughtIn, PriorApprovalAttached, Regularised
from governance.ledger.log import Log
from governance.models.moving_in import Origin
from governance.reads import material, people
from governance.reads import moving_in as reading
from governance.services.answers import StoredFile


@dataclass(frozen=True, slots=True)
class Paper:
    """A historic approval: a file that is in the content store already, and who approved what it says."""

    title: str
    approved_on: date
    approved_by: str
    file: StoredFile
    function: Function | None = None


def bring_in(log: Log, key: str, found: AsFound, reason: str, papers: Sequence[Paper] = ()) -> None:
    """Say in which stage an initiative was found, before anything of it was judged here. It counts as no sign-off, and can be said once."""
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, key)
    check_may_see(doer, ties)
    rules.check_may_vouch(doer, ties, "bring it in")
    rules.check_may_bring_in(reading.past(log.session, key))
    problems = [*rules.faults(found, log.now.date()), *_faults_of_words(reason)]
    problems += [problem for paper in papers for problem in _faults_of(paper, log.now.date())]
    if problems:
        raise RuleBroken("Some entries do not hold up.", *problems)
    event = BroughtIn(
        initiative=key,
        stage=found.stage,
        since=found.since.isoformat(),
        said_by=found.said_by.strip(),
        said_as=found.said_as.strip(),
        reason=log.keep_words(reason),
        regularise_by=found.regularise_by.isoformat() if found.regularise_by else None,
    )
    log.record(event, streams.initiative(key))
    for paper in papers:
        _attach(log, key, paper)


def attach_paper(log: Log, key: str, paper: Paper) -> str:
    """Attach the paper of a historic approval to what was brought in, and return the id of the evidence."""
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, key)
    check_may_see(doer, ties)
    rules.check_may_vouch(doer, ties, "attach the paper of an approval")
    if len(_origin(log, key).papers) >= rules.MOST_PAPERS:
        raise RuleBroken(f"It has {rules.MOST_PAPERS} papers already. Put the rest into one file.")
    if problems := _faults_of(paper, log.now.date()):
        raise RuleBroken("The paper does not hold up.", *problems)
    return _attach(log, key, paper)


def regularise(log: Log, key: str, evidence: Sequence[str], reason: str) -> None:
    """Record that what was brought in is regular here without a gate: the word of an officer who did not bring it in, on evidence."""
    doer, ties = people.doer(log.session, log.by, log.now), people.ties(log.session, key)
    check_may_see(doer, ties)
    rules.check_may_vouch(doer, ties, "record that it is regular here")
    row = _origin(log, key)
    rules.check_may_regularise(row.stage, reading.regularity(row, log.now.date()), row.by, log.by)
    rules.check_rests_on(evidence, material.evidence(log.session, key), reading.historic(row))
    if problems := _faults_of_words(reason):
        raise RuleBroken("Some entries do not hold up.", *problems)
    event = Regularised(initiative=key, evidence=sorted(set(evidence)), reason=log.keep_words(reason))
    log.record(event, streams.initiative(key))


def _origin(log: Log, key: str) -> Origin:
    row = reading.origin(log.session, key)
    if row is None:
        raise NotThere(f"{key} was not brought in: what there is of it began here.")
    return row


def _attach(log: Log, key: str, paper: Paper) -> str:
    piece = material.next_piece(log.session, key)
    added = EvidenceAdded(
        evidence=piece,
        initiative=key,
        evidence_kind=EvidenceKind.DOCUMENT,
        title=paper.title.strip(),
        digest=paper.file.digest,
        effective=paper.approved_on.isoformat(),
        file_name=paper.file.name,
        media_type=paper.file.media_type,
        size=paper.file.size,
    )
    attached = PriorApprovalAttached(
        initiative=key,
        evidence=piece,
        approved_on=paper.approved_on.isoformat(),
        approved_by=paper.approved_by.strip(),
        function=paper.function,
    )
    log.record(added, streams.initiative(key))
    log.record(attached, streams.initiative(key))
    return piece


def _faults_of_words(reason: str) -> list[Problem]:
    if 3 <= len(reason.strip()) <= 4000:
        return []
    return [Problem("length", "Say in 3 to 4,000 signs what it rests on.", "reason")]


def _faults_of(paper: Paper, today: date) -> list[Problem]:
    problems = []
    if not 3 <= len(paper.title.strip()) <= 200:
        problems.append(Problem("length", "Enter a title of 3 to 200 signs.", "title"))
    if not 2 <= len(paper.approved_by.strip()) <= 200:
        problems.append(Problem("length", "Enter who approved it, in 2 to 200 signs.", "approved_by"))
    if not rules.EARLIEST <= paper.approved_on <= today:
        problems.append(Problem("date", f"Enter the day of the approval, from {rules.EARLIEST.year} to today.", "approved_on"))
    return problems
