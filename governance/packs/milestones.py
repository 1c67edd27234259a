"""The timeline: the days a reader has to know, computed from the record. Every event stands in the trail."""

from collections.abc import Iterator
from dataclasses import dataclass

from governance.domain.moving_in import NOT_SIGNED_HERE
from governance.domain.vocabulary import RequestState
from governance.packs.phrases import counted, days_between, inside, label, mark
from governance.packs.record import GateRequest, InitiativeRecord
from governance.packs.story import counting, gate_name, passage
from governance.packs.tokens import Tone


@dataclass(frozen=True, slots=True)
class Milestone:
    at: str
    tone: Tone
    what: str
    detail: str = ""
    key: bool = False  # a gate was settled or a stage entered


def milestones(record: InitiativeRecord) -> list[Milestone]:
    initiative = record.initiative
    start = Milestone(initiative.registered_at, Tone.PLAIN, f"Registered by {initiative.registered_by}")
    later = [*_of_stages(record), *_of_requests(record), *_of_findings(record)]
    return sorted([start, *later], key=lambda milestone: milestone.at)


def _of_stages(record: InitiativeRecord) -> Iterator[Milestone]:
    settled = {request.id for request in record.requests if request.settled_at}
    found = record.brought_in
    if found:
        yield Milestone(
            found.since, Tone.PLAIN, f"In stage {label(found.stage)} from here on, {NOT_SIGNED_HERE}", f"on the word of {found.said_by}"
        )
        yield Milestone(found.recorded_at, Tone.PLAIN, f"Brought in by {found.recorded_by}", counted(len(found.papers), "paper"), key=True)
    for entry in record.stages[1 if found else 0 :]:
        if entry.request not in settled and entry.at != record.initiative.registered_at:
            yield Milestone(entry.at, Tone.PLAIN, f"Entered stage {label(entry.stage)}", key=True)


def _of_requests(record: InitiativeRecord) -> Iterator[Milestone]:
    for request in record.requests:
        title = f"{gate_name(request)}, {passage(request)}"
        for revision in request.revisions:
            again = f", revision {revision.number}" if revision.number > 1 else ""
            did = "moved to other rules" if revision.moved_from else "submitted"
            yield Milestone(revision.at, Tone.PLAIN, f"{title}: {did} by {revision.by}{again}", f"model {revision.model_version}")
        if request.settled_at:
            settled = mark(request.state)
            yield Milestone(request.settled_at, settled.tone, f"{title}: {settled.word}", _signatures(request), key=True)


def _signatures(request: GateRequest) -> str:
    """How many signatures the outcome rests on; a withdrawal rests on none."""
    return "" if request.state is RequestState.WITHDRAWN else counted(len(counting(request)), "signature")


def _of_findings(record: InitiativeRecord) -> Iterator[Milestone]:
    for finding in record.findings:
        yield Milestone(
            finding.raised_at,
            Tone.UNSURE,
            f"Finding {finding.id} raised by {finding.raised_by}",
            f"{inside(finding.severity)}, owner {finding.owner}",
        )
        if finding.closed_at:
            late = days_between(finding.due, finding.closed_at)
            detail = f"{counted(late, 'day')} late" if late > 0 else "in time"
            yield Milestone(finding.closed_at, Tone.OK, f"Finding {finding.id} closed by {finding.closed_by}", detail)
