"""The checklist: what is expected, answering, evidence, and what is refused."""

import io
import zipfile

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from governance.domain.vocabulary import AnswerState
from governance.models.answers import Answer, Evidence
from governance.web import uploads
from tests.web.browser import Browser, Site, site, text_of

__all__ = ["site"]

PAGE = "/initiatives/AI-0001/checklist/G1"
PDF = b"%PDF-1.7\n%\xe2\xe3\n"
BASELINE = {
    "G1-08-claim": "met",
    "G1-08-0-value": "0.86",
    "G1-08-0-unit": "F1",
    "G1-08-0-n": "900",
    "G1-08-0-low": "0.84",
    "G1-08-0-high": "0.88",
    "G1-08-0-good": "up",
    "G1-08-0-measured": "2026-09-01",
    "G1-08-0-source": "test set 3",
    "G1-08-1-value": "0.80",
    "G1-08-1-n": "900",
    "G1-08-1-measured": "2026-09-01",
    "G1-08-1-source": "test set 3",
}


@pytest.fixture
def lena(site: Site) -> Browser:
    site.house.register()
    return site.browser("lena")


def upload(browser: Browser, name: str, content: bytes, item: str = "G1-08", **typed: object) -> TestResponse:
    given = {f"{item}-claim": "in_progress", f"{item}-good": "", **typed}
    if item == "G1-08":
        given.setdefault("G1-08-0-good", "")
        given.setdefault("G1-08-1-good", "")
    return browser.post(f"{PAGE}/{item}/evidence", **given, **{f"{item}-file": (io.BytesIO(content), name)})


def answers(site: Site) -> dict[str, Answer]:
    with site.house.read() as session:
        return {row.item: row for row in session.scalars(select(Answer))}


def pieces(site: Site) -> list[Evidence]:
    with site.house.read() as session:
        return list(session.scalars(select(Evidence)))


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


def test_each_item_says_what_is_expected(lena: Browser) -> None:
    page = text_of(lena.get(PAGE))

    assert page.count("What do you expect here?") == page.count("Why it is asked") > 10
    assert "Offline quality: better than quality of the simple baseline, n at least 500" in page
    assert "do not apply" in page or "does not apply" in page


def test_the_program_compares_and_says_what_the_answer_amounts_to(site: Site, lena: Browser) -> None:
    added = upload(lena, "report.pdf", PDF, **BASELINE)

    assert added.status_code == 303
    page = text_of(lena.get(added.location))
    assert "Saved G1-08 Beats a simple baseline: met" in page
    stored = answers(site)["G1-08"]
    assert [(value["metric"], value["value"], value["unit"], value["n"]) for value in stored.values] == [
        ("offline_quality", "0.86", "F1", 900),
        ("simple_baseline_quality", "0.80", "F1", 900),
    ]
    assert stored.evidence == [pieces(site)[0].id]


def test_met_is_never_typed(site: Site, lena: Browser) -> None:
    answer = upload(lena, "report.pdf", PDF, **{**BASELINE, "G1-08-0-low": "0.79"})

    assert answers(site)["G1-08"].claim is AnswerState.MET
    assert "Saved G1-08 Beats a simple baseline: not met" in text_of(lena.get(answer.location))


def test_everything_typed_survives_an_error(site: Site, lena: Browser) -> None:
    typed = {**BASELINE, "G1-08-0-value": "0,86", "G1-08-0-n": "about 900", "G1-08-0-measured": "2099-01-01", "G1-08-note": "by <hand>"}

    answer = lena.post(f"{PAGE}/G1-08", **typed)

    assert answer.status_code == 422
    page = text_of(answer)
    for sentence in (
        "G1-08: Enter a number with a point before the decimals",
        "G1-08: Enter how many cases were measured, as a whole number from 1.",
        "G1-08: The day measured cannot be after today",
    ):
        assert sentence in page
    for kept in ('value="0,86"', 'value="about 900"', 'value="2099-01-01"', 'value="test set 3"', "by &lt;hand&gt;"):
        assert kept in answer.text
    assert "G1-08" not in answers(site)


