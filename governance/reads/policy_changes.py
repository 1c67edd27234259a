"""How one policy differs from another, in words: grouped by gate, and there by check, seat or section."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from governance.domain.limits import SHARE, amount, limit_in_words, name_in_words, spoken, taken_from
from governance.domain.metrics import Metrics
from governance.domain.policy import Policy
from governance.domain.policy_changes import Change, Effect, Kind, Said
from governance.domain.vocabulary import EvidenceKind, FindingSeverity
from governance.policy import phrases
from governance.policy.differences.whole import Rules, differences
from governance.policy.metrics import family_of
from governance.reads.policy_change_words import AREAS, CONDITIONS, LABELS, LISTED, NAMES, NOTHING, OF_METRICS, SECTIONS, WORDS
from governance.words import word

COMES_AND_GOES = (".added", ".removed", "_added", "_removed")
KNOWN: Sequence[type[StrEnum]] = (EvidenceKind, FindingSeverity)


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words. An empty `before` or `after`: nothing stood or stands there."""

    change: Change
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Part:
    """A check, a seat, a question: its name and id, and what changed about it. Neither: what stands above them."""

    title: str
    id: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A gate with its id, or an area of the policy."""

    title: str
    gate: str | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two policies side by side. `same_texts`: not even a comment differs."""

    before: Policy
    after: Policy
    groups: tuple[Group, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for group in self.groups for part in group.parts for line in part.lines)

    @property
    def counts(self) -> Mapping[Effect, int]:
        return {effect: sum(line.change.effect is effect for line in self.lines) for effect in Effect}

    @property
    def same_texts(self) -> bool:
        return self.before.digest == self.after.digest


def compare(before: Rules, after: Rules) -> Difference:
    return Difference(before.policy, after.policy, tuple(_groups(before.policy, after.policy, differences(before, after))))


def _groups(before: Policy, after: Policy, changes: Sequence[Change]) -> Iterator[Group]:
    """In the order of the policy; the order of the changes decides where a group stands."""
    found: dict[tuple[str, str | None], dict[tuple[str, str], list[Line]]] = {}
    telling = _Telling(before, after)
    for change in changes:
        parts = found.setdefault((telling.group(change), change.gate), {})
        parts.setdefault(telling.part(change), []).append(telling.line(change))
    for (title, gate), parts in found.items():
        yield Group(title, gate, tuple(Part(name, part, tuple(lines)) for (name, part), lines in parts.items()))


class _Telling:
    """Says changes in the words of the two policies they lie between."""

    def __init__(self, before: Policy, after: Policy) -> None:
        self.before, self.after = before, after

    def group(self, change: Change) -> str:
        if change.gate is None:
            return AREAS[change.kind.partition(".")[0]]
        gate = self.after.gates.get(change.gate) or self.before.gates.get(change.gate)
        return gate.name if gate else f"Gate {change.gate}"

    def part(self, change: Change) -> tuple[str, str]:
        if change.part is None:
            return (_section(change), "") if change.kind is Kind.SECTION and change.gate is None else ("", "")
        if change.kind.startswith(("fact.", "limit.")):
            return spoken(change.part), ""
        if change.kind.startswith("metric."):
            return change.title, change.part
        if change.kind.startswith("seat."):
            return f"Seat: {change.title}", ""
        item = self.after.find(change.part) or self.before.find(change.part)
        return change.title or (item.title if item else ""), change.part

    def line(self, change: Change) -> Line:
        before, after = (self.said(change, value, policy) for value, policy in ((change.before, self.before), (change.after, self.after)))
        if change.kind.endswith(COMES_AND_GOES):
            before, after = ("" if value is None else said for value, said in ((change.before, before), (change.after, after)))
        return Line(change, _what(change, {**self.before.metrics, **self.after.metrics}), before, after)

    def said(self, change: Change, value: Said, policy: Policy) -> str:
        """A value as people read it; `policy` is the one in which it stands."""
        kind = change.kind
        if value is None:
            return NOTHING.get(kind, "nothing")
        if kind in (Kind.THRESHOLD_ADDED, Kind.THRESHOLD_REMOVED):
            return _limit(change, policy) or _plain(value)
        if kind in CONDITIONS:
            return phrases.applies(str(value), policy.facts)
        if kind in LISTED and isinstance(value, tuple):
            return ", ".join(word(LISTED[kind](str(name))).label for name in value)
        if kind in NAMES and isinstance(value, str):
            return _reference(value, policy) if kind in OF_METRICS else spoken(value)
        return _particular(change, value) or _plain(value)


