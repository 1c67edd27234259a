"""The printed report: complete, valid, the same twice, and closed to what people write into it."""

import io
import re
import subprocess
import sys
from dataclasses import replace

import pypdf
import pytest

from governance.domain.vocabulary import (
    AnswerState,
    Confirmation,
    Decision,
    ExclusionState,
    ProofMethod,
    RequestState,
    Standing,
    WaiverDecision,
    WaiverState,
)
from governance.packs import phrases
from governance.packs.pdf import Attached, CannotPrint, to_pdf
from governance.packs.printable import printable
from governance.packs.record import InitiativeRecord, digest, to_json
from governance.packs.render import render_initiative, render_trail
from tests.packs.samples import asked_once, brief, brought_in, excluded, initiative_record, shared, trail_record, waived, with_words

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")  # WeasyPrint leaves its colour profile open

TORTURE = (
    "Thumbs 👍🏽 family 👩\u200d👩\u200d👧 flag 🇩🇰; 漢字 かな 한글; שלום עולם (ab 12) and مرحبا بالعالم; <script>alert(1)</script> <b>bold</b> &amp; "
    "<img src=file:///etc/passwd> {{ 7*7 }} {% raw %}; \u202egnp.exe\u202c \u0007\u0000\u001b[31m \ue000 \u0378; "
    + "Donaudampfschifffahrtsgesellschaftskapitän" * 6
    + "; e\u0301 combining, ﬁ ligature, ½ ≠ ∑ → ⇒ ★ ☃ ✓ \ufe0f, soft\u00adhyphen, zero\u200bwidth\ufeff, tab\tand\nline\r\nbreak"
)


def quiet(_done: int, _total: int, _words: str) -> None:
    pass


@pytest.fixture(scope="module")
def record():
    return initiative_record()


@pytest.fixture(scope="module")
def printed(record):
    return render_initiative(record, quiet)


