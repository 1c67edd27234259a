"""Proposing a policy on the page, deciding on it with the password, and what everybody sees of it."""

import csv
import io
import re

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from governance.domain.vocabulary import ProposalState, RequestState, Role
from governance.models.policies import PolicyProposal
from governance.policy.loader import digest_of
from governance.reads import policies
from governance.services import directory
from governance.services import policies as services
from tests.services.conftest import TEXTS
from tests.web.acts import zipped
from tests.web.browser import PASSWORD, Browser, Site, site, text_of
from tests.web.controls import forms
from tests.web.test_policies import LOOSER, STRICTER, edited

__all__ = ["site"]

WHY = "The audit asked for it."
START = "/policies/propose"


def proposed(site: Site, number: int = 1) -> PolicyProposal:
    with site.house.read() as session:
        return session.get_one(PolicyProposal, f"P-{number}")


def in_force(site: Site) -> str:
    with site.house.read() as session:
        return policies.current(session).digest


def send(browser: Browser, *files: tuple[str, bytes], reason: str = WHY, **typed: str) -> TestResponse:
    browser.get(START)
    fields = {
        "csrf_token": browser.token,
        "reason": reason,
        **typed,
        "files": [FileStorage(io.BytesIO(content), name) for name, content in files],
    }
    boundary, body = encode_multipart(fields)
    return browser.client.post(START, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def decide(site: Site, who: str = "aoife", proposal: str = "P-1", **typed: str) -> TestResponse:
    browser = site.browser(who)
    browser.get(f"/policies/proposals/{proposal}")
    return browser.post(f"/policies/proposals/{proposal}/decide", **{"decision": "publish", "password": PASSWORD, **typed})


def slots(answer: TestResponse) -> dict[str, str]:
    """The files that stand in the form that came back."""
    [controls] = [form.controls for form in forms(answer.text) if "reason" in form.controls]
    numbers = [name.removeprefix("name-") for name in controls if name.startswith("name-")]
    return {controls[f"name-{n}"].sent[0]: controls[f"text-{n}"].sent[0] for n in numbers}


# Proposing.


def test_a_policy_comes_as_an_archive_of_its_folder(site: Site) -> None:
    """With the folder around it, its test cases and what systems add by themselves."""
    more = {"tests/G1.yaml": "x: 1", ".git/config.yaml": "x: 1", "__MACOSX/policy.yaml": "x: 1", "README.md": "words"}
    answer = send(site.browser("second"), ("policy.zip", zipped({**LOOSER, **more})))

    assert answer.status_code == 303 and answer.headers["Location"].endswith("/policies/proposals/P-1")
    found = proposed(site)
    assert (found.digest, found.by, found.state) == (digest_of(LOOSER), "second", ProposalState.OPEN)
    assert in_force(site) == digest_of(TEXTS)


def test_a_policy_comes_as_several_files(site: Site) -> None:
    answer = send(site.browser("second"), *[(name.replace("/", "-"), text.encode()) for name, text in LOOSER.items()])

    assert answer.status_code == 303
    assert set(proposed(site).files) == {name.replace("/", "-") for name in LOOSER}


def test_the_texts_in_force_are_edited_on_the_page_and_nothing_else_of_them_changes(site: Site) -> None:
    second = site.browser("second")
    shown = slots(second.get(f"{START}?from=current"))
    assert {name: text for name, text in shown.items() if name} == TEXTS

    typed: dict[str, str] = {}
    for number, (name, text) in enumerate({**shown, **LOOSER}.items()):
        typed |= {f"name-{number}": name, f"text-{number}": text.replace("\n", "\r\n")}
    answer = second.post(START, reason=WHY, **typed)

    assert answer.status_code == 303 and proposed(site).digest == digest_of(LOOSER)


def test_a_chosen_file_takes_the_place_of_the_one_of_its_name(site: Site) -> None:
    typed: dict[str, str] = {}
    for number, (name, text) in enumerate(TEXTS.items()):
        typed |= {f"name-{number}": name, f"text-{number}": text}
    changed = {**TEXTS, "policy.yaml": STRICTER["policy.yaml"]}

    assert send(site.browser("second"), ("policy.yaml", changed["policy.yaml"].encode()), **typed).status_code == 303
    assert proposed(site).digest == digest_of(changed)


def test_every_fault_is_told_with_its_place_and_what_was_sent_comes_back(site: Site) -> None:
    faulty = edited("1.2.0", ("gates/G1.yaml", "owner: compliance", "owner: complience"), ("gates/G2.yaml", "severity: blocking", "severity: bloking"))  # fmt: skip
    second = site.browser("second")
    answer = send(second, ("policy.zip", zipped(faulty)))

    page = text_of(answer)
    assert answer.status_code == 422
    assert "The policy has 2 faults, and nothing was proposed." in page
    places = re.findall(r"<code>([^<]+)</code>", answer.text)
    assert [place.split(":")[0] for place in places] == ["gates/G1.yaml", "gates/G2.yaml"]
    assert "did you mean “compliance”?" in page and "did you mean “blocking”?" in page
    assert {name: text for name, text in slots(answer).items() if name} == faulty and WHY in page

    mended: dict[str, str] = {}
    for number, (name, text) in enumerate(edited("1.2.0").items()):
        mended |= {f"name-{number}": name, f"text-{number}": text}
    assert second.post(START, reason=WHY, **mended).status_code == 303


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "Choose the files of the policy"),
        ([("policy.zip", b"PK\x03\x04 and no more")], "cannot be read as one"),
        ([("policy.zip", zipped({}))], "Choose the files of the policy"),
        ([("policy.zip", zipped({"../policy.yaml": "x: 1"}, ""))], "use letters, digits, points"),
        ([("policy.yaml", b"\xff\xfe")], "policy.yaml is not UTF-8 at byte 0"),
        ([("policy.yaml", b"x" * 1_000_001)], "larger than 1,000 kB together"),
        ([("bomb.zip", zipped({"policy.yaml": "x" * 50_000_000}))], "larger than 1,000 kB together"),
        ([("policy.zip", zipped({f"{n}.txt": "" for n in range(1_001)}))], "more than 1,000 entries"),
        ([("policy.zip", zipped({f"{n}.yaml": "x: 1" for n in range(101)}))], "at most 100 files"),
        ([("policy.yaml", b"x: 1"), ("policy.yaml", b"x: 2")], "policy.yaml is there twice"),
        ([("policy.exe", b"MZ")], "its name ends in .yaml"),
    ],
)
def test_what_is_no_policy_is_refused_in_a_sentence(site: Site, files: list[tuple[str, bytes]], sentence: str) -> None:
    answer = send(site.browser("second"), *files)

    assert answer.status_code == 422 and sentence in text_of(answer)
    with site.house.read() as session:
        assert session.get(PolicyProposal, "P-1") is None


