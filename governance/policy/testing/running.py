"""Cases against the rules: what was expected, what was found, field by field."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from governance.domain.checks import keep_open, keep_shut, undecided_seats
from governance.domain.errors import RuleBroken
from governance.domain.lifecycle import check_tier
from governance.domain.limits import MINUS, THIN
from governance.domain.policy import Policy, Seat
from governance.domain.tiering import Assessment
from governance.domain.vocabulary import Applies
from governance.policy.testing.models import ExpectModel
from governance.policy.testing.reading import Case
from governance.policy.testing.references import OF_A_GATE
from governance.policy.testing.staging import Found, work_out

NOTHING = "nothing"
ABSENT = "not there"
ALWAYS_COMPARED = {"independent", "qualification", "order"}
"""Of a seat, also where a case does not name them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the case says."""

    field: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Result:
    """A case with what the rules made of it."""

    case: Case
    found: Found
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        return not self.differences


def run(policy: Policy, case: Case) -> Result:
    """Work a case out and hold it against what it expects."""
    found = work_out(policy, case)
    return Result(case, found, tuple(differences(case.expect, found)))


def differences(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    """Everything that is not as expected, in the order in which expectations are written down."""
    named = [key for key in ExpectModel.model_fields if key in expect.model_fields_set]
    if found.plan is None and any(key in OF_A_GATE for key in named):
        yield Difference("tier", "a tier, so that there is something to check", _why_no_tier(found.assessment))
        named = [key for key in named if key not in OF_A_GATE]
    for key in named:
        yield from COMPARED[key](expect, found)


def _why_no_tier(assessment: Assessment | None) -> str:
    if assessment is None:
        return NOTHING
    return "; ".join(
        [*(problem.message for problem in assessment.contradictions), *(f"{name} is not answered" for name in assessment.missing)]
    )


def _of_the_assessment(key: str) -> Callable[[ExpectModel, Found], Iterator[Difference]]:
    def compared(expect: ExpectModel, found: Found) -> Iterator[Difference]:
        yield from _same(key, getattr(expect, key), getattr(found.assessment, key))

    return compared


def _number(key: str) -> Callable[[ExpectModel, Found], Iterator[Difference]]:
    """Numbers are the same whatever noughts they end in."""

    def compared(expect: ExpectModel, found: Found) -> Iterator[Difference]:
        wanted, worked_out = getattr(expect, key), getattr(found.assessment, key)
        if wanted != worked_out:
            yield Difference(key, _word(wanted), f"{worked_out:f}")

    return compared


def _tier(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    yield from _same("tier", expect.tier, found.tier)


def _missing(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    open_now = found.assessment.missing if found.assessment else ()
    yield from _sets("missing", dict.fromkeys(expect.missing or [], "missing"), dict.fromkeys(open_now, "missing"))


def _contradictions(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    said = [problem.message for problem in found.assessment.contradictions] if found.assessment else []
    wanted = expect.contradictions or []
    if len(said) != len(wanted) or any(not any(part in message for message in said) for part in wanted):
        yield Difference("contradictions", _listed(wanted), _listed(said))


def _facts(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    for name, value in expect.facts.items():
        yield from _same(f"fact {name}", value, found.facts.get(name, "not known"))


def _applicable(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    """By function, a function that is named is named completely."""
    applying = {check.item.id: check.item.owner.value for check in found.checks if check.planned.applicability.applies is Applies.YES}
    why = {check.item.id: f"does not apply: {check.planned.applicability.why}" for check in found.checks if check.item.id not in applying}
    if isinstance(expect.applicable, dict):
        wanted = {item: function.value for function, items in expect.applicable.items() for item in items}
        named = {function.value for function in expect.applicable}
        applying = {item: owner for item, owner in applying.items() if owner in named or item in wanted}
    else:
        wanted = dict.fromkeys(expect.applicable or [], "applies")
        applying = dict.fromkeys(applying, "applies")
    yield from _sets("applicable", wanted, applying, why)


def _some_apply(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    for item in expect.applies:
        yield from _same(f"applies {item}", Applies.YES, _applies(found).get(item, ABSENT))


def _not_applicable(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    for item in expect.not_applicable:
        yield from _same(f"applies {item}", Applies.NO, _applies(found).get(item, ABSENT))


def _undecided(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    undecided = {item: str(applies) for item, applies in _applies(found).items() if applies is Applies.UNDECIDED}
    yield from _sets("undecided", dict.fromkeys(expect.undecided or [], "undecided"), undecided)


def _applies(found: Found) -> dict[str, Applies]:
    return {check.item.id: check.planned.applicability.applies for check in found.checks}


def _items(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    checks = {check.item.id: check for check in found.checks}
    for item, wanted in expect.items.items():
        if (check := checks.get(item)) is None:
            yield Difference(f"item {item}", _state(wanted.state, wanted.because), ABSENT)
        elif check.evaluated.state is not wanted.state or _plain(wanted.because) not in _plain(check.evaluated.why):
            yield Difference(f"item {item}", _state(wanted.state, wanted.because), _state(check.evaluated.state, check.evaluated.why))


def _states(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    checks = {check.item.id: check.evaluated for check in found.checks}
    for state, items in expect.states.items():
        for item in items:
            given = checks.get(item)
            if given is None or given.state is not state:
                yield Difference(f"item {item}", state.value, _state(given.state, given.why) if given else ABSENT)


def _asks_for(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    """A kind that is named is named completely, of the checks that apply."""
    asked = {check.item.id: check.item.evidence.value for check in found.checks if check.planned.applicability.applies is Applies.YES}
    wanted = {item: kind.value for kind, items in (expect.asks_for or {}).items() for item in items}
    named = {kind.value for kind in expect.asks_for or {}}
    yield from _sets("asks_for", wanted, {item: kind for item, kind in asked.items() if kind in named or item in wanted})


def _blockers(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    wanted = {item: severity.value for severity, items in (expect.blockers or {}).items() for item in items}
    blocking = {check.item.id: check.item.severity.value for check in keep_shut(found.checks)}
    why = {check.item.id: f"does not block: {check.item.severity}, {check.evaluated.state}" for check in found.checks}
    yield from _sets("blockers", wanted, blocking, why)


def _open(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    left = {check.item.id: "open" for check in keep_open(found.checks)}
    why = {check.item.id: _state(check.evaluated.state, check.evaluated.why) for check in found.checks}
    yield from _sets("open", dict.fromkeys(expect.open or [], "open"), left, why)


def _seats(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    yield from _sets("seats", dict.fromkeys(expect.seats or [], "sits"), dict.fromkeys(_seated(found), "sits"))


def _seat(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    seated = _seated(found)
    for name, wanted in expect.seat.items():
        if name not in seated:
            yield Difference(f"seat {name}", "sits", ABSENT)
            continue
        for key in sorted(wanted.model_fields_set | ALWAYS_COMPARED):
            yield from _same(f"seat {name}, {key}", getattr(wanted, key), getattr(seated[name], key))


def _seated(found: Found) -> Mapping[str, Seat]:
    return {seat.id: seat for seat in found.plan.seats} if found.plan else {}


def _may_be_submitted(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    why = [*_barred(found), *(f"{check.item.id} {check.in_words}" for check in keep_open(found.checks))]
    yield from _may("may_be_submitted", expect.may_be_submitted, why)


def _passes(expect: ExpectModel, found: Found) -> Iterator[Difference]:
    why = [*_barred(found), *(f"{check.item.id} {check.in_words}" for check in keep_shut(found.checks))]
    yield from _may("passes", expect.passes, why)


def _barred(found: Found) -> Iterator[str]:
    """What bars a request whatever its checks say: its tier, a seat nobody can decide on."""
    try:
        check_tier(found.tier)
    except RuleBroken as broken:
        yield broken.message
    yield from undecided_seats(found.plan) if found.plan else ()


def _may(field: str, wanted: bool | None, why_not: list[str]) -> Iterator[Difference]:
    if wanted is not (not why_not):
        yield Difference(field, _word(wanted), f"no: {_listed(why_not)}" if why_not else "yes")


def _sets(field: str, wanted: Mapping[str, str], found: Mapping[str, str], why: Mapping[str, str] | None = None) -> Iterator[Difference]:
    """One difference for each name that is missing, too much, or there as something else."""
    for name in [*wanted, *(name for name in found if name not in wanted)]:
        if wanted.get(name) != found.get(name):
            yield Difference(f"{field} {name}", wanted.get(name, ABSENT), found.get(name) or (why or {}).get(name, ABSENT))


def _same(field: str, wanted: object, found: object) -> Iterator[Difference]:
    if _word(wanted) != _word(found):
        yield Difference(field, _word(wanted), _word(found))


def _word(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return NOTHING
        case list() | frozenset():
            return ", ".join(sorted(map(str, value)))
        case _:
            return str(value)


def _state(state: object, why: str | None) -> str:
    return f"{state} because {why}" if why else str(state)


def _plain(words: str | None) -> str:
    """Without the signs that only make a sentence look better."""
    return (words or "").replace(THIN, " ").replace(MINUS, "-")


def _listed(words: Iterable[str]) -> str:
    return "; ".join(words) or NOTHING


COMPARED: Mapping[str, Callable[[ExpectModel, Found], Iterator[Difference]]] = {
    "score": _of_the_assessment("score"),
    "measured": _number("measured"),
    "deducted": _number("deducted"),
    "band": _of_the_assessment("band"),
    "tier": _tier,
    "decided_by": _of_the_assessment("decided_by"),
    "missing": _missing,
    "contradictions": _contradictions,
    "facts": _facts,
    "applicable": _applicable,
    "applies": _some_apply,
    "not_applicable": _not_applicable,
    "undecided": _undecided,
    "items": _items,
    "states": _states,
    "asks_for": _asks_for,
    "blockers": _blockers,
    "open": _open,
    "seats": _seats,
    "seat": _seat,
    "may_be_submitted": _may_be_submitted,
    "passes": _passes,
}
"""How each expectation is held against what was found."""