@pytest.fixture(scope="module")
def words(printed, tmp_path_factory):
    return text_of(printed.pdf, tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def tortured():
    return render_initiative(with_words(TORTURE), quiet).pdf


LONG = " ".join(f"word{number}" for number in range(580))
"""A reason of about five thousand characters."""


@pytest.fixture(scope="module")
def wordy():
    record = asked_once()
    [first] = record.requests
    long = replace(first.sign_offs[0], reason=LONG)
    return render_initiative(replace(record, requests=(replace(first, sign_offs=(long, *first.sign_offs[1:])),)), quiet).pdf


def text_of(pdf: bytes, folder) -> str:
    """What a reader copies out of the file, spaces and line ends made one; the running headers and footers stand between pages."""
    (folder / "report.pdf").write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-raw", folder / "report.pdf", "-"], capture_output=True, text=True, check=True).stdout
    return re.sub(r"\s+", " ", text)


def test_every_sign_off_is_in_the_text_with_name_time_meaning_reason_and_what_was_looked_at(record, words):
    given = [sign_off for request in record.requests for sign_off in request.sign_offs]

    assert len(given) == 18
    for sign_off in given:
        assert f"{sign_off.name} {sign_off.title}" in words
        assert phrases.utc(sign_off.at) in words
        assert sign_off.meaning in words
        assert sign_off.reason in words
        assert sign_off.looked_at[0].text in words


def test_a_sign_off_that_no_longer_counts_says_why(words):
    assert "No longer counts: the common section changed after it was given." in words


def test_a_seat_without_a_signature_says_so(words):
    assert words.count("Not signed") >= 2
    assert "Not decided when this report was cut." in words


def test_every_check_and_every_piece_of_evidence_with_its_digest_is_in_the_text(record, words):
    joined = words.replace(" ", "")

    assert all(check.item in words for request in record.requests for check in request.checks)
    assert all(piece.digest in joined for piece in record.evidence)


def test_the_trail_is_complete_and_says_where_it_ends(record, words):
    joined = words.replace(" ", "")

    assert all(entry.hash in joined and entry.sentence in words for entry in record.trail)
    assert "up to and including leaf 4,728" in words


def test_a_finding_outside_any_request_has_a_place_of_its_own(words):
    assert "Findings raised outside a gate request" in words
    assert words.count("The monitoring page is down at weekends.") == 2


def test_what_is_open_and_what_is_not_proven_are_never_left_out(words, tmp_path):
    finished = nothing_open()
    calm = text_of(render_initiative(finished, quiet).pdf, tmp_path)

    for text in (words, calm):
        assert "What is open" in text
        assert "What this report does not prove That the evidence is true" in text.replace("• ", "")
        assert "Not signed yet, not witnessed" in text
    assert "Nothing is open" in calm
    assert "Rural postcodes: fewer than 200 cases." in words


def nothing_open() -> InitiativeRecord:
    record = initiative_record()
    return replace(record, requests=record.requests[:1], findings=())


def test_an_initiative_without_any_history_can_be_printed():
    record = initiative_record()
    bare = replace(
        record, requests=(), findings=(), evidence=(), facts=(), legal=(), limits=(), team=(), tiering=None, trail=record.trail[:1]
    )

    assert render_initiative(bare, quiet).pages >= 8


def test_what_was_approved_before_this_system_is_never_taken_for_signed(tmp_path):
    text = text_of(render_initiative(brought_in(), quiet).pdf, tmp_path)

    assert text.count("pproved before this system, not signed here") >= 5
    for said in ("Ada Lind, head of claims", "The board took it on.", "Overdue", "None of them is a sign-off", "nobody signed it here"):
        assert said in text, said


def test_waivers_stand_in_a_chapter_with_their_signatures_and_what_their_end_led_to(tmp_path):
    text = text_of(render_initiative(waived(), quiet).pdf, tmp_path)

    for said in ("AI-0042.W-1: check G3-10", "Ten cases a week by hand.", "Rafael Otero", "Aoife Lynch", "opened finding AI-0042.F-9"):
        assert said in text, said
    for said in ("as a renewal of AI-0042.W-1", "declined", "Nobody signed it.", "the check being waived"):
        assert said in text, said


def test_a_piece_says_what_took_its_place_and_from_where_it_comes(tmp_path):
    text = text_of(render_initiative(shared(), quiet).pdf, tmp_path)

    for said in ("superseded by AI-0042.E-9 on", "“The run was repeated.”", "comes from AI-0007.E-2, added there by Ada Lind"):
        assert said in text, said
    for said in (
        "data set “Claims of 2025”",
        "purpose “Triage”",
        "because “Both run on it.”",
        "its source was superseded by AI-0007.E-3 on",
    ):
        assert said in text, said
    assert "model version “" not in text


def test_a_waiver_whose_signature_is_not_in_the_trail_is_not_printed():
    record = waived()
    given = replace(record.waivers[0].signatures[0], leaf=10**6)

    with pytest.raises(CannotPrint, match=r"on AI-0042\.W-1 names leaf 1000000"):
        render_initiative(replace(record, waivers=(replace(record.waivers[0], signatures=(given,)),)), quiet)


def test_checks_that_do_not_apply_stand_in_a_chapter_with_what_compliance_signed(tmp_path):
    text = text_of(render_initiative(excluded("A reason as it was typed."), quiet).pdf, tmp_path)

    for said in ("AI-0042.N-1: check G1-05 does not apply", "Ada Lind", "Aoife Lynch", "I reviewed the reason", "Password entered again"):
        assert said in text, said
    assert text.count("A reason as it was typed.") == 3, "proposed twice, decided once"
    assert "Nobody decided on it." in text and "It applies after all." in text


def test_a_decision_that_is_not_in_the_trail_is_not_printed():
    record = excluded()
    one = record.exclusions[0]

    with pytest.raises(CannotPrint, match=r"on AI-0042\.N-1 names leaf 1000000"):
        render_initiative(replace(record, exclusions=(replace(one, decided=replace(one.decided, leaf=10**6)),)), quiet)


@pytest.mark.parametrize("state", [RequestState.DRAFT, RequestState.CHANGES_REQUESTED, RequestState.WITHDRAWN])
def test_a_request_in_any_other_state_can_be_printed(state, tmp_path):
    first = initiative_record().requests[0]
    draft = replace(first, state=state, revisions=(), checks=(), sign_offs=(), settled_at=None, settled_by=None)

    text = text_of(render_initiative(replace(brief(), requests=(draft,)), quiet).pdf, tmp_path)

    assert phrases.sentence(phrases.mark(state).word) in text


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (lambda record: replace(record, trail=(*record.trail[:3], *record.trail[4:])), "The trail has a gap"),
        (lambda record: replace(record, trail=record.trail[1:]), "The trail has a gap"),
        (lambda record: replace(record, trail=record.trail[:50]), "the trail has no such entry"),
        (lambda record: replace(record, trail=record.trail[::-1]), "not in the order of the ledger"),
        (
            lambda record: replace(record, trail=(*record.trail[:-1], replace(record.trail[-1], stream="unit/claims"))),
            "The trail mixes streams",
        ),
        (lambda record: replace(record, cut=replace(record.cut, leaf=4727)), "The trail goes on after leaf 4727"),
        (lambda record: replace(record, evidence=record.evidence[1:]), "G1-01 cites G1-01.1"),
        (
            lambda record: replace(record, requests=record.requests[1:], findings=(replace(record.findings[0], request="AI-0042.G1-1"),)),
            "was raised on AI-0042.G1-1",
        ),
    ],
)
def test_a_record_that_is_not_complete_is_not_printed(record, broken, why):
    with pytest.raises(CannotPrint, match=re.escape(why)):
        render_initiative(broken(record), quiet)


