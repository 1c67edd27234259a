"""What an officer has changed in the policy so far: each change in words, what all of them come to, and what is wrong with that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.drafting import next_version
from governance.domain.limits import amount
from governance.domain.numbers import is_decimal
from governance.domain.policy import Fact
from governance.domain.policy_changes import Effect
from governance.domain.vocabulary import Comparator, Function, Section, Severity, Tier
from governance.models.drafts import PolicyDraft
from governance.models.policies import PublishedPolicy
from governance.policy import phrases, warn
from governance.policy.codes import Level
from governance.policy.differences.whole import Rules, rules_of
from governance.policy.editing import Plain
from governance.policy.guided import Field, Part, as_typed, days_typed
from governance.policy.guided_days import day_fields
from governance.policy.guided_fields import item_fields, seat_fields
from governance.policy.loader import reading
from governance.policy.places import Edit, Edited, edited, lines_of, value_at
from governance.policy.problems import PolicyProblem
from governance.reads import policies, policy_changes, policy_history
from governance.reads.policy_changes import Difference
from governance.reads.policy_history import IN_FORCE
from governance.words import word

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One change in words. `gate` with `item` or `seat` say what it is about; neither: a count of days."""

    place: str
    thing: str
    what: str
    before: str
    after: str
    gate: str = ""
    item: str = ""
    seat: str = ""
    is_gone: bool = False  # a seat that was taken away: there is nothing to change about it any more
    refused: str = ""  # why it cannot be made in the text that is in force now
    moved: str = ""  # what stands there now, where that is not what stood there when it was changed


@dataclass(frozen=True, slots=True)
class Fault:
    """Something the check says of the changed texts, and the change it stands at, if it stands at one."""

    problem: PolicyProblem
    line: str
    place: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A person's changes over what is in force now. `found` is there where the check finds no error."""

    in_force: PublishedPolicy
    is_behind: bool  # another text was published since the changes were last looked at
    edits: tuple[Edit, ...]
    edited: Edited
    changes: tuple[Told, ...]
    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    found: Difference | None
    version: str  # to suggest

    @property
    def may_be_proposed(self) -> bool:
        return bool(self.edits) and not (self.is_behind or self.errors or self.edited.refused)


def row(session: Session, person: str) -> PolicyDraft | None:
    return session.get(PolicyDraft, person)


def edits(session: Session, person: str) -> list[Edit]:
    found = row(session, person)
    return [Edit(str(place), written) for place, written in found.edits] if found else []


def in_force(session: Session) -> tuple[PublishedPolicy, Texts]:
    """What is in force, with its texts. Raises `NotThere` while nothing is."""
    published = policy_history.named(session, IN_FORCE)
    return published, policies.texts(session, published)


def texts(session: Session, person: str) -> Texts:
    """The texts in force with a person's changes in them."""
    return edited(in_force(session)[1], edits(session, person)).texts


def facts(session: Session) -> Mapping[str, Fact]:
    """How people say the facts that conditions ask for."""
    return policies.current(session).facts


def draft(session: Session, person: str) -> Draft:
    """Everything about a person's changes; an empty one where there are none. Raises `NotThere` while no policy is in force."""
    published, now = in_force(session)
    kept = row(session, person)
    base = session.get(PublishedPolicy, kept.base) if kept else None
    gathered = edits(session, person)
    made = edited(now, gathered)
    before = policies.texts(session, base) if base is not None and base.digest != published.digest else now
    faults, rules = _judged(tuple(sorted(made.texts.items())))
    known, old = _judged(tuple(sorted(now.items())))
    warned = frozenset(problem.message for problem in known)
    told = [_fault(problem, made.texts, gathered) for problem in faults]
    found = policy_changes.compare(old, rules) if rules and old else None
    return Draft(
        in_force=published,
        is_behind=kept is not None and kept.base != published.digest,
        edits=tuple(gathered),
        edited=made,
        changes=tuple(_told(one, now, before, made, facts(session)) for one in gathered),
        errors=tuple(fault for fault in told if fault.problem.severity is Level.ERROR),
        warnings=tuple(fault for fault in told if fault.problem.severity is not Level.ERROR and fault.problem.message not in warned),
        found=found,
        version=_version(session, published, found),
    )


def _version(session: Session, published: PublishedPolicy, found: Difference | None) -> str:
    taken = set(session.scalars(select(PublishedPolicy.version)))
    rules_differ = found is None or any(found.counts[effect] for effect in Effect if effect is not Effect.NEITHER)
    return next_version(published.version, taken, rules_differ=rules_differ)


