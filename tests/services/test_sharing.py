"""Evidence of one initiative in another: offered, used inside its scope, and no longer once its source is gone."""

import pytest

from governance.domain import signoffs
from governance.domain.errors import NotAllowed, NotThere, RuleBroken
from governance.domain.evidence_scope import ReuseEnd, Scope, ScopePart
from governance.domain.findings import NewFinding
from governance.domain.vocabulary import AnswerState, EvidenceKind, FindingSeverity, Function, Visibility
from governance.ledger import rebuild
from governance.ledger.verify import verify
from governance.models.answers import Evidence
from governance.models.ledger import Leaf, Words
from governance.models.sharing import ReusedEvidence, SharedEvidence
from governance.models.summary import Summary
from governance.reads import dossier_changes, people, policies, sharing
from governance.reads.material import material
from governance.services import answers, findings, initiatives
from governance.services import evidence as services
from governance.services.evidence import Statement
from tests.services.conftest import REVIEWERS, House
from tests.services.test_evidence import ITEM, KEY, add, answer, state_of, supersede

OTHER = "AI-0002"
DATA = Scope(dataset="Claims of 2025", purpose="Triage of motor claims")
SAME = Statement([ScopePart.DATASET, ScopePart.PURPOSE], "The same extract, and the same use of it.", DATA.digest)


@pytest.fixture
def two(in_review: House) -> House:
    """One initiative in review, and another one whose piece is shared."""
    assert in_review.register() == OTHER
    return in_review


def share(house: House, piece: str, scope: Scope = DATA, who: str = "lena") -> None:
    house.act(who, lambda log: services.share(log, piece, scope))


def shared(house: House, scope: Scope = DATA, kind: EvidenceKind = EvidenceKind.LINK) -> str:
    """The id of a piece of the other initiative, which is shared."""
    piece = add(house, kind, key=OTHER)
    share(house, piece, scope)
    return piece


def reuse(house: House, source: str, said: Statement = SAME, who: str = "lena", key: str = KEY) -> str:
    return str(house.act(who, lambda log: services.reuse(log, key, source, said)))


def stop(house: House, source: str, who: str = "lena") -> None:
    house.act(who, lambda log: services.stop_sharing(log, source, "the extract had a fault"))


def hide(house: House, key: str = OTHER, lead: str = "lena") -> None:
    hidden = initiatives.Description("Fraud scores", "Scores claims for investigators.", "claims", lead, Visibility.NAMED)
    house.act("aoife", lambda log: initiatives.describe(log, key, hidden))


def row_of(house: House, piece: str) -> ReusedEvidence:
    with house.read() as session:
        return session.get_one(ReusedEvidence, piece)


def check_whole(house: House) -> None:
    with house.read() as session:
        assert not verify(session).problems and not rebuild.check(session)


@pytest.mark.parametrize("kind", EvidenceKind)
def test_a_shared_piece_becomes_one_of_the_other_initiative_with_the_same_content(two: House, kind: EvidenceKind) -> None:
    source = shared(two, kind=kind)

    made = reuse(two, source)

    with two.read() as session:
        there, here = session.get_one(Evidence, source), session.get_one(Evidence, made)
        same = ("kind", "title", "digest", "file_name", "media_type", "size", "address", "effective", "expires")
        assert all(getattr(there, name) == getattr(here, name) for name in same)
        assert (here.initiative_key, here.id.partition(".")[0]) == (KEY, KEY)
        row = session.get_one(ReusedEvidence, made)
        assert (row.source_id, row.author_id, row.dataset, row.model_version, row.purpose) == (
            source,
            "lena",
            DATA.dataset,
            None,
            DATA.purpose,
        )
        assert session.get_one(Words, row.reason).text == SAME.reason
    check_whole(two)


def test_an_answer_that_rests_on_it_is_judged_like_any_other(two: House) -> None:
    made = reuse(two, shared(two))

    answer(two, made)

    assert state_of(two, ITEM) == (AnswerState.MET, None)