def test_the_same_record_gives_the_same_bytes(printed):
    assert render_initiative(initiative_record(), quiet).pdf == printed.pdf


def test_another_record_gives_another_file_identifier():
    one, other = (render_initiative(record, quiet) for record in (brief(), replace(brief(), team=())))

    assert identifier(other.pdf) != identifier(one.pdf)


def identifier(pdf: bytes) -> object:
    return pypdf.PdfReader(io.BytesIO(pdf)).trailer["/ID"][0]


def test_the_record_is_attached_and_its_digest_is_on_the_cover(record, printed):
    reader = pypdf.PdfReader(io.BytesIO(printed.pdf))

    assert reader.attachments["record.json"] == [to_json(record)]
    assert digest(record) in reader.pages[0].extract_text().replace("\n", "")


def test_the_file_is_tagged_and_says_its_language(printed):
    root = pypdf.PdfReader(io.BytesIO(printed.pdf)).root_object

    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"


def test_every_font_is_embedded(printed, tmp_path):
    (tmp_path / "report.pdf").write_bytes(printed.pdf)
    lines = subprocess.run(["pdffonts", tmp_path / "report.pdf"], capture_output=True, text=True, check=True).stdout.splitlines()[2:]

    assert lines
    assert all(re.search(r" yes (yes|no) yes +\d+ +\d+$", line) for line in lines), lines


def test_pages_are_counted(printed):
    assert printed.pages == len(pypdf.PdfReader(io.BytesIO(printed.pdf)).pages)


