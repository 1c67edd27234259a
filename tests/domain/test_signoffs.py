"""Which sign-offs count, and what they add up to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from governance.domain import signoffs
from governance.domain.errors import RuleBroken
from governance.domain.policy import Look, Seat
from governance.domain.signoffs import Fall, Reason, Review, Settled, SignOff
from governance.domain.vocabulary import SECTION_OF, Decision, Function, RequestState, Section

NOW = datetime(2026, 9, 9, 12, tzinfo=UTC)
SECTIONS = {section: f"digest of {section.value}" for section in Section}


def seat(function: Function, **other: object) -> Seat:
    return Seat(function.value, function, function.value, frozenset({Section.COMMON, SECTION_OF[function]}), **other)  # type: ignore[arg-type]


SEATS = tuple(seat(function) for function in Function)
EXECUTIVE = Seat("executive", Function.BUSINESS, "Executive", frozenset(Section), order=2)


def signed(of: Seat, decision: Decision = Decision.APPROVE, **other: object) -> SignOff:
    covers = {section: SECTIONS[section] for section in of.covers}
    values = {"leaf": 1, "by": f"person of {of.id}", "at": NOW - timedelta(days=1), "revision": 1, **other}
    return SignOff(seat=of.id, decision=decision, covers=covers, **values)  # type: ignore[arg-type]


def review(*given: SignOff, **other: object) -> Review:
    values = {
        "state": RequestState.IN_REVIEW,
        "revision": 1,
        "seats": SEATS,
        "frozen": SECTIONS,
        "live": SECTIONS,
        "valid_days": 30,
        **other,
    }
    return Review(given=given, **values)  # type: ignore[arg-type]


ALL = tuple(signed(of) for of in SEATS)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ("", RequestState.IN_REVIEW),
        ("approve approve approve", RequestState.IN_REVIEW),
        ("approve approve approve approve", RequestState.PASSED),
        ("approve approve approve request_changes", RequestState.CHANGES_REQUESTED),
        ("request_changes", RequestState.CHANGES_REQUESTED),
        ("reject", RequestState.IN_REVIEW),
        ("reject approve approve", RequestState.IN_REVIEW),
        ("reject request_changes approve", RequestState.IN_REVIEW),
        ("reject approve approve approve", RequestState.REJECTED),
        ("reject reject reject reject", RequestState.REJECTED),
        ("reject request_changes approve approve", RequestState.REJECTED),
    ],
)
def test_what_the_decisions_of_four_seats_add_up_to(given: str, outcome: RequestState) -> None:
    decisions = [signed(of, Decision(word)) for of, word in zip(SEATS, given.split(), strict=False)]

    assert signoffs.verdict(review(*decisions), NOW) is outcome


@pytest.mark.parametrize("state", sorted(set(RequestState) - {RequestState.IN_REVIEW}))
def test_only_a_request_in_review_is_settled(state: RequestState) -> None:
    assert signoffs.verdict(review(*ALL, state=state), NOW) is state


def test_a_gate_without_seats_never_passes() -> None:
    assert signoffs.verdict(review(seats=()), NOW) is RequestState.IN_REVIEW


def test_an_obstacle_keeps_the_gate_shut_whatever_the_seats_say() -> None:
    assert signoffs.verdict(review(*ALL, obstacles=("G1-05 not_met",)), NOW) is RequestState.IN_REVIEW


@pytest.mark.parametrize("section", Section)
def test_exactly_the_sign_offs_whose_sections_changed_stop_counting(section: Section) -> None:
    moved = {**SECTIONS, section: "something else"}

    counting = signoffs.standing(review(*ALL, live=moved), NOW)

    kept = set() if section is Section.COMMON else {of.id for of in SEATS if section not in of.covers}
    assert counting.keys() == kept


def test_a_sign_off_counts_again_when_the_change_is_taken_back() -> None:
    changed = review(*ALL, live={**SECTIONS, Section.BUSINESS: "else"})

    assert signoffs.verdict(changed, NOW) is RequestState.IN_REVIEW
    assert signoffs.verdict(replace(changed, live=SECTIONS), NOW) is RequestState.PASSED


def test_a_change_that_touches_no_seat_still_keeps_the_gate_shut() -> None:
    narrow = tuple(replace(of, covers=frozenset({Section.COMMON})) for of in SEATS)
    given = [signed(of) for of in narrow]

    assert signoffs.verdict(review(*given, seats=narrow, live={**SECTIONS, Section.BUSINESS: "else"}), NOW) is RequestState.IN_REVIEW


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (signed(SEATS[0]), None),
        (signed(SEATS[0], entitled=False), Fall(Reason.RIGHT_LOST)),
        (signed(SEATS[0], at=NOW - timedelta(days=31)), Fall(Reason.EXPIRED)),
        (signed(SEATS[0], at=NOW - timedelta(days=30)), None),
        (signed(SEATS[0], Decision.REQUEST_CHANGES, revision=0), Fall(Reason.ANSWERED)),
        (signed(SEATS[0], revision=0), None),
        (signed(SEATS[0], Decision.REJECT, entitled=False, at=NOW - timedelta(days=400)), None),
    ],
)
def test_why_a_sign_off_no_longer_counts(given: SignOff, why: Fall | None) -> None:
    assert signoffs.fall(review(given), given, NOW) == why


def test_a_fall_names_the_sections_that_changed() -> None:
    changed = review(*ALL, live={**SECTIONS, Section.IT_OPS: "else"})

    assert [(given.seat, fell) for given, fell in signoffs.falls(changed, NOW)] == [("it_ops", Fall(Reason.CHANGED, (Section.IT_OPS,)))]


def test_a_fallen_sign_off_that_was_given_again_is_not_reported() -> None:
    old, new = signed(SEATS[0], at=NOW - timedelta(days=90)), signed(SEATS[0], leaf=2)

    assert not list(signoffs.falls(review(old, new), NOW))


def test_after_a_reject_every_decision_stands() -> None:
    """The finding of a reject changes the record; the others still decide, and the round ends."""
    moved = {**SECTIONS, Section.COMMON: "else"}
    given = [signed(SEATS[0], Decision.REJECT), *ALL[1:]]

    assert signoffs.verdict(review(*given, live=moved), NOW) is RequestState.REJECTED


def test_after_a_reject_only_decisions_on_the_dossier_as_submitted_stand() -> None:
    """What was said of an earlier revision is not a decision on this one, and a seat that is asked no more is nobody's."""
    rejected = signed(SEATS[0], Decision.REJECT, revision=2)
    asked_before = signed(SEATS[1], Decision.REQUEST_CHANGES, revision=1)
    other_dossier = replace(signed(SEATS[2]), covers={Section.COMMON: "an earlier one"})
    not_asked = signed(EXECUTIVE)

    found = review(rejected, asked_before, other_dossier, not_asked, revision=2)

    assert set(signoffs.standing(found, NOW)) == {"data_science", "executive"}
    assert [of.id for of in signoffs.outstanding(found, NOW)] == ["it_ops", "business", "compliance"]
    assert signoffs.verdict(replace(found, given=(*found.given, *ALL[2:])), NOW) is RequestState.IN_REVIEW
    assert signoffs.verdict(replace(found, given=(*found.given, *ALL[1:])), NOW) is RequestState.REJECTED


