"""What other rules would change for one request or one running initiative: how it stands under each, compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from governance.domain.checklist import PASSING
from governance.domain.checks import Checked
from governance.domain.vocabulary import AnswerState, RequestState, Section, Severity, Stage, Standing, Tier

TIERS = {tier: place for place, tier in enumerate(Tier)}

REVISION_NEEDED = "the record changed since the dossier was submitted: a new revision is needed"


class Subject(StrEnum):
    """What is looked at: a request by its state, or an initiative that asks for nothing now."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    RUNNING = "running"


class Mark(StrEnum):
    """What a list of impacts is filtered by."""

    BLOCKED = "blocked"
    LAPSES = "lapses"
    SEATS = "seats"
    GATE_GONE = "gate_gone"
    LOSES = "loses"
    GAINS = "gains"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CheckStands:
    """A check under one policy. What does not apply stands as well as what is met."""

    item: str
    title: str
    severity: Severity
    state: AnswerState
    applies: bool

    @property
    def is_well(self) -> bool:
        return self.state in PASSING


@dataclass(frozen=True, slots=True)
class Given:
    """A sign-off by its entry: the seat and who gave it."""

    leaf: int
    seat: str
    label: str
    by: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """A sign-off that would count no more, and why: the sections that change, or that its seat is asked no more."""

    given: Given
    reason: str
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Stands:
    """How a request or an initiative stands under one policy at one moment."""

    state: RequestState | None = None
    checks: Mapping[str, CheckStands] = field(default_factory=dict)
    seats: Mapping[str, str] = field(default_factory=dict)  # label by id
    counting: Mapping[int, Given] = field(default_factory=dict)
    fallen: Mapping[int, tuple[str, tuple[Section, ...]]] = field(default_factory=dict)
    shut_by: tuple[str, ...] = ()
    tier: Tier | None = None
    due: Mapping[str, str] = field(default_factory=dict)  # day by recurring gate


@dataclass(frozen=True, slots=True)
class Recertified:
    """The day by which a recurring gate is to be passed again; None where the policy has no such day."""

    gate: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Differences:
    """From one policy to another. Checks by how they stand afterwards, those that are gone by how they stood."""

    applies: tuple[CheckStands, ...] = ()
    applies_no_more: tuple[CheckStands, ...] = ()
    fails: tuple[CheckStands, ...] = ()
    passes: tuple[CheckStands, ...] = ()
    seats_added: tuple[str, ...] = ()
    seats_gone: tuple[str, ...] = ()
    lapses: tuple[Lapse, ...] = ()
    counts_again: tuple[Given, ...] = ()
    state_before: RequestState | None = None
    state_after: RequestState | None = None
    shut_before: tuple[str, ...] = ()
    shut_after: tuple[str, ...] = ()
    tier_before: Tier | None = None
    tier_after: Tier | None = None
    recertified: tuple[Recertified, ...] = ()

    @property
    def is_blocked_anew(self) -> bool:
        return bool(set(self.shut_after) - set(self.shut_before))

    @property
    def loses(self) -> bool:
        """Whether anything is asked that was not, or counts no more."""
        more = self.applies or self.fails or self.seats_added or self.lapses or self.is_blocked_anew
        sooner = any(one.after is not None and (one.before is None or one.after < one.before) for one in self.recertified)
        return bool(more or sooner or _place(self.tier_after) > _place(self.tier_before))

    @property
    def gains(self) -> bool:
        """Whether anything is asked no more, or counts that did not."""
        less = self.applies_no_more or self.passes or self.seats_gone or self.counts_again or set(self.shut_before) - set(self.shut_after)
        later = any(one.before is not None and (one.after is None or one.after > one.before) for one in self.recertified)
        return bool(less or later or _place(self.tier_after) < _place(self.tier_before))


@dataclass(frozen=True, slots=True)
class Impact:
    """What a policy would change for one initiative and its open request, if it has one."""

    key: str
    name: str
    stage: Stage
    standing: Standing
    subject: Subject
    request: str | None
    gate: str | None
    runs_under: str  # digest
    gate_gone: bool
    stays: str | None  # why it cannot be moved, in words
    changes: Differences
    unknown: str | None = None  # why nobody can say: the record of it is damaged

    @property
    def marks(self) -> frozenset[Mark]:
        return frozenset(_marks(self))


def _marks(impact: Impact) -> Iterator[Mark]:
    changes = impact.changes
    if changes.is_blocked_anew:
        yield Mark.BLOCKED
    if changes.lapses:
        yield Mark.LAPSES
    if changes.seats_added:
        yield Mark.SEATS
    if impact.gate_gone:
        yield Mark.GATE_GONE
    if changes.loses or impact.gate_gone:
        yield Mark.LOSES
    if changes.gains:
        yield Mark.GAINS
    if impact.unknown is not None:
        yield Mark.UNKNOWN
    elif not (changes.loses or changes.gains or impact.gate_gone):
        yield Mark.UNCHANGED


def stands(check: Checked) -> CheckStands:
    return CheckStands(check.item.id, check.item.title, check.item.severity, check.evaluated.state, check.applies)


def compare(before: Stands, after: Stands) -> Differences:
    """What differs, each difference once."""
    old, new = before.checks, after.checks
    applied, applying = {one for one in old if old[one].applies}, {one for one in new if new[one].applies}
    return Differences(
        applies=tuple(new[one] for one in new if one in applying - applied),
        applies_no_more=tuple(old[one] for one in old if one in applied - applying),
        fails=tuple(new[one] for one in new if not new[one].is_well and (one not in old or old[one].is_well)),
        passes=tuple(new.get(one, old[one]) for one in old if not old[one].is_well and (one not in new or new[one].is_well)),
        seats_added=tuple(label for seat, label in after.seats.items() if seat not in before.seats),
        seats_gone=tuple(label for seat, label in before.seats.items() if seat not in after.seats),
        lapses=tuple(_lapse(given, after) for leaf, given in before.counting.items() if leaf not in after.counting),
        counts_again=tuple(given for leaf, given in after.counting.items() if leaf not in before.counting),
        state_before=before.state,
        state_after=after.state,
        shut_before=before.shut_by,
        shut_after=after.shut_by,
        tier_before=before.tier,
        tier_after=after.tier,
        recertified=tuple(
            Recertified(gate, before.due.get(gate), after.due.get(gate))
            for gate in sorted(before.due.keys() | after.due.keys())
            if before.due.get(gate) != after.due.get(gate)
        ),
    )


def _lapse(given: Given, after: Stands) -> Lapse:
    reason, sections = after.fallen.get(given.leaf, ("seat_gone", ()))
    return Lapse(given, "seat_gone" if given.seat not in after.seats else reason, sections)


def _place(tier: Tier | None) -> int:
    """Where a tier stands among the others; one that is open stands above those that can pass a gate."""
    return TIERS[Tier.PROHIBITED] if tier is None else TIERS[tier]
