"""The rules of evidence after it was added: what takes the place of what, and that what rests on the old is stale."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from governance.domain import dossier, evidence_scope
from governance.domain.checklist import Evaluated, evaluate, outlived
from governance.domain.dossier import Answer
from governance.domain.errors import RuleBroken
from governance.domain.evidence_scope import Piece, Scope, ScopePart, Successor
from governance.domain.policy import PlannedItem
from governance.domain.vocabulary import AnswerState, Comparator
from tests.domain.samples import NOW, all_of, answer, days_ago, evidence, planned, threshold, value

BY = Successor("E-9", date(2026, 11, 2))
OLD = Piece("AI-0001.E-3", "AI-0001", "metric", days_ago(30))
NEW = Piece("AI-0001.E-9", "AI-0001", "metric", days_ago(1))


def judged(asked: PlannedItem, given: Answer, model_version: str = "1.0") -> Evaluated:
    return outlived(evaluate(asked, given, {}, NOW, {}), given, model_version)


def test_what_rests_on_a_superseded_piece_is_stale_and_says_by_what_since_when() -> None:
    asked, given = planned(all_of(threshold(Comparator.GTE, "0.9"))), answer(value("0.95"), evidence=(evidence(3), evidence(4)))
    assert judged(asked, given).state is AnswerState.MET

    found = judged(asked, replace(given, evidence=(evidence(3, successor=BY), evidence(4))))

    assert (found.state, found.why) == (AnswerState.STALE, "E-3 was superseded by E-9 on 2 Nov 2026: answer again")


def test_what_is_not_met_stays_so_on_whatever_evidence() -> None:
    asked, given = planned(all_of(threshold(Comparator.GTE, "0.9"))), answer(value("0.5"), evidence=(evidence(3, successor=BY),))

    assert judged(asked, given).state is AnswerState.NOT_MET


def test_being_superseded_changes_the_text_of_a_piece_and_nothing_else_does() -> None:
    plain = evidence(3).plain()

    assert "superseded" not in plain, "dossiers from before keep their digests"
    assert evidence(3, successor=BY).plain() == {**plain, "superseded": {"id": "E-9", "on": "2026-11-02"}}
    assert dossier.canonical(plain) != dossier.canonical(evidence(3, successor=BY).plain())


def test_a_newer_piece_of_the_same_kind_takes_the_place() -> None:
    evidence_scope.check_may_supersede(OLD, NEW, "measured again")
    evidence_scope.check_may_supersede(OLD, replace(NEW, effective=OLD.effective), "measured again")


@pytest.mark.parametrize(
    ("newer", "sentence"),
    [
        (OLD, "cannot supersede itself"),
        (replace(NEW, initiative="AI-0002"), "Choose evidence of AI-0001."),
        (replace(NEW, successor=Successor("AI-0001.E-10", days_ago(0))), "by AI-0001.E-10. Choose that one."),
        (replace(NEW, kind="document"), "of the same kind"),
        (replace(NEW, effective=days_ago(31)), "since an earlier day"),
    ],
)
def test_nothing_else_does(newer: Piece, sentence: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        evidence_scope.check_may_supersede(OLD, newer, "measured again")

    [problem] = refused.value.problems
    assert sentence in problem.message and problem.about == "successor"


@pytest.mark.parametrize("reason", ["", "  a  ", "x" * 4_001])
def test_a_reason_is_needed(reason: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        evidence_scope.check_may_supersede(OLD, NEW, reason)

    assert [problem.about for problem in refused.value.problems] == ["reason"]


def test_a_piece_is_superseded_once() -> None:
    with pytest.raises(RuleBroken, match="Supersede that one"):
        evidence_scope.check_may_supersede(replace(OLD, successor=BY), NEW, "measured again")


@pytest.mark.parametrize(
    ("days", "told", "left", "due"),
    [
        ((30, 7), 90, 31, None),
        ((30, 7), 90, 30, 30),
        ((30, 7), 90, 20, 30),
        ((30, 7), 30, 20, None),
        ((30, 7), 25, 20, None),  # it came in after the first day
        ((30, 7), 30, 7, 7),
        ((30, 7), 90, 5, 7),  # who is told late is told once
        ((30, 7), 7, 0, None),
        ((30, 7), 7, -1, -1),
        ((30, 7), 90, -9, -1),
        ((30, 7), -1, -9, None),
        ((), 90, 0, None),
        ((), 90, -1, -1),
        ((60, 7), 50, 40, None),
    ],
)
def test_what_is_due_by_a_day_is_the_latest_that_was_not_told(days: tuple[int, ...], told: int, left: int, due: int | None) -> None:
    expires = date(2026, 12, 31)
    found = evidence_scope.to_tell(expires, days, told, expires - timedelta(days=left))

    assert found == (None if due is None else expires - timedelta(days=due))


def test_it_is_told_before_as_often_as_the_policy_says_and_once_it_has_expired() -> None:
    assert evidence_scope.told_on(date(2026, 12, 31), (60, 1)) == [date(2026, 11, 1), date(2026, 12, 30), date(2027, 1, 1)]
    assert evidence_scope.told_on(date(2026, 12, 31), ()) == [date(2027, 1, 1)]


@pytest.mark.parametrize(
    ("scope", "confirmed"),
    [
        (Scope(dataset="a", model_version="1.0"), {ScopePart.DATASET}),
        (Scope(model_version="1.0", purpose="b"), {ScopePart.PURPOSE}),
        (Scope(model_version="1.0"), {ScopePart.MODEL_VERSION}),
    ],
)
def test_somebody_says_that_it_is_the_same_also_where_only_a_version_is_named(scope: Scope, confirmed: set[ScopePart]) -> None:
    assert scope.stated == confirmed
