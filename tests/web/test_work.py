"""My work with more than a page of it: nothing that waits is out of reach, and the menu says how much there is."""

import re

from governance.domain.vocabulary import Visibility
from governance.events import streams
from governance.events.initiatives import Registered
from governance.reads import work
from tests.web.browser import Site, site, text_of

__all__ = ["site"]

TOLD = re.compile(r"AI-\d{4} Claims triage \d+\.")


def crowded(site: Site, count: int) -> None:
    """So many initiatives, each waiting for its lead to say what tier it is."""
    intake = {"summary": "Scores claims.", "unit": "claims", "lead": "lena", "visibility": Visibility.ORGANISATION}
    found = [Registered(initiative=f"AI-{number:04}", name=f"Claims triage {number}", **intake) for number in range(1, count + 1)]  # type: ignore[arg-type]
    site.house.act("lena", lambda log: log.record_all([(event, streams.initiative(event.initiative)) for event in found]))


def test_every_thing_that_waits_is_on_a_page(site: Site) -> None:
    count = 2 * work.PAGE + 5
    crowded(site, count)
    lena = site.browser("lena")

    pages = [lena.get(f"/?page={number}") for number in (1, 2, 3, 4)]

    told = [TOLD.findall(text_of(page)) for page in pages]
    assert [len(found) for found in told] == [work.PAGE, work.PAGE, 5, 5], "past the end is the last page"
    assert len({one for found in told[:3] for one in found}) == count
    assert f"{count} things wait for you" in text_of(pages[0])
    assert f"{work.MOST_COUNTED}+ waiting" in text_of(pages[0])


def test_what_can_be_counted_is_said_exactly(site: Site) -> None:
    crowded(site, work.MOST_COUNTED)

    assert f"{work.MOST_COUNTED} waiting" in text_of(site.browser("lena").get("/portfolio"))
