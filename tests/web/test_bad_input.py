"""Bad input: whatever is put into a form or an address gets a sentence, keeps what was typed, and leaves nothing half-written."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from governance.domain.text import tidy
from tests.web import hostile
from tests.web.acts import ACTS, APART, FORM, Act, Fields, Opened, encoded, open_form
from tests.web.controls import TYPED, Control, forms
from tests.web.loaded import Loaded, site_in

REFUSED = frozenset({400, 403, 404, 405, 409, 413, 415, 422})
NARROW = 6
"""Fields of a form that is tried at leisure; in a wider one each value goes into one field of its kind, in turn."""

MARKS = set("<\"'\x00\u202e")
"""What a page has to write in another way than it was typed."""

TOKENS = frozenset({"csrf_token", "once"})
"""What a page gives with its forms; a wrong one is refused before anything else is looked at (`test_idempotency`)."""

CLUMSY = re.compile(r"\b(in)?valid\b|\bplease\b|\boops\b|\bfield\b|\berror\b|\bmust\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    with site_in(tmp_path_factory.mktemp("loaded")) as site:
        yield site


@pytest.fixture
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """The form of an act; its house is put back after the test."""
    act: Act = request.param
    if act.endpoint in APART:
        with site_in(tmp_path, state=APART[act.endpoint]) as site:
            found = open_form(site, act)
            site.keep()
            yield found
        return
    site = request.getfixturevalue("house")
    found = open_form(site, act)
    site.keep()
    yield found
    site.put_back()


every_form = pytest.mark.parametrize("opened", ACTS, ids=str, indirect=True)


def cases(opened: Opened) -> Iterator[tuple[str, Fields]]:
    """(what is wrong, the fields): one fault at a time in what would do otherwise."""
    good, controls = opened.good, [one for one in opened.form.controls.values() if one.name not in TOKENS and one.kind != "file"]
    yield "nothing at all", {}
    yield "everything a hundred times", {name: values * 100 for name, values in good.items()}
    for control in controls:
        yield f"{control.name} missing", {name: values for name, values in good.items() if name != control.name}
        yield f"{control.name} twice", {**good, control.name: ["<script>alert('2')</script>", *good.get(control.name, [""])]}
    for kind in {control.kind for control in controls}:
        names = [control.name for control in controls if control.kind == kind]
        for turn, (said, value) in enumerate(hostile.fitting(kind)):
            for name in names if len(controls) <= NARROW else [names[turn % len(names)]]:
                yield f"{name}: {said}", {**good, name: [value]}


@every_form
def test_what_would_do_is_taken_and_nothing_that_was_not_asked_for(opened: Opened) -> None:
    first = opened.send(encoded(opened.good))
    meant = opened.site.recorded()
    opened.site.put_back()
    second = opened.send(encoded({**{name: [value] for name, value in hostile.MASS.items()}, **opened.good}))

    assert (first.status_code, second.status_code) in ((303, 303), (200, 200))
    assert opened.site.recorded() == meant


@every_form
def test_bad_values_get_a_sentence_keep_what_was_typed_and_leave_nothing(opened: Opened) -> None:
    faults = []
    for said, fields in cases(opened):
        answer = opened.send(encoded(fields))
        faults += [f"{said}: {fault}" for fault in wrong(opened, answer, fields)]
        opened.site.put_back()

    assert not faults, "\n".join(faults)


def wrong(opened: Opened, answer: TestResponse, fields: Fields | None = None) -> Iterator[str]:
    """What no answer may do."""
    if answer.status_code in REFUSED:
        yield from badly_refused(opened.site, answer)
        if fields:
            yield from lost(opened, answer, fields)
    elif answer.status_code == 303:
        if not re.match(r"/(?![/\\])", answer.headers["Location"]):
            yield f"it leads to {answer.headers['Location']}"
        if MARKS & set("".join(value for values in (fields or {}).values() for value in values)):
            yield from (f"then {fault}" for fault in raw(opened.follow(answer)))
    elif answer.status_code != 200:
        yield f"it answers {answer.status_code}"
    yield from raw(answer)


def raw(answer: TestResponse) -> Iterator[str]:
    if answer.status_code >= 500 or re.search(r"<script>|Traceback|\x00|\u202e|[\"'] onfocus=alert", answer.text):
        yield f"{answer.status_code} with what was typed as it was typed"


def badly_refused(site: Loaded, answer: TestResponse) -> Iterator[str]:
    said = sentences(answer)
    if not said:
        yield f"{answer.status_code} without a word"
    for sentence in said:
        if not sentence.rstrip("”").endswith((".", "?")) or CLUMSY.search(re.sub("“[^”]*”", "", sentence)):
            yield f"{answer.status_code} says: {sentence[:200]}"
    if site.wrote() and (changed := site.changed()):
        yield f"{answer.status_code}, and yet {changed} changed"


def sentences(answer: TestResponse) -> list[str]:
    """Of the summary on top, or of the page that refuses."""
    if answer.mimetype != "text/html":
        return []
    summary = re.search(r'<div class="problem" role="alert".*?</div>', answer.text, re.DOTALL)
    found = (
        re.findall(r"<li>(.*?)</li>", summary[0], re.DOTALL)
        if summary
        else re.findall(r'<p class="lede">(.*?)</p>', answer.text, re.DOTALL)
    )
    return [unescape(re.sub("<[^>]*>", "", one)).strip() for one in found]


def lost(opened: Opened, answer: TestResponse, fields: Fields) -> Iterator[str]:
    """What was typed or chosen, and is not in the form that came back."""
    given = {name: values[0] for name, values in fields.items() if name in opened.form.controls and values}
    page = [form.controls for form in forms(answer.text) if form.controls.keys() >= given.keys()]
    for name, value in given.items():
        control = opened.form.controls[name]
        if is_kept(control, value) and words(value) not in [words(shown[name].sent[0]) for shown in page if shown[name].sent]:
            yield f"{answer.status_code}, and {name} is lost: {value[:60]!r}"


def is_kept(control: Control, value: str) -> bool:
    """What a page can show again: a choice it offered, a text of a length that people type, in signs that there are."""
    if control.kind == "choice":
        return bool(value) and value in control.offered
    return control.kind in TYPED and len(value) <= 2_000 and "\ud800" not in value


def words(text: str) -> list[str]:
    return tidy(text).split()


@every_form
def test_what_is_no_form_is_refused(opened: Opened) -> None:
    multipart = "multipart/form-data; boundary=b"
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    bodies = [
        (415, b'{"name": {"a": 1}}', "application/json"),
        (415, b"[1, 2", "application/json"),
        (415, encoded(opened.good), "text/plain"),
        (413, part * 100_000, multipart),
        (413, b"a=" + b"x" * 3_000_000, FORM),
    ]
    for status, body, kind in bodies:
        answer = opened.send(body, kind)
        assert answer.status_code == status, kind
        assert not list(wrong(opened, answer)), (kind, list(wrong(opened, answer)))


def test_a_hundred_thousand_fields_are_read_or_refused(house: Loaded) -> None:
    opened = open_form(house, next(act for act in ACTS if act.endpoint == "initiatives.model"))
    house.keep()

    answer = opened.send(encoded({**opened.good, "version": [""]}) + b"&a=b" * 100_000)

    assert not list(wrong(opened, answer, {"version": [""]}))


WITH_FILES = [pytest.param(act, "G1-08-file", id="evidence") for act in ACTS if act.endpoint == "checklists.answer"]
WITH_FILES += [pytest.param(act, "logo", id="a logo") for act in ACTS if act.endpoint == "settings.organisation"]
WITH_FILES += [pytest.param(act, "file", id=act.endpoint) for act in ACTS if act.endpoint in ("moving_in.bring_in", "moving_in.attach")]


@pytest.mark.parametrize(("opened", "name"), WITH_FILES, indirect=["opened"])
def test_files_that_are_not_what_they_say_are_refused(opened: Opened, name: str) -> None:
    for said, sent in {**hostile.FILES, **(hostile.BROKEN_LOGOS if name == "logo" else {})}.items():
        answer = opened.send_file(name, sent)
        assert answer.status_code == 422, said
        assert not list(wrong(opened, answer, opened.good)), (said, list(wrong(opened, answer, opened.good)))
    assert opened.send_file(name, ("report.pdf", hostile.PDF + bytes(51 * 1024 * 1024))).status_code == 422
    assert opened.send_file(name, ("report.pdf", hostile.PDF + bytes(65 * 1024 * 1024))).status_code == 413
    assert not opened.site.changed()


@pytest.mark.parametrize("opened", [act for act in ACTS if act.endpoint == "checklists.answer"], ids=str, indirect=True)
@pytest.mark.parametrize("said", hostile.ODD_NAMES)
def test_odd_names_of_files_are_made_harmless(opened: Opened, said: str) -> None:
    answer = opened.send_file("G1-08-file", (hostile.ODD_NAMES[said], hostile.PDF))

    assert answer.status_code == 303 and not list(raw(opened.follow(answer)))
    [kept] = [facts["file_name"] for _, kind, _, facts in opened.site.recorded() if kind == "evidence.added"]
    assert kept.endswith(".pdf") and len(kept) <= 200 and not set(kept) & set("/\\\x00\u202e")