def test_the_page_warns_of_seats_that_nobody_can_take_while_there_is_something_to_decide(site: Site) -> None:
    site.house.propose(LOOSER, "second")
    aoife = site.browser("aoife")
    said = "nobody who can sign in is a reviewer for compliance with the qualification “data protection officer or deputy”."
    assert said in text_of(aoife.get("/policies/proposals/P-1"))

    assert decide(site).status_code == 303, "it is a warning"
    assert said not in text_of(aoife.get("/policies/proposals/P-1"))


def test_who_became_an_officer_since_is_told_why_somebody_else_decides(site: Site) -> None:
    site.house.propose(LOOSER, "second")
    site.house.act("omar", lambda log: directory.grant_role(log, "mallory", Role.COMPLIANCE_OFFICER))
    mallory = site.browser("mallory")

    page = text_of(mallory.get("/policies/proposals/P-1"))
    assert "You were given the role of a compliance officer after it was proposed" in page and "Your decision" not in page
    assert "Aoife can decide on it." in text_of(mallory.get("/policies"))
    assert decide(site, "mallory", "P-1").status_code == 403 and in_force(site) == digest_of(TEXTS)


def test_what_a_former_officer_proposed_is_told_to_be_declined_and_loses_nothing(site: Site) -> None:
    site.house.propose(LOOSER, "second")
    site.house.act("omar", lambda log: directory.withdraw_role(log, "second", Role.COMPLIANCE_OFFICER))
    sentence = "has not been a compliance officer ever since, so it is not published"
    assert sentence in text_of(site.browser("aoife").get("/policies/proposals/P-1"))

    answer = decide(site, "aoife", "P-1")

    assert answer.status_code == 422 and sentence in text_of(answer) and in_force(site) == digest_of(TEXTS)


def test_a_text_of_before_is_proposed_again_with_a_reason(site: Site) -> None:
    site.house.publish(LOOSER)
    aoife = site.browser("aoife")
    [link] = re.findall(r'href="(/policies/propose/again/[0-9a-f]{64})"', aoife.get("/policies").text)
    page = aoife.get(link)
    assert "What it changes against version 1.9.0" in text_of(page)

    assert aoife.post(link, reason="").status_code == 422
    answer = aoife.post(link, reason="It let too much through.")

    assert answer.status_code == 303 and proposed(site, 2).digest == digest_of(TEXTS)
    assert decide(site, "second", "P-2").status_code == 303 and in_force(site) == digest_of(TEXTS)


