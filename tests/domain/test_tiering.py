"""Risk tiering: bands with both ends, floors, hard stops, exceptions, and what still has to be asked."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from governance.domain.policy import Applicability, Fact
from governance.domain.questionnaire import Band, FactValue, Option, Question, Statement, StatementKind, Tiering
from governance.domain.tiering import ANSWERS, Answers, Assessment, assess
from governance.domain.vocabulary import Applies, Tier

LOW, MEDIUM, HIGH, PROHIBITED = Tier
STOP, FLOOR, EXCEPTION = StatementKind.HARD_STOP, StatementKind.FLOOR, StatementKind.EXCEPTION

POINTS = Question(
    "Q1", "How many?", tuple(Option(str(points), points, "", {"public": points > 4} if points != 3 else {}) for points in range(13))
)
KIND = Question("Q2", "Which?", (Option("a", 0, "", {"agent": False}), Option("b", 0, "", {"agent": True})))
FACTS = {
    "public": Fact("public", (), ("Q1",), "Is it public?"),
    "agent": Fact("agent", (), ("Q2",)),
    "serious": Fact("serious", (), ("FL1",)),
    "hosting": Fact("hosting", ("own", "cloud"), (), "Where does it run?"),
}
STATEMENTS = (
    Statement("HS1", STOP, "Forbidden?", PROHIBITED),
    Statement("FL1", FLOOR, "Serious?", HIGH, exception="FL1X", implies={"yes": {"serious": True}, "no": {"serious": False}, "undecided": {"serious": True}}),
    Statement("FL2", FLOOR, "Acts alone?", HIGH, ask_when="agent"),
    Statement("FL3", FLOOR, "Public", MEDIUM, when="public"),
    Statement("FL1X", EXCEPTION, "Excused?", ask_when_answer={"FL1": ("yes", "undecided")}, lifts="FL1", implies={"yes": {"serious": False}}),
)  # fmt: skip
TIERING = Tiering((POINTS, KIND), STATEMENTS, (Band(LOW, 0, 3), Band(MEDIUM, 4, 8), Band(HIGH, 9, 12)), 12)


def decide(fact: str, facts: Mapping[str, FactValue]) -> Applicability:
    """A condition of one fact: undecided where nobody told it, or where it is neither yes nor no."""
    known = {True: Applies.YES, False: Applies.NO}.get(facts.get(fact))  # type: ignore[arg-type]
    return Applicability(known or Applies.UNDECIDED)


def assessed(
    points: int = 0, kind: str = "a", asked: Mapping[str, FactValue] | None = None, of: Tiering = TIERING, **said: str
) -> Assessment:
    answers = Answers({"Q1": str(points), "Q2": kind}, {"HS1": "no", "FL1": "no", **said}, {"hosting": "own", **(asked or {})})
    return assess(of, FACTS, answers, decide)


@pytest.mark.parametrize(
    ("points", "band"),
    [(0, LOW), (1, LOW), (3, LOW), (4, MEDIUM), (5, MEDIUM), (8, MEDIUM), (9, HIGH), (12, HIGH)],
)
def test_both_ends_of_a_band_belong_to_it(points: int, band: Tier) -> None:
    found = assessed(points, asked={"public": False} if points == 3 else {})

    assert (found.score, found.band, found.tier) == (points, band, band)
    assert found.decided_by == "score"
    assert (found.missing, found.contradictions, found.points) == ((), (), {"Q1": points, "Q2": 0})


@pytest.mark.parametrize(
    ("points", "said", "tier", "by"),
    [
        (0, {}, LOW, "score"),
        (0, {"FL1": "yes", "FL1X": "no"}, HIGH, "FL1"),
        (0, {"FL1": "undecided", "FL1X": "no"}, HIGH, "FL1"),
        (0, {"FL1": "yes", "FL1X": "undecided"}, HIGH, "FL1"),
        (0, {"FL1": "undecided", "FL1X": "undecided"}, HIGH, "FL1"),
        (0, {"FL1": "yes", "FL1X": "yes"}, LOW, "score"),
        (0, {"FL1": "undecided", "FL1X": "yes"}, LOW, "score"),
        (0, {"FL1": "no", "FL1X": "yes"}, LOW, "score"),
        (5, {"FL1": "no"}, MEDIUM, "score"),
        (5, {"FL1": "yes", "FL1X": "yes"}, MEDIUM, "score"),
        (9, {"FL1": "yes", "FL1X": "no"}, HIGH, "score"),
        (0, {"HS1": "yes"}, PROHIBITED, "HS1"),
        (0, {"HS1": "undecided"}, PROHIBITED, "HS1"),
        (12, {"HS1": "yes", "FL1": "yes", "FL1X": "no"}, PROHIBITED, "HS1"),
        (12, {"HS1": "no"}, HIGH, "score"),
        (0, {"FL2": "yes"}, LOW, "score"),
    ],
)
def test_hard_stops_beat_floors_and_floors_beat_the_score(points: int, said: dict[str, str], tier: Tier, by: str) -> None:
    """Undecided counts as the less favourable answer: yes for a stop or floor, no for an exception."""
    found = assessed(points, **said)

    assert (found.tier, found.decided_by) == (tier, by)


@pytest.mark.parametrize(("said", "tier"), [("yes", HIGH), ("undecided", HIGH), ("no", LOW)])
def test_a_floor_is_asked_where_its_condition_holds(said: str, tier: Tier) -> None:
    found = assessed(kind="b", FL2=said)

    assert [statement.id for statement in found.statements] == ["HS1", "FL1", "FL2"]
    assert (found.tier, found.missing) == (tier, ())


@pytest.mark.parametrize(("public", "tier", "by"), [(True, MEDIUM, "FL3"), (False, LOW, "score")])
def test_a_floor_known_from_the_facts_is_never_asked(public: bool, tier: Tier, by: str) -> None:
    found = assessed(3, asked={"public": public})

    assert (found.tier, found.decided_by) == (tier, by)
    assert "FL3" not in [statement.id for statement in found.statements]


@pytest.mark.parametrize(("raised", "tier", "by"), [(LOW, MEDIUM, "score"), (MEDIUM, MEDIUM, "score"), (HIGH, HIGH, "FL3"), (PROHIBITED, PROHIBITED, "FL3")])  # fmt: skip
def test_a_floor_raises_and_never_lowers(raised: Tier, tier: Tier, by: str) -> None:
    statements = tuple(replace(one, then=raised) if one.id == "FL3" else one for one in STATEMENTS)

    found = assessed(8, of=replace(TIERING, statements=statements))

    assert (found.tier, found.decided_by) == (tier, by)


def test_the_highest_of_several_floors_decides_in_whatever_order_they_stand() -> None:
    for statements in (STATEMENTS, STATEMENTS[::-1]):
        found = assessed(5, of=replace(TIERING, statements=statements), FL1="yes", FL1X="no")
        assert (found.tier, found.decided_by) == (HIGH, "FL1")


def test_an_exception_can_lift_a_hard_stop_where_the_policy_says_so() -> None:
    excused = Statement("HS1X", EXCEPTION, "Excused?", ask_when_answer={"HS1": ("yes",)}, lifts="HS1")
    of = replace(TIERING, statements=(*STATEMENTS, excused))

    assert assessed(of=of, HS1="yes", HS1X="yes").tier is LOW
    assert assessed(of=of, HS1="yes", HS1X="undecided").tier is PROHIBITED
    assert assessed(of=of, HS1="undecided", HS1X="yes").tier is PROHIBITED


@pytest.mark.parametrize(
    ("fl1", "fl1x", "serious"),
    [
        ("yes", "no", True),
        ("yes", "yes", False),
        ("yes", "undecided", True),
        ("no", "yes", False),
        ("no", "no", False),
        ("undecided", "no", True),
        ("undecided", "yes", False),
    ],
)
def test_an_exception_that_lifts_a_floor_speaks_in_its_place(fl1: str, fl1x: str, serious: bool) -> None:
    found = assessed(FL1=fl1, FL1X=fl1x)

    assert found.facts["serious"] is serious
    assert found.contradictions == ()


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        (Answers(), ("Q1", "Q2", "HS1", "FL1", "hosting")),
        (Answers({"Q1": "0"}), ("Q2", "HS1", "FL1", "hosting")),
        (Answers({"Q1": "0", "Q2": "b"}), ("HS1", "FL1", "FL2", "hosting")),
        (Answers({"Q1": "0", "Q2": "z"}), ("Q2", "HS1", "FL1", "hosting")),
        (Answers({"Q1": "0", "Q2": "a"}, {"HS1": "no", "FL1": "yes"}), ("FL1X", "hosting")),
        (Answers({"Q1": "0", "Q2": "a"}, {"HS1": "no", "FL1": "perhaps"}, {"hosting": "own"}), ("FL1",)),
        (Answers({"Q1": "3", "Q2": "a"}, {"HS1": "no", "FL1": "no"}), ("public", "hosting")),
        (Answers({"Q1": "3"}, {"HS1": "no", "FL1": "no"}, {"hosting": "own"}), ("Q2",)),
        (Answers({"Q1": "3", "Q2": "a"}, {"HS1": "no", "FL1": "no"}, {"hosting": "own", "public": True}), ()),
    ],
)
def test_what_is_missing_is_named_in_the_order_it_is_asked(answers: Answers, missing: tuple[str, ...]) -> None:
    """A fact that a question usually tells is asked for only once every question has been answered and none told it."""
    assert assess(TIERING, FACTS, answers, decide).missing == missing


@pytest.mark.parametrize("key", ["when", "ask_when"])
@pytest.mark.parametrize("kind", [STOP, FLOOR])
def test_a_condition_that_cannot_be_decided_leaves_the_tier_open(kind: StatementKind, key: str) -> None:
    """Everything was answered, and still nobody can tell whether it holds: that is never a no."""
    unclear = Statement("FL9", kind, "Unclear?", PROHIBITED, **{key: "hosting"})

    found = assessed(of=replace(TIERING, statements=(*STATEMENTS, unclear)), FL9="no")

    assert found.missing == ("FL9",)


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({}, []),
        ({"hosting": "cloud"}, []),
        ({"hosting": "moon"}, [("value", "hosting")]),
        ({"hosting": True}, [("value", "hosting")]),
        ({"public": "yes"}, [("contradiction", "public")]),
        ({"public": True}, [("contradiction", "public")]),
        ({"public": False}, []),
        ({"serious": True}, [("contradiction", "serious")]),
        ({"weather": True}, [("value", "weather")]),
    ],
)
def test_a_stated_fact_fits_and_does_not_contradict(asked: dict[str, FactValue], codes: list[tuple[str, str]]) -> None:
    found = assessed(asked=asked)

    assert [(problem.code, problem.about) for problem in found.contradictions] == codes
    assert found.facts["public"] is False


@pytest.mark.parametrize(
    ("kind", "then", "tier"), [(STOP, None, LOW), (FLOOR, None, LOW), (EXCEPTION, HIGH, LOW), (FLOOR, HIGH, HIGH), (STOP, HIGH, HIGH)]
)
def test_only_stops_and_floors_that_name_a_tier_decide_one(kind: StatementKind, then: Tier | None, tier: Tier) -> None:
    of = replace(TIERING, statements=(*STATEMENTS, Statement("S9", kind, "Really?", then)))

    assert assessed(of=of, S9="yes").tier is tier


def test_a_statement_that_is_not_asked_tells_no_fact() -> None:
    spare = Statement("S9", EXCEPTION, "Really?", ask_when_answer={"HS1": ("yes",)}, implies={"yes": {"hosting": "cloud"}})
    of = replace(TIERING, statements=(*STATEMENTS, spare))

    assert assessed(of=of, S9="yes").contradictions == ()
    assert [problem.about for problem in assessed(of=of, HS1="yes", S9="yes").contradictions] == ["hosting"]


def test_two_answers_that_contradict_each_other_are_both_named() -> None:
    of = replace(TIERING, questions=(POINTS, replace(KIND, options=(Option("a", 0, "", {"agent": False, "public": True}),))))

    [problem] = assessed(of=of).contradictions

    assert problem.message == "Q1 and Q2 say different things about “public”. Change one of them."
    assert problem.about == "Q2"
    [problem] = assessed(asked={"public": True}).contradictions
    assert problem.message == "Q1 and public say different things about “public”. Change one of them."


def test_a_fact_that_an_answer_tells_is_not_asked_for() -> None:
    assert [fact.name for fact in assessed(0).asked] == ["hosting"]
    assert [fact.name for fact in assessed(3).asked] == ["public", "hosting"]
    assert assessed(3, asked={"public": True}).facts == {"agent": False, "serious": False, "hosting": "own", "public": True}


def test_statements_are_answered_in_three_ways() -> None:
    assert ANSWERS == ("yes", "no", "undecided")
