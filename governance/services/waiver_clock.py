"""What time does to waivers, recorded by the worker: it tells that one ends, that it ended, and lets the standing follow.

No decision rests on when this runs: whether a waiver is in force is asked of the clock, not of these entries.
"""

from datetime import datetime

from governance.domain import waivers
from governance.domain.checklist import PASSING
from governance.domain.policy import WaiverRules
from governance.domain.vocabulary import FindingSeverity, WaiverState
from governance.events import streams
from governance.events.findings import FindingRaised
from governance.events.waivers import WaiverExpired, WaiverReminded, WaiverTookEffect
from governance.ledger.log import SYSTEM, Log
from governance.models.initiatives import Initiative
from governance.models.waivers import Waiver
from governance.reads import findings, policies, waiver_ends
from governance.reads import waivers as found_waivers
from governance.services import waiver_settling


def look(log: Log, waiver_id: str) -> None:
    """Record everything that time has done to a waiver until now, each with the moment it was due at."""
    row = found_waivers.waiver(log.session, waiver_id)
    rules = policies.by_digest(log.session, row.policy).waivers
    assert rules is not None, "a waiver was asked for under rules that have waivers"
    while row.look_at is not None and row.look_at <= log.now:
        if row.state is WaiverState.OVERDUE:
            _take_effect(log, row, rules)
        elif log.now >= waivers.ends_at(row.expires):
            _expire(log, row, rules)
        else:
            _remind(log, row, rules)


def _remind(log: Log, row: Waiver, rules: WaiverRules) -> None:
    """Once for the latest day that is due: whoever was told late is not told twice."""
    assert row.granted_at is not None
    granted, today = row.granted_at.date(), log.now.date()
    on = [day for day in waivers.reminders(rules, granted, row.expires) if day <= today][-1]
    then = waivers.looks_at(rules, granted, row.expires, after=today)
    event = WaiverReminded(waiver=row.id, on=on.isoformat(), expires=row.expires.isoformat(), then=then.isoformat())
    log.record(event, streams.initiative(row.initiative_key), by=SYSTEM)


def _expire(log: Log, row: Waiver, rules: WaiverRules) -> None:
    stream, finding, then = streams.initiative(row.initiative_key), None, None
    if _is_relied_on(log, row):
        finding = _finding(log, row, rules)
        then = waivers.takes_effect(rules, row.expires)[0][0].isoformat()
    log.record(WaiverExpired(waiver=row.id, on=row.expires.isoformat(), finding=finding, then=then), stream, by=SYSTEM)


def _is_relied_on(log: Log, row: Waiver) -> bool:
    """Whether it stands behind the stage, with no other waiver in its place and no seat that has confirmed meanwhile that the check is met.

    What the team alone says of the check an hour before the end counts for as much as what it says an hour after: it is looked at.
    """
    gate = policies.by_digest(log.session, row.policy).gates[row.gate]
    stands = waivers.is_relied_on(gate, log.session.get_one(Initiative, row.initiative_key).stage)
    return stands and not waiver_ends.is_renewed(log.session, row, log.now) and not waiver_ends.was_met_at_the_gate(log.session, row)


def _finding(log: Log, row: Waiver, rules: WaiverRules) -> str:
    """A problem that nobody but time found; the function that owns the check accepts its answer."""
    finding_id = findings.next_id(log.session, row.initiative_key)
    state = waiver_ends.state_of(log.session, row, log.now)
    to_do = (
        "That was not looked at yet: name the evidence, and whoever owns the check accepts it."
        if state in PASSING
        else "Put it right with evidence that meets it, or ask for a renewal."
    )
    now = state.value.replace("_", " ")
    text = f"The waiver {row.id} of check {row.item} expired on {row.expires.isoformat()}, and the check is {now}. {to_do}"
    event = FindingRaised(
        finding=finding_id,
        initiative=row.initiative_key,
        severity=FindingSeverity.MEDIUM,
        words=log.keep_words(text),
        owner=row.owner_id,
        due=waivers.grace_ends(rules, row.expires).isoformat(),
        item=row.item,
        function=row.function,
    )
    log.record(event, streams.initiative(row.initiative_key), by=SYSTEM)
    return finding_id


def _take_effect(log: Log, row: Waiver, rules: WaiverRules) -> None:
    """The gravest that is due by now; then the next, if there is one."""
    steps = waivers.takes_effect(rules, row.expires)
    due, effect = [step for step in steps if step[0] <= log.now][-1]
    later: list[datetime] = [at for at, _ in steps if at > log.now]
    event = WaiverTookEffect(waiver=row.id, effect=effect, due=due.isoformat(), then=later[0].isoformat() if later else None)
    log.record(event, streams.initiative(row.initiative_key), by=SYSTEM)
    waiver_settling.follow_standing(log, row.initiative_key)