@lru_cache(maxsize=16)
def _judged(files: tuple[tuple[str, str], ...]) -> tuple[tuple[PolicyProblem, ...], Rules | None]:
    """What the check finds in these texts, and what they say where it finds no error."""
    found = reading(dict(files))
    problems = sorted({*found.problems, *warn.warnings(found.whole)})
    return tuple(problems), None if found.problems else rules_of(dict(files))


def _fault(problem: PolicyProblem, made: Texts, gathered: Sequence[Edit]) -> Fault:
    lines = made.get(problem.file, "").split("\n")
    line = lines[problem.line - 1].strip() if 0 < problem.line <= len(lines) else ""
    place = next((one.place for one in reversed(gathered) if lines_of(made, one.place) == (problem.file, problem.line)), None)
    return Fault(problem, line, place)


def _told(one: Edit, now: Texts, before: Texts, made: Edited, facts: Mapping[str, Fact]) -> Told:
    def said(place: str, value: Plain) -> str:
        unit = value_at(made.texts, f"{place.removesuffix('/value')}/unit") if place.endswith("/value") else ""
        return phrases.applies(str(value or phrases.ALWAYS), facts) if place.endswith("/when") else _said(place, value, unit or "")

    old, then = value_at(now, one.place), value_at(before, one.place)
    gate, item, seat = _about(one.place)
    thing, field = _named(one.place, gate, item, seat, made.texts, now)
    of_seat = "/looks_at/" not in one.place
    group = f" ({field.group})" if field and field.group and item else ""
    return Told(
        place=one.place,
        thing=thing,
        what=_what(one, field, of_seat=of_seat) + group,
        before=said(one.place, old),
        after=said(one.place, one.value),
        gate=gate,
        item=item,
        seat=seat,
        refused=made.refused.get(one.place, ""),
        is_gone=field is None and of_seat and one.written is None,
        moved=said(one.place, old) if then != old else "",
    )


PARTS = {Part.TIERS: "Asked", Part.REST: "Asked", Part.LOW: "Limit", Part.MEDIUM: "Limit", Part.HIGH: "Limit"}
"""What a place is called of which a field holds a part."""


def _what(one: Edit, field: Field | None, *, of_seat: bool) -> str:
    """What of a thing is changed: a field of it, or the whole of a seat, or of a box of its list."""
    if field is not None:
        return PARTS.get(field.part, field.label) if field.part else field.label
    return ("Seat taken away" if of_seat else "Box taken away") if one.written is None else "New seat" if of_seat else "New box to tick"


def _about(place: str) -> tuple[str, str, str]:
    """The gate, and the check or the seat of it, that a place is part of."""
    parts = place.split("/")
    if parts[0] != "gate" or len(parts) < 4 or parts[2] not in ("items", "seats"):
        return "", "", ""
    return parts[1], parts[3] if parts[2] == "items" else "", parts[3] if parts[2] == "seats" else ""


def _named(place: str, gate: str, item: str, seat: str, made: Texts, now: Texts) -> tuple[str, Field | None]:
    """What a change is about, as people call it, and the field that was filled in; a whole seat is no field."""
    for found in (made, now):
        fields = item_fields(found, gate, item) if item else seat_fields(found, gate, seat) if seat else day_fields(found)
        field = next((one for one in fields if one.place == place), None)
        if item and fields:
            return f"{value_at(found, f'gate/{gate}/items/{item}/title')}", field
        if seat and fields:
            return f"Seat: {value_at(found, f'gate/{gate}/seats/{seat}/label')}", field
        if field:
            return field.group, field
    return item or seat or place, None


def _said(place: str, value: Plain, unit: str) -> str:
    """A value as people read it."""
    key = place.rpartition("/")[2]
    kinds = {"severity": Severity, "owner": Function, "function": Function, "comparator": Comparator}
    match value:
        case None | ():
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case dict() if set(value) == {tier.value for tier in Tier} - {Tier.PROHIBITED.value}:
            return ", ".join(f"{amount(as_typed(inner), unit)} at {tier} risk" for tier, inner in value.items())
        case {"id": _, "text": str() as text}:
            return text
        case dict():
            function = value.get("function")
            return f"{value.get('label', '')}, {word(Function(str(function))).label}" if function in set(Function) else key
        case list() if key.endswith("days_before"):
            return days_typed(value)
        case list() if key == "covers":
            return ", ".join(word(Section(str(one))).label for one in value if one in set(Section))
        case str() if key in kinds and value in set(kinds[key]):
            return word(kinds[key](value)).label
        case _:
            return amount(as_typed(value), unit) if unit and is_decimal(as_typed(value)) else as_typed(value)