def test_all_samples_pass_pdf_a_3a_and_pdf_ua_1(printed, tortured, wordy, tmp_path):
    """Four of the causes that break a profile are silent in WeasyPrint, so the torture text goes through the validator."""
    samples = {
        "report": printed.pdf,
        "torture": tortured,
        "long": wordy,
        "trail": render_trail(trail_record(), quiet).pdf,
        "brought in": render_initiative(brought_in(TORTURE), quiet).pdf,
        "waived": render_initiative(waived(TORTURE), quiet).pdf,
    }
    for name, pdf in samples.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
    files = [str(tmp_path / f"{name}.pdf") for name in samples]

    result = subprocess.run([sys.executable, "-m", "tests.packs.verapdf", "3a,ua1", *files], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr


def test_markup_that_people_write_is_printed_as_they_wrote_it(tortured, tmp_path):
    text = text_of(tortured, tmp_path)

    assert "<script>alert(1)</script> <b>bold</b> &amp; <img src=file:///etc/passwd>" in text
    assert "{{ 7*7 }}" in text
    assert "[thumbs up sign]" in text
    assert "[U+6F22 U+5B57]" in text
    assert "[right-to-left override]" in text


def test_a_reason_of_five_thousand_characters_is_printed_to_its_last_word(wordy, tmp_path):
    text = text_of(wordy, tmp_path)

    assert len(LONG) > 4_500
    missing = [word for word in LONG.split() if word not in text]
    assert not missing


def test_words_too_long_for_a_line_stay_on_the_page(tmp_path):
    word = "x" * 400
    text = text_of(render_initiative(with_words(word), quiet).pdf, tmp_path)

    assert word in text.replace(" ", "")


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "https://example.org/x.png", "ftp://example.org/x"]
)
@pytest.mark.parametrize(
    "element",
    [
        '<img src="{}" alt="x">',
        '<link rel="attachment" href="{}">',
        '<link rel="stylesheet" href="{}">',
        '<p style="background: url({})">x</p>',
    ],
)
def test_nothing_is_fetched_and_trying_stops_the_report(element, address):
    attached = Attached("record.json", "A record", b"{}", phrases.moment("2026-01-01T00:00:00Z"))
    html = f'<!doctype html><html lang="en"><head><title>x</title></head><body><h1>x</h1>{element.format(address)}</body></html>'

    with pytest.raises(CannotPrint):
        to_pdf(html, "p { color: black }", attached, b"x", lambda _message: None)


def test_progress_only_goes_forward_and_ends_complete():
    told: list[tuple[int, int, str]] = []

    render_initiative(brief(), lambda done, total, said: told.append((done, total, said)))

    assert [done for done, _total, _said in told] == sorted(done for done, _total, _said in told)
    assert told[-1][0] == told[-1][1]
    assert any(said.endswith("page 3") for _done, _total, said in told)


def test_a_report_can_be_given_up_between_pages(record):
    class GivenUp(Exception):
        pass

    def stop(done: int, _total: int, _said: str) -> None:
        if done == 4:
            raise GivenUp

    with pytest.raises(GivenUp):
        render_initiative(record, stop)

    assert render_trail(trail_record(), quiet).pages


def test_the_trail_of_the_organisation_holds_every_event_and_the_same_twice(tmp_path):
    record = trail_record()
    printed = render_trail(record, quiet)
    text = text_of(printed.pdf, tmp_path)

    assert all(entry.hash in text.replace(" ", "") for entry in record.trail)
    assert "1 January 2026 to 30 June 2026" in text
    assert "people and roles, units, policies, settings" in text
    assert render_trail(trail_record(), quiet).pdf == printed.pdf


def test_a_period_in_which_nothing_happened_says_so(tmp_path):
    text = text_of(render_trail(replace(trail_record(), trail=()), quiet).pdf, tmp_path)

    assert "Nothing happened in this period." in text


@pytest.mark.parametrize(
    "closed_set", [AnswerState, Confirmation, Decision, ExclusionState, RequestState, Standing, WaiverDecision, WaiverState]
)
def test_every_state_has_a_mark(closed_set):
    assert all(phrases.mark(member).word for member in closed_set)


def test_every_proof_of_identity_says_what_it_is_worth():
    assert all(phrases.proof(method) for method in ProofMethod)


def test_printing_leaves_ordinary_text_alone(record):
    assert printable(record.initiative.summary) == record.initiative.summary
