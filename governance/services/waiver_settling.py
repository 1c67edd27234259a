"""What follows for waivers from what a transaction did, recorded with it: two signatures that count grant one, the tier moves its last day,
and a renewal, or a check that somebody with no part in it found met, ends what an expired one led to. Asked before every commit."""

import logging
from datetime import timedelta

from governance.domain import waivers
from governance.domain.errors import Refused
from governance.domain.vocabulary import AnswerState, Standing, WaiverState
from governance.domain.waivers import GRAVITY
from governance.events import streams
from governance.events.initiatives import StandingChanged
from governance.events.waivers import WaiverEnded, WaiverEndMoved, WaiverGranted
from governance.ledger.log import SYSTEM, Log
from governance.models.initiatives import Initiative, Tiering
from governance.models.waivers import Waiver
from governance.reads import exemption_rules, people, policies, standings, waiver_ends
from governance.reads import waivers as found_waivers

log = logging.getLogger("governance.waivers")


def settle_touched(open_log: Log) -> None:
    """Settle the waivers that this transaction may have completed or ended; one whose record is damaged stays as it is."""
    moved = open_log.touched
    keys, persons = streams.named(moved, streams.initiative), streams.named(moved, streams.person)
    rows = found_waivers.touched(open_log.session, keys, persons) if keys or persons else []
    for row in sorted(rows, key=lambda row: row.state is not WaiverState.ASKED):  # what is granted now may end what another one led to
        try:
            settle(open_log, row)
        except Refused as refused:
            log.error("%s cannot be settled: %s", row.id, refused.message)


def settle(open_log: Log, row: Waiver) -> None:
    if row.state is WaiverState.ASKED and row.signatures:
        _grant(open_log, row)
    if row.state is WaiverState.IN_FORCE:
        _follow_tier(open_log, row)
    elif row.state is WaiverState.OVERDUE and (how := waiver_ends.over(open_log.session, row, open_log.now)) is not None:
        end(open_log, row, how)


def _grant(open_log: Log, row: Waiver) -> None:
    ties, today = people.ties(open_log.session, row.initiative_key), open_log.now.date()
    rules = policies.by_digest(open_log.session, row.policy).waivers
    if rules is None or row.expires < today or not exemption_rules.still_asked(open_log.session, row):
        return
    if waivers.is_complete(found_waivers.bound(open_log.session, row, ties, open_log.now).signed):
        then = waivers.looks_at(rules, today, row.expires, after=today)
        open_log.record(WaiverGranted(waiver=row.id, then=then.isoformat()), streams.initiative(row.initiative_key), by=SYSTEM)


def _follow_tier(open_log: Log, row: Waiver) -> None:
    """Let the last day be the one that the tier allows now. Once it is past nothing brings it back, and it never ends before today."""
    rules, tiering = policies.by_digest(open_log.session, row.policy).waivers, open_log.session.get(Tiering, row.initiative_key)
    today = open_log.now.date()
    if rules is None or row.granted_at is None or tiering is None or tiering.tier is None or row.expires < today:
        return
    granted = row.granted_at.date()
    last = max(waivers.last_day(rules, tiering.tier, granted, row.asked_until), today - timedelta(days=1))
    if last != row.expires:
        then = waivers.looks_at(rules, granted, last, after=today)
        event = WaiverEndMoved(waiver=row.id, expires=last.isoformat(), tier=tiering.tier, then=then.isoformat())
        open_log.record(event, streams.initiative(row.initiative_key), by=SYSTEM)


def end(open_log: Log, row: Waiver, state: AnswerState) -> None:
    """What its end led to is over; the standing that it asked for is taken back, unless something else asks for one."""
    stream, why = streams.initiative(row.initiative_key), waivers.why_held(row.id, row.expires)
    open_log.record(WaiverEnded(waiver=row.id, how=state.value), stream, by=SYSTEM)
    initiative = open_log.session.get_one(Initiative, row.initiative_key)
    if initiative.standing_why == why:
        standing, other = standings.asked(open_log.session, row.initiative_key) or (Standing.GOOD, None)
        open_log.record(StandingChanged(initiative=row.initiative_key, standing=standing, why=other), stream, by=SYSTEM)


def follow_standing(open_log: Log, key: str) -> None:
    """Let the standing follow what overdue waivers ask for; never to a better one: what else keeps it down is not theirs."""
    asked = standings.asked(open_log.session, key)
    initiative = open_log.session.get_one(Initiative, key)
    if asked is not None and GRAVITY[asked[0]] > GRAVITY[initiative.standing]:
        open_log.record(StandingChanged(initiative=key, standing=asked[0], why=asked[1]), streams.initiative(key), by=SYSTEM)