@pytest.mark.parametrize(
    ("how", "said"), [(ReuseEnd.SUPERSEDED, "superseded by AI-0002.E-2"), (ReuseEnd.WITHDRAWN, "withdrawn from sharing")]
)
def test_when_its_source_is_gone_it_is_stale_and_exactly_the_sign_offs_on_it_lapse(two: House, how: ReuseEnd, said: str) -> None:
    source = shared(two)
    made = reuse(two, source)
    answer(two, made)
    two.submit()
    for function in (Function.DATA_SCIENCE, Function.IT_OPS):
        two.sign(function)
    assert set(signoffs.standing(two.table().review, two.now)) == {"data_science", "it_ops"}

    supersede(two, source, add(two, key=OTHER)) if how is ReuseEnd.SUPERSEDED else stop(two, source)

    state, why = state_of(two, ITEM)
    assert (state, why) == (AnswerState.STALE, f"{made} comes from {source}, which was {said} on 1 Sep 2026: answer again")
    assert set(signoffs.standing(two.table().review, two.now)) == {"it_ops"}
    row = row_of(two, made)
    assert (row.ended, row.ended_at) == (how, two.now)
    check_whole(two)


def test_what_changed_in_a_dossier_tells_a_piece_from_its_source(two: House) -> None:
    """The content is the same, so title and digest are too."""
    own = add(two)
    answer(two, own)
    two.submit()
    source = shared(two)
    made = reuse(two, source)
    answer(two, made)

    def told() -> list[tuple[str, str]]:
        with two.read() as session:
            table = two.table()
            before = dossier_changes.frozen_content(session, table.revision)
            after = dossier_changes.live_content(material(session, KEY, "G1", policies.current(session)))
            return [(one.before, one.after) for one in dossier_changes.compare(session, before, after, {}) if one.what == "Evidence"]

    [(before, after)] = told()
    assert after == f"{before}, from {source}"
    stop(two, source)
    assert told() == [(before, f"{before}, from {source}, which was withdrawn from sharing")]


def test_what_happened_stands_in_the_record_of_whoever_uses_it(two: House) -> None:
    source = shared(two)
    made = reuse(two, source)

    stop(two, source)

    with two.read() as session:
        [(stream, actor)] = session.query(Leaf.stream, Leaf.actor).filter(Leaf.kind == "evidence.reuse_ended").all()
        assert (stream, actor) == (f"initiative/{KEY}", "system")
        last = session.get_one(Summary, KEY).last_leaf
        assert session.get_one(Leaf, last).kind == "evidence.reuse_ended", "the lists know it at once"
    assert row_of(two, made).ended is ReuseEnd.WITHDRAWN


def test_what_was_ended_does_not_begin_again_and_is_not_ended_twice(two: House) -> None:
    source = shared(two)
    made = reuse(two, source)
    answer(two, made)
    stop(two, source)
    share(two, source)

    assert state_of(two, ITEM)[0] is AnswerState.STALE, "it is another offer; it has to be used anew"
    stop(two, source)
    with two.read() as session:
        assert session.query(Leaf).filter(Leaf.kind == "evidence.reuse_ended").count() == 1
    with pytest.raises(RuleBroken) as refused:
        answer(two, made)
    assert "was withdrawn from sharing on 1 Sep 2026. Choose other evidence." in refused.value.problems[0].message


def test_a_piece_that_was_replaced_here_does_not_follow_its_source_any_more(two: House) -> None:
    source = shared(two)
    made = reuse(two, source)
    supersede(two, made, add(two))

    stop(two, source)

    assert row_of(two, made).ended is None


