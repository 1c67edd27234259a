"""Gates, their seats and their checks."""

from collections.abc import Iterator

from governance.domain import strictness
from governance.domain.policy import Gate, Item, Policy, Seat
from governance.domain.policy_changes import Change, Effect, Kind
from governance.domain.vocabulary import Tier
from governance.policy.differences import thresholds
from governance.policy.differences.fields import Cases, Fields, Place, differing, paired, reordered, tiers_of, unequal

GATE: Fields = {
    "name": (Kind.GATE_NAME, strictness.neither),
    "question": (Kind.GATE_QUESTION, strictness.unclear),
    "kind": (Kind.GATE_KIND, strictness.unclear),
    "leaves": (Kind.GATE_LEAVES, strictness.unclear),
    "enters": (Kind.GATE_ENTERS, strictness.unclear),
    "grace_days": (Kind.GATE_GRACE, strictness.lower),
}
SEAT: Fields = {
    "label": (Kind.SEAT_LABEL, strictness.neither),
    "function": (Kind.SEAT_FUNCTION, strictness.unclear),
    "independent": (Kind.SEAT_INDEPENDENCE, strictness.insistence),
    "qualification": (Kind.SEAT_QUALIFICATION, strictness.demand),
    "order": (Kind.SEAT_TURN, strictness.unclear),
    "covers": (Kind.SEAT_COVERAGE, strictness.more),
}
ITEM: Fields = {
    "title": (Kind.ITEM_TITLE, strictness.neither),
    "question": (Kind.ITEM_QUESTION, strictness.unclear),
    "owner": (Kind.ITEM_OWNER, strictness.unclear),
    "severity": (Kind.ITEM_SEVERITY, strictness.severity),
    "evidence": (Kind.ITEM_EVIDENCE, strictness.unclear),
    "requirement": (Kind.ITEM_REQUIREMENT, strictness.unclear),
    "source": (Kind.ITEM_SOURCE, strictness.unclear),
    "why": (Kind.ITEM_WHY, strictness.neither),
}


