"""Evidence is what its kind says, whatever else is sent along; and what becomes of it after it was added."""

from dataclasses import replace

import pytest

from governance.domain import checks, signoffs
from governance.domain.dossier import digest
from governance.domain.errors import NotAllowed, NotThere, RuleBroken
from governance.domain.vocabulary import AnswerState, EvidenceKind, Function
from governance.ledger import rebuild
from governance.ledger.verify import verify
from governance.models.answers import Answer, Evidence
from governance.models.ledger import Words
from governance.reads import material as reading
from governance.reads import policies
from governance.services import answers
from governance.services import evidence as services
from governance.services.answers import StoredFile
from tests.services.conftest import House, evidence

KEY, ITEM = "AI-0001", "G1-09"

EVERYTHING = {
    "file": StoredFile("cd" * 32, "report.pdf", "application/pdf", 12),
    "address": "https://evidence.example/paper",
    "statement": "I confirm it.",
}


@pytest.mark.parametrize("kind", EvidenceKind)
def test_a_piece_is_kept_as_its_kind_and_the_ledger_verifies(house: House, kind: EvidenceKind) -> None:
    house.register()
    new = replace(evidence(kind, house.now), **EVERYTHING)

    piece = house.act("lena", lambda log: answers.add_evidence(log, "AI-0001", new))

    with house.read() as session:
        row = session.get_one(Evidence, piece)
        kept = session.get(Words, row.digest)
        assert not verify(session).problems
    match kind:
        case EvidenceKind.LINK:
            assert (row.digest, row.address, row.file_name) == (digest("https://evidence.example/paper"), EVERYTHING["address"], None)
        case EvidenceKind.ATTESTATION:
            assert kept and (kept.text, row.address, row.file_name) == ("I confirm it.", None, None)
        case _:
            assert (row.digest, row.address, row.file_name, kept) == ("cd" * 32, None, "report.pdf", None)


def add(house: House, kind: EvidenceKind = EvidenceKind.LINK, who: str = "lena", key: str = KEY) -> str:
    return str(house.act(who, lambda log: answers.add_evidence(log, key, evidence(kind, house.now))))


def rested_on(house: House, item: str, key: str = KEY) -> str:
    """The one piece that an answer rests on."""
    with house.read() as session:
        [piece] = session.get_one(Answer, (key, item)).evidence
    return piece


def state_of(house: House, item: str, key: str = KEY) -> tuple[AnswerState, str | None]:
    with house.read() as session:
        policy = policies.current(session)
        found = checks.evaluated(policy, reading.material(session, key, "G1", policy), house.now)
    return next((check.evaluated.state, check.evaluated.why) for check in found if check.item.id == item)


def answer(house: House, piece: str, key: str = KEY) -> None:
    """The same values, on this piece."""
    with house.read() as session:
        given = reading.answers(session, key)[ITEM]
    house.act("lena", lambda log: answers.answer_item(log, key, ITEM, answers.NewAnswer(given.claim, "again", given.values, [piece])))


def supersede(house: House, old: str, by: str, who: str = "lena") -> None:
    house.act(who, lambda log: services.supersede(log, old, by, "The address moved."))


def test_exactly_the_sign_offs_of_what_rested_on_a_superseded_piece_lapse(in_review: House) -> None:
    for function in (Function.DATA_SCIENCE, Function.IT_OPS):
        in_review.sign(function)
    old, newer = rested_on(in_review, ITEM), add(in_review)

    supersede(in_review, old, newer, who="tom")

    state, why = state_of(in_review, ITEM)
    assert state is AnswerState.STALE and why and why.startswith(f"{old} was superseded by {newer} on ")
    assert list(signoffs.standing(in_review.table().review, in_review.now)) == ["it_ops"], "the seat that owns the check signs again"
    table = in_review.table()
    assert next(check.evaluated.state for check in table.checks if check.item.id == ITEM) is AnswerState.MET, "the dossier stays as it was"
    with in_review.read() as session:
        assert not verify(session).problems and not rebuild.check(session)


def test_nothing_passes_on_a_superseded_piece_until_it_is_answered_again(in_review: House) -> None:
    old, newer = rested_on(in_review, ITEM), add(in_review)
    for function in list(Function)[:3]:
        in_review.sign(function)
    supersede(in_review, old, newer)
    in_review.sign(Function.COMPLIANCE)
    assert in_review.stage() == "pilot"
    with pytest.raises(RuleBroken, match="still open"):
        in_review.submit()

    answer(in_review, newer)
    in_review.submit()
    for seat in signoffs.outstanding(in_review.table().review, in_review.now):
        in_review.sign(seat.function)

    assert in_review.stage() == "review" and state_of(in_review, ITEM) == (AnswerState.MET, None)


def test_nobody_answers_on_a_superseded_piece(in_review: House) -> None:
    old, newer = rested_on(in_review, ITEM), add(in_review)
    supersede(in_review, old, newer)

    with pytest.raises(RuleBroken) as refused:
        answer(in_review, old)

    assert [problem.message for problem in refused.value.problems] == [
        f"{old} was superseded by {newer} on 1 Sep 2026. Choose other evidence."
    ]


@pytest.mark.parametrize(("who", "error"), [("rafael", NotAllowed), ("aoife", NotAllowed), ("omar", NotAllowed)])
def test_only_the_team_supersedes(in_review: House, who: str, error: type[Exception]) -> None:
    old, newer = rested_on(in_review, ITEM), add(in_review)

    with pytest.raises(error, match="Only the lead and the team"):
        supersede(in_review, old, newer, who=who)


@pytest.mark.parametrize(("old", "by", "error"), [("AI-0001.E-99", "AI-0001.E-1", NotThere), ("AI-0001.E-1", "AI-0001.E-99", RuleBroken)])
def test_what_does_not_exist_takes_no_place(in_review: House, old: str, by: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        supersede(in_review, old, by)
