"""The sentences the report computes from its record: titles of gates, verdicts, the line under the title."""

import re
from collections import Counter

from governance.domain.moving_in import NOT_SIGNED_HERE
from governance.domain.text import listed
from governance.domain.vocabulary import OPEN_STATES, AnswerState, Decision, Function, RequestState, Stage, Standing
from governance.packs.phrases import Mark, counted, days_between, inside, label, long_day, mark, ordinal, sentence, spoken
from governance.packs.record import Check, Finding, GateRequest, InitiativeRecord, Revision, SignOff
from governance.packs.tokens import Tone


def gate_name(request: GateRequest) -> str:
    """`Gate 1` for the passage G1; other gates by their name in the policy."""
    return re.sub(r"^G(?=\d+$)", "Gate ", request.gate) if request.enters else request.name


def passage(request: GateRequest) -> str:
    """`Pilot to Review`, or the gate's own name where nothing is passed."""
    if request.leaves is None or request.enters is None:
        return request.gate
    return f"{label(request.leaves)} to {label(request.enters)}"


def gate_title(record: InitiativeRecord, request: GateRequest) -> str:
    """`Gate 3: Limited production to Full production, second request`: which one only where there are several."""
    attempts = sum(other.gate == request.gate for other in record.requests)
    which = f", {ordinal(request.number)} request" if attempts > 1 else ""
    return f"{gate_name(request)}: {passage(request)}{which}"


def last_revision(request: GateRequest) -> Revision | None:
    return request.revisions[-1] if request.revisions else None


def counting(request: GateRequest) -> list[SignOff]:
    """The sign-offs that count, in the order they were given."""
    return [given for given in request.sign_offs if not given.fell]


def raised_on(record: InitiativeRecord, request: GateRequest) -> list[Finding]:
    return [finding for finding in record.findings if finding.request == request.id]


def request_mark(request: GateRequest) -> Mark:
    found = mark(request.state)
    return Mark(found.tone, sentence(found.word))


def verdict(record: InitiativeRecord, request: GateRequest) -> str:
    """What happened at a gate, in a few sentences after its mark."""
    parts = [_when(record, request), _checks_in_words(request.checks), _decisions_in_words(request)]
    found = len(raised_on(record, request))
    if found:
        parts.append(f"{sentence(counted(found, 'finding'))} {'was' if found == 1 else 'were'} raised.")
    return " ".join(part for part in parts if part)


def _when(record: InitiativeRecord, request: GateRequest) -> str:
    if request.settled_at and request.revisions:
        took = days_between(request.revisions[0].at, request.settled_at)
        return f"on {long_day(request.settled_at)}, {'on the day of' if took == 0 else counted(took, 'day') + ' after'} submission."
    if request.settled_at:
        return f"on {long_day(request.settled_at)}, before it was submitted."
    since = request.revisions[-1].at if request.revisions else request.opened_at
    verb = "submitted" if request.revisions else "opened"
    return f"when this report was cut, {long_day(record.cut.at)}; {verb} on {long_day(since)}."


def _checks_in_words(checks: tuple[Check, ...]) -> str:
    asked = [check for check in checks if check.state is not AnswerState.NOT_APPLICABLE]
    if not asked:
        return "No check applied."
    met = sum(check.state is AnswerState.MET for check in asked)
    if met == len(asked):
        return f"All {counted(len(asked), 'check')} that applied were met." if met > 1 else "The one check that applied was met."
    return f"{sentence(counted(met, 'check'))} of {len(asked)} that applied {'was' if met == 1 else 'were'} met."


def _decisions_in_words(request: GateRequest) -> str:
    if not request.sign_offs:
        return "Nobody has signed."
    if not counting(request):
        return "No sign-off counts."
    return sentence("; ".join(_who_decided(request))) + "."


