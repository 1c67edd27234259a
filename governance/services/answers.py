"""Answering checklist items and adding the evidence behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast
from urllib.parse import urlsplit

from governance.domain import rights
from governance.domain.checks import KEPT_RECORDS
from governance.domain.dossier import StatedValue, digest
from governance.domain.errors import Problem, RuleBroken
from governance.domain.evidence_scope import other_needed
from governance.domain.numbers import LEVELS, is_decimal
from governance.domain.policy import Item
from governance.domain.vocabulary import CLAIMS, AnswerState, EvidenceKind
from governance.events import streams
from governance.events.answers import EvidenceAdded, ItemAnswered
from governance.ledger.log import Log
from governance.models.answers import ValueRow
from governance.reads import people, policies, reviews
from governance.reads.material import lapsed, next_piece

MOST_VALUES, MOST_PIECES, MOST_CASES = 40, 200, 10**12
COUNTED = "Enter how many cases were measured, as a whole number from 1."


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is in the content store already."""

    digest: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """A piece of evidence as a door hands it over: a file, an address or a statement, by kind."""

    kind: EvidenceKind
    title: str
    effective: date
    expires: date | None = None
    file: StoredFile | None = None
    address: str | None = None
    statement: str | None = None


@dataclass(frozen=True, slots=True)
class NewAnswer:
    claim: AnswerState
    note: str = ""
    values: Sequence[StatedValue] = ()
    evidence: Sequence[str] = ()  # ids


def add_evidence(log: Log, key: str, new: NewEvidence) -> str:
    """Record a piece of evidence and return its id. Files were stored before the transaction."""
    rights.check_may_work_on(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "add evidence")
    _check_evidence(new, log.now)
    new = _of_its_kind(new)
    evidence_id = next_piece(log.session, key)
    event = EvidenceAdded(
        evidence=evidence_id,
        initiative=key,
        evidence_kind=new.kind,
        title=new.title,
        digest=_digest(log, new),
        effective=new.effective.isoformat(),
        expires=new.expires.isoformat() if new.expires else None,
        file_name=new.file.name if new.file else None,
        media_type=new.file.media_type if new.file else None,
        size=new.file.size if new.file else None,
        address=new.address,
    )
    log.record(event, streams.initiative(key))
    return evidence_id


def answer_item(log: Log, key: str, item_id: str, new: NewAnswer) -> None:
    """State the whole answer to an item. What it amounts to, the program works out from the values and the evidence."""
    rights.check_may_work_on(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "answer its checks")
    item = _item(log, key, item_id)
    if item.source in KEPT_RECORDS:
        raise RuleBroken(f"{item.id} answers itself from a record of this app ({item.source.replace('_', ' ')}) and cannot be typed.")
    _check_answer(log, key, new)
    _record(log, key, item, new, carried=False)


def carry_answer(log: Log, key: str, item_id: str, new: NewAnswer) -> None:
    """Load an answer as given, from a record that this version does not keep yet. It is labelled so and never recomputed.

    No page leads here: only a loader that brings its record along does.
    """
    rights.check_may_work_on(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "answer its checks")
    item = _item(log, key, item_id)
    if item.source is None or item.source in KEPT_RECORDS:
        raise RuleBroken(f"{item.id} cannot be carried over: only what another record of the app will answer can.")
    _check_answer(log, key, new)
    _record(log, key, item, new, carried=True)


def _record(log: Log, key: str, item: Item, new: NewAnswer, *, carried: bool) -> None:
    event = ItemAnswered(
        initiative=key,
        item=item.id,
        claim=new.claim,
        values=[_row(value) for value in new.values],
        evidence=list(dict.fromkeys(new.evidence)),
        note=log.keep_words(new.note) if new.note.strip() else None,
        carried=carried,
    )
    log.record(event, streams.initiative(key))


def _row(value: StatedValue) -> ValueRow:
    return cast(ValueRow, value.plain())


