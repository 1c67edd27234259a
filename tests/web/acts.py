"""Every form of the application, each with somebody who may fill it in and what would do. The forms themselves are read from the pages."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import unquote_to_bytes, urlencode, urlsplit

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from governance.policy.loader import digest_of
from tests.services.conftest import TEXTS
from tests.sheets import MAPPING, PEOPLE, sheet
from tests.web.browser import PASSWORD, Browser
from tests.web.controls import PageForm, forms
from tests.web.hostile import PDF
from tests.web.loaded import AGAIN, IMPORT, LATER, SCOPE, Loaded, other

NEW = "seven lanterns over quartz 58"
FORM = "application/x-www-form-urlencoded"
Fields = dict[str, list[str]]


def zipped(texts: Mapping[str, str], below: str = "stage-gates/") -> bytes:
    """A policy as somebody packs its folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(f"{below}{name}", text)
    return packed.getvalue()


@dataclass(frozen=True)
class Act:
    """A form somebody fills in: who, on which page, and what makes it one that would do. `via` is posted to reach the page."""

    endpoint: str
    who: str | None
    page: str
    typed: Mapping[str, str] = field(default_factory=dict)
    via: Mapping[str, str] | None = None
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)  # name and content, where it cannot do without
    via_files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def buttons(self) -> tuple[str, ...]:
        """Where the form leads by itself: a second button may send it elsewhere."""
        return (self.endpoint, "checklists.answer") if self.endpoint == "checklists.add_evidence" else (self.endpoint,)

    def __str__(self) -> str:
        return f"{self.endpoint} by {self.who}"


DESCRIBED = {"name": "Claims routing", "summary": "Sends claims to whom they belong.", "unit": "claims", "lead": "lena"}
PERSON = {"name": "Ada Lind", "title": "Adjuster", "unit": "claims", "qualifications": "model validation", "time_zone": "Europe/Oslo"}
METRIC = {
    "G1-08-claim": "met",
    "G1-08-0-value": "0.86",
    "G1-08-0-low": "0.81",
    "G1-08-0-high": "0.90",
    "G1-08-0-n": "900",
    "G1-08-0-measured": "2026-01-05",
    "G1-08-0-source": "test set 3",
}
LINK = {"G1-10-claim": "met", "G1-10-title": "The runbook", "G1-10-address": "https://runbooks.example/claims"}
STATEMENT = {"G1-03-claim": "met", "G1-03-title": "Who decides", "G1-03-statement": "I confirm it."}
FIRST = {
    "organisation": "Østerhus",
    "time_zone": "Europe/Oslo",
    "unit_name": "Claims",
    "unit": "claims",
    "name": "Ada Lind",
    "title": "Head",
}
FIRST |= {"person": "ada.lind", "email": "ada@example.org", "password": NEW, "again": NEW}
REUSED = {"same": "dataset", "reason": "The same extract.", "seen": SCOPE.digest}
FRESH, DRAFT, REVIEWED = "/initiatives/AI-0004", "/initiatives/AI-0003", "/initiatives/AI-0001"
BROUGHT = "/initiatives/AI-0005"
AS_FOUND = {"stage": "full_production", "since": "2023-05-03", "said_by": "Ada Lind", "said_as": "head of claims"}
AS_FOUND |= {"reason": "The board took it on in 2023.", "regularise_by": (date.today() + timedelta(days=90)).isoformat()}
PAPER = {"title": "Minutes of the board", "approved_on": "2023-05-02", "approved_by": "Ada Lind", "function": "business"}
WAIVER = {"reason": "On leave.", "control": "By hand, weekly.", "scope": "Model 1.x."}
WAIVER |= {"expires": (date.today() + timedelta(days=60)).isoformat()}
ATTESTED = {"statement": "The board wrote them into the policy.", "address": "https://minutes.example/policy"}
ATTESTED |= {"valid_until": (date.today() + timedelta(days=300)).isoformat()}
SEAT = "/requests/AI-0001.G1-1/seats/business"

WHY = "The audit asked for it."
POLICY = zipped(other(4))

APART = {"setup.first_admin": "empty", "recovery.confirm": "restored"}
"""Forms that only a house in that state shows."""

