"""The demo portfolio: everybody stands where the story says, through the services alone."""

from datetime import date

import pytest
from sqlalchemy import func, select

from governance.demo.cases import FILE, cases, moment, weeks
from governance.domain import checks
from governance.domain.lifecycle import ORDER
from governance.domain.vocabulary import Function, Stage, Standing, WaiverState
from governance.ledger import rebuild
from governance.ledger.verify import verify
from governance.models.answers import Answer
from governance.models.directory import Organisation
from governance.models.findings import Finding
from governance.models.gates import SignOff
from governance.models.initiatives import Initiative, Tiering
from governance.models.moving_in import Origin
from governance.models.summary import Waiting
from governance.models.waivers import Waiver
from governance.paths import policies_directory
from governance.policy.loader import load_policy
from governance.reads.material import material
from governance.storage.content import ContentStore
from tests.demo.conftest import REFERENCE, Demo

STOPS = {
    "AI-0001": ("approve with conditions on G2-1 as it ops", "approve with conditions"),
    "AI-0002": ("signed off model release 1.9", "a new model version"),
    "AI-0008": ("stopped the pilot", "stopped with lessons"),
    "AI-0009": ("opened C1-1", "no passage"),
    "AI-0011": ("reported INC-2026-044", "incidents"),
}
"""Where each replay ends, because its next act belongs to a later version."""


def test_every_initiative_stands_at_least_where_the_basic_flow_takes_it(demo: Demo) -> None:
    with demo.read() as session:
        for case in demo.told["initiatives"]:
            expected = case["expected"]["expected_after_basic_flow"]
            row = session.get(Initiative, case["key"])
            if case.get("brought_in"):
                expected = case["brought_in"]["stage"]  # further than the basic flow, which does not know it
            assert row is not None and ORDER.index(row.stage) >= ORDER.index(Stage(expected)), case["key"]


def test_the_waiver_of_the_forecast_lived_as_the_story_says_and_its_end_put_it_on_hold(demo: Demo) -> None:
    case = next(case for case in demo.told["initiatives"] if "waiver" in case["expected"])
    expected = case["expected"]["waiver"]
    told = next(waiver for request in case["requests"] for waiver in request.get("waivers", []))
    policy = load_policy(policies_directory() / "stage-gates").policy
    with demo.read() as session:
        row = session.get_one(Initiative, case["key"])
        waiver = session.scalars(select(Waiver)).one()
        finding = session.scalars(select(Finding).where(Finding.initiative_key == case["key"])).one()
        found = checks.evaluated(policy, material(session, case["key"], waiver.gate, policy), moment(f"{REFERENCE}T00:00:00Z"))
        state = next(check.evaluated.state for check in found if check.item.id == told["item"])

        assert (row.stage, row.standing) == (case["expected"]["stage"], case["expected"]["standing"]) == ("full_production", "on_hold")
        assert row.stage_since.date().isoformat() == case["expected"]["stage_since"]
        assert row.standing_since.date().isoformat() == expected["on_hold_from"]
        assert (waiver.item, waiver.owner_id, waiver.reminded[0]) == (told["item"], told["owner"], expected["reminded_on"])
        assert [(one["by"], one["at"]) for one in waiver.signatures] == [(one["person"], one["at"]) for one in told["signed"]]
        assert (waiver.state, waiver.expires.isoformat()) == (WaiverState.OVERDUE, expected["expired_on"])
        opened = {"severity": finding.severity, "owner": finding.owner_id, "due": finding.due.isoformat()}
        opened |= {"opened": finding.raised_at.date().isoformat()}
        assert opened == {name: value for name, value in expected["finding"].items() if name != "id"}
        assert state == expected["item_state"]


