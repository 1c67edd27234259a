"""Other names of a metric in a running house: a request is judged by those of its own policy, and another name is another rule."""

from dataclasses import replace

import pytest

from governance.domain import checks, signoffs
from governance.domain.dossier import StatedValue
from governance.domain.signoffs import Reason
from governance.domain.vocabulary import AnswerState, EvidenceKind, Section
from governance.policy.loader import parse_policy
from governance.reads import dossier_changes, reports
from governance.reads.material import approved, material
from governance.services import answers
from tests.prepared import begun
from tests.services.conftest import TEXTS, House, evidence, submitted
from tests.services.test_migrating import KEY, THREE, fallen, holding, migrate, publish

ITEM, METRIC, OTHER = "G1-06", "critical_field_null_rate", "null rate"
DECLARED = "critical_field_null_rate: {label: null rate of critical fields, unit: share, good: down}"


def declaring(*, label: str = "null rate of critical fields", names: str = f"[{OTHER}]") -> dict[str, str]:
    """The shipped policy, one metric of data science declared in another way."""
    said = DECLARED.replace("null rate of critical fields", label).replace("good: down}", f"good: down, also_called: {names}}}")
    assert DECLARED in TEXTS["metrics.yaml"]
    return {**TEXTS, "metrics.yaml": TEXTS["metrics.yaml"].replace(DECLARED, said)}


@begun("house", submitted)
def signed(house: House) -> None:
    """Three of four have approved."""
    for function in THREE:
        house.sign(function)


def state_under(house: House, *names: tuple[str, str]) -> None:
    """Answer the check of data science with values under these names."""
    value = StatedValue(METRIC, "0.01", "share", "a month", 10_000, house.now, "pipeline")
    values = [replace(value, metric=name, value=number) for name, number in names]

    def do(log: answers.Log) -> None:
        piece = answers.add_evidence(log, KEY, evidence(EvidenceKind.METRIC, house.now))
        answers.answer_item(log, KEY, ITEM, answers.NewAnswer(AnswerState.MET, "sent by the pipeline", values, [piece]))

    house.act("lena", do)


def judged(house: House, texts: dict[str, str]) -> tuple[AnswerState, str | None]:
    """What the answer amounts to under these rules."""
    policy = parse_policy(texts)
    with house.read() as session:
        found = checks.evaluated(policy, material(session, KEY, "G1", policy), house.now)
    evaluated = next(check.evaluated for check in found if check.item.id == ITEM)
    return evaluated.state, evaluated.why


def test_another_name_lapses_exactly_the_sign_offs_that_cover_the_check(signed: House) -> None:
    publish(signed, declaring())
    assert holding(signed) == set(THREE), "published, the request keeps its rules"

    migrate(signed)

    assert fallen(signed) == {"data_science": signoffs.Fall(Reason.CHANGED, (Section.DATA_SCIENCE,))}


@pytest.mark.parametrize("texts", [declaring(label="empty fields", names="[]"), {k: v for k, v in TEXTS.items() if k != "metrics.yaml"}])
def test_another_label_lapses_nothing_and_declarations_without_other_names_are_no_rule(signed: House, texts: dict[str, str]) -> None:
    publish(signed, texts)

    migrate(signed)

    assert holding(signed) == set(THREE)


def test_a_value_under_another_name_counts_by_the_rules_that_know_it_and_no_others(in_review: House) -> None:
    publish(in_review, declaring())
    state_under(in_review, (OTHER, "0.01"))

    assert judged(in_review, TEXTS) == (AnswerState.INCONCLUSIVE, "null rate of critical fields: no value for null rate of critical fields")
    assert judged(in_review, declaring()) == (AnswerState.MET, None)


def test_two_names_that_differ_block_whoever_sent_them(in_review: House) -> None:
    state_under(in_review, (METRIC, "0.01"), (OTHER, "0.011"))

    assert judged(in_review, TEXTS)[0] is AnswerState.MET, "the rules in force know one of the two"
    state, why = judged(in_review, declaring())
    assert state is AnswerState.INCONCLUSIVE
    assert why is not None
    assert "names of one metric say different values: critical_field_null_rate 1" in why


def test_what_was_stated_stands_in_the_record_as_it_came_and_in_the_report_by_its_label(in_review: House) -> None:
    publish(in_review, declaring(label="empty fields"))
    state_under(in_review, (OTHER, "0.01"))
    migrate(in_review)

    with in_review.read() as session:
        [request] = reports.initiative_record(session, KEY).requests
        stated = material(session, KEY, "G1", parse_policy(TEXTS)).answers[ITEM].values
    check = next(check for check in request.checks if check.item == ITEM)
    assert [value.metric for value in check.values] == ["empty fields"]
    assert [value.metric for value in stated] == [OTHER]


def test_what_changed_in_a_dossier_is_said_by_the_label_whichever_name_a_value_had(in_review: House) -> None:
    policy = parse_policy(declaring(label="empty fields"))
    with in_review.read() as session:
        before = dossier_changes.live_content(material(session, KEY, "G1", policy))
    state_under(in_review, (OTHER, "0.012"))

    with in_review.read() as session:
        after = dossier_changes.live_content(material(session, KEY, "G1", policy))
        found = dossier_changes.compare(session, before, after, policy.metrics)
    assert [change.what for change in found if change.item == ITEM] == ["empty fields", "Note"]


def test_what_was_approved_under_an_older_name_is_what_later_values_are_held_against(in_review: House) -> None:
    """A metric that got another key, the old one among its names."""
    in_review.sign_all()
    renamed = {name: text.replace("offline_quality", "test_quality") for name, text in TEXTS.items() if name != "policy.yaml"}
    renamed["policy.yaml"] = TEXTS["policy.yaml"]
    renamed = {name: text.replace("limits.test_quality_target", "limits.offline_quality_target") for name, text in renamed.items()}
    known = "test_quality: {label: offline quality"
    renamed["metrics.yaml"] = renamed["metrics.yaml"].replace(known, f"{known}, also_called: [offline_quality]")
    policy = parse_policy(renamed)

    with in_review.read() as session:
        measured = approved(session, KEY)
        references = checks.references_of(policy, material(session, KEY, "G2", policy))
    assert "offline_quality" in measured
    assert references["approved.test_quality"].value == measured["offline_quality"].value
    assert "approved.offline_quality" not in references