def test_an_overtaken_proposal_offers_to_be_made_again(site: Site) -> None:
    overtaken = site.house.propose(STRICTER, "second")
    site.house.publish(LOOSER, "aoife", "second")
    second = site.browser("second")
    page = second.get(f"/policies/proposals/{overtaken}")

    assert "overtaken" in text_of(page) and "Propose this text again" in text_of(page) and "Your decision" not in text_of(page)
    [link] = set(re.findall(r'href="(/policies/propose/again/[0-9a-f]{64})"', page.text))
    assert second.post(link, reason=WHY).status_code == 303
    assert proposed(site, 3).rests_on == digest_of(LOOSER)


# Deciding.


def test_the_page_says_what_changes_whom_it_would_bar_and_who_decides(site: Site) -> None:
    site.house.propose(LOOSER, "second")
    page = text_of(site.browser("aoife").get("/policies/proposals/P-1"))

    assert "Second proposes Stage gates for AI initiatives 1.9.0" in page and "You can decide on it." in page
    assert "It asks for less at 1 gate" in page and "Review to Limited production G2 1 Second, and you, if you publish it" in page
    assert "2 changes" in page and "Severity Blocking Advisory Looser" in page
    others = text_of(site.browser("lena").get("/policies/proposals/P-1"))
    assert "Aoife can decide on it." in others and "Your decision" not in others


def test_what_the_check_warns_of_is_told_to_whoever_decides(site: Site) -> None:
    site.house.propose(edited("1.2.0", ("gates/G2.yaml", r'when: "tier == \"high\""', 'when: "false"')), "second")
    page = text_of(site.browser("aoife").get("/policies/proposals/P-1"))

    assert "1 warning of the check" in page and "gates/G2.yaml:44:13 Never holds, whatever the facts and the tier" in page


def test_publishing_asks_for_the_password_and_says_who_and_why_afterwards(site: Site) -> None:
    site.house.propose(LOOSER, "second")
    answer = decide(site)

    assert answer.status_code == 303 and in_force(site) == digest_of(LOOSER)
    page = text_of(site.browser("lena").get("/policies"))
    assert "Version 1.9.0 is in force Aoife published it" in page and "Second proposed it. Why: “The audit asked for it.”" in page
    [row, _] = csv.DictReader(io.StringIO(site.browser("lena").get("/policies/export.csv").text))
    assert (row["by"], row["proposed by"], row["proposal"], row["why"]) == ("Aoife", "Second", "P-1", WHY)


@pytest.mark.parametrize("password", ["", "wrong harbour otters 41"])
def test_without_the_password_nothing_is_decided_and_what_was_written_stays(site: Site, password: str) -> None:
    site.house.propose(LOOSER, "second")
    answer = decide(site, decision="decline", why="It asks for too little.", password=password)

    assert answer.status_code == 422 and "It asks for too little." in answer.text and "checked" in answer.text
    assert site.failures("aoife") == (1 if password else 0)
    assert proposed(site).state is ProposalState.OPEN


def test_declining_needs_a_reason(site: Site) -> None:
    site.house.propose(LOOSER, "second")
    assert "Say why in 10 signs or more" in text_of(decide(site, decision="decline", why="no"))

    assert decide(site, decision="decline", why="It asks for too little.").status_code == 303
    page = text_of(site.browser("second").get("/policies/proposals/P-1"))
    assert "Aoife declined it: It asks for too little." in page and in_force(site) == digest_of(TEXTS)


def test_nobody_decides_on_their_own_and_no_password_is_counted_for_it(site: Site) -> None:
    site.house.propose(LOOSER, "second")
    answer = decide(site, "second", password="wrong harbour otters 41")

    assert answer.status_code == 403 and "Another compliance officer decides on it" in text_of(answer)
    assert site.failures("second") == 0 and in_force(site) == digest_of(TEXTS)


def test_a_single_officer_is_told_that_a_second_person_is_missing(site: Site) -> None:
    site.house.act("omar", lambda log: directory.disable_person(log, "aoife", "left"))
    site.house.propose(LOOSER, "second")
    second = site.browser("second")

    for path in ("/policies", "/policies/proposals/P-1"):
        assert "no other compliance officer can sign in" in text_of(second.get(path)), path
    assert "A second person is missing" in text_of(second.get("/policies/proposals/P-1"))
    assert "an administrator gives a second person the role" in text_of(decide(site, "second"))


@pytest.mark.parametrize("who", ["lena", "joao", "ruth", "omar", "mallory"])
def test_nobody_else_proposes_or_decides(site: Site, who: str) -> None:
    site.house.propose(LOOSER, "second")
    browser = site.browser(who)

    assert decide(site, who).status_code == 403
    assert browser.get(START).status_code == 403 and browser.post(START, reason=WHY).status_code == 403
    assert "Propose a policy" not in text_of(browser.get("/policies"))


