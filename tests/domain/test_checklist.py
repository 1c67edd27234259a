"""What an answer amounts to. Whatever cannot be decided is inconclusive, and never passes."""

from datetime import date, timedelta

import pytest

from governance.domain.checklist import Evaluated, blocks, evaluate, passes
from governance.domain.dossier import Answer, Evidence
from governance.domain.policy import PlannedItem, Thresholds
from governance.domain.vocabulary import AnswerState, Applies, EvidenceKind, Severity
from tests.domain.samples import NOW, TODAY, all_of, answer, any_of, days_ago, evidence, planned, threshold, value

MET, NOT_MET, OPEN, STALE = AnswerState.MET, AnswerState.NOT_MET, AnswerState.INCONCLUSIVE, AnswerState.STALE
IN_PROGRESS, NOT_STARTED = AnswerState.IN_PROGRESS, AnswerState.NOT_STARTED
NOT_APPLICABLE, WAIVED = AnswerState.NOT_APPLICABLE, AnswerState.WAIVED
LIMIT = all_of(threshold())
SOURCE = {"source": "plan"}


def judged(of: PlannedItem, given: Answer | None, usual: dict[EvidenceKind, int] | None = None) -> Evaluated:
    return evaluate(of, given, {}, NOW, usual or {})


@pytest.mark.parametrize(
    ("applies", "given", "state", "why"),
    [
        (Applies.NO, None, NOT_APPLICABLE, "because"),
        (Applies.NO, answer(value("0.1")), NOT_APPLICABLE, "because"),
        (Applies.UNDECIDED, None, OPEN, "because"),
        (Applies.UNDECIDED, answer(value()), OPEN, "because"),
        (Applies.UNDECIDED, answer(value(), carried=True), OPEN, "because"),
        (Applies.YES, None, NOT_STARTED, "nobody has answered it"),
        (Applies.YES, answer(value()), MET, None),
    ],
)
def test_an_item_that_is_not_decided_is_never_met(applies: Applies, given: Answer | None, state: AnswerState, why: str | None) -> None:
    found = judged(planned(LIMIT, applies, "because"), given)

    assert (found.state, found.why) == (state, why)


@pytest.mark.parametrize(
    ("claim", "good", "bad", "bare", "carried"),
    [
        (MET, MET, NOT_MET, OPEN, MET),
        (NOT_MET, NOT_MET, NOT_MET, NOT_MET, NOT_MET),
        (IN_PROGRESS, IN_PROGRESS, IN_PROGRESS, IN_PROGRESS, IN_PROGRESS),
        (NOT_STARTED, NOT_STARTED, NOT_STARTED, NOT_STARTED, NOT_STARTED),
        (NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE),
        (WAIVED, WAIVED, WAIVED, WAIVED, WAIVED),
        (OPEN, OPEN, OPEN, OPEN, OPEN),
        (STALE, STALE, STALE, STALE, STALE),
    ],
)
def test_a_claim_of_met_is_worked_out_and_any_other_is_taken_at_its_word(
    claim: AnswerState, good: AnswerState, bad: AnswerState, bare: AnswerState, carried: AnswerState
) -> None:
    """Bare: without evidence. Carried: loaded as given, from a record that this version does not keep."""
    of = planned(LIMIT)
    given = [answer(value("0.95"), claim=claim), answer(value("0.1"), claim=claim), answer(claim=claim, evidence=())]
    loaded = answer(value("0.1"), claim=claim, carried=True)

    assert [judged(of, one).state for one in given] == [good, bad, bare]
    assert (judged(of, loaded).state, judged(of, loaded).why) == (carried, "loaded as given")