def test_the_model_version_is_compared_by_the_program(two: House) -> None:
    source = shared(two, Scope(model_version="1.0"))
    with pytest.raises(RuleBroken, match="only for what it was made for"):
        reuse(two, source, Statement([], "the same model", Scope(model_version="1.0").digest))
    made = reuse(two, source, Statement([ScopePart.MODEL_VERSION], "the same model", Scope(model_version="1.0").digest))
    answer(two, made)
    assert state_of(two, ITEM)[0] is AnswerState.MET

    two.act("lena", lambda log: initiatives.name_model(log, KEY, "1.1"))

    state, why = state_of(two, ITEM)
    assert (state, why) == (AnswerState.STALE, f"{made} comes from {source}, which is about model version 1.0, not 1.1: answer again")
    with pytest.raises(RuleBroken, match=r"about model version 1.0; the model version named for AI-0001 is version 1.1"):
        reuse(two, source, Statement([ScopePart.MODEL_VERSION], "the same model", Scope(model_version="1.0").digest))
    two.act("lena", lambda log: initiatives.name_model(log, KEY, "1.0"))
    assert state_of(two, ITEM)[0] is AnswerState.MET, "it is compared, not remembered"


@pytest.mark.parametrize("same", [[], [ScopePart.DATASET], [ScopePart.PURPOSE, ScopePart.MODEL_VERSION]])
def test_every_part_of_the_scope_has_to_be_confirmed(two: House, same: list[ScopePart]) -> None:
    source = shared(two)

    with pytest.raises(RuleBroken) as refused:
        reuse(two, source, Statement(same, "about the same", DATA.digest))

    assert {problem.about for problem in refused.value.problems} == {"same"}
    assert len(refused.value.problems) == len({ScopePart.DATASET, ScopePart.PURPOSE} - set(same))


def test_what_is_not_shared_superseded_or_expired_is_not_used(two: House) -> None:
    own, never, old, gone = add(two), add(two, key=OTHER), shared(two), shared(two)
    stop(two, gone)
    supersede(two, old, never)
    until = two.now.date()
    dated = answers.NewEvidence(EvidenceKind.LINK, "A paper", until, expires=until, address="https://evidence.example/dated")
    expires = str(two.act("lena", lambda log: answers.add_evidence(log, OTHER, dated)))
    share(two, expires)
    two.now = two.now.replace(day=two.now.day + 1)

    for piece, said in (
        (never, "is not shared"),
        (gone, "is not shared"),
        (old, "was superseded by"),
        (expires, "expired on 1 Sep 2026"),
        (own, "evidence of this initiative"),
    ):
        with pytest.raises(RuleBroken, match=said):
            reuse(two, piece)


def test_what_counts_no_more_takes_no_place_and_answers_no_finding(two: House) -> None:
    """A newer piece whose source is gone would leave the check with nothing that counts."""
    old, source = add(two), shared(two)
    made = reuse(two, source)
    new = NewFinding(FindingSeverity.MEDIUM, "the drill failed", "lena")
    finding = str(two.act("mina", lambda log: findings.raise_finding(log, KEY, new)))
    two.act("lena", lambda log: findings.answer_finding(log, finding, made))
    stop(two, source)
    said = f"{made} comes from {source}, which was withdrawn from sharing on 1 Sep 2026"

    with pytest.raises(RuleBroken) as refused:
        supersede(two, old, made)
    assert [(problem.about, problem.message) for problem in refused.value.problems] == [("successor", f"{said}. Choose one that counts.")]
    with pytest.raises(RuleBroken, match=f"{said}. Its owner names other evidence first"):
        two.act("mina", lambda log: findings.close_finding(log, finding))
    with pytest.raises(RuleBroken, match=f"{said}. Choose other evidence"):
        two.act("lena", lambda log: findings.answer_finding(log, finding, made))
    two.act("lena", lambda log: findings.answer_finding(log, finding, old))
    two.act("mina", lambda log: findings.close_finding(log, finding))


def test_what_is_used_is_not_shared_on(two: House) -> None:
    made = reuse(two, shared(two))

    with pytest.raises(RuleBroken, match=r"comes from AI-0002\.E-1 itself"):
        share(two, made)