ACTS = (
    Act("setup.first_admin", None, "/setup", FIRST),
    Act("accounts.sign_in", None, "/sign-in", {"email": "lena@nordhaven.example", "password": PASSWORD}),
    Act("accounts.demo_sign_in", None, "/sign-in", {"person": "lena"}),
    Act("accounts.set_password", None, "/set-password/{link}", {"password": NEW, "again": NEW}),
    Act("accounts.profile", "mallory", "/profile", {"old": PASSWORD, "password": NEW, "again": NEW}),
    Act("accounts.choose_mail", "mallory", "/profile", {"wants_mail": "y"}),
    Act("accounts.sign_out", "mallory", "/"),
    Act("intake.register", "lena", "/initiatives/new", DESCRIBED),
    Act("initiatives.describe", "lena", f"{FRESH}/describe", DESCRIBED),
    Act("initiatives.team", "lena", f"{FRESH}/team", {"business-person": "joao", "business-hours_a_week": "12"}),
    Act("initiatives.readers", "lena", f"{REVIEWED}/readers", {"person": "ruth"}),
    Act("initiatives.remove_reader", "lena", f"{REVIEWED}/readers"),
    Act("initiatives.model", "lena", f"{FRESH}/model", {"version": "2.0"}),
    Act(
        "importing.start",
        "aoife",
        "/import",
        {"lead": "mara"},
        files={"file": ("list.csv", sheet()), "mapping": ("map.yaml", MAPPING.encode())},
    ),
    Act("importing.confirm", "aoife", f"/import/{IMPORT}", {"partial": "y"}),
    Act("importing.look_again", "aoife", f"/import/{IMPORT}"),
    Act("moving_in.bring_in", "aoife", f"{FRESH}/bring-in", AS_FOUND),
    Act("moving_in.attach", "aoife", f"{BROUGHT}/papers", PAPER, files={"file": ("minutes.pdf", PDF)}),
    Act("moving_in.regularise", "second", f"{BROUGHT}/regularise", {"evidence": "AI-0005.E-1", "reason": "The drill was repeated."}),
    Act("attesting.attest", "aoife", "/frameworks/NIST-AI-RMF/attest/GOVERN-1.2", {**ATTESTED, "password": PASSWORD}),
    Act("attesting.confirm", "aoife", "/attestations/AT-1", {"password": PASSWORD}),
    Act("attesting.withdraw", "aoife", "/attestations/AT-1", {"reason": "It does not hold."}),
    Act("facts.answer", "lena", f"{FRESH}/facts", {"q-Q1": "recommend"}),
    Act("facts.limits", "lena", f"{FRESH}/facts", {"limit-p95_latency_s": "2.5", "unit-offline_quality_target": "F2"}),
    Act("ml_test_score.save", "lena", f"{FRESH}/ml-test-score", {"data-1-practice": "manual", "data-1-proof": "https://ci.example/data-1"}),
    Act("checklists.answer", "lena", f"{DRAFT}/checklist/G1", METRIC),
    Act("checklists.add_evidence", "lena", f"{FRESH}/checklist/G1", LINK),
    Act("checklists.add_evidence", "lena", f"{FRESH}/checklist/G1", STATEMENT),
    Act("findings.raise_finding", "lena", f"{REVIEWED}/findings", {"finding": "No test.", "severity": "low", "owner": "lena"}),
    Act("evidence.supersede", "lena", "/evidence/AI-0001.E-2", {"successor": "AI-0001.E-3", "reason": "Measured again."}),
    Act("evidence.share", "lena", "/evidence/AI-0001.E-4", {"dataset": "Claims of 2025", "purpose": "Triage of claims"}),
    Act("evidence.stop_sharing", "lena", "/evidence/AI-0003.E-6", {"why": "The server is gone."}),
    Act("reusing.reuse", "lena", f"{FRESH}/checklist/G1/G1-10/reuse/AI-0003.E-6", REUSED),
    Act("findings.answer", "lena", f"{REVIEWED}/findings", {"evidence": "AI-0001.E-1"}),
    Act("findings.close", "rafael", f"{REVIEWED}/findings"),
    Act("gates.open_request", "lena", FRESH),
    Act("gates.submit", "lena", "/requests/AI-0003.G1-1", {"submit-reason": "All is there."}),
    Act("gates.withdraw", "lena", "/requests/AI-0001.G1-1", {"withdraw-reason": "Not yet."}),
    Act("gates.close", "aoife", "/requests/AI-0002.G1-1", {"close-reason": "It cannot pass."}),
    Act("gates.comment", "lena", "/requests/AI-0001.G1-1", {"comment-reason": "Look at the drill."}),
    Act("signing.decide", "joao", SEAT, {"decision": "reject", "reason": "No.", "finding": "No test.", "severity": "low"}),
    Act("signing.sign", "joao", SEAT, {"password": PASSWORD}, via={"decision": "request_changes", "reason": "No."}),
    Act("waivers.ask", "lena", f"{DRAFT}/waivers/G1-11", WAIVER),
    Act("waivers.sign", "mina", "/waivers/AI-0004.W-1", {"decision": "decline", "reason": "Not enough.", "password": PASSWORD}),
    Act("waivers.withdraw", "lena", "/waivers/AI-0004.W-1", {"why": "No longer needed."}),
    Act("exclusions.propose", "lena", f"{DRAFT}/exclusions/G1-11", {"reason": "It runs on no server."}),
    Act("exclusions.decide", "aoife", "/exclusions/AI-0004.N-1", {"decision": "decline", "reason": "It does.", "password": PASSWORD}),
    Act("exclusions.withdraw", "lena", "/exclusions/AI-0004.N-1", {"why": "It applies."}),
    Act("impact.ask", "aoife", f"/policies/{digest_of(TEXTS)}/impact"),
    Act("impact.move", "aoife", f"/policies/{digest_of(LATER)}/move?scope=all", {"reason": "The rules hold for everybody."}),
    Act("drafting.check", "aoife", "/policy/draft/gates/G2/checks/G2-07", {"t0_high": "5", "severity": "waivable"}),
    Act("drafting.seat", "aoife", "/policy/draft/gates/G2/seats/privacy_officer", {"label": "Data protection officer", "order": "2"}),
    Act("drafting.remove_seat", "aoife", "/policy/draft/gates/G2/seats/privacy_officer"),
    Act("drafting.add_seat", "aoife", "/policy/draft/gates/G1/seats", {"label": "Works council", "function": "business", "order": "1"}),
    Act("drafting.days", "aoife", "/policy/draft/days", {"pilot-max_weeks": "30"}),
    Act("drafting.propose", "aoife", "/policy/draft", {"version": "1.1.0", "reason": "Two drills took too long."}),
    Act("drafting.undo", "aoife", "/policy/draft"),
    Act("drafting.discard", "aoife", "/policy/draft"),
    Act("drafting.go_on", "second", "/policy/draft"),
    Act("proposing.start", "aoife", "/policies/propose", {"reason": WHY}, files={"files": ("policy.zip", POLICY)}),
    Act("proposing.again", "aoife", f"/policies/propose/again/{AGAIN}", {"reason": WHY}),
    Act("proposals.decide", "aoife", "/policies/proposals/P-2", {"decision": "decline", "why": WHY, "password": PASSWORD}),
    Act("proposals.withdraw", "aoife", "/policies/proposals/P-3", {"withdraw-why": WHY}),
    Act("packs.issue", "lena", "/packs", {"initiative": "AI-0001"}),
    Act("packs.issue_trail", "aoife", "/packs"),
    Act("people.add", "omar", "/people/add", {**PERSON, "person": "ada.lind", "email": "ada@nordhaven.example"}),
    Act("people.change", "omar", "/people/joao", PERSON),
    Act("people.grant_role", "omar", "/people/tom", {"role": "reviewer", "until": "2199-12-31"}),
    Act("people.withdraw_role", "omar", "/people/joao"),
    Act("people.grant_function", "omar", "/people/tom", {"function": "it_ops", "unit": "energy"}),
    Act("people.withdraw_function", "omar", "/people/joao"),
    Act("people.disable", "omar", "/people/tom", {"reason": "left"}),
    Act("people.enable", "omar", "/people/elsewhere"),
    Act("people.setup_link", "omar", "/people/tom"),
    Act("recovery.confirm", "omar", "/recovery", {"reason": "The disk failed.", "password": PASSWORD}),
    Act("staffing.start", "omar", "/people-import", files={"file": ("people.csv", PEOPLE)}),
    Act("staffing.confirm", "omar", "/people-import", {"partial": "y"}, via={}, via_files={"file": ("people.csv", PEOPLE)}),
    Act("settings.organisation", "omar", "/settings", {"name": "Nordhaven", "holidays": "2026-12-24"}),
    Act("settings.open_unit", "omar", "/settings", {"name": "Fraud", "unit": "fraud"}),
    Act("settings.rename_unit", "omar", "/settings", {"name": "Fraud"}),
    Act("settings.try_again", "omar", "/settings/mail"),
)