class Gates:
    """The gates of two policies side by side, so that a check is found again at whatever gate it stands."""

    def __init__(self, before: Policy, after: Policy) -> None:
        self.before, self.after = before, after
        self.condition = Cases(before.facts, after.facts).condition
        self.old_gate, self.new_gate = _gates_of_items(before), _gates_of_items(after)

    def changes(self) -> Iterator[Change]:
        for gate_id, before, after in paired(self.before.gates, self.after.gates):
            place = Place(gate_id)
            yield from self._attribution(place)
            if before != after:
                yield from self._gate(place, before, after)
                yield from self._seats(place, before, after)
                yield from self._items(place, before, after)
        known = self.before.gates.keys() | self.after.gates.keys()
        for gate_id in sorted((self.before.attribution_minimum.keys() | self.after.attribution_minimum.keys()) - known):
            yield from self._attribution(Place(gate_id))

    def _gate(self, place: Place, before: Gate | None, after: Gate | None) -> Iterator[Change]:
        if before is None and after is not None:
            yield place.change(Kind.GATE_ADDED, strictness.gate_added(after.kind), after=after.name)
        elif after is None and before is not None:
            yield place.change(Kind.GATE_REMOVED, strictness.opposite(strictness.gate_added(before.kind)), before.name)
        elif before is not None and after is not None:
            yield from differing(place, before, after, GATE)
            for tier in Tier:
                old, new = before.every_days.get(tier), after.every_days.get(tier)
                if old != new:
                    yield place.change(Kind.GATE_INTERVAL, strictness.lower(old, new), old, new, tiers=(tier,), unit="days")

    def _attribution(self, place: Place) -> Iterator[Change]:
        before, after = (policy.attribution_minimum.get(place.gate or "", {}) for policy in (self.before, self.after))
        for tier in strictness.PASSABLE:
            old, new = before.get(tier), after.get(tier)
            if old != new:
                yield place.change(Kind.GATE_ATTRIBUTION, strictness.level(old, new), old, new, tiers=(tier,))

    def _seats(self, place: Place, before: Gate | None, after: Gate | None) -> Iterator[Change]:
        old, new = _seats_of(before), _seats_of(after)
        for name, was, is_now in unequal(old, new):
            found = is_now or was
            assert found is not None
            at = place.inside(name, found.label)
            if is_now is None:
                yield at.change(Kind.SEAT_REMOVED, Effect.LOOSER, found.function, tiers=tiers_of(found.when))
            elif was is None:
                yield at.change(Kind.SEAT_ADDED, Effect.STRICTER, after=found.function, tiers=tiers_of(found.when))
            else:
                yield from differing(at, was, is_now, {**SEAT, "when": (Kind.SEAT_CONDITION, self.condition)})
                yield from _looks(at, was, is_now)
        yield from reordered(place, Kind.SEAT_PLACE, old, new)

    def _items(self, place: Place, before: Gate | None, after: Gate | None) -> Iterator[Change]:
        """A check that moves is one less at the gate that it leaves, and one more at the gate where it stands now."""
        old, new = _items(before), _items(after)
        for name, was, is_now in paired(old, new):
            found = is_now or was
            assert found is not None
            at = place.inside(name, found.title)
            if is_now is None and name in self.new_gate:
                yield at.change(Kind.ITEM_MOVED, Effect.LOOSER, place.gate, self.new_gate[name])
            elif is_now is None:
                yield at.change(Kind.ITEM_REMOVED, Effect.LOOSER, found.severity, tiers=tiers_of(found.when))
            elif name not in self.old_gate:
                yield at.change(Kind.ITEM_ADDED, Effect.STRICTER, after=found.severity, tiers=tiers_of(found.when))
            else:
                yield from self._item(at, self.before.item(name), is_now)
        yield from reordered(place, Kind.ITEM_PLACE, old, new)

    def _item(self, place: Place, before: Item, after: Item) -> Iterator[Change]:
        old, new = self.old_gate[before.id], self.new_gate[after.id]
        if old != new:
            yield place.change(Kind.ITEM_MOVED, Effect.STRICTER, old, new)
        yield from differing(place, before, after, {**ITEM, "when": (Kind.ITEM_CONDITION, self.condition)})
        if before.max_age_days != after.max_age_days:
            ages = (_age(self.before, before), _age(self.after, after))
            yield place.change(Kind.ITEM_FRESHNESS, strictness.lower(*ages), before.max_age_days, after.max_age_days, unit="days")
        yield from thresholds.changes(place, before.thresholds, after.thresholds, self.condition)
        for clause in dict.fromkeys([*before.maps, *after.maps]):
            if clause not in after.maps:
                yield place.change(Kind.ITEM_CLAUSE_REMOVED, Effect.NEITHER, clause)
            elif clause not in before.maps:
                yield place.change(Kind.ITEM_CLAUSE_ADDED, Effect.NEITHER, after=clause)


def _looks(place: Place, before: Seat, after: Seat) -> Iterator[Change]:
    """What a seat looks at. Other words may ask for more or for less: nobody can tell."""
    old, new = ({look.id: look.text for look in seat.looks_at} for seat in (before, after))
    for name, was, is_now in unequal(old, new):
        if is_now is None:
            yield place.change(Kind.LOOK_REMOVED, Effect.LOOSER, was, detail=name)
        elif was is None:
            yield place.change(Kind.LOOK_ADDED, Effect.STRICTER, after=is_now, detail=name)
        else:
            yield place.change(Kind.LOOK_TEXT, Effect.UNCLEAR, was, is_now, detail=name)
    yield from reordered(place, Kind.LOOK_PLACE, old, new)


def _age(policy: Policy, item: Item) -> int | None:
    """The age that is accepted in the end: the check's own, else that of its kind of evidence."""
    return item.max_age_days or policy.max_age_days.get(item.evidence)


def _items(gate: Gate | None) -> dict[str, Item]:
    return {item.id: item for item in gate.items} if gate else {}


def _seats_of(gate: Gate | None) -> dict[str, Seat]:
    return {seat.id: seat for seat in gate.seats} if gate else {}


def _gates_of_items(policy: Policy) -> dict[str, str]:
    return {item.id: gate.id for gate in policy.gates.values() for item in gate.items}
