"""The ML Test Score form answers its check by itself, and moves exactly the section that rests on it."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from governance.demo import fill
from governance.domain import authorship, checks, dossier
from governance.domain.checks import Checked
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.ml_test_score import Done, Practice
from governance.domain.vocabulary import AnswerState, Section
from governance.ledger import rebuild
from governance.models.gates import Revision
from governance.models.ledger import Leaf
from governance.models.ml_test_score import MlTestScore
from governance.reads import policies, reviews
from governance.reads.frozen import frozen_material
from governance.reads.material import material
from governance.services import answers, initiatives, ml_test_score
from tests.prepared import begun
from tests.services.conftest import House, founded

KEY, ITEM = "AI-0001", "G3-10"


@begun("house", founded)
def registered(house: House) -> None:
    house.register()


def fill_in(house: House, points: str, who: str = "lena") -> None:
    form = fill.ml_test_score(Decimal(points), "https://ci.example")
    house.act(who, lambda log: ml_test_score.fill_in(log, KEY, form))


def check(house: House) -> Checked:
    with house.read() as session:
        policy = policies.current(session)
        found = checks.evaluated(policy, material(session, KEY, "G3", policy), house.now)
    return next(one for one in found if one.item.id == ITEM)


def digests(house: House) -> dossier.Digests:
    with house.read() as session:
        return dossier.digests(dossier.sections(material(session, KEY, "G3", policies.current(session))))


def test_until_it_is_filled_in_nobody_has_answered_the_check(registered: House) -> None:
    assert check(registered).evaluated.state is AnswerState.NOT_STARTED


@pytest.mark.parametrize(
    ("points", "state"), [("0.5", AnswerState.NOT_MET), ("1", AnswerState.MET), ("6.5", AnswerState.MET)], ids=["under", "exactly", "over"]
)
def test_the_score_is_compared_with_what_the_policy_asks_for(registered: House, points: str, state: AnswerState) -> None:
    fill_in(registered, points)

    found = check(registered)
    assert found.evaluated.state is state
    assert found.answer and [(value.value, value.n) for value in found.answer.values] == [(points, 28)]


def test_a_test_that_is_left_out_leaves_it_open(registered: House) -> None:
    form = fill.ml_test_score(Decimal(7), "https://ci.example")
    del form["data-3"]
    registered.act("lena", lambda log: ml_test_score.fill_in(log, KEY, form))

    found = check(registered).evaluated
    assert (found.state, found.why) == (AnswerState.INCONCLUSIVE, "ML Test Score: n 27, needs 28")


def test_it_cannot_be_typed(registered: House) -> None:
    typed = answers.NewAnswer(AnswerState.MET)
    for way in (answers.answer_item, answers.carry_answer):
        with pytest.raises(RuleBroken):
            registered.act("lena", lambda log, way=way: way(log, KEY, ITEM, typed))


def test_only_the_section_that_rests_on_it_moves(registered: House) -> None:
    before = digests(registered)
    fill_in(registered, "2")
    after = digests(registered)
    fill_in(registered, "2.5")

    assert dossier.changed(before, after) == dossier.changed(after, digests(registered)) == [Section.DATA_SCIENCE]


def test_who_filled_it_in_is_an_author_of_the_section(registered: House) -> None:
    fill_in(registered, "2", who="tom")
    with registered.read() as session:
        found = material(session, KEY, "G3", policies.current(session))

    assert authorship.sole_authors(found, Section.DATA_SCIENCE) == {"tom"}
    assert "tom" not in authorship.sole_authors(found, Section.BUSINESS)


def test_a_dossier_keeps_the_form_as_it_was_submitted(in_review: House) -> None:
    """Read back as any request is, here one whose section of data science is that of another gate."""
    fill_in(in_review, "2.5")
    with in_review.read() as session:
        policy = policies.current(session)
        found = material(session, KEY, "G3", policy)
        table = reviews.on_the_table(session, "AI-0001.G1-1", in_review.now)
    texts = {section.value: dossier.canonical(content) for section, content in dossier.sections(found).items()}
    in_review.act("lena", lambda log: [log.keep_text(text) for text in texts.values()])
    kept = Revision(request_id=table.request.id, number=2, sections={name: dossier.digest(text) for name, text in texts.items()})
    fill_in(in_review, "7")

    with in_review.read() as session:
        assert frozen_material(session, table.request, kept, policy.digest).ml_test_score == found.ml_test_score


def test_only_the_team_fills_it_in_and_the_same_form_is_recorded_once(registered: House) -> None:
    with pytest.raises(NotAllowed):
        fill_in(registered, "2", who="rafael")
    fill_in(registered, "2")
    with pytest.raises(Conflict):
        fill_in(registered, "2")
    registered.act("lena", lambda log: initiatives.name_model(log, KEY, "2.0"))

    fill_in(registered, "2")

    with registered.read() as session:
        assert session.get_one(MlTestScore, KEY).model_version == "2.0"
        assert list(session.scalars(select(Leaf.kind).order_by(Leaf.index))).count("ml_test_score.filled") == 2
        assert not rebuild.check(session)


def test_what_does_not_hold_up_is_refused_whole(registered: House) -> None:
    said = {"data-1": Done(Practice.MANUAL), "data-2": Done(Practice.AUTOMATED, "https://ci.example")}

    with pytest.raises(RuleBroken) as refused:
        registered.act("lena", lambda log: ml_test_score.fill_in(log, KEY, said))

    assert [problem.about for problem in refused.value.problems] == ["data-1"]
    assert check(registered).answer is None


def test_a_form_for_another_version_of_the_model_answers_nothing_until_it_is_filled_in_anew(registered: House) -> None:
    fill_in(registered, "6.5")
    registered.act("lena", lambda log: initiatives.name_model(log, KEY, "9.9"))

    found = check(registered)
    assert found.evaluated.state is AnswerState.INCONCLUSIVE and found.blocks
    assert found.evaluated.why == "the ML Test Score form was filled in for model 1.0, and model 9.9 is judged"
    fill_in(registered, "6.5")

    assert check(registered).evaluated.state is AnswerState.MET
