"""Metrics with several names on the pages: one label, one field, and a sentence where two names say different things."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from governance.domain.dossier import StatedValue
from governance.domain.vocabulary import AnswerState, EvidenceKind
from governance.ledger.log import Log
from governance.models.answers import Answer
from governance.services.answers import NewAnswer, add_evidence, answer_item
from tests.services.conftest import TEXTS, evidence
from tests.web.browser import Browser, Site, site, text_of
from tests.web.test_checklists import BASELINE, PAGE, PDF, upload

__all__ = ["site"]

DECLARED = "  offline_quality: {label: offline quality}\n"
ROC = '  offline_quality: {label: ROC AUC, good: up, also_called: [auc, "AUROC (test)"]}\n'
UNDECLARED_WAY = {key: value for key, value in BASELINE.items() if key != "G1-08-0-good"}


@pytest.fixture
def lena(site: Site) -> Browser:
    """The lead of an initiative, under a policy in which the quality has other names and a direction."""
    assert DECLARED in TEXTS["metrics.yaml"]
    site.house.publish({**TEXTS, "metrics.yaml": TEXTS["metrics.yaml"].replace(DECLARED, ROC)})
    site.house.register()
    return site.browser("lena")


def send(site: Site, **values: str) -> None:
    """As a pipeline would send it: under whatever names it has."""
    house = site.house
    one = StatedValue("", "", "F1", "test set", 900, house.now, "pipeline", "up", "0.84", "0.88")
    stated = [replace(one, metric=name.replace("__", " "), value=number) for name, number in values.items()]
    beside = replace(one, metric="simple_baseline_quality", value="0.80", low=None, high=None)

    def do(log: Log) -> None:
        piece = add_evidence(log, "AI-0001", evidence(EvidenceKind.METRIC, house.now))
        answer_item(log, "AI-0001", "G1-08", NewAnswer(AnswerState.MET, "", [*stated, beside], [piece]))

    house.act("lena", do)


def row(site: Site) -> Answer:
    with site.house.read() as session:
        return session.scalars(select(Answer).where(Answer.item == "G1-08")).one()


def test_pages_say_the_label_and_nobody_is_asked_for_a_direction_that_is_declared(site: Site, lena: Browser) -> None:
    page = lena.get(PAGE).text

    assert "ROC AUC: better than quality of the simple baseline" in text_of(lena.get(PAGE))
    assert 'name="G1-08-0-value"' in page and 'name="G1-08-0-good"' not in page
    added = upload(lena, "report.pdf", PDF, **UNDECLARED_WAY)
    assert "Saved G1-08 Beats a simple baseline: met" in text_of(lena.get(added.location))
    assert [(value["metric"], value["good"]) for value in row(site).values] == [
        ("offline_quality", "up"),
        ("simple_baseline_quality", "up"),
    ]


def test_the_policy_page_lists_what_has_several_names(site: Site, lena: Browser) -> None:
    page = " ".join(text_of(lena.get("/policy")).split())

    assert "ROC AUC offline_quality auc, AUROC (test) not declared Higher is better" in page
    assert "P95 latency p95_latency_s latency_p95 seconds Lower is better" in page
    assert "null rate of critical fields" not in page


def test_what_came_under_another_name_counts_and_stands_in_the_field_of_its_metric(site: Site, lena: Browser) -> None:
    send(site, auc="0.86")

    answer = lena.get(PAGE)

    assert answer.status_code == 200
    assert 'name="G1-08-0-value"' in answer.text and 'value="0.86"' in answer.text
    assert "ROC AUC 0.86 F1" in " ".join(text_of(site.browser("rafael").get(PAGE)).split())
    assert [value["metric"] for value in row(site).values][:1] == ["auc"], "it stays as it was stated"


def test_two_names_that_differ_are_said_to_and_saving_the_field_mends_it(site: Site, lena: Browser) -> None:
    send(site, auc="0.86", offline_quality="0.85")
    assert "names of one metric say different values: auc 0.86 F1, offline_quality 0.85 F1" in text_of(lena.get(PAGE))

    added = upload(lena, "report.pdf", PDF, **UNDECLARED_WAY)

    assert "Saved G1-08 Beats a simple baseline: met" in text_of(lena.get(added.location))
    assert [value["metric"] for value in row(site).values] == ["offline_quality", "simple_baseline_quality"]