@pytest.mark.parametrize(("who", "error"), [("mara", None), ("tom", NotAllowed), ("rafael", NotAllowed), ("mallory", NotAllowed)])
def test_only_the_lead_and_who_added_a_piece_shares_it_and_takes_that_back(two: House, who: str, error: type[Exception] | None) -> None:
    piece = add(two, who="mara", key=OTHER)
    if error is None:
        share(two, piece, who=who)
        stop(two, piece, who=who)
        return
    with pytest.raises(error, match="Only"):
        share(two, piece, who=who)
    share(two, piece)
    with pytest.raises(error, match="Only"):
        stop(two, piece, who=who)


@pytest.mark.parametrize("scope", [Scope(), Scope("", "", "")])
def test_a_piece_is_shared_for_something(two: House, scope: Scope) -> None:
    with pytest.raises(RuleBroken, match="shared for something"):
        share(two, add(two, key=OTHER), scope)


def test_a_piece_is_shared_once_and_not_after_it_was_superseded(two: House) -> None:
    source = shared(two)
    with pytest.raises(RuleBroken, match="is shared already"):
        share(two, source)
    supersede(two, source, add(two, key=OTHER))
    with pytest.raises(RuleBroken, match="was superseded by"):
        share(two, source)
    with two.read() as session:
        assert session.get(SharedEvidence, source) is None


def test_whoever_may_not_see_the_source_neither_finds_nor_uses_it(two: House) -> None:
    source = shared(two)
    hide(two, lead="mara")
    with two.read() as session:
        seen = lambda who: sharing.offers(session, people.doer(session, who, two.now), KEY, EvidenceKind.LINK, "", two.now.date())  # noqa: E731
        assert [row.piece.id for row in seen("mara").rows] == [source]
        assert seen("elsewhere").total == 0
    two.act("lena", lambda log: initiatives.name_team(log, KEY, Function.BUSINESS, "joao", None, 4))
    with pytest.raises(NotThere):
        two.act("joao", lambda log: services.reuse(log, KEY, source, SAME))


def test_only_the_team_uses_evidence_of_others(two: House) -> None:
    source = shared(two)

    with pytest.raises(NotAllowed, match="Only the lead and the team of AI-0001"):
        reuse(two, source, who="rafael")


@pytest.mark.parametrize("text", ["claims 2025", "TRIAGE", "fictional"])
def test_what_is_offered_is_found_by_title_and_scope(two: House, text: str) -> None:
    source = shared(two)
    shared(two, Scope(dataset="Other"), kind=EvidenceKind.DOCUMENT)
    with two.read() as session:
        lena = people.doer(session, "lena", two.now)
        found = sharing.offers(session, lena, KEY, EvidenceKind.LINK, text, two.now.date())
        assert [offer.piece.id for offer in found.rows] == [source]
        assert sharing.offers(session, lena, KEY, EvidenceKind.LINK, "nothing like it", two.now.date()).total == 0
        assert sharing.offers(session, lena, OTHER, EvidenceKind.LINK, "", two.now.date()).total == 0, "not one's own"


@pytest.mark.parametrize("barred", ["added the source", "used it"])
def test_neither_who_wrote_the_source_nor_who_used_it_judges_it_alone(two: House, barred: str) -> None:
    """All evidence of IT is one piece, which a reviewer of IT added elsewhere, or brought here."""
    reviewer, item = REVIEWERS[Function.IT_OPS], "G1-11"
    for key in (KEY, OTHER):
        two.act("lena", lambda log, of=key: initiatives.name_team(log, of, Function.IT_OPS, reviewer, "tom", 4))
    source_by, used_by = (reviewer, "tom") if barred == "added the source" else ("tom", reviewer)
    source = add(two, EvidenceKind.DOCUMENT, who=source_by, key=OTHER)
    share(two, source, who=source_by)
    made = reuse(two, source, who=used_by)
    two.act("tom", lambda log: answers.answer_item(log, KEY, item, answers.NewAnswer(AnswerState.MET, "", (), [made])))
    for key in (KEY, OTHER):
        two.act("lena", lambda log, of=key: initiatives.name_team(log, of, Function.IT_OPS, "dee", "tom", 4))
    two.submit()

    with pytest.raises(NotAllowed, match="only author of the evidence"):
        two.sign(Function.IT_OPS)
