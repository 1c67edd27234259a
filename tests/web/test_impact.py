"""What a policy would change, on its page: worked out by the worker, read by officers and auditors, and requests moved from it."""

import csv
import io

import pytest

from governance.domain.vocabulary import Function, RequestState
from governance.jobs import impacts
from governance.models.gates import GateRequest
from governance.policy.loader import digest_of
from governance.reads import policies, reviews
from governance.services import initiatives
from governance.services import policies as proposing
from governance.storage.slate import slate_of
from tests.prepared import begun
from tests.services.conftest import TEXTS, House
from tests.services.test_migrating import REQUEST, asking_more, publish, renamed_gate, with_another_seat
from tests.web.browser import Browser, Site, asked, reviewed, site, text_of

__all__ = ["reviewed", "site"]


def let_the_worker_work(site: Site) -> bool:
    parts = site.app.extensions["governance"]
    return impacts.work(parts.ledger, slate_of(parts.settings.instance))


def in_force(site: Site) -> str:
    with site.house.read() as session:
        return policies.current(session).digest


def worked_out(site: Site, browser: Browser) -> str:
    """The path of the impact of the policy in force, worked out."""
    path = f"/policies/{in_force(site)}/impact"
    browser.get(path)
    assert browser.post(path).status_code == 303
    assert let_the_worker_work(site)
    return path


@begun("site", asked)
def published(house: House) -> None:
    """Two have approved, then a policy is published that asks IT operations otherwise."""
    for function in (Function.DATA_SCIENCE, Function.IT_OPS):
        house.sign(function)
    publish(house, asking_more(Function.IT_OPS))


def test_an_officer_has_it_worked_out_follows_it_and_reads_what_was_found(published: Site) -> None:
    browser = published.browser("aoife")
    path = f"/policies/{in_force(published)}/impact"
    assert "It is not worked out yet" in text_of(browser.get(path))

    assert browser.post(path).status_code == 303
    under_way = browser.get(path)
    assert "Waits for the worker" in text_of(under_way) and "progress.js" in under_way.text and 'id="progress"' in under_way.text
    assert let_the_worker_work(published) and not let_the_worker_work(published)

    page = text_of(browser.get(path))
    assert "1 sign-off would lapse" in page and "Lapses: the sign-off of IT operations by Mina" in page
    assert "the section of IT operations changes" in page and "The record has moved since" not in page


def test_the_page_says_that_the_record_moved_and_offers_to_work_it_out_again(published: Site) -> None:
    browser = published.browser("aoife")
    path = worked_out(published, browser)
    published.house.act("lena", lambda log: initiatives.name_model(log, "AI-0001", "2.0"))

    page = text_of(browser.get(path))
    assert "The record has moved since" in page and "Work it out again" in page
    browser.post(path)
    let_the_worker_work(published)
    assert "The record has moved since" not in text_of(browser.get(path))


def test_how_far_the_worker_is_stands_on_the_page(published: Site) -> None:
    browser, slate = published.browser("aoife"), slate_of(published.app.extensions["governance"].settings.instance)
    path = f"/policies/{in_force(published)}/impact"
    browser.get(path)
    browser.post(path)
    job = impacts.claim(published.house.ledger, published.house.now)
    assert job is not None
    assert "Reads the record" in text_of(browser.get(path))
    slate.tell(job.id, 1, 3)

    page = browser.get(path).text

    assert "1 of 3 initiatives looked at" in page and 'max="3" value="1"' in page


def test_an_auditor_reads_it_and_is_shown_no_button(published: Site) -> None:
    path = worked_out(published, published.browser("aoife"))
    auditor = published.browser("ruth")

    page = auditor.get(path)

    assert page.status_code == 200 and "would lapse" in text_of(page)
    assert "Move what is chosen" not in page.text and "Work it out" not in page.text
    assert auditor.post(path).status_code == 403 and auditor.get(path.replace("/impact", "/move")).status_code == 403


@pytest.mark.parametrize("who", ["lena", "joao", "omar", "mallory"])
def test_nobody_else_reads_it(published: Site, who: str) -> None:
    assert published.browser(who).get(f"/policies/{in_force(published)}/impact").status_code in (403, 404)


