"""The list of waivers: its filter is the rule of the domain, in SQL; it is paged, sorted, and seen only by who may see the initiative."""

from datetime import datetime, timedelta

import pytest

from governance.domain.vocabulary import Function, WaiverDecision, WaiverSeat, WaiverState
from governance.domain.waivers import shown
from governance.jobs import waivers as duty
from governance.models.waivers import Waiver
from governance.reads import people, waiver_pages
from governance.reads.waiver_pages import Filters, Sort
from governance.services import waivers
from tests.prepared import begun
from tests.services.conftest import House, founded, house
from tests.services.test_waivers import KEY, RUNNING, ask, grant, sign

__all__ = ["house"]


@begun("house", founded)
def several(house: House) -> None:
    """In production: one in force for five days, and others asked for, declined and withdrawn."""
    house.register()
    house.bring_in()
    grant(house, RUNNING, days=5)
    ask(house, "G3-17")
    sign(house, WaiverSeat.COMPLIANCE, "aoife", WaiverDecision.DECLINE, waiver=ask(house, "G3-18"), reason="not enough")
    house.act("lena", lambda log, made=ask(house, "G2-05"): waivers.withdraw(log, made, "no longer needed"))


def listed(house: House, now: datetime, who: str = "ruth", **asked: object) -> list[str]:
    with house.read() as session:
        filters = Filters(now=now, **asked)  # type: ignore[arg-type]
        return [line.waiver.id.removeprefix(f"{KEY}.") for line in waiver_pages.every(session, people.doer(session, who, now), filters)]


@pytest.mark.parametrize("days", [0, 4, 10])
@pytest.mark.parametrize("watched", [False, True])
def test_the_filter_is_the_rule_of_the_domain(several: House, days: int, watched: bool) -> None:
    now = several.now + timedelta(days=days)
    if watched:
        duty.watch(several.ledger, now)

    with several.read() as session:
        rows = session.query(Waiver).all()
        expected = {
            state: {row.id.removeprefix(f"{KEY}.") for row in rows if shown(row.state, row.expires, now) is state} for state in WaiverState
        }

    assert {state: set(listed(several, now, state=state)) for state in WaiverState} == expected
    assert sum(map(len, expected.values())) == 4


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["W-1", "W-2", "W-3", "W-4"]),
        ({"sort": Sort.WAIVER, "descending": True}, ["W-4", "W-3", "W-2", "W-1"]),
        ({"sort": Sort.ITEM}, ["W-4", "W-1", "W-2", "W-3"]),
        ({"sort": Sort.ASKED, "descending": True}, ["W-4", "W-3", "W-2", "W-1"]),
        ({"sort": Sort.INITIATIVE}, ["W-1", "W-2", "W-3", "W-4"]),
        ({"text": "triage g3-17"}, ["W-2"]),
        ({"text": "LENA w-3"}, ["W-3"]),
        ({"text": "%"}, []),
        ({"function": Function.BUSINESS}, ["W-2", "W-3"]),
    ],
)
def test_it_is_searched_filtered_and_sorted(several: House, asked: dict[str, object], found: list[str]) -> None:
    assert listed(several, several.now, **asked) == found


def test_it_is_paged_and_a_number_past_the_end_gives_the_last_page(several: House) -> None:
    with several.read() as session:
        doer = people.doer(session, "ruth", several.now)
        pages = [waiver_pages.page(session, doer, Filters(now=several.now), number, size=3) for number in (1, 2, 9)]

    assert [(len(page.lines), page.number, page.pages, page.total) for page in pages] == [(3, 1, 2, 4), (1, 2, 2, 4), (1, 2, 2, 4)]
