"""What the closed sets know of one another."""

import pytest

from governance.domain.vocabulary import CLAIMS, OPEN_STATES, SECTION_OF, AnswerState, Decision, Function, RequestState, Section, Tier


@pytest.mark.parametrize(
    ("function", "spoken", "section"),
    [
        (Function.DATA_SCIENCE, "data science", Section.DATA_SCIENCE),
        (Function.IT_OPS, "IT operations", Section.IT_OPS),
        (Function.BUSINESS, "business", Section.BUSINESS),
        (Function.COMPLIANCE, "compliance", Section.COMPLIANCE),
    ],
)
def test_every_function_has_its_words_and_its_own_section(function: Function, spoken: str, section: Section) -> None:
    assert function.spoken == spoken
    assert SECTION_OF[function] is section


def test_a_dossier_has_one_section_more_than_there_are_functions() -> None:
    assert set(Section) - set(SECTION_OF.values()) == {Section.COMMON}
    assert set(SECTION_OF) == set(Function)


@pytest.mark.parametrize(
    ("state", "is_open"),
    [
        (RequestState.DRAFT, True),
        (RequestState.IN_REVIEW, True),
        (RequestState.CHANGES_REQUESTED, True),
        (RequestState.PASSED, False),
        (RequestState.REJECTED, False),
        (RequestState.WITHDRAWN, False),
    ],
)
def test_a_request_is_open_until_it_is_settled(state: RequestState, is_open: bool) -> None:
    assert (state in OPEN_STATES) is is_open


@pytest.mark.parametrize("state", AnswerState)
def test_a_person_says_in_progress_met_or_not_met_and_the_program_works_out_the_rest(state: AnswerState) -> None:
    assert (state in CLAIMS) is (state.value in ("in_progress", "met", "not_met"))


def test_sets_with_an_order_keep_it() -> None:
    assert [tier.value for tier in Tier] == ["low", "medium", "high", "prohibited"]
    assert [decision.value for decision in Decision] == ["approve", "request_changes", "reject"]