def test_a_policy_that_nobody_published_is_not_there(site: Site) -> None:
    for path in (f"/policies/{'0' * 64}/impact", "/policies/x/impact", "/policies/moves/0123456789abcdef"):
        assert site.browser("aoife").get(path).status_code == 404


def test_an_older_policy_is_looked_at_and_nothing_is_moved_to_it(published: Site) -> None:
    browser = published.browser("aoife")
    with published.house.read() as session:
        first = reviews.request(session, REQUEST).policy
    path = f"/policies/{first}/impact"
    browser.get(path)
    browser.post(path)
    let_the_worker_work(published)

    page = browser.get(path)

    assert page.status_code == 200 and "Move what is chosen" not in page.text
    assert browser.get(f"/policies/{first}/move?scope=all").status_code == 409


def test_a_proposal_leads_to_what_it_would_change_before_anybody_publishes_it(reviewed: Site) -> None:
    reviewed.house.sign(Function.IT_OPS)
    texts = asking_more(Function.IT_OPS)
    proposal = str(reviewed.house.act("second", lambda log: proposing.propose(log, proposing.sound(texts), "It is asked for.")))
    browser = reviewed.browser("aoife")
    page, path = f"/policies/proposals/{proposal}", f"/policies/{digest_of(texts)}/impact"
    assert "What it would change is not worked out yet" in text_of(browser.get(page))

    assert browser.post(path).status_code == 303
    assert let_the_worker_work(reviewed)

    assert "1 sign-off would lapse" in text_of(browser.get(page)) and f'href="{path}"' in browser.get(page).text
    found = browser.get(path)
    assert "Lapses: the sign-off of IT operations by Mina" in text_of(found) and "Move what is chosen" not in found.text
    assert "would lapse" not in text_of(reviewed.browser("lena").get(page))


def test_the_list_is_searched_filtered_sorted_and_exported(published: Site) -> None:
    browser = published.browser("aoife")
    register = initiatives.Description("Letters", "Sorts the letters of a day.", "claims", "lena", initiatives.Visibility.ORGANISATION)
    published.house.act("lena", lambda log: initiatives.register(log, register))
    path = worked_out(published, browser)
    listed = lambda query: [name for name in ("Claims triage", "Letters") if name in text_of(browser.get(f"{path}?{query}"))]  # noqa: E731

    assert listed("") == ["Claims triage", "Letters"]
    assert listed("q=letters") == ["Letters"] and listed("q=AI-0001.G1") == ["Claims triage"]
    assert listed("mark=lapses") == ["Claims triage"] and listed("mark=unchanged") == ["Letters"]
    assert listed("mark=blocked") == [] and "Nothing fits" in text_of(browser.get(f"{path}?mark=blocked"))
    assert listed("mark=nothing-of-the-kind&page=9999&sort=;drop") == ["Claims triage", "Letters"]
    down, up = (text_of(browser.get(f"{path}?sort=name&down={down}")) for down in (1, 0))
    assert down.index("Letters") < down.index("Claims triage") and up.index("Claims triage") < up.index("Letters")

    rows = list(csv.reader(io.StringIO(browser.get(f"{path}?mark=lapses&format=csv").text)))
    assert [row[0] for row in rows[1:]] == ["AI-0001"]
    assert rows[1][2] == REQUEST and "Lapses: the sign-off of IT operations by Mina" in rows[1][7] and rows[1][9] == "When it is moved"


def test_an_officer_moves_what_was_chosen_and_sees_what_became_of_it(published: Site) -> None:
    browser = published.browser("aoife")
    path = worked_out(published, browser)
    page = browser.get(path)
    assert f'name="request" value="{REQUEST}"' in page.text

    move = f"{path.replace('/impact', '/move')}?request={REQUEST}"
    confirm = browser.get(move)
    assert "Move 1 request to version" in text_of(confirm) and "1 sign-off of 1 request will lapse" in text_of(confirm)
    form = {"scope": "", "chosen": REQUEST}
    refused = browser.post(path.replace("/impact", "/move"), **form, reason=" ")
    assert refused.status_code == 422 and "Say why the requests are moved" in text_of(refused)
    answer = browser.post(path.replace("/impact", "/move"), **form, reason="The rules hold for everybody.")
    assert answer.status_code == 303
    where = answer.headers["Location"]
    assert "Waits for the worker" in text_of(browser.get(where))
    assert let_the_worker_work(published)

    done = browser.get(where)
    assert "1 request moved" in text_of(done) and "IT operations" in text_of(done)
    assert "yes" in browser.get(f"{where}?format=csv").text
    assert "Done" in text_of(browser.get("/policies/moves"))
    with published.house.read() as session:
        row = session.get_one(GateRequest, REQUEST)
        assert (row.policy, row.revision, row.state) == (in_force(published), 2, RequestState.IN_REVIEW)
    story = text_of(browser.get(f"/requests/{REQUEST}"))
    assert "moved request AI-0001.G1-1 to other rules" in story and "The rules hold for everybody." in story
    assert browser.get(move).status_code == 200 and "No request is chosen that can be moved" in text_of(browser.get(move))


