"""The components: each one renders, is named for those who do not see it, and needs neither script nor inline style."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template

from governance.domain import attestations, frameworks, impact, importing, ml_test_score, policy_changes, vocabulary
from governance.domain.errors import Problem
from governance.paths import PACKAGE, templates_directory
from governance.web import filters
from governance.words import WORDS, word
from tests.web.gallery import DIGEST, SHAPES, application

SETS = [kind for kind in vars(vocabulary).values() if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum]
SETS += [importing.Outcome, importing.ImportState]  # people read them, and nothing else than importing knows them
SETS += [impact.Mark, impact.Subject]  # of what a policy would change, likewise
SETS.append(policy_changes.Effect)  # of a changed rule, likewise
SETS += [frameworks.CatalogueState, frameworks.ClauseState, attestations.AttestationState, ml_test_score.Practice]
MEMBERS = [member for kind in SETS for member in kind]
TONES = {"ok", "warn", "bad", "idle", "you"}
MACROS = [
    (file.stem, name)
    for file in sorted((templates_directory() / "components").glob("*.html"))
    for name in re.findall(r"{% macro (\w+)", file.read_text(encoding="utf-8"))
]
TAKEN = {("forms", "errors_of")}
"""Called by its neighbours only, and so by the gallery through them."""
PAGES = sorted(
    path.relative_to(templates_directory()).as_posix() for path in templates_directory().rglob("*.html") if path.parent.name != "packs"
)
"""The templates of `packs/` are for print: another environment, other filters."""
GALLERY = (Path(__file__).parent / "gallery" / "gallery.html").read_text(encoding="utf-8")


class Elements(HTMLParser):
    """Every element of a page, as (tag, attributes)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, *tags: str) -> Iterator[dict[str, str | None]]:
        return (attributes for tag, attributes in self.found if tag in tags)


@pytest.fixture(scope="module")
def app() -> Flask:
    return application()


@pytest.fixture(scope="module")
def page(app: Flask) -> str:
    answer = app.test_client().get("/?q=claims")
    assert answer.status_code == 200
    return answer.text


@pytest.fixture(scope="module")
def elements(page: str) -> Elements:
    return Elements(page)


@pytest.mark.parametrize(("file", "name"), MACROS)
def test_every_component_is_in_the_gallery(file: str, name: str) -> None:
    assert (file, name) in TAKEN or re.search(rf"{{{{ ?{name}\(|[( ]{name}\(", GALLERY) or name == "error_summary"


def test_nothing_is_inline(elements: Elements) -> None:
    assert not list(elements.of("script", "style"))
    for tag, attributes in elements.found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], (tag, attributes)
        assert not any((value or "").startswith(("data:", "javascript:")) for value in attributes.values()), (tag, attributes)


def test_every_field_has_a_name(elements: Elements) -> None:
    named = {attributes.get("for") for attributes in elements.of("label")}

    for attributes in elements.of("input", "select", "textarea"):
        assert attributes.get("type") == "hidden" or attributes.get("id") in named or attributes.get("aria-label"), attributes


def test_an_id_stands_once_and_what_points_to_one_finds_it(elements: Elements) -> None:
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    pointed = [
        word
        for _, attributes in elements.found
        for name in ("for", "aria-labelledby", "aria-describedby")
        for word in (attributes.get(name) or "").split()
    ]
    pointed += [href[1:] for attributes in elements.of("a") if (href := attributes.get("href") or "").startswith("#")]

    assert sorted(ids) == sorted(set(ids))
    assert set(pointed) <= set(ids)


def test_every_drawing_is_named_or_hidden_and_comes_from_the_sprite(elements: Elements) -> None:
    for attributes in elements.of("svg"):
        assert attributes.get("aria-hidden") == "true" or (attributes.get("role") == "img" and attributes.get("aria-label")), attributes
    for attributes in elements.of("use"):
        assert (attributes["href"] or "").partition("#")[2] in SHAPES, attributes


def test_the_summary_of_errors_comes_first_and_leads_to_the_fields(page: str) -> None:
    inside = page.partition("<main")[2].partition(">")[2].lstrip()

    assert "<title>Error: Components" in page
    assert inside.startswith('<div class="problem" role="alert"')
    assert "5 entries need another look" in inside
    assert '<a href="#count">Enter how many live cases were labelled, as a whole number.</a>' in inside


def test_a_failed_field_says_so_beside_it(page: str) -> None:
    assert re.search(r'<input aria-describedby="count-h count-e" aria-invalid="true" class="form-control w-num" id="count"', page)
    assert re.search(r'<fieldset class="field field-error" id="decision" aria-describedby="decision-e">', page)
    assert re.search(r'<input aria-describedby="agreed-h agreed-e" aria-invalid="true" id="agreed"', page)
    assert "Confirm that you read the dossier." in page.partition("</main>")[0].partition("</ul>")[2]