@pytest.mark.parametrize("kind", EvidenceKind)
def test_evidence_of_the_kind_that_is_asked_for_has_to_be_there(kind: EvidenceKind) -> None:
    of = planned(evidence=kind)
    other = next(another for another in EvidenceKind if another is not kind)
    spoken = {EvidenceKind.ATTESTATION: "an attestation", EvidenceKind.AUTOMATED_REPORT: "an automated report"}.get(kind, f"a {kind.value}")

    assert judged(of, answer(evidence=(evidence(kind=other), evidence(2, kind=kind)))) == Evaluated(MET)
    for limits in (None, LIMIT):
        bare = answer(value(), evidence=())
        assert judged(planned(limits, evidence=kind), bare) == Evaluated(OPEN, f"no evidence yet: {spoken} is asked for")
    assert judged(of, answer(evidence=(evidence(kind=other),))) == Evaluated(
        OPEN, f"the evidence is of another kind: {spoken} is asked for"
    )


@pytest.mark.parametrize(
    ("limits", "given", "state"),
    [
        (LIMIT, answer(value("0.95"), evidence=()), MET),
        (LIMIT, answer(value("0.1"), evidence=()), NOT_MET),
        (LIMIT, answer(evidence=()), OPEN),
        (None, answer(evidence=()), OPEN),
        (None, answer(evidence=(evidence(kind=EvidenceKind.LINK),)), MET),
    ],
)
def test_what_a_record_of_the_app_answers_rests_on_values_or_evidence_never_on_a_word(
    limits: Thresholds | None, given: Answer, state: AnswerState
) -> None:
    assert judged(planned(limits, **SOURCE), given).state is state


G, B = value("0.95", "good"), value("0.1", "bad")


@pytest.mark.parametrize(
    ("outcomes", "all_state", "any_state"),
    [
        ("", OPEN, OPEN),
        ("good", MET, MET),
        ("bad", NOT_MET, NOT_MET),
        ("absent", OPEN, OPEN),
        ("good good", MET, MET),
        ("good bad", NOT_MET, MET),
        ("good absent", OPEN, MET),
        ("bad good", NOT_MET, MET),
        ("bad bad", NOT_MET, NOT_MET),
        ("bad absent", NOT_MET, OPEN),
        ("absent good", OPEN, MET),
        ("absent bad", NOT_MET, OPEN),
        ("absent absent", OPEN, OPEN),
        ("good bad absent", NOT_MET, MET),
    ],
)
def test_how_comparisons_combine(outcomes: str, all_state: AnswerState, any_state: AnswerState) -> None:
    parts = [threshold(metric=metric) for metric in outcomes.split()]

    found = [judged(planned(combined(*parts)), answer(G, B)) for combined in (all_of, any_of)]

    assert [one.state for one in found] == [all_state, any_state]
    assert all(len(one.comparisons) == len(parts) for one in found)


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (all_of(threshold(metric="absent"), threshold(metric="bad")), "bad: 10\u202f% against at least 90\u202f%"),
        (all_of(threshold(metric="good"), threshold(metric="absent")), "absent: no value for absent"),
        (any_of(threshold(metric="bad"), threshold(metric="absent")), "absent: no value for absent"),
        (any_of(threshold(metric="bad")), "bad: 10\u202f% against at least 90\u202f%"),
        (all_of(), "nothing was compared"),
    ],
)
def test_what_is_in_the_way_is_said(limits: Thresholds, why: str) -> None:
    assert judged(planned(limits), answer(G, B)).why == why


@pytest.mark.parametrize(
    ("own", "usual", "age", "state"),
    [
        (90, None, 89, MET),
        (90, None, 90, MET),
        (90, None, 91, STALE),
        (None, 30, 30, MET),
        (None, 30, 31, STALE),
        (90, 30, 60, MET),
        (30, 90, 60, STALE),
        (None, None, 9_000, MET),
        (1, None, 0, MET),
        (1, None, -1, MET),
    ],
)
def test_on_the_last_day_allowed_evidence_is_fresh(own: int | None, usual: int | None, age: int, state: AnswerState) -> None:
    ages = {EvidenceKind.METRIC: usual} if usual else {EvidenceKind.LINK: 1}

    found = judged(planned(max_age_days=own), answer(evidence=(evidence(effective=days_ago(age)),)), ages)

    assert found.state is state
    assert state is MET or found.why == f"{age} days old, at most {own or usual} are allowed"


