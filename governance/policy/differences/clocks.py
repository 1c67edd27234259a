"""Days and weeks that hold at every gate, and the catalogues of frameworks."""

from collections.abc import Iterator

from governance.domain import strictness
from governance.domain.policy import Framework, Policy
from governance.domain.policy_changes import Change, Effect, Kind
from governance.domain.vocabulary import EvidenceKind, FindingSeverity
from governance.policy.differences.fields import Fields, Place, differing, unequal

FRAMEWORK: Fields = {
    "title": (Kind.FRAMEWORK_TITLE, strictness.neither),
    "version": (Kind.FRAMEWORK_VERSION, strictness.neither),
    "status": (Kind.FRAMEWORK_STATUS, strictness.neither),
    "source": (Kind.FRAMEWORK_SOURCE, strictness.neither),
    "effective_from": (Kind.FRAMEWORK_EFFECTIVE, strictness.neither),
    "superseded_by": (Kind.FRAMEWORK_SUPERSEDED, strictness.neither),
}


def changes(before: Policy, after: Policy) -> Iterator[Change]:
    for tier in strictness.PASSABLE:
        days = (before.signoff_valid_days.get(tier), after.signoff_valid_days.get(tier))
        yield from _days(Kind.SIGNOFF_VALIDITY, *days, tiers=(tier,))
    for kind in EvidenceKind:
        yield from _days(Kind.FRESHNESS_DEFAULT, before.max_age_days.get(kind), after.max_age_days.get(kind), detail=kind)
    for severity in FindingSeverity:
        days = (before.finding_due_days.get(severity), after.finding_due_days.get(severity))
        yield from _days(Kind.FINDING_DUE, *days, detail=severity)
    told = (before.evidence_told_before, after.evidence_told_before)
    if told[0] != told[1]:
        yield Place().change(Kind.EVIDENCE_TOLD, strictness.more(*told), *told, unit="days")
    usual, longest = zip(before.pilot_weeks, after.pilot_weeks, strict=True)
    if usual[0] != usual[1]:
        yield Place().change(Kind.PILOT_DEFAULT, Effect.NEITHER, *usual, unit="weeks")
    if longest[0] != longest[1]:
        yield Place().change(Kind.PILOT_LONGEST, strictness.lower(*longest), *longest, unit="weeks")


def _days(kind: Kind, before: int | None, after: int | None, **more: object) -> Iterator[Change]:
    if before != after:
        yield Place().change(kind, strictness.lower(before, after), before, after, unit="days", **more)


def frameworks(before: Policy, after: Policy) -> Iterator[Change]:
    for name, was, is_now in unequal(before.frameworks, after.frameworks):
        found = is_now or was
        assert found is not None
        place = Place(part=name, title=found.title)
        if is_now is None:
            yield place.change(Kind.FRAMEWORK_REMOVED, Effect.NEITHER, found.version)
        elif was is None:
            yield place.change(Kind.FRAMEWORK_ADDED, Effect.NEITHER, after=found.version)
        else:
            yield from differing(place, was, is_now, FRAMEWORK)
            yield from _clauses(place, was, is_now)


def _clauses(place: Place, before: Framework, after: Framework) -> Iterator[Change]:
    old, new = ({clause.id: clause.title for clause in framework.clauses} for framework in (before, after))
    for clause, was, is_now in unequal(old, new):
        kind = Kind.CLAUSE_REMOVED if is_now is None else Kind.CLAUSE_ADDED if was is None else Kind.CLAUSE_TITLE
        yield place.change(kind, Effect.NEITHER, was, is_now, detail=clause)
