"""The pages of frameworks: what is covered and by whom, for whoever looks; attesting with a password, confirming as another."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from governance.domain.vocabulary import Visibility
from governance.services import initiatives
from tests.services.conftest import TEXTS
from tests.web.browser import PASSWORD, Site, reviewed, site, text_of

__all__ = ["reviewed", "site"]

OPEN, SERVED = "GOVERN-2.3", "MAP-1.1"
ATTEST = "/frameworks/NIST-AI-RMF/attest/GOVERN-2.3"


def rows(site: Site, path: str, who: str = "joao") -> list[dict[str, str]]:
    answer = site.browser(who).get(path)
    assert answer.status_code == 200, path
    return list(csv.DictReader(io.StringIO(answer.text)))


def typed(**changed: object) -> dict[str, object]:
    until = (datetime.now(UTC).date() + timedelta(days=300)).isoformat()
    given = {"statement": "The board decides on each use of high risk.", "address": "https://minutes.example/board"}
    return {**given, "valid_until": until, "password": PASSWORD, **changed}


def attest(site: Site, clause: str = OPEN, **changed: object) -> None:
    assert site.browser("aoife").post(ATTEST.replace(OPEN, clause), **typed(**changed)).status_code == 303


def clause(site: Site, name: str, who: str = "joao") -> dict[str, str]:
    return next(row for row in rows(site, "/frameworks/NIST-AI-RMF/export.csv", who) if row["clause"] == name)


def test_everybody_who_signed_in_reads_them_and_nobody_else(reviewed: Site) -> None:
    paths = ["/frameworks", "/frameworks/export.csv", "/frameworks/NIST-AI-RMF", "/frameworks/NIST-AI-RMF/export.csv"]
    paths += [f"/frameworks/NIST-AI-RMF/clause?id={SERVED}", f"/frameworks/NIST-AI-RMF/clause/export.csv?id={SERVED}"]
    for who in ("lena", "joao", "aoife", "ruth", "omar", "mallory"):
        browser = reviewed.browser(who)
        assert [browser.get(path).status_code for path in paths] == [200] * 6, who
    for path in paths:
        answer = reviewed.app.test_client().get(path)
        assert answer.status_code in (302, 303) and "/sign-in" in answer.headers["Location"]


def test_the_list_says_version_state_dates_and_how_far_each_is_covered(reviewed: Site) -> None:
    page = text_of(reviewed.browser("joao").get("/frameworks"))
    found = {row["framework"]: row for row in rows(reviewed, "/frameworks/export.csv")}

    assert "clauses served by a check" in page and "Dates to verify" in page and "until 2026-04-17" in page
    assert len(found) == 16
    assert (found["NIST-AI-RMF"]["clauses"], found["NIST-AI-RMF"]["served"], found["NIST-AI-RMF"]["state"]) == ("72", "49", "current")
    assert (found["SR-11-7"]["state"], found["SR-11-7"]["superseded by"]) == ("superseded", "SR-26-2")
    assert 0 < int(found["NIST-AI-RMF"]["evidenced"]) < 49


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("q=nist+risk", ["NIST-AI-RMF"]),
        ("state=superseded", ["SR-11-7"]),
        ("state=ahead", []),
        ("sort=name", ["AI-VERIFY", "CA-AIA"]),
        ("sort=name&down=1", ["SR-11-7", "SR-26-2"]),
        ("sort=served&down=1&q=SRE", ["SRE"]),
        ("state=nowhere&sort=nothing", ["NIST-AI-RMF", "NIST-600-1"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(site: Site, query: str, first: list[str]) -> None:
    found = [row["framework"] for row in rows(site, f"/frameworks/export.csv?{query}")]
    page = site.browser("joao").get(f"/frameworks?{query}").text

    assert found[: len(first)] == first and (first or not found)
    assert re.findall(r'<a class="quiet" href="/frameworks/([\w-]+)"', page) == found


def test_a_catalogue_to_come_says_from_when(site: Site) -> None:
    text = TEXTS["frameworks.yaml"].replace('effective_from: "2023-01-26"', 'effective_from: "2199-06"', 1)
    site.house.publish({**TEXTS, "frameworks.yaml": text})

    assert "Applies from 2199-06" in text_of(site.browser("joao").get("/frameworks"))
    assert "Applies from 2199-06" in text_of(site.browser("joao").get("/frameworks/NIST-AI-RMF"))
    assert [row["framework"] for row in rows(site, "/frameworks/export.csv?state=ahead")] == ["NIST-AI-RMF"]


def test_a_clause_to_come_says_from_when(site: Site) -> None:
    page = text_of(site.browser("joao").get("/frameworks/EU-AI-ACT/clause?id=26"))

    assert "Binds: deployer" in page
    assert ("Applies from 2027-12-02" in page) is (datetime.now(UTC).date().isoformat() < "2027-12-02")


def test_each_clause_has_its_rules_with_gate_and_owner(reviewed: Site) -> None:
    row = clause(reviewed, SERVED)
    page = text_of(reviewed.browser("joao").get(f"/frameworks/NIST-AI-RMF/clause?id={SERVED}"))

    assert row["state"] == "evidenced" and "(Gate G1, " in row["served by"]
    assert (row["initiatives (gate passed)"], row["initiatives (met now)"]) == ("0", "1")
    assert "Evidenced by 1 initiative" in page and "AI-0001" in page
    prohibited = next(row for row in rows(reviewed, "/frameworks/EU-AI-ACT/export.csv") if row["clause"] == "5")
    assert "HS1 (Tiering questionnaire, compliance)" in prohibited["served by"]


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("show=evidenced", lambda row: row["state"] == "evidenced"),
        ("show=served", lambda row: row["served by"] != ""),
        ("show=unserved", lambda row: row["served by"] == ""),
        ("show=attested", lambda row: row["state"] == "attested"),
        ("show=open", lambda row: row["state"] == "open"),
        ("q=fairness", lambda row: "fairness" in str(row)),
        ("q=G1-08", lambda row: "G1-08" in row["served by"]),
    ],
)
def test_clauses_are_searched_and_filtered(reviewed: Site, query: str, keeps: object) -> None:
    attest(reviewed)
    reviewed.browser("second").post("/attestations/AT-1/confirm", password=PASSWORD)
    every = rows(reviewed, "/frameworks/NIST-AI-RMF/export.csv")
    found = rows(reviewed, f"/frameworks/NIST-AI-RMF/export.csv?{query}")

    assert found == [row for row in every if keeps(row)]  # type: ignore[operator]
    assert 0 < len(found) < 72


@pytest.mark.parametrize("sort", ["clause", "state", "serving", "initiatives"])
def test_clauses_are_sorted_both_ways(reviewed: Site, sort: str) -> None:
    up = rows(reviewed, f"/frameworks/NIST-AI-RMF/export.csv?sort={sort}")
    down = rows(reviewed, f"/frameworks/NIST-AI-RMF/export.csv?sort={sort}&down=1")
    keys = {
        "clause": lambda row: [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", row["clause"])],
        "state": lambda row: ["evidenced", "served", "attested", "open"].index(row["state"]),
        "serving": lambda row: len(row["served by"].split("; ")) if row["served by"] else 0,
        "initiatives": lambda row: int(row["initiatives (gate passed)"]) + int(row["initiatives (met now)"]),
    }
    assert [keys[sort](row) for row in down] == sorted(map(keys[sort], down), reverse=True)
    assert sort == "clause" or [keys[sort](row) for row in up] == sorted(map(keys[sort], up))


def test_a_reader_counts_what_they_may_see_and_is_told_so(reviewed: Site) -> None:
    hidden = initiatives.Description("Claims triage", "Scores new motor claims for the adjusters.", "claims", "lena", Visibility.NAMED)
    reviewed.house.act("lena", lambda log: initiatives.describe(log, "AI-0001", hidden))
    path = f"/frameworks/NIST-AI-RMF/clause?id={SERVED}"

    for who, count, said in (
        ("aoife", "1", "Counted are all initiatives."),
        ("mallory", "0", "Counted are the initiatives that you may see"),
    ):
        assert clause(reviewed, SERVED, who)["initiatives (met now)"] == count
        page = text_of(reviewed.browser(who).get(path))
        assert said in page and ("AI-0001" in page) is (count == "1")
        assert len(rows(reviewed, path.replace("?", "/export.csv?"), who)) == int(count)


def test_the_initiatives_of_a_clause_once_the_gate_passed(reviewed: Site) -> None:
    reviewed.house.sign_all()
    [row] = rows(reviewed, f"/frameworks/NIST-AI-RMF/clause/export.csv?id={SERVED}&basis=passed")

    assert (row["initiative"], row["gate requests"], row["stage"]) == ("AI-0001", "AI-0001.G1-1", "review")
    assert row["met when a gate passed"] and row["met now"] == ""
    assert rows(reviewed, f"/frameworks/NIST-AI-RMF/clause/export.csv?id={SERVED}&basis=now") == []
    page = reviewed.browser("joao").get(f"/frameworks/NIST-AI-RMF/clause?id={SERVED}").text
    assert 'href="/requests/AI-0001.G1-1"' in page
    none = text_of(reviewed.browser("joao").get(f"/frameworks/NIST-AI-RMF/clause?id={SERVED}&q=nothing"))
    assert "No initiative fits these filters." in none


@pytest.mark.parametrize("path", ["/frameworks/NOWHERE", "/frameworks/NIST-AI-RMF/clause", "/frameworks/NIST-AI-RMF/clause?id=MAP-9.9"])
def test_what_is_not_there_is_said_in_a_sentence(site: Site, path: str) -> None:
    assert site.browser("joao").get(path).status_code == 404


def test_an_attestation_waits_for_a_second_officer_and_then_counts_apart(site: Site) -> None:
    attest(site)
    assert clause(site, OPEN)["state"] == "open"
    waiting = text_of(site.browser("second").get("/frameworks"))
    assert "1 attestation waits for a second officer" in waiting and "AT-1: NIST-AI-RMF GOVERN-2.3" in waiting

    own = site.browser("aoife").get("/attestations/AT-1")
    assert "You signed it, so another compliance officer confirms it." in text_of(own)
    assert "/confirm" not in own.text
    assert site.browser("second").post("/attestations/AT-1/confirm", password=PASSWORD).status_code == 303

    row = clause(site, OPEN)
    assert (row["state"], row["attestation"], row["served by"]) == ("attested", "AT-1 in_force", "")
    found = {row["framework"]: row for row in rows(site, "/frameworks/export.csv")}["NIST-AI-RMF"]
    assert (found["attested"], found["evidenced"], found["open"]) == ("1", "0", "22")
    page = text_of(site.browser("joao").get("/attestations/AT-1"))
    assert "In force" in page and "The board decides on each use of high risk." in page
    assert "Aoife, " in page and "Second, " in page
    assert "waits for a second officer" not in text_of(site.browser("second").get("/frameworks"))


def test_a_wrong_password_signs_nothing_and_is_counted(site: Site) -> None:
    answer = site.browser("aoife").post(ATTEST, **typed(password="wrong"))
    assert answer.status_code == 422 and "Nothing was signed" in text_of(answer)
    assert "The board decides on each use of high risk." in answer.text
    attest(site)
    assert site.browser("second").post("/attestations/AT-1/confirm", password="wrong").status_code == 422

    assert (site.failures("aoife"), site.failures("second")) == (0, 1)
    assert clause(site, OPEN)["attestation"] == "AT-1 awaited"


@pytest.mark.parametrize("who", ["lena", "joao", "ruth", "omar", "mallory"])
def test_others_are_led_to_no_form_and_refused(site: Site, who: str) -> None:
    attest(site)
    browser = site.browser(who)

    assert "/attest/" not in browser.get("/frameworks/NIST-AI-RMF").text
    page = browser.get("/attestations/AT-1")
    assert page.status_code == 200 and "/confirm" not in page.text and "/withdraw" not in page.text
    assert browser.get(ATTEST).status_code == 403
    for path in (ATTEST, "/attestations/AT-1/confirm", "/attestations/AT-1/withdraw"):
        assert browser.post(path, **typed(reason="because")).status_code == 403, path


@pytest.mark.parametrize(("name", "status"), [(SERVED, 409), ("MAP-9.9", 404), ("a/b", 404)])
def test_only_what_nobody_serves_is_offered(site: Site, name: str, status: int) -> None:
    assert site.browser("aoife").get(ATTEST.replace(OPEN, name)).status_code == status
    assert site.browser("aoife").post(ATTEST.replace(OPEN, name), **typed()).status_code == status


def test_its_file_is_kept_and_handed_out_as_it_is(site: Site) -> None:
    content = b"%PDF-1.7\nminutes\n"
    attest(site, address="", file=(io.BytesIO(content), "minutes.pdf"))

    answer = site.browser("joao").get("/attestations/AT-1/file")
    assert answer.data == content and "attachment" in answer.headers["Content-Disposition"]
    attest(site, clause="GOVERN-1.2")
    assert site.browser("joao").get("/attestations/AT-2/file").status_code == 404
    assert site.browser("joao").get("/attestations/AT-9/file").status_code == 404


def test_a_file_or_an_address_has_to_show_it(site: Site) -> None:
    answer = site.browser("aoife").post(ATTEST, **typed(address=""))

    assert answer.status_code == 422 and "Add a file or an address that shows it." in text_of(answer)


def test_withdrawing_takes_a_reason_and_ends_it(site: Site) -> None:
    attest(site)
    assert site.browser("second").post("/attestations/AT-1/withdraw", reason="").status_code == 422
    assert site.browser("second").post("/attestations/AT-1/withdraw", reason="The board stopped it.").status_code == 303

    page = text_of(site.browser("joao").get("/attestations/AT-1"))
    assert "Withdrawn" in page and "“The board stopped it.”" in page
    assert site.browser("second").post("/attestations/AT-1/confirm", password=PASSWORD).status_code == 409


def test_the_ledger_tells_it_in_sentences(site: Site) -> None:
    attest(site)
    site.browser("second").post("/attestations/AT-1/confirm", password=PASSWORD)
    site.browser("aoife").post("/attestations/AT-1/withdraw", reason="The board stopped it.")

    page = text_of(site.browser("aoife").get("/ledger?stream=framework"))
    assert "Aoife attested NIST-AI-RMF 1.0, clause GOVERN-2.3, until " in page
    assert "Second confirmed attestation AT-1 for NIST-AI-RMF, clause GOVERN-2.3" in page
    assert "withdrew attestation AT-1 for NIST-AI-RMF, clause GOVERN-2.3 “The board stopped it.”" in page


def test_attesting_what_another_officer_attested_meanwhile_loses_no_word(site: Site) -> None:
    attest(site)

    answer = site.browser("second").post(ATTEST, **typed())

    assert answer.status_code == 422 and "waits for a second officer" in text_of(answer)
    assert "The board decides on each use of high risk." in answer.text
