"""A policy finds its items."""

from dataclasses import FrozenInstanceError

import pytest

from governance.domain.policy import Applicability, Seat, Threshold
from governance.domain.vocabulary import Applies, Comparator, Function
from governance.paths import policies_directory
from governance.policy.loader import load_policy

POLICY = load_policy(policies_directory() / "stage-gates").policy


def test_every_item_is_found_by_its_id_whatever_its_gate() -> None:
    everything = [item for gate in POLICY.gates.values() for item in gate.items]

    assert [POLICY.item(item.id) for item in everything] == everything
    assert POLICY.item("C2-05").title


@pytest.mark.parametrize("unknown", ["", "G1", "G1-00", "g1-01", "G1-01 "])
def test_an_item_that_is_not_there_is_an_error(unknown: str) -> None:
    with pytest.raises(KeyError) as error:
        POLICY.item(unknown)

    assert error.value.args == (unknown,)


def test_what_a_policy_leaves_out_has_the_safe_meaning() -> None:
    seat = Seat("business", Function.BUSINESS, "Business", frozenset())
    threshold = Threshold("recall", Comparator.GTE, "share", "a month", 1)

    assert (seat.when, seat.order, seat.independent, seat.qualification) == ("true", 1, False, None)
    assert (threshold.bound, threshold.basis) == ("point", "judgement")
    assert not any((threshold.value, threshold.per_tier, threshold.compare_with, threshold.factor, threshold.margin, threshold.allow))


def test_a_decision_about_a_condition_cannot_be_changed_afterwards() -> None:
    with pytest.raises(FrozenInstanceError):
        Applicability(Applies.UNDECIDED).applies = Applies.YES  # type: ignore[misc]
