"""Which changes ask for less, at which gates, whom that bars from signing, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest

from governance.domain.loosening import BARRED_FOR, Loosening, barred, loosened
from governance.domain.policy_changes import Change, Effect, Kind

GATES = ("G1", "G2", "C1")
NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)


def change(gate: str | None, effect: Effect, kind: Kind = Kind.ITEM_SEVERITY) -> Change:
    return Change(kind, effect, gate=gate)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([], {}),
        ([change("G1", Effect.STRICTER), change(None, Effect.STRICTER), change("G2", Effect.NEITHER)], {}),
        ([change("G1", Effect.LOOSER)], {"G1": 1}),
        ([change("G1", Effect.UNCLEAR)], {"G1": 1}),
        ([change("G1", Effect.LOOSER), change("G1", Effect.STRICTER), change("G1", Effect.LOOSER)], {"G1": 2}),
        ([change(None, Effect.LOOSER, Kind.BAND)], {"C1": 1, "G1": 1, "G2": 1}),
        ([change(None, Effect.UNCLEAR, Kind.SECTION), change("G2", Effect.LOOSER)], {"C1": 1, "G1": 1, "G2": 2}),
        ([change("G9", Effect.LOOSER)], {}),
        ([change("G9", Effect.UNCLEAR, Kind.GATE_REMOVED)], {"C1": 1, "G1": 1, "G2": 1}),
        ([change("G1", Effect.UNCLEAR, Kind.GATE_ENTERS)], {"C1": 1, "G1": 1, "G2": 1}),
    ],
)
def test_what_asks_for_less_is_counted_where_it_bears(changes: list[Change], found: dict[str, int]) -> None:
    assert loosened(changes, GATES) == found


def loosening(at: datetime, gate: str = "G1", proposed_by: str = "ada", published_by: str = "bo", changes: int = 1) -> Loosening:
    return Loosening("2.0", gate, changes, proposed_by, published_by, at)


@pytest.mark.parametrize(
    ("published", "taken", "now", "gate", "is_barred"),
    [
        (0, 0, 0, "G1", True),
        (0, 1, 29, "G1", True),
        (0, 1, 30, "G1", False),
        (0, 40, 40, "G1", False),
        (1, 0, 1, "G1", False),
        (0, 1, 1, "G2", False),
    ],
    ids=["at once", "29 days later", "30 days later", "long after", "under older rules", "another gate"],
)
def test_both_are_barred_for_thirty_days_from_what_took_its_rules_after(
    published: int, taken: int, now: int, gate: str, is_barred: bool
) -> None:
    at, moment, today = (NOW + timedelta(days=days) for days in (published, taken, now))

    assert set(barred([loosening(at)], gate, moment, today)) == ({"ada", "bo"} if is_barred else set())


def test_of_several_the_longest_bars() -> None:
    first, second = loosening(NOW), loosening(NOW + timedelta(days=2), published_by="cy")
    found = barred([second, first], "G1", NOW + timedelta(days=3), NOW + timedelta(days=3))

    assert found == {"ada": second, "bo": first, "cy": second}
    assert second.until == NOW + timedelta(days=2) + BARRED_FOR