def _particular(change: Change, value: Said) -> str:
    """What some kinds say in a way of their own; nothing for all others."""
    match change.kind, value:
        case Kind.SEAT_INDEPENDENCE, str():
            return "nobody of the team" if value == "true" else "also somebody of the team"
        case Kind.SEAT_TURN, int():
            return "in the first round" if value == 1 else f"in round {value}"
        case Kind.THRESHOLD_VALUE, Decimal():
            return amount(value, change.unit or "")
        case Kind.THRESHOLD_VALUE, tuple() as ends:
            return f"{amount(str(ends[0]), '')} to {amount(str(ends[1]), change.unit or '')}"
        case Kind.THRESHOLD_MARGIN, Decimal():
            return amount((value * 100).normalize(), "points") if change.unit == SHARE else amount(value, change.unit or "")
        case Kind.THRESHOLD_ALLOWANCE, Decimal():
            return amount(value, SHARE)
        case Kind.QUESTION_ADDED | Kind.QUESTION_REMOVED, int():
            return f"up to {value} points"
        case _, int() if change.unit:
            return f"{value} {change.unit}" if value != 1 else f"{value} {change.unit.removesuffix('s')}"
        case _, str() if change.unit and change.kind is Kind.BAND:
            return f"{value} {change.unit}"
    return ""


def _plain(value: Said) -> str:
    if isinstance(value, StrEnum):
        return WORDS[value] if value in WORDS else word(value).label
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "nothing"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _reference(name: str, policy: Policy) -> str:
    """A metric, or what a limit is taken from, by its label where it has one."""
    metric = policy.metrics.get(family_of(name)[1])
    return taken_from(name, metric.label if metric else None)


def _limit(change: Change, policy: Policy) -> str:
    item = policy.find(change.part or "")
    parts = item.thresholds.parts if item and item.thresholds else ()
    return next((limit_in_words(part) for part in parts if part.metric == change.detail), "")


def _what(change: Change, metrics: Metrics) -> str:
    """What changed, with the piece of it and the tiers that it is about."""
    label = LABELS[change.kind]
    if change.kind is Kind.SECTION:
        label = _key(change) or label
    elif change.detail:
        label += f" ({_detail(change, metrics)})"
    if not change.tiers:
        return label
    tiers = " and ".join(tier.value for tier in change.tiers)
    return f"{label}, {tiers} risk only" if change.kind.endswith(COMES_AND_GOES) else f"{label}, {tiers} risk"


def _detail(change: Change, metrics: Metrics) -> str:
    assert change.detail is not None
    if isinstance(change.detail, StrEnum):
        return word(change.detail).label.lower()
    known = next((word(kind(change.detail)).label.lower() for kind in KNOWN if change.detail in set(kind)), None)
    return known or (name_in_words(change.detail, metrics) if change.kind.startswith("threshold.") else change.detail)


def _section(change: Change) -> str:
    """The section of the file a key stands in."""
    section = (change.detail or "").partition(".")[0]
    return SECTIONS.get(section) or section[:1].upper() + spoken(section)[1:]


def _key(change: Change) -> str:
    """The key inside its section, its check or its gate."""
    keys = (change.detail or "").split(".")
    inner = keys[2:] if change.gate else keys[1:]
    said = ": ".join(spoken(key) for key in inner)
    return said[:1].upper() + said[1:]