def test_what_was_overtaken_a_moment_ago_is_not_published(site: Site) -> None:
    first = site.house.propose(LOOSER, "second")
    aoife = site.browser("aoife")
    aoife.get(f"/policies/proposals/{first}")
    site.house.publish(STRICTER)

    answer = aoife.post(f"/policies/proposals/{first}/decide", decision="publish", password=PASSWORD)

    assert answer.status_code == 409 and "Another policy was published since it was made" in text_of(answer)
    assert in_force(site) == digest_of(STRICTER)


def test_it_is_taken_back_with_a_reason_by_whoever_made_it(site: Site) -> None:
    site.house.propose(LOOSER, "second")
    second = site.browser("second")
    second.get("/policies/proposals/P-1")
    assert second.post("/policies/proposals/P-1/withdraw", **{"withdraw-why": ""}).status_code == 422
    assert second.post("/policies/proposals/P-1/withdraw", **{"withdraw-why": "It was a mistake."}).status_code == 303
    assert proposed(site).state is ProposalState.WITHDRAWN


def test_a_seat_says_that_its_reader_loosened_the_rule(site: Site) -> None:
    site.house.publish(edited("1.9.0", ("gates/G1.yaml", "severity: blocking", "severity: advisory")))
    site.house.register()
    site.house.open()
    site.house.complete()
    site.house.submit()
    assert site.house.state() is RequestState.IN_REVIEW

    page = text_of(site.browser("aoife").get("/requests/AI-0001.G1-1"))
    assert "You published version 1.9.0 of the policy, which loosened a rule of gate G1, and this request benefits." in page
    assert site.browser("aoife").get("/requests/AI-0001.G1-1/seats/compliance").status_code == 403
    assert "Sign off G1" not in text_of(site.browser("aoife").get("/"))


# Who has to do what.


def test_it_waits_for_the_other_officers_on_their_list(site: Site) -> None:
    site.house.propose(LOOSER, "second")

    assert "1 thing waits for you" in text_of(site.browser("aoife").get("/"))
    assert "P-1, which Second proposed" in text_of(site.browser("aoife").get("/"))
    for who in ("second", "lena", "omar", "ruth"):
        assert "Nothing waits for you" in text_of(site.browser(who).get("/")), who
    decide(site)
    assert "Nothing waits for you" in text_of(site.browser("aoife").get("/"))


@pytest.fixture
def several(site: Site) -> Site:
    site.house.propose(LOOSER, "second", "Low risk waits without a reason.")
    site.house.propose(edited("1.20.0"), "aoife")
    site.house.publish(STRICTER)
    site.house.propose(edited("1.3.0"), "second")
    return site


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["P-4", "P-3", "P-2", "P-1"]),
        ("down=0", ["P-1", "P-2", "P-3", "P-4"]),
        ("q=without+reason", ["P-1"]),
        ("q=nothing-like-this", []),
        ("state=overtaken", ["P-2", "P-1"]),
        ("state=published", ["P-3"]),
        ("state=open&q=second", ["P-4"]),
        ("state=nonsense&sort=nonsense", ["P-4", "P-3", "P-2", "P-1"]),
        ("sort=version&down=0", ["P-4", "P-1", "P-3", "P-2"]),
        ("sort=who&down=0", ["P-2", "P-1", "P-3", "P-4"]),
        ("sort=state&down=0", ["P-4", "P-3", "P-1", "P-2"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted_and_exported_alike(several: Site, query: str, found: list[str]) -> None:
    lena = several.browser("lena")
    page, export = lena.get(f"/policies/proposals?{query}"), lena.get(f"/policies/proposals/export.csv?{query}")

    assert [row["proposal"] for row in csv.DictReader(io.StringIO(export.text))] == found
    assert re.findall(r'<a class="quiet" href="/policies/proposals/(P-\d+)">', page.text) == found
    assert f"{len(found)} proposal" in text_of(page) if found else "No proposal fits." in text_of(page)


def test_many_are_paged(site: Site) -> None:
    for number in range(52):
        site.house.propose(edited(f"2.{number}"))
        site.house.act("aoife", lambda log, n=number: services.withdraw(log, f"P-{n + 1}", WHY))
    lena = site.browser("lena")

    assert "1 to 50 of 52 proposals" in text_of(lena.get("/policies/proposals"))
    assert "51 to 52 of 52 proposals" in text_of(lena.get("/policies/proposals?page=9"))


def test_there_is_no_proposal_of_another_name(site: Site) -> None:
    for name in ("P-1", "nonsense", "%00", "P-1'--"):
        assert site.browser("aoife").get(f"/policies/proposals/{name}").status_code == 404
        assert site.browser("aoife").get(f"/policies/propose/again/{name}").status_code == 404
