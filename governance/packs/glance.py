"""The executive page: who decided what, on what it rests, what is open, and what the report does not prove."""

from collections.abc import Iterator
from dataclasses import dataclass

from governance.domain.moving_in import NOT_SIGNED_HERE
from governance.domain.vocabulary import OPEN_STATES, AnswerState, Function, Regularity, RequestState, Stage, Standing
from governance.packs.phrases import Mark, counted, day, days_between, inside, label, mark, sentence
from governance.packs.record import GateRequest, InitiativeRecord
from governance.packs.story import counting, function_mark, gate_name, passage, request_mark
from governance.packs.tokens import Tone


@dataclass(frozen=True, slots=True)
class Cell:
    mark: Mark | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One request in the table of decisions."""

    gate: str
    passage: str
    cells: tuple[Cell, ...]
    verdict: Mark
    day: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A number and what it means."""

    number: str
    meaning: str


@dataclass(frozen=True, slots=True)
class OpenPoint:
    mark: Mark
    meaning: str
    who: str
    when: str


def matrix(record: InitiativeRecord) -> list[Row]:
    return [_row(request) for request in record.requests]


def _row(request: GateRequest) -> Row:
    again = f", request {request.number}" if request.number > 1 else ""
    cells = tuple(_cell(request, function) for function in Function)
    settled = day(request.settled_at) if request.settled_at else ""
    return Row(gate_name(request), passage(request) + again, cells, request_mark(request), settled)


def _cell(request: GateRequest, function: Function) -> Cell:
    names = [sign_off.name for sign_off in counting(request) if sign_off.function is function]
    return Cell(function_mark(request, function), tuple(dict.fromkeys(names)))


def tiles(record: InitiativeRecord) -> list[Tile]:
    given = [sign_off for request in record.requests for sign_off in request.sign_offs]
    people = len({sign_off.name for sign_off in given})
    fallen = sum(bool(sign_off.fell) for sign_off in given)
    checks = [check for request in record.requests for check in request.checks if check.state is not AnswerState.NOT_APPLICABLE]
    met = sum(check.state is AnswerState.MET for check in checks)
    closed = sum(finding.closed_at is not None for finding in record.findings)
    cited = sum(len(check.evidence) for check in checks)
    rest = f"; {counted(fallen, 'no longer counts', 'no longer count')}" if fallen else "; all of them count" if given else ""
    return [
        Tile(
            f"{len(given)} {'signature' if len(given) == 1 else 'signatures'}",
            f"by {counted(people, 'person', 'people')}, each bound to one dossier{rest}",
        ),
        Tile(
            f"{met} of {len(checks)} checks", f"met over {counted(len(record.requests), 'gate request')}; the program compared the values"
        ),
        Tile(
            f"{len(record.evidence)} {'piece' if len(record.evidence) == 1 else 'pieces'}",
            f"of evidence, cited {counted(cited, 'time')}; each with its SHA-256",
        ),
        Tile(f"{closed} of {len(record.findings)} findings", "closed by evidence" if record.findings else "none was raised"),
    ]


def open_points(record: InitiativeRecord) -> list[OpenPoint]:
    """Everything somebody still has to do or should know, gravest first. May be empty; the page then says that nothing is open."""
    found = [
        *_standing(record),
        *_brought_in(record),
        *_findings(record),
        *_requests(record),
        *_tier(record),
        *_pilot(record),
        *_expired(record),
        *_late(record),
    ]
    order = [Tone.BAD, Tone.UNSURE, Tone.WAITS, Tone.IDLE]
    return sorted(found, key=lambda point: order.index(point.mark.tone))


def _standing(record: InitiativeRecord) -> Iterator[OpenPoint]:
    initiative = record.initiative
    if initiative.standing is not Standing.GOOD:
        meaning = initiative.standing_why or "No reason was recorded."
        yield OpenPoint(
            Mark(mark(initiative.standing).tone, label(initiative.standing)),
            meaning,
            initiative.lead,
            f"since {day(initiative.standing_since)}",
        )


def _brought_in(record: InitiativeRecord) -> Iterator[OpenPoint]:
    found = record.brought_in
    if found and found.regularise_by and found.regularity in (Regularity.DUE, Regularity.OVERDUE):
        tone = Tone.BAD if found.regularity is Regularity.OVERDUE else Tone.WAITS
        meaning = f"In {inside(found.stage)} since {day(found.since)}, {NOT_SIGNED_HERE}."
        word = "Overdue" if tone is Tone.BAD else "Not signed here"
        yield OpenPoint(Mark(tone, word), meaning, record.initiative.lead, f"regular by {day(found.regularise_by)}")


