"""Publishing, and which rules a request runs under."""

import pytest

from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.vocabulary import AnswerState
from governance.reads import policies
from governance.services import answers
from governance.services import policies as publishing
from tests.services.conftest import TEXTS, House, evidence


def without(item: str) -> dict[str, str]:
    """The shipped policy with one check of the first gate less."""
    head, tail = TEXTS["gates/G1.yaml"].split(f"    - id: {item}\n")
    return {**TEXTS, "gates/G1.yaml": head + "    - id:" + tail.split("    - id:", maxsplit=1)[1]}


def test_only_compliance_officers_publish(house: House) -> None:
    for who in ("lena", "joao", "ruth", "omar"):
        with pytest.raises(NotAllowed, match="compliance officer"):
            house.act(who, lambda log: publishing.publish(log, without("G1-08")))


def test_the_texts_in_force_are_not_published_again(house: House) -> None:
    with pytest.raises(Conflict, match="in force already"):
        house.act("aoife", lambda log: publishing.publish(log, TEXTS))


def test_no_policy_comes_beside_the_one_in_force(house: House) -> None:
    other = {**TEXTS, "policy.yaml": TEXTS["policy.yaml"].replace("id: ai-stage-gates", "id: aa-rules", 1)}

    with pytest.raises(Conflict, match="ai-stage-gates is in force"):
        house.act("aoife", lambda log: publishing.publish(log, other))


def test_a_running_request_keeps_its_checks_and_they_can_still_be_answered(in_review: House) -> None:
    in_review.act("aoife", lambda log: publishing.publish(log, without("G1-08")))

    with in_review.read() as session:
        assert policies.current(session).find("G1-08") is None

    def again(log: object) -> None:
        piece = answers.add_evidence(log, "AI-0001", evidence(answers.EvidenceKind.DOCUMENT, in_review.now))  # type: ignore[arg-type]
        answers.answer_item(log, "AI-0001", "G1-08", answers.NewAnswer(AnswerState.IN_PROGRESS, "", (), [piece]))  # type: ignore[arg-type]

    in_review.act("lena", again)


def test_a_check_that_no_policy_knows_is_not_answered(house: House) -> None:
    house.register()

    with pytest.raises(RuleBroken, match="no check G1-99"):
        house.act("lena", lambda log: answers.answer_item(log, "AI-0001", "G1-99", answers.NewAnswer(AnswerState.MET)))
