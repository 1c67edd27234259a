"""The portfolio: found, filtered, sorted, paged and exported, and never more of it than somebody may see."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from governance.domain.vocabulary import Visibility
from governance.reads import people, portfolio
from governance.reads.portfolio import Filters
from governance.services import initiatives
from tests.web.browser import Site, site, text_of

__all__ = ["site"]


def register(site: Site, name: str, *, unit: str = "claims", visibility: Visibility = Visibility.ORGANISATION, lead: str = "lena") -> str:
    described = initiatives.Description(name, "Scores new motor claims for the adjusters.", unit, lead, visibility)
    return str(site.house.act("lena", lambda log: initiatives.register(log, described)))


def shown(site: Site, query: str = "", who: str = "joao") -> list[dict[str, str]]:
    """The rows of the export, which asks the same question as the pages."""
    answer = site.browser(who).get(f"/portfolio/export.csv?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def keys(site: Site, query: str = "", who: str = "joao") -> list[str]:
    return [row["key"] for row in shown(site, query, who)]


@pytest.fixture
def three(site: Site) -> Site:
    """Claims triage with a tier and a request, Grid forecast of another unit, and Älteste Übung under review by nobody."""
    site.house.register()
    site.house.open()
    register(site, "Grid forecast", unit="energy", lead="mara")
    register(site, "Älteste Übung")
    return site


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"AI-0001", "AI-0002", "AI-0003"}),
        ("q=claims", {"AI-0001"}),
        ("q=CLAIMS+triage", {"AI-0001"}),
        ("q=ai-0002", {"AI-0002"}),
        ("q=älteste", {"AI-0003"}),
        ("q=%25", set()),
        ("unit=energy", {"AI-0002"}),
        ("lead=mara", {"AI-0002"}),
        ("tier=low", {"AI-0001"}),
        ("state=draft", {"AI-0001"}),
        ("stage=pilot", {"AI-0001", "AI-0002", "AI-0003"}),
        ("stage=review", set()),
        ("standing=suspended", set()),
        ("unit=energy&tier=low", set()),
    ],
)
def test_filters_narrow_the_list(three: Site, query: str, found: set[str]) -> None:
    assert set(keys(three, query)) == found


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("sort=key&down=0", ["AI-0001", "AI-0002", "AI-0003"]),
        ("sort=key&down=1", ["AI-0003", "AI-0002", "AI-0001"]),
        ("sort=last&down=1", ["AI-0003", "AI-0002", "AI-0001"]),
        ("sort=tier&down=1", ["AI-0001", "AI-0002", "AI-0003"]),
    ],
)
def test_the_list_is_sorted_as_asked_and_what_is_missing_comes_last(three: Site, query: str, order: list[str]) -> None:
    assert keys(three, query) == order


@pytest.mark.parametrize("page", ["/portfolio", "/portfolio/table"])
def test_a_filter_nobody_knows_is_left_out_and_said_so(three: Site, page: str) -> None:
    answer = three.browser("joao").get(f"{page}?tier=9&stage=nowhere&unit=energy")

    said = text_of(answer)
    assert answer.status_code == 200
    assert "asks for stage and risk tier by values that nothing here has" in said
    assert "Grid forecast" in said and "Claims triage" not in said


@pytest.mark.parametrize(
    "query", ["endpoint=x", "_method=POST", "_external=1&_scheme=javascript", "_anchor=x", "page=-3", "q=" + "a" * 3000]
)
@pytest.mark.parametrize("page", ["/portfolio", "/portfolio/table"])
def test_an_address_cannot_steer_the_links(three: Site, page: str, query: str) -> None:
    answer = three.browser("joao").get(f"{page}?{query}")

    assert answer.status_code == 200
    assert 'href="javascript:' not in answer.text and 'href="http' not in answer.text


def test_the_title_says_how_many_and_how_many_wait(three: Site) -> None:
    assert "3 initiatives, 3 waiting for somebody" in text_of(three.browser("joao").get("/portfolio"))
    assert "1 initiative, 1 waiting for somebody" in text_of(three.browser("joao").get("/portfolio/table?unit=energy"))


@pytest.mark.parametrize("page", ["", "/table"])
def test_an_empty_list_leads_back_to_the_whole_portfolio(three: Site, page: str) -> None:
    said = text_of(three.browser("lena").get(f"/portfolio{page}?q=unheard"))

    assert "Nothing fits these filters." in said and "show the whole portfolio" in said


def test_long_lists_come_in_pages_that_say_where_one_is(site: Site) -> None:
    for number in range(52):
        register(site, f"Number {number:02}")

    browser = site.browser("joao")

    assert "1 to 50 of 52 initiatives" in text_of(browser.get("/portfolio/table?sort=key&down=0"))
    assert "51 to 52 of 52 initiatives" in text_of(browser.get("/portfolio/table?sort=key&down=0&page=99"))
    assert "All 52 in the table" in text_of(browser.get("/portfolio"))
    assert len(keys(site)) == 52, "an export has no pages"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_a_name_is_never_a_formula_of_a_spreadsheet(site: Site, sign: str) -> None:
    register(site, f"{sign}HYPERLINK(1)")

    assert [row["name"] for row in shown(site)] == [f"'{sign}HYPERLINK(1)"]


def test_a_name_is_never_markup(site: Site) -> None:
    register(site, "<b onmouseover=alert(1)>Bold</b>")

    for page in ("/portfolio", "/portfolio/table", "/initiatives/AI-0001"):
        assert "<b onmouseover" not in site.browser("lena").get(page).text


@pytest.mark.parametrize(
    ("who", "sees"), [("lena", True), ("aoife", True), ("ruth", True), ("joao", False), ("mallory", False), ("omar", False)]
)
def test_what_only_named_people_see_is_in_no_list_no_search_and_no_count(site: Site, who: str, sees: bool) -> None:
    register(site, "Open to all", lead="mara")
    register(site, "Secret triage", visibility=Visibility.NAMED)
    browser = site.browser(who)

    assert len(keys(site, who=who)) == 1 + sees
    assert ("AI-0002" in keys(site, "q=secret", who)) is sees
    for page in ("/portfolio", "/portfolio/table"):
        said = text_of(browser.get(page))
        assert ("Secret triage" in said) is sees
        assert ("2 initiatives" in said) is sees
    assert browser.get("/initiatives/AI-0002").status_code == (200 if sees else 404)
    assert ("Lena" in text_of(browser.get("/portfolio?q=open"))) is (sees or who == "lena"), "nobody learns who leads it"


def test_a_named_reader_sees_it_until_taken_off(site: Site) -> None:
    key = register(site, "Secret triage", visibility=Visibility.NAMED)
    browser = site.browser("lena")
    browser.get(f"/initiatives/{key}/readers")

    assert browser.post(f"/initiatives/{key}/readers", person="mallory").status_code == 303
    assert keys(site, who="mallory") == [key]

    assert browser.post(f"/initiatives/{key}/readers/mallory/remove").status_code == 303
    assert keys(site, who="mallory") == []


@pytest.mark.parametrize("who", ["lena", "mara", "joao", "aoife", "ruth", "mallory", "elsewhere"])
@pytest.mark.parametrize("filters", [Filters(), Filters(text="triage")], ids=["all", "some"])
def test_what_is_counted_is_what_would_be_listed(three: Site, who: str, filters: Filters) -> None:
    for number, (visibility, unit) in enumerate((kind, unit) for kind in Visibility for unit in ("claims", "energy")):
        register(three, f"Other triage {number}", unit=unit, visibility=visibility, lead="mara" if number % 2 else "lena")

    with three.house.read() as session:
        doer = replace(people.doer(session, who, datetime.now(UTC)), active=who != "elsewhere")
        listed = portfolio.every(session, doer, filters)
        waiting = sum(1 for line in listed if line.summary.waits_since is not None)
        page, board = portfolio.page(session, doer, filters), portfolio.board(session, doer, filters)

    assert (page.total, page.waiting) == (len(listed), waiting)
    assert (sum(board.totals.values()), board.waiting) == (len(listed), waiting)