def test_a_decision_is_never_preselected(elements: Elements) -> None:
    radios = [attributes for attributes in elements.of("input") if attributes.get("type") == "radio"]

    assert len(radios) == len(vocabulary.Decision) and not [one for one in radios if "checked" in one]


def test_a_list_says_where_it_stands_and_how_it_is_ordered(page: str) -> None:
    assert "51 to 100 of 212 initiatives" in page
    assert 'rel="prev" href="/?q=claims&amp;page=1"' in page and 'rel="next" href="/?q=claims&amp;page=3"' in page
    assert page.count("aria-sort=") == 1 and 'aria-sort="descending"><a href="/?q=claims&amp;sort=name&amp;down=0"' in page


def test_a_short_digest_can_be_copied_whole(page: str) -> None:
    assert f'{DIGEST[:12]}<span class="visually-hidden">{DIGEST[12:]}</span>' in page
    assert f"sha256:{DIGEST}" in page


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{type(member).__name__}.{member}")
def test_every_member_of_every_closed_set_has_its_words(member: StrEnum) -> None:
    said = word(member)

    assert said.label[0].isupper() and said.past
    assert said.shape in SHAPES and said.tone in TONES


def test_no_words_are_left_over() -> None:
    assert set(WORDS) == set(SETS)
    assert all(set(words) == set(kind) for kind, words in WORDS.items())


@pytest.mark.parametrize("kind", [vocabulary.RequestState, vocabulary.AnswerState, vocabulary.Decision])
def test_states_that_stand_in_one_place_share_no_shape(kind: type[StrEnum]) -> None:
    shapes = [word(member).shape for member in kind]

    assert len(shapes) == len(set(shapes))


@pytest.mark.parametrize("decision", vocabulary.Decision)
def test_a_decision_means_one_sentence_in_the_first_person(decision: vocabulary.Decision) -> None:
    assert re.fullmatch(r"I [^.]+\.", word(decision).meaning)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_compiles(app: Flask, name: str) -> None:
    app.jinja_env.get_template(name)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503, 507, 418])
def test_a_refusal_says_what_why_and_where_to_go(app: Flask, status: int) -> None:
    problems = [Problem("late", "The pilot ended on <Friday>.")]

    with app.test_request_context("/"):
        page = render_template("errors/refused.html", status=status, message="It is too late.", problems_list=problems, problems=[])

    heading = re.search("<h1[^>]*>([^<]+)</h1>", page)
    assert heading and f"<title>{heading[1]} · " in page
    assert "It is too late." in page and "The pilot ended on &lt;Friday&gt;." in page and "Back to my work" in page


AT = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("Europe/Copenhagen", "Mon 7 Sep 2026, 11:00 CEST"),
        ("UTC", "Mon 7 Sep 2026, 09:00 UTC"),
        ("America/Sao_Paulo", "Mon 7 Sep 2026, 06:00 UTC\u221203"),
        ("Asia/Kathmandu", "Mon 7 Sep 2026, 14:45 UTC+0545"),
    ],
)
def test_a_moment_is_written_in_the_zone_of_its_reader_and_carries_utc(zone: str, written: str) -> None:
    assert filters.moment(AT, ZoneInfo(zone)) == f'<time datetime="2026-09-07T09:00:00Z">{written}</time>'


def test_what_has_no_date_shows_nothing() -> None:
    assert filters.moment(None) == "" and filters.day(None) == ""
    assert filters.day(date(2026, 9, 7)) == '<time datetime="2026-09-07">Mon 7 Sep 2026</time>'


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(days=2, hours=23), "2 days"),
    ],
)
def test_waiting_is_rounded_down(waited: timedelta, said: str) -> None:
    assert filters.ago(AT - waited, AT) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        ("0.9412", "share", "94.12\u202f%"),
        ("0.5", "share", "50\u202f%"),
        ("-1234.50", "points", "\u22121,234.50 points"),
        (1839, "", "1,839"),
        ("<b>", "points", "&lt;b&gt;"),
    ],
)
def test_an_amount_carries_its_unit(value: object, unit: str, said: str) -> None:
    assert filters.amount(value, unit) == said


@pytest.mark.parametrize("asked", ["endpoint=x", "_method=PUT", "_external=1&_scheme=javascript", "_anchor=main", "q=a&q=b"])
def test_a_link_to_this_page_keeps_the_query_as_it_is(app: Flask, asked: str) -> None:
    with app.test_request_context(f"/portfolio/table?{asked}&page=4"):
        assert filters.same_page(page=None) == f"/portfolio/table?{asked}"
        assert filters.same_page("work.mine", page=None, sort="key") == f"/?{asked}&sort=key"


def test_the_stylesheet_fetches_nothing() -> None:
    style = (PACKAGE / "static" / "app.css").read_text(encoding="utf-8")

    assert not re.search(r"url\(|@import|data:", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))