@pytest.mark.parametrize(
    ("pieces", "state"),
    [
        ([(EvidenceKind.METRIC, 31), (EvidenceKind.METRIC, 30)], MET),
        ([(EvidenceKind.METRIC, 30), (EvidenceKind.METRIC, 31)], MET),
        ([(EvidenceKind.METRIC, 31), (EvidenceKind.LINK, 1)], STALE),
        ([(EvidenceKind.METRIC, 30), (EvidenceKind.LINK, 99)], MET),
    ],
)
def test_the_newest_piece_of_the_kind_asked_for_counts(pieces: list[tuple[EvidenceKind, int]], state: AnswerState) -> None:
    given = answer(evidence=tuple(evidence(kind=kind, effective=days_ago(age)) for kind, age in pieces))

    assert judged(planned(max_age_days=30), given).state is state


@pytest.mark.parametrize(("measured", "in_force", "state"), [(30, 999, MET), (31, 1, STALE), (30, 1, MET)])
def test_a_measurement_ages_from_its_own_day_not_from_the_report_on_it(measured: int, in_force: int, state: AnswerState) -> None:
    given = answer(
        value(measured_at=NOW - timedelta(days=measured)),
        value(metric="other", measured_at=NOW - timedelta(days=999)),
        evidence=(evidence(effective=days_ago(in_force)),),
    )

    assert judged(planned(LIMIT, max_age_days=30), given).state is state


def test_the_oldest_of_several_measurements_counts() -> None:
    given = answer(value(measured_at=NOW - timedelta(days=31)), value("0.95", "drift"))

    assert judged(planned(all_of(threshold(), threshold(metric="drift")), max_age_days=30), given).state is STALE


@pytest.mark.parametrize(
    ("expires", "state"), [(None, MET), (TODAY - timedelta(days=1), STALE), (TODAY, MET), (TODAY + timedelta(days=1), MET)]
)
@pytest.mark.parametrize("kind", [EvidenceKind.METRIC, EvidenceKind.LINK])
def test_evidence_counts_up_to_the_day_it_expires(expires: date | None, kind: EvidenceKind, state: AnswerState) -> None:
    pieces: tuple[Evidence, ...] = (evidence(), evidence(2, kind=kind, title="Audit", expires=expires))

    found = judged(planned(), answer(evidence=pieces))

    assert found.state is state
    assert state is MET or found.why == "“Audit” expired on 2026-09-08"


def test_a_failed_comparison_is_not_met_however_old_it_is() -> None:
    old = answer(value("0.1", measured_at=NOW - timedelta(days=999)))

    assert judged(planned(LIMIT, max_age_days=30), old).state is NOT_MET


def test_where_a_record_answers_evidence_of_any_kind_ages() -> None:
    found = [
        judged(planned(**SOURCE, max_age_days=30), answer(evidence=(evidence(kind=EvidenceKind.LINK, effective=days_ago(age)),)))
        for age in (30, 31)
    ]

    assert [one.state for one in found] == [MET, STALE]


@pytest.mark.parametrize(
    ("state", "stops_submission", "lets_pass"),
    [
        (NOT_STARTED, True, False),
        (IN_PROGRESS, True, False),
        (MET, False, True),
        (NOT_MET, False, False),
        (NOT_APPLICABLE, False, True),
        (WAIVED, False, True),
        (OPEN, True, False),
        (STALE, True, False),
    ],
)
def test_only_what_is_met_not_applicable_or_waived_passes_and_only_what_is_open_stops_a_submission(
    state: AnswerState, stops_submission: bool, lets_pass: bool
) -> None:
    for severity in (Severity.BLOCKING, Severity.WAIVABLE):
        of = planned(severity=severity)
        assert (blocks(of, Evaluated(state)), passes(of, Evaluated(state))) == (stops_submission, lets_pass)

    advisory = planned(severity=Severity.ADVISORY)
    assert (blocks(advisory, Evaluated(state)), passes(advisory, Evaluated(state))) == (False, True)