def _item(log: Log, key: str, item_id: str) -> Item:
    """The item in the rules that the open request runs under, else in those in force."""
    pinned = policies.of_request(log.session, reviews.open_request(log.session, key))
    for policy in (pinned, policies.current(log.session)):
        if (item := policy.find(item_id)) is not None:
            return item
    raise RuleBroken(f"The policy has no check {item_id}.")


def _check_answer(log: Log, key: str, new: NewAnswer) -> None:
    if new.claim not in CLAIMS:
        raise RuleBroken("Say whether the check is in progress, met or not met.", Problem("state", "Choose one of the three.", "claim"))
    if len(new.values) > MOST_VALUES:
        raise RuleBroken(f"Enter at most {MOST_VALUES} values for one check.")
    if len(set(new.evidence)) > MOST_PIECES:
        raise RuleBroken(f"Choose at most {MOST_PIECES} pieces of evidence for one check.")
    problems = [problem for value in new.values for problem in _check_value(value, log.now)]
    problems += _check_pieces(log, key, new.evidence)
    if problems:
        raise RuleBroken("Some values do not hold up.", *problems)


def _check_value(value: StatedValue, now: datetime) -> list[Problem]:
    problems = []
    numbers = [number for number in (value.value, value.low, value.high) if number is not None and number not in LEVELS]
    if not all(is_decimal(number) for number in numbers):
        problems.append(Problem("number", "Enter a number, with a point before decimals.", value.metric))
    elif not _is_inside(value):
        problems.append(Problem("interval", "The value has to lie within its interval, whose lower end comes first.", value.metric))
    if not 1 <= value.n <= MOST_CASES:
        problems.append(Problem("n", COUNTED, value.metric))
    if value.measured_at > now:
        problems.append(Problem("future", "The moment of measuring lies in the future.", value.metric))
    return problems


def _is_inside(value: StatedValue) -> bool:
    """Whether the ends of the interval, where there are any, lie on their sides of the value."""
    ends = [Decimal(end) for end in (value.low, value.value, value.high) if end is not None and end not in LEVELS]
    return ends == sorted(ends)


def _check_pieces(log: Log, key: str, chosen: Sequence[str]) -> list[Problem]:
    """Those of the initiative, and of them those that still count."""
    known = lapsed(log.session, key)
    if not set(chosen) <= known.keys():
        return [Problem("unknown", "Choose evidence of this initiative.", "evidence")]
    return other_needed(known[piece] for piece in dict.fromkeys(chosen))


def _check_evidence(new: NewEvidence, now: datetime) -> None:
    problems = []
    if not 3 <= len(new.title.strip()) <= 200:
        problems.append(Problem("length", "Enter a title of 3 to 200 signs.", "title"))
    if new.effective > (now + timedelta(days=1)).date():
        problems.append(Problem("future", "The date in force lies in the future.", "effective"))
    if new.expires is not None and new.expires < new.effective:
        problems.append(Problem("order", "The expiry lies before the date in force.", "expires"))
    problems += _check_content(new)
    if problems:
        raise RuleBroken("The evidence does not hold up.", *problems)


def _check_content(new: NewEvidence) -> list[Problem]:
    match new.kind:
        case EvidenceKind.LINK:
            return (
                []
                if new.address and is_https(new.address)
                else [Problem("address", "Enter an address that starts with https://.", "address")]
            )
        case EvidenceKind.ATTESTATION:
            return [] if (new.statement or "").strip() else [Problem("statement", "Write what you confirm.", "statement")]
        case _:
            return [] if new.file else [Problem("file", "Choose the file to add.", "file")]


def is_https(address: str) -> bool:
    """An absolute https address with a host and without a user part."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and len(address) <= 2000


def _of_its_kind(new: NewEvidence) -> NewEvidence:
    """A link is an address, an attestation is words, anything else is a file: what else was sent along is no part of it."""
    match new.kind:
        case EvidenceKind.LINK:
            return replace(new, file=None, statement=None)
        case EvidenceKind.ATTESTATION:
            return replace(new, file=None, address=None)
        case _:
            return replace(new, address=None, statement=None)


def _digest(log: Log, new: NewEvidence) -> str:
    if new.file:
        return new.file.digest
    return log.keep_words(new.statement) if new.statement else digest(new.address or "")
