"""What a policy would change, in people's words: totals, and for each request what it loses and what it gains."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from governance.domain.impact import CheckStands, Impact, Lapse, Mark, Recertified, Subject
from governance.domain.text import day_in_words, listed
from governance.domain.vocabulary import RequestState, Section, Tier
from governance.words import word

REASONS: Mapping[str, str] = {
    "seat_gone": "its seat is asked no more",
    "expired": "it is older than the new rules allow",
    "right_lost": "its signer could not take the seat under the new rules",
    "answered": "a later revision answered it",
}


@dataclass(frozen=True, slots=True)
class Totals:
    """How many of what, over all that was looked at."""

    requests: int
    running: int
    blocked: int
    lapsing: int  # requests of which sign-offs lapse
    sign_offs: int
    seats: int
    gone: int
    more: int
    less: int
    unchanged: int
    unknown: int
    tiers: int


def totals(found: Sequence[Impact]) -> Totals:
    def having(mark: Mark) -> int:
        return sum(1 for one in found if mark in one.marks)

    requests = sum(1 for one in found if one.request is not None)
    return Totals(
        requests=requests,
        running=len(found) - requests,
        blocked=having(Mark.BLOCKED),
        lapsing=having(Mark.LAPSES),
        sign_offs=sum(len(one.changes.lapses) for one in found),
        seats=sum(len(one.changes.seats_added) for one in found),
        gone=having(Mark.GATE_GONE),
        more=having(Mark.LOSES),
        less=having(Mark.GAINS),
        unchanged=having(Mark.UNCHANGED),
        unknown=having(Mark.UNKNOWN),
        tiers=sum(1 for one in found if one.changes.tier_before is not one.changes.tier_after),
    )


def answer(totals: Totals) -> str:
    """The title: the gravest first."""
    everything = totals.requests + totals.running
    if not everything:
        return "There is nothing that a policy could change"
    if totals.more + totals.less + totals.unknown == 0:
        return f"Nothing would change for {_counted(everything, 'initiative')}"
    parts = []
    if totals.gone:
        parts.append(f"{_counted(totals.gone, 'request')} without {'its' if totals.gone == 1 else 'their'} gate")
    if totals.blocked:
        parts.append(f"{totals.blocked:,} blocked anew")
    if totals.sign_offs:
        parts.append(f"{_counted(totals.sign_offs, 'sign-off')} would lapse")
    if not parts:
        parts.append(f"{totals.more:,} would be asked for more, {totals.less:,} for less")
    return f"Of {_counted(everything, 'initiative')}: {listed(parts)}"


def losses(impact: Impact, names: Mapping[str, str]) -> list[str]:
    """What would be asked that is not, or count no more. `names` are of people, by id."""
    return [*_losses(impact, names)]


def gains(impact: Impact) -> list[str]:
    """What would be asked no more, or count that does not."""
    return [*_gains(impact)]


def _losses(impact: Impact, names: Mapping[str, str]) -> Iterator[str]:
    changes = impact.changes
    if impact.gate_gone:
        yield f"The policy has no gate {impact.gate}"
    yield from (f"Newly applies: {_check(check)}, {word(check.state).past}" for check in changes.applies)
    new = {check.item for check in changes.applies}
    yield from (f"Would fail: {_check(check)}, {word(check.state).past}" for check in changes.fails if check.item not in new)
    yield from (f"Asked besides: the seat {seat}" for seat in changes.seats_added)
    yield from (_lapse(lapse, names) for lapse in changes.lapses)
    known = {f"{check.item} {check.state.value}" for check in (*changes.applies, *changes.fails)}
    yield from (f"Blocked by: {_obstacle(why)}" for why in changes.shut_after if why not in changes.shut_before and why not in known)
    if _is_higher(changes.tier_after, changes.tier_before):
        yield _tier(changes.tier_before, changes.tier_after)
    yield from (_due(again) for again in changes.recertified if again.after is not None and (again.before or again.after) >= again.after)


def _gains(impact: Impact) -> Iterator[str]:
    changes = impact.changes
    yield from (f"Applies no more: {_check(check)}" for check in changes.applies_no_more)
    gone = {check.item for check in changes.applies_no_more}
    yield from (f"Would pass: {_check(check)}" for check in changes.passes if check.item not in gone)
    yield from (f"Asked no more: the seat {seat}" for seat in changes.seats_gone)
    yield from (f"Counts again: the sign-off of {given.label}" for given in changes.counts_again)
    yield from (f"No longer blocked by: {_obstacle(why)}" for why in changes.shut_before if why not in changes.shut_after)
    if changes.state_after is RequestState.PASSED is not changes.state_before:
        yield "It would pass at once: nothing else keeps it from its verdict"
    if _is_higher(changes.tier_before, changes.tier_after):
        yield _tier(changes.tier_before, changes.tier_after)
    yield from (_due(again) for again in changes.recertified if again.before is not None and (again.after or "9") > again.before)


def how(impact: Impact) -> str:
    """When it would come: at once, or when it is moved, or not at all."""
    if impact.unknown is not None:
        return impact.unknown
    if impact.stays is not None:
        return impact.stays
    if impact.subject not in (Subject.DRAFT, Subject.RUNNING):
        return "When it is moved"
    return "Nothing would change" if Mark.UNCHANGED in impact.marks else "At once"


def _check(check: CheckStands) -> str:
    return f"{check.title} ({check.item}, {word(check.severity).past})"


def _lapse(lapse: Lapse, names: Mapping[str, str]) -> str:
    why = REASONS.get(lapse.reason) or f"{listed([_section(section) for section in lapse.sections])} changes"
    return f"Lapses: the sign-off of {lapse.given.label} by {names.get(lapse.given.by, lapse.given.by)}, because {why}"


def _section(section: Section) -> str:
    return "the common section" if section is Section.COMMON else f"the section of {word(section).past}"


def _obstacle(why: str) -> str:
    return why.replace("_", " ")


def _is_higher(one: Tier | None, other: Tier | None) -> bool:
    order = [*Tier]
    return (order.index(one) if one else len(order)) > (order.index(other) if other else len(order))


def _tier(before: Tier | None, after: Tier | None) -> str:
    said = [word(tier).past if tier is not None else "open" for tier in (before, after)]
    return f"Its answers come to the tier {said[1]} in the place of {said[0]}, once they are given again"


def _due(again: Recertified) -> str:
    before, after = (day_in_words(date.fromisoformat(day)) if day else None for day in (again.before, again.after))
    if before is None:
        return f"{again.gate} is to be passed by {after}"
    return f"{again.gate} is to be passed by {after}, not by {before}" if after else f"{again.gate} need not be passed any more by {before}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