def test_those_that_nothing_changes_for_are_moved_together(reviewed: Site) -> None:
    publish(reviewed.house, {**TEXTS, "gates/G2.yaml": TEXTS["gates/G2.yaml"].replace("severity: blocking", "severity: waivable", 1)})
    browser = reviewed.browser("aoife")
    path = worked_out(reviewed, browser)
    assert "Move the 1 request that nothing changes for" in text_of(browser.get(path))

    move = path.replace("/impact", "/move")
    assert "No sign-off lapses" in text_of(browser.get(f"{move}?scope=unaffected"))
    answer = browser.post(move, scope="unaffected", chosen="", reason="Nothing changes.")
    let_the_worker_work(reviewed)

    assert "1 request moved" in text_of(browser.get(answer.headers["Location"]))


def test_what_cannot_be_moved_by_its_officer_is_told_and_keeps_no_other(published: Site) -> None:
    browser = published.browser("aoife")
    path = worked_out(published, browser)
    move = path.replace("/impact", "/move")
    browser.get(f"{move}?scope=all")
    answer = browser.post(move, scope="all", chosen="", reason="For all.")
    published.house.act("lena", lambda log: initiatives.name_team(log, "AI-0001", Function.COMPLIANCE, "aoife", None, 4))

    assert let_the_worker_work(published)

    page = text_of(browser.get(answer.headers["Location"]))
    assert "0 requests moved, 1 not" in page and "You have a hand in this request" in page


def test_nothing_is_moved_to_a_policy_that_nobody_looked_at(published: Site) -> None:
    browser = published.browser("aoife")
    path = worked_out(published, browser)
    publish(published.house, with_another_seat())

    answer = browser.post(path.replace("/impact", "/move"), scope="all", chosen="", reason="For all.")

    assert answer.status_code == 409
    assert not let_the_worker_work(published)


def test_a_draft_whose_gate_is_gone_is_still_shown_everywhere(site: Site) -> None:
    house = site.house
    house.register()
    house.open()
    publish(house, renamed_gate())
    house.act("lena", lambda log: initiatives.name_model(log, "AI-0001", "2.0"))
    lena = site.browser("lena")

    for path in (f"/requests/{REQUEST}", "/initiatives/AI-0001", "/initiatives/AI-0001/checklist/G1", "/", "/portfolio/table"):
        assert lena.get(path).status_code == 200, path
    refused = lena.post(f"/requests/{REQUEST}/submit", **{"submit-reason": ""})
    assert refused.status_code == 422 and "has no gate G1 any more" in text_of(refused)


def test_the_page_of_a_request_says_that_other_rules_are_in_force_and_leads_officers_to_what_moving_it_would_change(
    published: Site,
) -> None:
    officer, lead = (text_of(published.browser(who).get(f"/requests/{REQUEST}")) for who in ("aoife", "lena"))

    assert "this request keeps its rules until it is moved" in officer and "What moving it would change" in officer
    assert "this request keeps its rules until it is moved" in lead and "What moving it would change" not in lead


def test_the_reason_of_a_move_is_not_lost_where_another_policy_came_into_force(published: Site) -> None:
    browser, before = published.browser("second"), in_force(published)
    worked_out(published, browser)
    publish(published.house, TEXTS)

    answer = browser.post(f"/policies/{before}/move", scope="all", reason="A careful reason for it.")

    assert answer.status_code == 409 and "this one is not in force" in text_of(answer) and "A careful reason for it." in answer.text
