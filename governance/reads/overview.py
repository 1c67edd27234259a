"""What the overview of an initiative shows: stages, readiness, blockers, timeline."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.lifecycle import NEXT
from governance.domain.limits import amount
from governance.domain.policy import Policy
from governance.domain.questionnaire import Given, Measure, picked
from governance.domain.scoring import Points, plain, points
from governance.domain.tiering import Answers
from governance.domain.vocabulary import Function, Stage
from governance.events import streams
from governance.ledger import read
from governance.ledger.read import Entry
from governance.models.directory import Unit
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative, NamedViewer, TeamSeat, Tiering
from governance.models.moving_in import Origin
from governance.models.summary import Summary, Waiting
from governance.policy.assess import assess_initiative
from governance.reads import marks, moving_in, sentences, words
from governance.words import word

SHOWN = 20
MOST_WEIGHTS = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the stepper."""

    stage: Stage
    entered: datetime | None
    left: datetime | None
    here: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline."""

    who: str
    said: str
    shape: str
    tone: str
    at: datetime
    words: str
    index: int


@dataclass(frozen=True, slots=True)
class Weight:
    """An answer of the tiering questionnaire and the points it gave."""

    question: str
    answer: str
    points: Points


def steps(session: Session, initiative: Initiative) -> list[Step]:
    """The stages in order, with when they were entered and left."""
    rows = moving_in.stages(session, initiative.key)
    entered = {row.stage: row.at for row in rows}
    after = {row.stage: later.at for row, later in pairwise(rows)}
    shown = [*NEXT, Stage.FULL_PRODUCTION, *([Stage.RETIRED] if Stage.RETIRED in entered else [])]
    return [Step(stage, entered.get(stage), after.get(stage), stage is initiative.stage) for stage in shown]


def state(session: Session, key: str) -> tuple[Summary, Tiering | None, str, Origin | None]:
    """The summary row, the tiering, the name of the unit and where it was brought in from, read together."""
    query = (
        select(Summary, Tiering, Unit.name, Origin)
        .join(Initiative, Initiative.key == Summary.initiative_key)
        .join(Unit, Unit.id == Initiative.unit_id)
        .outerjoin(Tiering, Tiering.initiative_key == Summary.initiative_key)
        .outerjoin(Origin, Origin.initiative_key == Summary.initiative_key)
        .where(Summary.initiative_key == key)
    )
    found, tiering, unit, origin = session.execute(query).one()
    return found, tiering, unit, origin


def waiting(session: Session, key: str) -> Sequence[Waiting]:
    return session.scalars(select(Waiting).where(Waiting.initiative_key == key).order_by(Waiting.since, Waiting.id)).all()


def latest(session: Session, key: str, limit: int = SHOWN) -> list[Entry]:
    """The latest entries of the stream, newest first."""
    return read.of_stream(session, streams.initiative(key), limit=limit, newest_first=True)


def people_in(entries: list[Entry]) -> set[str]:
    return {person for entry in entries for person in (entry.actor, *sentences.people_in(entry))}


def texts_of(session: Session, entries: list[Entry], also: Iterable[str | None] = ()) -> Mapping[str, str]:
    """The words that people wrote with these entries, and those of other digests, looked up together."""
    return words.texts(session, [*(sentences.digest_of_words(entry) for entry in entries), *also])


def timeline(entries: list[Entry], names: Mapping[str, str], texts: Mapping[str, str]) -> list[Happened]:
    """The entries in plain words."""
    found = []
    for entry in entries:
        mark = marks.state_of(entry)
        said = texts.get(sentences.digest_of_words(entry) or "", "")
        who, deed = sentences.who(entry, names), sentences.deed(entry, names)
        found.append(Happened(who, deed, mark.shape, mark.tone, entry.at, said, entry.index))
    return found


def team(session: Session, key: str) -> dict[Function, TeamSeat]:
    return {seat.function: seat for seat in session.scalars(select(TeamSeat).where(TeamSeat.initiative_key == key))}


def readers(session: Session, key: str) -> list[str]:
    return list(session.scalars(select(NamedViewer.person_id).where(NamedViewer.initiative_key == key)))


def requests(session: Session, key: str) -> Sequence[GateRequest]:
    """Every gate request of an initiative, the latest first."""
    return session.scalars(select(GateRequest).where(GateRequest.initiative_key == key).order_by(GateRequest.opened_at.desc())).all()


def counts_most(policy: Policy, given: Mapping[str, Given], most: int = MOST_WEIGHTS) -> list[Weight]:
    """The answers with the most points, the heaviest first; those without points are left out, and so is what mitigates."""
    answered = [(question, options) for question in policy.tiering.questions if (options := picked(question, given.get(question.id)))]
    weights = [
        Weight(question.text, ", ".join(option.text for option in options), plain(points(question, options)))
        for question, options in answered
        if points(question, options) and not question.mitigates
    ]
    return sorted(weights, key=lambda weight: -weight.points)[:most]


def band_starts(policy: Policy, row: Tiering) -> str:
    """Where the band of an answered questionnaire starts, in words."""
    found = assess_initiative(policy, Answers(row.questions, row.statements, row.asked)).band
    low = next(band.low for band in policy.tiering.bands if band.tier is found)
    starts = amount(str(low), "share") if policy.tiering.measure is Measure.SHARE else f"{low} point{'' if low == 1 else 's'}"
    return f"{word(found).label} starts at {starts}{' of the points' if policy.tiering.measure is Measure.SHARE else ''}."


def decisive(policy: Policy, decided_by: str) -> str | None:
    """The statement that decided a tier whatever the points, in its own words; None where the points did."""
    statements = {statement.id: statement for statement in policy.tiering.statements}
    return f"{decided_by}: {statements[decided_by].question}" if decided_by in statements else None