def _findings(record: InitiativeRecord) -> Iterator[OpenPoint]:
    for finding in record.findings:
        if finding.closed_at is None:
            late = days_between(finding.due, record.cut.at) > 0
            said = Mark(Tone.BAD, "Overdue") if late else Mark(Tone.UNSURE, "Finding")
            yield OpenPoint(said, f"{finding.id}, {inside(finding.severity)}: {finding.words}", finding.owner, f"due {day(finding.due)}")


def _requests(record: InitiativeRecord) -> Iterator[OpenPoint]:
    for request in record.requests:
        if request.state not in OPEN_STATES:
            continue
        signed = {sign_off.seat for sign_off in counting(request)}
        waiting = [seat for seat in request.seats if seat.id not in signed]
        if request.state is RequestState.IN_REVIEW and waiting:
            for seat in waiting:
                meaning = f"{gate_name(request)}, {passage(request)}: {seat.label} has not signed."
                yield OpenPoint(Mark(Tone.WAITS, "To sign"), meaning, label(seat.function), "open")
        else:
            meaning = f"{gate_name(request)}, {passage(request)}: the request is not settled."
            yield OpenPoint(request_mark(request), meaning, request.opened_by, f"since {day(request.opened_at)}")
        for obstacle in request.obstacles:
            yield OpenPoint(Mark(Tone.UNSURE, "In the way"), obstacle, record.initiative.lead, "open")


def _tier(record: InitiativeRecord) -> Iterator[OpenPoint]:
    if record.tiering is None:
        yield OpenPoint(Mark(Tone.UNSURE, "No tier"), "The tiering questions have not been answered.", record.initiative.lead, "open")
    elif record.tiering.missing:
        missing = counted(len(record.tiering.missing), "tiering question")
        yield OpenPoint(Mark(Tone.UNSURE, "No tier"), f"{sentence(missing)} to be answered.", record.initiative.lead, "open")


def _pilot(record: InitiativeRecord) -> Iterator[OpenPoint]:
    initiative = record.initiative
    if initiative.stage is Stage.PILOT and initiative.pilot_ends:
        over = days_between(initiative.pilot_ends, record.cut.at) > 0
        said = Mark(Tone.BAD, "Overdue") if over else Mark(Tone.WAITS, "Pilot ends")
        yield OpenPoint(said, "The pilot is limited in time: pass a gate or retire it.", initiative.lead, day(initiative.pilot_ends))


def _expired(record: InitiativeRecord) -> Iterator[OpenPoint]:
    for piece in record.evidence:
        if piece.expires and days_between(piece.expires, record.cut.at) > 0:
            yield OpenPoint(Mark(Tone.UNSURE, "Expired"), f"Evidence “{piece.title}” ({piece.id}).", piece.added_by, day(piece.expires))


def _late(record: InitiativeRecord) -> Iterator[OpenPoint]:
    for finding in record.findings:
        if finding.closed_at and (late := days_between(finding.due, finding.closed_at)) > 0:
            meaning = f"{finding.id} was closed {counted(late, 'day')} after its due date."
            yield OpenPoint(Mark(Tone.IDLE, "Noted"), meaning, finding.owner, f"closed {day(finding.closed_at)}")


def unproven(record: InitiativeRecord) -> list[str]:
    """What a reader might take for proven and is not. Never empty."""
    given = [sign_off for request in record.requests for sign_off in request.sign_offs]
    carried = [
        check
        for request in record.requests
        for check in request.checks
        if check.state is AnswerState.MET and not check.evidence and not check.values
    ]
    said = [*limits_of_the_ledger()]
    if record.brought_in:
        papers = counted(len(record.brought_in.papers), "paper")
        said.append(
            f"What was decided before this system. That it was in {inside(record.brought_in.stage)} is the word of"
            f" {record.brought_in.said_by} ({record.brought_in.said_as}) and of {papers}; nobody signed it here."
        )
    if given:
        resting = sentence(counted(len(given), "signature rests", "signatures rest"))
        said.append(f"Who sat at the keyboard. {resting} on a password: the proof is the server’s word.")
    if carried:
        said.append(
            f"That {counted(len(carried), 'check is', 'checks are')} met for the reason given: they carry neither a value nor evidence."
        )
    return said


def limits_of_the_ledger() -> list[str]:
    """The same for every report of this version, whatever it covers."""
    return [
        "That the evidence is true: it shows who added which bytes, and when.",
        "That nothing happened outside the ledger.",
        "That no second ledger exists: the ledger is not signed yet and not witnessed, so its root is the server’s word"
        " until you compare it with one you took earlier.",
    ]