def _who_decided(request: GateRequest) -> list[str]:
    given = counting(request)
    spoken = []
    for decision in Decision:
        functions = [one for one in Function if any(s.function is one and s.decision is decision for s in given)]
        if functions:
            spoken.append(f"{listed([inside(function) for function in functions])} {mark(decision).word}")
    return spoken


def tally(checks: tuple[Check, ...]) -> str:
    """`16 checks: 11 met, 5 not met`: every state that occurs, none left out."""
    states = Counter(check.state for check in checks)
    named = ", ".join(f"{states[state]} {mark(state).word}" for state in AnswerState if states[state])
    return f"{len(checks)} {'check' if len(checks) == 1 else 'checks'}{': ' + named if named else ''}."


def function_mark(request: GateRequest, function: Function) -> Mark | None:
    """What a function said at a gate: the gravest of the decisions that count. None where it was not asked."""
    given = {sign_off.decision for sign_off in counting(request) if sign_off.function is function}
    for decision in reversed(Decision):
        if decision is not Decision.APPROVE and decision in given:
            return Mark(mark(decision).tone, "changes" if decision is Decision.REQUEST_CHANGES else mark(decision).word)
    seats = [seat for seat in request.seats if seat.function is function]
    signed = {sign_off.seat for sign_off in counting(request)}
    if not seats and not given:
        return None
    if all(seat.id in signed for seat in seats):
        return Mark(Tone.OK, "approved")
    return Mark(Tone.IDLE, "not signed") if request.state not in OPEN_STATES else Mark(Tone.WAITS, "outstanding")


def standing_mark(record: InitiativeRecord) -> Mark:
    """The verdict of the cover: the stage, or the standing where that is graver."""
    initiative = record.initiative
    if initiative.standing is not Standing.GOOD:
        return Mark(mark(initiative.standing).tone, label(initiative.standing))
    if initiative.stage is Stage.RETIRED:
        return Mark(Tone.IDLE, "Retired")
    in_production = initiative.stage in (Stage.LIMITED_PRODUCTION, Stage.FULL_PRODUCTION)
    return Mark(Tone.OK if in_production else Tone.PLAIN, f"In {inside(initiative.stage)}")


def is_as_found(record: InitiativeRecord) -> bool:
    """Whether the stage is still the one it was brought in at, so that no gate here led to it."""
    return record.brought_in is not None and len(record.stages) == 1


def headline(record: InitiativeRecord) -> str:
    """What follows the mark on the cover."""
    initiative = record.initiative
    parts = [f"since {long_day(initiative.stage_since)}."]
    if initiative.standing is not Standing.GOOD:
        why = f": {initiative.standing_why}" if initiative.standing_why else ""
        parts = [f"since {long_day(initiative.standing_since)}, in stage {label(initiative.stage)}{why}."]
    if record.brought_in:
        parts.append(f"{sentence(NOT_SIGNED_HERE)}; {inside(record.brought_in.regularity)}.")
    parts += [_settled(record, request) for request in record.requests if request.state in (RequestState.PASSED, RequestState.REJECTED)]
    waiting = [gate_name(request) for request in record.requests if request.state in OPEN_STATES]
    if waiting:
        parts.append(f"{listed(waiting)} {'is' if len(waiting) == 1 else 'are'} open.")
    return " ".join([*parts, findings_in_words(record)])


def _settled(record: InitiativeRecord, request: GateRequest) -> str:
    again = f" at the {ordinal(request.number)} request" if request.number > 1 else ""
    return f"{gate_name(request)} {mark(request.state).word} on {long_day(request.settled_at or record.cut.at)}{again}."


def findings_in_words(record: InitiativeRecord) -> str:
    if not record.findings:
        return "No finding was raised."
    closed = sum(finding.closed_at is not None for finding in record.findings)
    amount = sentence(spoken(closed)) if closed else "None"
    return f"{amount} of {counted(len(record.findings), 'finding')} {'is' if closed == 1 else 'are'} closed."