def test_a_value_needs_its_number_day_and_source(lena: Browser) -> None:
    answer = lena.post(f"{PAGE}/G1-08", **{"G1-08-claim": "met", "G1-08-0-value": "0.86", "G1-08-0-good": "", "G1-08-1-good": ""})

    page = text_of(answer)
    for sentence in ("Enter the unit.", "Name where the value comes from.", "Enter the low end.", "Choose which way is better."):
        assert sentence in page


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.pdf", b"", "The file is empty"),
        ("page.html", b"<!doctype html><script>alert(1)</script>", "Web pages and SVG drawings are not taken"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "Web pages and SVG drawings are not taken"),
        ("notes.txt", b"harmless\n<script>alert(1)</script>", "Web pages and SVG drawings are not taken"),
        ("report.pdf", b"MZ\x90\x00 a program", "This kind of file is not taken"),
        ("program.exe", b"MZ\x90\x00", "This kind of file is not taken"),
        ("report.html", PDF, "Give it the ending .pdf"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n", "Give it the ending .png"),
        ("sheet.zip", archive("xl/workbook.xml"), "Give it the ending .xlsx"),
        ("broken.zip", b"PK\x03\x04 not really", "cannot be read"),
        ("latin.csv", "caf\xe9".encode("latin-1"), "This kind of file is not taken"),
    ],
)
def test_what_is_not_taken_is_refused_with_a_reason(site: Site, lena: Browser, name: str, content: bytes, sentence: str) -> None:
    answer = upload(lena, name, content)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert pieces(site) == []


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("report.pdf", PDF, "application/pdf"),
        ("curve.PNG", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("values.csv", b"metric,value\nf1,0.9\n", "text/csv"),
        ("run.json", b'{"f1": 0.9}', "application/json"),
        ("table.xlsx", archive("xl/workbook.xml"), uploads.OFFICE["xl/workbook.xml"]),
        ("all.zip", archive("a.txt"), "application/zip"),
    ],
)
def test_what_is_taken_is_typed_by_its_content(site: Site, lena: Browser, name: str, content: bytes, media_type: str) -> None:
    assert upload(lena, name, content).status_code == 303

    assert [(piece.media_type, piece.size) for piece in pieces(site)] == [(media_type, len(content))]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\fakepath\\report.pdf", "report.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned(sent: str, kept: str) -> None:
    assert uploads.clean_name(sent) == kept


def test_a_file_comes_back_as_an_attachment_that_cannot_run(site: Site, lena: Browser) -> None:
    upload(lena, "report.pdf", PDF, **{"G1-08-title": "Report <b>1</b>"})
    piece = pieces(site)[0]

    answer = lena.get(f"/evidence/{piece.id}/file")

    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "Report &lt;b&gt;1&lt;/b&gt;" in lena.get(f"/evidence/{piece.id}").text


def test_a_statement_is_shown_as_text(site: Site, lena: Browser) -> None:
    typed = {"G1-03-claim": "met", "G1-03-statement": "Every hard stop is <no>.", "G1-03-title": "Hard stops screened"}

    assert lena.post(f"{PAGE}/G1-03", **typed).status_code == 303

    page = lena.get(f"/evidence/{pieces(site)[0].id}")
    assert "Every hard stop is &lt;no&gt;." in page.text
    assert answers(site)["G1-03"].claim is AnswerState.MET


def test_the_button_for_evidence_without_any_says_what_to_add(site: Site, lena: Browser) -> None:
    answer = lena.post(f"{PAGE}/G1-03/evidence", **{"G1-03-claim": "met"})

    assert answer.status_code == 422
    assert "Write what you confirm." in text_of(answer)
    assert answers(site) == {}


def test_an_item_that_a_record_answers_cannot_be_typed(lena: Browser) -> None:
    assert "A record of this app answers it" in text_of(lena.get(PAGE))
    assert lena.post(f"{PAGE}/G1-02", **{"G1-02-claim": "met"}).status_code == 404


@pytest.mark.parametrize(("person", "status"), [("rafael", 403), ("mallory", 403), ("ruth", 403), ("omar", 403)])
def test_only_the_team_answers(site: Site, person: str, status: int) -> None:
    site.house.register()

    assert site.browser(person).post(f"{PAGE}/G1-03", **{"G1-03-claim": "met"}).status_code == status
    assert answers(site) == {}