@dataclass
class Opened:
    """A form as it stands open in somebody's browser. Each sending starts from there."""

    site: Loaded
    path: str
    form: PageForm
    good: Fields
    cookie: str
    token: str
    files: Mapping[str, tuple[str, bytes]]

    def send(self, body: bytes, kind: str = FORM, path: str | None = None) -> TestResponse:
        """A form that needs files goes as one with files, whatever its other fields hold."""
        if self.files and kind == FORM:
            body, kind = self._with_files(body), "multipart/form-data; boundary=b"
        return self._browser().post(path or self.path, data=body, content_type=kind, headers={"X-CSRFToken": self.token})

    def _with_files(self, body: bytes) -> bytes:
        pairs = (pair.replace(b"+", b" ").partition(b"=") for pair in body.split(b"&") if pair)
        heads = [(b'name="%b"' % unquote_to_bytes(name).replace(b'"', b"%22"), unquote_to_bytes(value)) for name, _, value in pairs]
        heads += [(f'name="{name}"; filename="{sent[0]}"'.encode(), sent[1]) for name, sent in self.files.items()]
        return b"".join(b"--b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % head for head in heads) + b"--b--\r\n"

    def send_file(self, name: str, sent: tuple[str, bytes]) -> TestResponse:
        """The name of the file goes as it is, which no browser would do."""
        parts = [(f'name="{key}"', value.encode()) for key, values in self.good.items() for value in values]
        parts.append((f'name="{name}"; filename="{sent[0]}"', sent[1]))
        body = b"".join(b"--b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (head.encode(), part) for head, part in parts)
        return self.send(body + b"--b--\r\n", "multipart/form-data; boundary=b")

    def follow(self, answer: TestResponse) -> TestResponse:
        """The page that an accepted form leads to, for whoever is signed in then."""
        browser = self._browser()
        for sent in answer.headers.getlist("Set-Cookie"):
            browser.set_cookie("governance", sent.split(";")[0].split("=", 1)[1])
        return browser.get(answer.headers["Location"])

    def _browser(self) -> FlaskClient:
        client = self.site.app.test_client()
        client.set_cookie("governance", self.cookie)
        return client


def open_form(site: Loaded, act: Act) -> Opened:
    browser = site.browser(act.who) if act.who else Browser(site.app.test_client())
    page = act.page.format(link=site.link)
    answer = browser.get(page)
    if act.via is not None:
        before = next(form for form in forms(answer.text) if endpoint_of(site, form, page) in ("signing.decide", "staffing.start"))
        sent = {name: (io.BytesIO(content), said) for name, (said, content) in act.via_files.items()}
        answer = browser.post(page, **{**before.untouched, **act.via, **sent})
    form = next(
        one for one in forms(answer.text) if endpoint_of(site, one, page) in act.buttons and one.controls.keys() >= act.typed.keys()
    )
    path = urlsplit(form.action or page).path + ("/evidence" if act.endpoint == "checklists.add_evidence" else "")
    cookie = browser.client.get_cookie("governance")
    good = {**form.untouched, **{name: [value] for name, value in act.typed.items()}}
    return Opened(site, path, form, good, cookie.value if cookie else "", browser.token, act.files)


def endpoint_of(site: Loaded, form: PageForm, page: str) -> str:
    try:
        return str(site.app.url_map.bind("localhost").match(urlsplit(form.action or page).path, method=form.method.upper())[0])
    except HTTPException:
        return ""


def encoded(fields: Mapping[str, list[str]]) -> bytes:
    """As a browser sends it; half a sign becomes bytes that are no UTF-8."""
    return urlencode(list(fields.items()), doseq=True, errors="surrogatepass").encode()
