"""Sign-offs in full: every combination of four decisions, every way in which one falls."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from governance.domain import signoffs
from governance.domain.signoffs import Fall, Reason, SignOff
from governance.domain.vocabulary import Decision, RequestState, Section
from tests.domain.test_signoffs import ALL, EXECUTIVE, NOW, SEATS, SECTIONS, review, signed

DECISIONS = ["none", *Decision]
OUTCOMES = {
    # what four seats decided, in any order: how many of each, and the state it adds up to
    "passed": lambda approve, change, reject, none: approve == 4,
    "rejected": lambda approve, change, reject, none: reject >= 1 and none == 0,
    "changes_requested": lambda approve, change, reject, none: reject == 0 and change >= 1,
}


@pytest.mark.parametrize("decisions", list(product(DECISIONS, repeat=4)), ids="-".join)
def test_every_combination_of_four_decisions_has_one_outcome(decisions: tuple[str, ...]) -> None:
    given = [signed(of, Decision(word)) for of, word in zip(SEATS, decisions, strict=True) if word != "none"]

    outcome = signoffs.verdict(review(*given), NOW)

    counts = [decisions.count(word) for word in ("approve", "request_changes", "reject", "none")]
    assert outcome == next((state for state, holds in OUTCOMES.items() if holds(*counts)), "in_review")


def test_after_a_reject_only_the_seats_of_this_revision_are_waited_for() -> None:
    """A seat that a lower tier no longer asks for does not stand in for one that is still open."""
    given = [signed(SEATS[0], Decision.REJECT), signed(EXECUTIVE), *ALL[1:3]]

    assert signoffs.verdict(review(*given), NOW) is RequestState.IN_REVIEW
    assert signoffs.verdict(review(*given, ALL[3]), NOW) is RequestState.REJECTED


def test_a_seat_that_is_not_asked_neither_passes_a_gate_nor_keeps_it_shut() -> None:
    assert signoffs.verdict(review(*ALL[:3], signed(EXECUTIVE)), NOW) is RequestState.IN_REVIEW
    assert signoffs.verdict(review(*ALL, signed(EXECUTIVE)), NOW) is RequestState.PASSED


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_sign_off_counts_up_to_the_last_moment_of_its_time(seconds: int) -> None:
    given = signed(SEATS[0])
    at = signoffs.holds_until(review(), given) + timedelta(seconds=seconds)

    assert signoffs.holds_until(review(), given) == NOW + timedelta(days=29)
    assert signoffs.fall(review(given), given, at) == (Fall(Reason.EXPIRED) if seconds > 0 else None)


@pytest.mark.parametrize(
    ("seen", "frozen", "live", "counts"),
    [
        ("a", "a", "a", True),
        ("a", "a", "b", False),
        ("a", "b", "a", False),
        ("a", "b", "b", False),
        ("a", "b", "c", False),
    ],
)
@pytest.mark.parametrize("section", Section)
def test_what_was_signed_what_is_on_the_table_and_what_the_record_says_have_to_be_one(
    section: Section, seen: str, frozen: str, live: str, counts: bool
) -> None:
    given = replace(signed(EXECUTIVE), covers={**SECTIONS, section: seen})
    now = review(given, frozen={**SECTIONS, section: frozen}, live={**SECTIONS, section: live})

    assert signoffs.fall(now, given, NOW) == (None if counts else Fall(Reason.CHANGED, (section,)))


def test_a_change_is_said_before_anything_else_that_makes_a_sign_off_fall() -> None:
    given = signed(SEATS[0], Decision.REQUEST_CHANGES, revision=0, entitled=False, at=NOW - timedelta(days=99))
    moved = review(given, live={**SECTIONS, Section.COMMON: "else"})

    assert signoffs.fall(moved, given, NOW) == Fall(Reason.CHANGED, (Section.COMMON,))
    assert signoffs.fall(review(given), given, NOW) == Fall(Reason.ANSWERED)
    assert signoffs.fall(review(given), replace(given, revision=1), NOW) == Fall(Reason.RIGHT_LOST)


def test_an_answered_request_for_changes_no_longer_keeps_a_gate_shut() -> None:
    asked = signed(SEATS[0], Decision.REQUEST_CHANGES)

    again = review(asked, signed(SEATS[0], revision=2, leaf=2), *ALL[1:], revision=2)

    assert signoffs.verdict(again, NOW) is RequestState.PASSED


def test_the_last_decision_of_a_seat_is_the_one_that_counts() -> None:
    earlier, later = signed(SEATS[0]), signed(SEATS[0], Decision.REQUEST_CHANGES, leaf=2)

    assert signoffs.standing(review(earlier, later), NOW) == {"data_science": later}
    assert not list(signoffs.falls(review(later, earlier), NOW))


def test_seats_of_the_same_order_do_not_wait_for_each_other() -> None:
    assert signoffs.waits_for_lower(review(), SEATS[3], NOW) == []
    assert signoffs.waits_for_lower(review(seats=(*SEATS, EXECUTIVE)), EXECUTIVE, NOW) == list(SEATS)


REJECT = signed(SEATS[0], Decision.REJECT)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (replace(REJECT, covers={Section.COMMON: "else"}, entitled=False, at=NOW - timedelta(days=99), revision=0), None),
        (replace(ALL[1], entitled=False), None),
        (replace(ALL[1], at=NOW - timedelta(days=99)), None),
        (replace(ALL[1], covers={Section.COMMON: "else"}), Fall(Reason.CHANGED, (Section.COMMON,))),
        (signed(SEATS[1], Decision.REQUEST_CHANGES, revision=0), Fall(Reason.ANSWERED)),
        (signed(SEATS[1], Decision.REQUEST_CHANGES), None),
    ],
)
def test_after_a_reject_time_and_rights_no_longer_matter_and_the_reject_stays(given: SignOff, why: Fall | None) -> None:
    assert signoffs.fall(review(REJECT, given), given, NOW) == why


@pytest.mark.parametrize(
    ("obstacles", "said"), [((), "not every seat approved"), (("G1-05 not_met",), "a check or the standing keeps it shut")]
)
def test_what_keeps_a_gate_shut_after_every_seat_has_decided(obstacles: tuple[str, ...], said: str) -> None:
    assert signoffs.keeps_shut(review(*ALL, obstacles=obstacles)) == said