@pytest.mark.parametrize(
    ("given", "counted", "why"),
    [
        (signed(SEATS[0], entitled=False), {1}, None),
        (signed(SEATS[0], at=NOW - timedelta(days=400)), {1}, None),
        (replace(signed(SEATS[0]), covers={Section.COMMON: "else"}), {1}, None),
        (signed(SEATS[0]), set(), Fall(Reason.NOT_THEN)),
        (replace(signed(SEATS[0]), covers={Section.COMMON: "else"}), set(), Fall(Reason.CHANGED, (Section.COMMON,))),
        (signed(SEATS[0], at=NOW - timedelta(days=31)), set(), Fall(Reason.EXPIRED)),
        (signed(SEATS[0], at=NOW - timedelta(days=30)), set(), Fall(Reason.NOT_THEN)),
    ],
)
def test_a_settled_request_keeps_what_counted_then(given: SignOff, counted: set[int], why: Fall | None) -> None:
    """What the signer lost, and how old the sign-off is by now, does not reach back."""
    settled = review(given, state=RequestState.PASSED, settled=Settled(NOW, frozenset(counted)))

    assert signoffs.fall(settled, given, NOW + timedelta(days=1_000)) == why


def test_a_reject_survives_every_later_change() -> None:
    rejected = signed(SEATS[0], Decision.REJECT)

    later = review(rejected, *ALL[1:3], revision=3, live={**SECTIONS, Section.COMMON: "else"})

    assert not signoffs.can_still_pass(later)
    assert signoffs.verdict(later, NOW) is RequestState.IN_REVIEW


def test_outstanding_seats_come_in_the_order_they_may_decide() -> None:
    waiting = signoffs.outstanding(review(ALL[1], seats=(EXECUTIVE, *SEATS)), NOW)

    assert [of.id for of in waiting] == ["data_science", "business", "compliance", "executive"]


def test_a_later_seat_waits_until_every_lower_one_has_approved() -> None:
    five = (*SEATS, EXECUTIVE)

    assert signoffs.waits_for_lower(review(*ALL[:3], seats=five), EXECUTIVE, NOW) == [SEATS[3]]
    assert signoffs.waits_for_lower(review(*ALL[:3], signed(SEATS[3], Decision.REJECT), seats=five), EXECUTIVE, NOW) == [SEATS[3]]
    assert not signoffs.waits_for_lower(review(*ALL, seats=five), EXECUTIVE, NOW)
    assert signoffs.verdict(review(*ALL, seats=five), NOW) is RequestState.IN_REVIEW
    assert signoffs.verdict(review(*ALL, signed(EXECUTIVE), seats=five), NOW) is RequestState.PASSED


LOOKS = (Look("drill", "I saw the log."), Look("alarm", "I saw an alarm."))
WITH_LIST = replace(SEATS[0], looks_at=LOOKS)


@pytest.mark.parametrize("decision", list(Decision))
@pytest.mark.parametrize("ticked", ["", "drill", "alarm", "alarm drill"])
def test_only_an_approval_needs_every_box_ticked(decision: Decision, ticked: str) -> None:
    names = ticked.split()

    if decision is Decision.APPROVE and len(names) < 2:
        with pytest.raises(RuleBroken) as refused:
            signoffs.looked_at(WITH_LIST, decision, names)
        [problem] = refused.value.problems
        left = "one of them is open" if names else "2 of them are open"
        assert problem.about == "looked_at" and left in problem.message
    else:
        assert signoffs.looked_at(WITH_LIST, decision, names) == tuple(look for look in LOOKS if look.id in names), "in the seat's order"


@pytest.mark.parametrize("decision", list(Decision))
def test_a_seat_without_a_list_asks_for_nothing(decision: Decision) -> None:
    assert signoffs.looked_at(SEATS[0], decision, ()) == ()


@pytest.mark.parametrize("decision", list(Decision))
def test_what_a_seat_does_not_look_at_cannot_be_ticked(decision: Decision) -> None:
    with pytest.raises(RuleBroken, match="does not look at everything that was ticked"):
        signoffs.looked_at(WITH_LIST, decision, ["drill", "alarm", "budget"])
