"""Bringing in what was approved before this system: who, when, what it shows, and how it becomes regular."""

from datetime import date, timedelta

import pytest

from governance.domain.errors import Conflict, NotAllowed, NotThere, RuleBroken
from governance.domain.vocabulary import EvidenceKind, Function, Regularity, Stage
from governance.ledger import rebuild
from governance.models.answers import Evidence
from governance.models.initiatives import Initiative
from governance.models.moving_in import Origin
from governance.models.summary import Summary, Waiting
from governance.reads import moving_in as reading
from governance.reads import overview, people, portfolio, reports
from governance.reads.portfolio import Filters
from governance.services import answers, gates, moving_in, summaries
from governance.services.answers import StoredFile
from governance.services.moving_in import Paper
from tests.services.conftest import START, House, evidence

FILE = StoredFile("ab" * 32, "minutes.pdf", "application/pdf", 1200)
PAPER = Paper("Minutes of the board", date(2023, 5, 2), "Ada Lind", FILE, Function.BUSINESS)


def origin(house: House, key: str = "AI-0001") -> Origin:
    with house.read() as session:
        return session.get_one(Origin, key)


def consistent(house: House) -> bool:
    with house.read() as session:
        return rebuild.check(session) == []


@pytest.mark.parametrize("stage", Stage)
def test_it_stands_at_the_stage_as_found_since_then(house: House, stage: Stage) -> None:
    house.register()
    house.bring_in(stage=stage)

    with house.read() as session:
        row = session.get_one(Initiative, "AI-0001")
        steps = {step.stage: step for step in overview.steps(session, row)}
        assert (row.stage, row.stage_since.date()) == (stage, date(2023, 5, 3))
        assert [one for one, step in steps.items() if step.entered] == [stage]
    assert consistent(house)


@pytest.mark.parametrize("who", ["lena", "omar", "ruth", "mallory", "rafael"])
def test_nobody_but_compliance_brings_in(house: House, who: str) -> None:
    house.register()

    with pytest.raises(NotAllowed):
        house.bring_in(who=who)
    assert house.stage() == "pilot"


def test_it_can_be_said_once(house: House) -> None:
    house.register()
    house.bring_in()

    with pytest.raises(Conflict):
        house.bring_in(stage=Stage.RETIRED)
    assert house.stage() == "full_production"


def test_what_was_judged_here_is_not_brought_in(in_review: House) -> None:
    with pytest.raises(Conflict, match="put before the seats"):
        in_review.bring_in()
    in_review.act("lena", lambda log: gates.withdraw(log, "AI-0001.G1-1", "not yet"))
    with pytest.raises(Conflict, match="put before the seats"):
        in_review.bring_in()


def test_an_open_draft_is_withdrawn_first(house: House) -> None:
    house.register()
    house.open()

    with pytest.raises(Conflict, match="open"):
        house.bring_in()
    house.act("lena", lambda log: gates.withdraw(log, "AI-0001.G1-1", "brought in instead"))
    house.bring_in()

    assert house.stage() == "full_production"


def test_a_paper_is_evidence_and_no_sign_off(house: House) -> None:
    house.register()
    house.bring_in()
    piece = house.act("second", lambda log: moving_in.attach_paper(log, "AI-0001", PAPER))

    with house.read() as session:
        [paper] = reading.papers(session.get_one(Origin, "AI-0001"))
        assert (paper.evidence, paper.title, paper.approved_by, paper.function) == (piece, PAPER.title, "Ada Lind", Function.BUSINESS)
        row = session.get_one(Evidence, paper.evidence)
        assert row.digest == FILE.digest and row.effective == paper.approved_on == date(2023, 5, 2)
    assert consistent(house)


@pytest.mark.parametrize(
    ("paper", "about"),
    [
        (Paper("x", date(2023, 5, 2), "Ada Lind", FILE), "title"),
        (Paper("Minutes", date(2099, 5, 2), "Ada Lind", FILE), "approved_on"),
        (Paper("Minutes", date(2023, 5, 2), " ", FILE), "approved_by"),
    ],
)
def test_a_paper_that_does_not_hold_up_is_refused(house: House, paper: Paper, about: str) -> None:
    house.register()
    house.bring_in()

    with pytest.raises(RuleBroken) as refused:
        house.act("aoife", lambda log: moving_in.attach_paper(log, "AI-0001", paper))
    assert [problem.about for problem in refused.value.problems] == [about]


def test_papers_belong_to_what_was_brought_in(house: House) -> None:
    house.register()

    with pytest.raises(NotThere):
        house.act("aoife", lambda log: moving_in.attach_paper(log, "AI-0001", PAPER))


