"""What the overview of an initiative shows: stages, readiness, blockers, timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.lifecycle import NEXT
from governance.domain.policy import Policy
from governance.domain.vocabulary import Applies, Function, Stage
from governance.events import streams
from governance.ledger import read
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative, NamedViewer, StageEntry, TeamSeat, Tiering
from governance.models.summary import Summary, Waiting
from governance.reads import checks, people, sentences, words
from governance.reads.checks import Checked
from governance.reads.material import material

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the stepper."""

    stage: Stage
    entered: datetime | None
    left: datetime | None
    here: bool


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far a function is with its checks for the gate ahead."""

    function: Function
    met: int
    total: int
    said: str | None  # what its seats decided, where a request is open
    open_items: tuple[Checked, ...]


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


def steps(session: Session, initiative: Initiative) -> list[Step]:
    """The stages in order, with when they were entered and left."""
    rows = session.scalars(select(StageEntry).where(StageEntry.initiative_key == initiative.key).order_by(StageEntry.leaf)).all()
    entered = {row.stage: row.at for row in rows}
    after = {row.stage: later.at for row, later in pairwise(rows)}
    shown = [*NEXT, Stage.FULL_PRODUCTION, *([Stage.RETIRED] if Stage.RETIRED in entered else [])]
    return [Step(stage, entered.get(stage), after.get(stage), stage is initiative.stage) for stage in shown]


def summary(session: Session, key: str) -> Summary:
    return session.get_one(Summary, key)


def waiting(session: Session, key: str) -> Sequence[Waiting]:
    return session.scalars(select(Waiting).where(Waiting.initiative_key == key).order_by(Waiting.since, Waiting.id)).all()


def checked(session: Session, key: str, gate: str | None, policy: Policy, now: datetime) -> tuple[Checked, ...]:
    """The checks of the gate ahead; none while the tier is open."""
    tiering = session.get(Tiering, key)
    if gate is None or tiering is None or tiering.tier is None:
        return ()
    return checks.evaluated(policy, material(session, key, gate, policy), now)


def readiness(found: tuple[Checked, ...], seats: dict[str, str]) -> list[Readiness]:
    """Per function, in the order of the functions."""
    rows = []
    for function in Function:
        mine = [check for check in checks.of_function(found, function) if check.planned.applicability.applies is not Applies.NO]
        open_items = tuple(check for check in mine if not check.passes)
        rows.append(Readiness(function, len(mine) - len(open_items), len(mine), seats.get(function.value), open_items))
    return rows


def timeline(session: Session, key: str, limit: int = SHOWN) -> list[Happened]:
    """The latest events of the stream, newest first, in plain words."""
    entries = read.of_stream(session, streams.initiative(key), limit=limit, newest_first=True)
    names = people.names(session, {person for entry in entries for person in (entry.actor, *sentences.people_in(entry))})
    texts = words.texts(session, [sentences.digest_of_words(entry) for entry in entries])
    found = []
    for entry in entries:
        mark = sentences.state_of(entry)
        said = texts.get(sentences.digest_of_words(entry) or "", "")
        found.append(
            Happened(sentences.who(entry, names), sentences.deed(entry, names), mark.shape, mark.tone, entry.at, said, entry.index)
        )
    return found


def team(session: Session, key: str) -> dict[Function, TeamSeat]:
    return {seat.function: seat for seat in session.scalars(select(TeamSeat).where(TeamSeat.initiative_key == key))}


def readers(session: Session, key: str) -> list[str]:
    return list(session.scalars(select(NamedViewer.person_id).where(NamedViewer.initiative_key == key)))


def requests(session: Session, key: str) -> Sequence[GateRequest]:
    """Every gate request of an initiative, the latest first."""
    return session.scalars(select(GateRequest).where(GateRequest.initiative_key == key).order_by(GateRequest.opened_at.desc())).all()