def test_what_was_in_use_before_is_brought_in_with_its_papers_and_never_taken_for_signed(demo: Demo) -> None:
    told = next(case["brought_in"] for case in demo.told["initiatives"] if case.get("brought_in"))
    with demo.read() as session:
        row = session.get_one(Origin, "AI-0011")

        assert (row.stage, row.since.isoformat(), row.said_by) == (Stage(told["stage"]), told["in_use_since"], "Joao Teles")
        assert row.regularise_by is not None and row.regularise_by.isoformat() == told["regularise_by"]
        assert len(row.papers) == len(told["papers"]) == 2
        assert session.scalars(select(SignOff).where(SignOff.request_id.startswith("AI-0011"))).all() == []


def test_each_replay_stops_at_its_act_and_says_why(demo: Demo) -> None:
    found = {stop.key: (stop.act, stop.why) for stop in demo.stops}

    assert found.keys() == STOPS.keys()
    for key, (act, why) in STOPS.items():
        assert found[key][0] == act and why in found[key][1]


def test_no_column_but_retired_is_empty_and_every_function_finds_something_waiting(demo: Demo) -> None:
    with demo.read() as session:
        counts = dict(session.execute(select(Initiative.stage, func.count()).group_by(Initiative.stage)).all())
        waiting = set(session.scalars(select(Waiting.function).where(Waiting.kind == "sign")))

    assert all(counts.get(stage, 0) for stage in ORDER if stage is not Stage.RETIRED)
    assert waiting == set(Function)


def test_the_loaded_record_verifies_and_replays(demo: Demo) -> None:
    with demo.read() as session:
        assert rebuild.check(session) == []
        assert verify(session).problems == ()


def test_scores_tiers_and_facts_are_those_of_the_story(demo: Demo) -> None:
    with demo.read() as session:
        for case in demo.told["initiatives"]:
            row, expected = session.get(Tiering, case["key"]), case["expected"]
            if row is not None:
                assert (row.score, row.tier, row.decided_by) == (expected["score"], expected["tier"], expected["tier_decided_by"]), case[
                    "key"
                ]
                assert row.facts == expected["facts"]


def test_a_prohibited_use_is_suspended(demo: Demo) -> None:
    with demo.read() as session:
        assert session.get_one(Initiative, "AI-0010").standing is Standing.SUSPENDED


def test_answers_of_records_to_come_are_labelled(demo: Demo) -> None:
    with demo.read() as session:
        carried = session.scalars(select(Answer).where(Answer.carried)).all()

    assert carried and all(row.note for row in carried)


def test_every_evidence_file_is_one_fictional_page(demo: Demo) -> None:
    from governance.models.answers import Evidence

    content = ContentStore(demo.folder / "content")
    with demo.read() as session:
        digests = list(session.scalars(select(Evidence.digest).where(Evidence.file_name.is_not(None))))

    assert len(digests) > 50
    for digest in digests:
        page = content.read(digest)
        assert page.startswith(b"%PDF") and page.count(b"/Type /Page\n") + page.count(b"/Type /Page ") <= 1


def test_the_organisation_is_marked_as_a_demo(demo: Demo) -> None:
    with demo.read() as session:
        assert session.get_one(Organisation, "organisation").demo
    assert (demo.folder / "demo-password").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("today", "expected"), [("2026-11-23", 0), ("2026-11-29", 0), ("2026-11-30", 1), ("2027-11-22", 52), ("2026-01-01", 0)]
)
def test_the_dates_move_by_whole_weeks(today: str, expected: int) -> None:
    assert weeks(REFERENCE, date.fromisoformat(today)).days == expected * 7


def test_weekdays_stay_when_the_dates_move() -> None:
    before, after = cases(REFERENCE), cases(date(2027, 3, 3))

    for old, new in zip(before["initiatives"], after["initiatives"], strict=True):
        assert date.fromisoformat(old["registered_at"][:10]).weekday() == date.fromisoformat(new["registered_at"][:10]).weekday()
    assert 0 <= (date(2027, 3, 3) - date.fromisoformat(after["reference_date"])).days <= 6
    assert FILE.exists()