def test_passing_a_gate_here_makes_it_regular(house: House) -> None:
    house.register()
    house.bring_in(stage=Stage.PILOT)
    house.open()
    house.complete()
    house.submit()
    house.sign_all()

    assert house.stage() == "review"
    assert origin(house).regularised_request == "AI-0001.G1-1"
    assert consistent(house)


def test_in_production_another_officer_records_it_on_evidence_from_here(house: House) -> None:
    house.register()
    house.bring_in()
    paper = str(house.act("aoife", lambda log: moving_in.attach_paper(log, "AI-0001", PAPER)))
    fresh = str(house.act("lena", lambda log: answers.add_evidence(log, "AI-0001", evidence(EvidenceKind.DOCUMENT, house.now))))

    with pytest.raises(NotAllowed, match="You brought it in"):
        house.act("aoife", lambda log: moving_in.regularise(log, "AI-0001", [fresh], "The drill was repeated."))
    with pytest.raises(RuleBroken, match="evidence"):
        house.act("second", lambda log: moving_in.regularise(log, "AI-0001", [paper], "The drill was repeated."))
    house.act("second", lambda log: moving_in.regularise(log, "AI-0001", [paper, fresh], "The drill was repeated."))

    row = origin(house)
    assert (row.regularised_by, row.regularised_on, row.regularised_request) == ("second", [paper, fresh], None)
    assert house.stage() == "full_production" and consistent(house)
    with pytest.raises(Conflict):
        house.act("second", lambda log: moving_in.regularise(log, "AI-0001", [fresh], "Again."))


def waiting(house: House) -> list[tuple[str | None, Function | None]]:
    with house.read() as session:
        return [(row.person_id, row.function) for row in session.query(Waiting).where(Waiting.kind == "regularise").order_by(Waiting.id)]


def test_once_the_day_is_past_it_calls_for_compliance_too_and_changes_no_standing(house: House) -> None:
    house.register()
    house.bring_in(regularise_by=START.date() + timedelta(days=30))
    assert waiting(house) == [("lena", None)]

    with house.read() as session:
        changes_at = session.get_one(Summary, "AI-0001").changes_at
    assert changes_at is not None and changes_at.date() == START.date() + timedelta(days=31)
    house.now = changes_at
    house.act("system", lambda log: summaries.refresh_due(log.session, log.now))

    assert waiting(house) == [(None, Function.COMPLIANCE), ("lena", None)]
    with house.read() as session:
        assert session.get_one(Initiative, "AI-0001").standing.value == "good"
        assert session.get_one(Summary, "AI-0001").changes_at is None


def test_the_filter_of_the_portfolio_follows_the_rule(house: House) -> None:
    days = {"AI-0001": 10, "AI-0002": 60, "AI-0003": None, "AI-0004": 60}
    for key, until in days.items():
        house.register()
        if until is None:
            house.bring_in(key, Stage.RETIRED)
        else:
            house.bring_in(key, regularise_by=START.date() + timedelta(days=until))
    house.register()
    fresh = str(house.act("lena", lambda log: answers.add_evidence(log, "AI-0004", evidence(EvidenceKind.DOCUMENT, house.now))))
    house.act("second", lambda log: moving_in.regularise(log, "AI-0004", [fresh], "The drill was repeated."))

    for after in (0, 10, 11, 60, 61):
        today = START.date() + timedelta(days=after)
        with house.read() as session:
            doer = people.doer(session, "aoife", house.now)
            by_rule = {
                where: {key for key in days if reading.regularity(session.get_one(Origin, key), today) is where} for where in Regularity
            }
            by_filter = {
                where: {line.initiative.key for line in portfolio.every(session, doer, Filters(origin=where, today=today))}
                for where in Regularity
            }
        assert by_filter == by_rule


def test_the_report_says_that_it_was_not_signed_here(house: House) -> None:
    house.register()
    house.bring_in()
    house.act("aoife", lambda log: moving_in.attach_paper(log, "AI-0001", PAPER))

    with house.read() as session:
        found = reports.initiative_record(session, "AI-0001")
    assert found.brought_in is not None and found.brought_in.regularity is Regularity.DUE
    assert [paper.approved_by for paper in found.brought_in.papers] == ["Ada Lind"]
    assert [stage.stage for stage in found.stages] == [Stage.FULL_PRODUCTION]
    [told] = [entry.sentence for entry in found.trail if entry.kind == "initiative.brought_in"]
    assert told.startswith(
        "Aoife brought AI-0001 in as found: full production since Wed 3 May 2023, approved before this system, not signed here"
    )
