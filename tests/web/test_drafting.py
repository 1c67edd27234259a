"""Changing the policy beside its rules: what is typed comes onto a draft of one's own, is checked there, undone there, and proposed."""

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from governance.domain.errors import NotAllowed
from governance.domain.policy_changes import Effect
from governance.models.drafts import PolicyDraft
from governance.policy.loader import parse_policy
from governance.policy.places import Edit
from governance.reads import policy_drafts
from governance.services import policy_drafts as drafts
from tests.services.conftest import TEXTS
from tests.web.browser import Site, site, text_of
from tests.web.controls import forms

__all__ = ["site"]

CHECK, SEAT, ADD, DAYS = "/gates/G2/checks/G2-07", "/gates/G2/seats/privacy_officer", "/gates/G2/seats", "/days"
DRAFT = "/policy/draft"


def fill(site: Site, path: str, who: str = "aoife", **typed: object) -> TestResponse:
    """A form as a browser sends it, with some fields changed."""
    browser = site.browser(who)
    page = browser.get(DRAFT + path)
    assert page.status_code == 200, page.status
    [sent] = [form.untouched for form in forms(page.text) if len(form.controls) > 3]
    return browser.post(DRAFT + path, **{**sent, **typed})


def draft(site: Site, who: str = "aoife") -> policy_drafts.Draft:
    with site.house.read() as session:
        return policy_drafts.draft(session, who)


def page(site: Site, who: str = "aoife") -> str:
    return text_of(site.browser(who).get(DRAFT))


@pytest.mark.parametrize("path", ["", CHECK, SEAT, ADD, DAYS])
@pytest.mark.parametrize(("who", "status"), [("aoife", 200), ("lena", 403), ("joao", 403), ("ruth", 403), ("omar", 403)])
def test_only_compliance_officers_come_in(site: Site, path: str, who: str, status: int) -> None:
    assert site.browser(who).get(DRAFT + path).status_code == status


@pytest.mark.parametrize("path", ["/gates/G9/checks/G2-07", "/gates/G2/checks/G1-01", "/gates/G2/seats/nobody", "/gates/G9/seats"])
def test_what_the_policy_does_not_have_is_not_there(site: Site, path: str) -> None:
    assert site.browser("aoife").get(DRAFT + path).status_code == 404


def test_a_field_shows_what_stands_there_what_it_means_and_what_may_stand_there(site: Site) -> None:
    said = text_of(site.browser("aoife").get(DRAFT + CHECK))

    assert "Change the check “Rollback or kill switch drilled”" in said
    assert "How old the evidence may be." in said and "A whole number from 1 to 36,525, or nothing." in said
    assert 'value="15"' in site.browser("aoife").get(DRAFT + CHECK).text


def test_a_stricter_limit_comes_onto_the_draft_in_the_policys_own_terms(site: Site) -> None:
    answer = fill(site, CHECK, t0_high="5")

    assert answer.status_code == 303 and answer.location.endswith(DRAFT)
    said = page(site)
    assert "1 change on your draft" in said and "15 minutes at low risk, 15 minutes at medium risk, 5 minutes at high risk" in said
    assert "Stricter" in said and "Propose it" in said
    assert draft(site).may_be_proposed


def test_nobody_else_sees_it_and_nothing_is_in_force(site: Site) -> None:
    fill(site, CHECK, t0_high="5")

    assert "Your draft is empty" in page(site, "second")
    assert "at most 15 minutes" in text_of(site.browser("joao").get("/policy/gates/G2"))


def test_texts_severity_owner_and_freshness_are_changed_together(site: Site) -> None:
    fill(
        site, CHECK, title="Way back drilled", question="How long?\r\nMeasured how?", severity="waivable", owner="business", max_age_days=""
    )

    found = parse_policy(draft(site).edited.texts).item("G2-07")
    assert (found.title, found.question, found.severity, found.owner, found.max_age_days) == (
        "Way back drilled",
        "How long?\nMeasured how?",
        "waivable",
        "business",
        None,
    )
    assert "5 changes on your draft" in page(site) and "Looser" in page(site)


def test_a_second_change_at_the_same_place_takes_the_place_of_the_first_and_one_back_to_what_is_in_force_is_none(site: Site) -> None:
    fill(site, CHECK, max_age_days="30")
    fill(site, CHECK, max_age_days="20")
    assert [one.written for one in draft(site).edits] == ["20"]

    fill(site, CHECK, max_age_days="60")

    assert draft(site).edits == () and "Your draft is empty" in page(site)
    with site.house.read() as session:
        assert session.get(PolicyDraft, "aoife") is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"t0_low": "soon"}, "Limit at low risk: enter a number"),
        ({"t0_min_n": "0"}, "Smallest sample: enter a whole number from 1 to"),
        ({"title": ""}, "Title: enter something here"),
        ({"severity": "harsh"}, "Choose one from the list"),
        ({}, "Nothing differs from what stands there"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(site: Site, typed: dict[str, str], sentence: str) -> None:
    answer = fill(site, CHECK, why="Because I typed this", **typed) if typed else fill(site, CHECK)

    assert answer.status_code == 422 and sentence in text_of(answer)
    if typed:
        assert "Because I typed this" in answer.text
    assert draft(site).edits == ()


def test_a_seat_is_changed_added_and_taken_away(site: Site) -> None:
    fill(site, SEAT, label="Data protection officer", tiers=["medium", "high"], order="2")
    fill(site, ADD, label="Works council", function="business", tiers=["high"], rest="facts.employees_affected", covers=["common"])
    browser = site.browser("aoife")
    browser.get(DRAFT)
    assert browser.post(f"{DRAFT}/gates/G2/seats/independent_validator/remove").status_code == 303

    seats = {seat.id: seat for seat in parse_policy(draft(site).edited.texts).gates["G2"].seats}
    assert (seats["privacy_officer"].label, seats["privacy_officer"].order) == ("Data protection officer", 2)
    assert seats["privacy_officer"].when == 'tier in ["medium", "high"] && facts.personal_data'
    assert seats["works_council"].when == 'tier == "high" && facts.employees_affected'
    assert "independent_validator" not in seats
    said = page(site)
    assert "New seat" in said and "Seat taken away" in said and "Works council, Business" in said


BOXES = "/gates/G2/seats/it_ops"
LOOKS = "gate/G2/seats/it_ops/looks_at"


def boxes(site: Site) -> list[str]:
    """What the seat of IT operations looks at by the draft."""
    [seat] = [one for one in parse_policy(draft(site).edited.texts).gates["G2"].seats if one.id == "it_ops"]
    return [look.text for look in seat.looks_at]


def test_boxes_of_a_seat_come_and_go_and_each_is_undone_by_itself(site: Site) -> None:
    fill(site, BOXES, look_alarms="", look_rollback="I ran the drill.", more_1="I have asked the night shift.")

    assert boxes(site) == [
        "I ran the drill.",
        "I have checked who can change the model, its data and its settings.",
        "I have asked the night shift.",
    ]
    said = page(site)
    assert "3 changes on your draft" in said and "Box taken away" in said and "New box to tick" in said and "Box 1 to tick" in said
    assert "Looser" in said and "Stricter" in said
    assert draft(site).may_be_proposed
    told = {one.place: (one.thing, one.what, one.before, one.after, one.is_gone) for one in draft(site).changes}
    alarms = "I have seen an alarm reach the person who is on call."
    assert told == {
        f"{LOOKS}/rollback/text": (
            "Seat: IT operations",
            "Box 1 to tick",
            "I have seen the log of the rollback drill.",
            "I ran the drill.",
            False,
        ),
        f"{LOOKS}/asked_the_night_shift": ("Seat: IT operations", "New box to tick", "nothing", "I have asked the night shift.", False),
        f"{LOOKS}/alarms": ("Seat: IT operations", "Box taken away", alarms, "nothing", False),
    }

    browser = site.browser("aoife")
    for place in told:
        browser.get(DRAFT)
        assert browser.post(f"{DRAFT}/undo", place=place).status_code == 303
    assert draft(site).edits == ()


def test_a_box_that_is_new_on_the_draft_is_changed_and_taken_away_there(site: Site) -> None:
    fill(site, BOXES, more_2="I have asked the night shift.")
    fill(site, BOXES, look_asked_the_night_shift="I have asked both shifts.")
    assert boxes(site)[-1] == "I have asked both shifts." and "Box 4 to tick" in page(site)

    fill(site, BOXES, look_asked_the_night_shift="")

    assert draft(site).edits == () and "Your draft is empty" in page(site)


def test_a_box_that_came_back_with_its_words_is_no_change(site: Site) -> None:
    texts = {**TEXTS, "gates/G2.yaml": TEXTS["gates/G2.yaml"].replace("{id: alarms,", "{id: seen_an_alarm_reach_the_person_who_is_on,", 1)}
    texts["policy.yaml"] = texts["policy.yaml"].replace('version: "1.0.0"', 'version: "1.0.1"', 1)
    site.house.publish(texts, "second", "aoife")
    fill(site, BOXES, look_seen_an_alarm_reach_the_person_who_is_on="")
    assert len(boxes(site)) == 2

    fill(site, BOXES, more_1="I have seen an alarm reach the person who is on call.")

    assert draft(site).edits == ()


def test_too_long_a_box_is_said_at_its_field_and_nothing_typed_is_lost(site: Site) -> None:
    answer = fill(site, BOXES, look_alarms="", more_1="I have asked the night shift.", more_2="x" * 301)

    assert answer.status_code == 422 and "New box 2: use at most 300 signs." in text_of(answer)
    assert "I have asked the night shift." in answer.text and "x" * 301 in answer.text and draft(site).edits == ()


def test_who_loosened_by_a_box_less_is_told_so_before_it_is_proposed(site: Site) -> None:
    fill(site, BOXES, look_alarms="")

    found = draft(site).found
    assert found is not None and found.counts[Effect.LOOSER] == 1
    browser = site.browser("aoife")
    browser.get(DRAFT)
    proposed = browser.post(DRAFT, version="1.1.0", reason="The alarms are drilled elsewhere.")
    said = text_of(site.browser("second").get(proposed.location))
    assert "It asks for less at 1 gate" in said and "for 30 days" in said and "Review to Limited production" in said


def test_a_seat_that_is_new_has_boxes_from_the_start(site: Site) -> None:
    fill(site, ADD, label="Works council", function="business", tiers=["high"], covers=["common"], more_1="I have heard the staff.")

    [seat] = [one for one in parse_policy(draft(site).edited.texts).gates["G2"].seats if one.id == "works_council"]
    assert [(look.id, look.text) for look in seat.looks_at] == [("heard_the_staff", "I have heard the staff.")]
    assert "I have heard the staff." in text_of(site.browser("aoife").get(f"{DRAFT}{ADD}/works_council"))


def test_where_a_check_is_asked_is_changed_beside_the_facts_there_are(site: Site) -> None:
    said = text_of(site.browser("aoife").get(DRAFT + CHECK))
    assert "facts.personal_data" in said and "Asked at" in said

    fill(site, CHECK, tiers=["medium", "high"], rest="facts.personal_dat")
    assert "Unknown fact" in page(site) and "did you mean" in page(site)
    assert [fault.place for fault in draft(site).errors] == ["gate/G2/items/G2-07/when"]

    fill(site, CHECK, rest="facts.personal_data")
    assert parse_policy(draft(site).edited.texts).item("G2-07").when == 'tier in ["medium", "high"] && facts.personal_data'
    assert "Rollback or kill switch drilled" in page(site) and "Looser" in page(site) and draft(site).may_be_proposed
    [told] = draft(site).changes
    assert (told.what, told.before) == ("Asked", "always") and "the risk tier is medium or high" in told.after


def test_an_error_stands_at_its_place_and_keeps_the_draft_from_being_proposed(site: Site) -> None:
    browser = site.browser("aoife")
    browser.get(DRAFT)
    browser.post(f"{DRAFT}/gates/G2/seats/compliance/remove")
    fill(site, SEAT, rest="facts.personal_dat")

    said = page(site)
    assert "2 changes on your draft, with 2 errors" in said
    assert "No seat of compliance that is always asked" in said and "gates/G2.yaml, line 10" in said
    assert "facts.personal_dat" in said and "did you mean" in said
    assert "Propose it" not in said and not draft(site).may_be_proposed
    assert {fault.place for fault in draft(site).errors} == {"gate/G2/seats/compliance", "gate/G2/seats/privacy_officer/when"}


def test_a_new_warning_is_told_and_old_ones_are_not(site: Site) -> None:
    fill(site, "/gates/G2/checks/G2-04", t0_low="2", t0_medium="2", t0_high="2")

    assert len(draft(site).warnings) == 1 and "What the check warns of" in page(site)


def test_a_single_change_is_undone_and_the_whole_draft_thrown_away(site: Site) -> None:
    fill(site, CHECK, max_age_days="30", severity="waivable")
    browser = site.browser("aoife")
    browser.get(DRAFT)

    assert browser.post(f"{DRAFT}/undo", place="gate/G2/items/G2-07/severity").status_code == 303
    assert [one.place for one in draft(site).edits] == ["gate/G2/items/G2-07/max_age_days"]

    browser.get(DRAFT)
    assert browser.post(f"{DRAFT}/discard").status_code == 303
    assert draft(site).edits == ()


def test_undoing_a_new_seat_undoes_what_was_changed_about_it(site: Site) -> None:
    fill(site, ADD, label="Works council", function="business", tiers=["high"])
    fill(site, f"{ADD}/works_council", label="Council of works")

    site.browser("aoife").post(f"{DRAFT}/undo", place="gate/G2/seats/works_council")

    assert draft(site).edits == ()


def test_counts_of_days_are_changed_on_one_page(site: Site) -> None:
    fill(site, DAYS, **{"signoffs-valid_days-high": "20", "waivers-max_days-low": "200", "gate-C1-every_days-high": "60"})

    said = page(site)
    assert "3 changes on your draft" in said and "A waiver lasts at most" in said
    assert {one.place for one in draft(site).edits} == {
        "signoffs/valid_days/high",
        "waivers/max_days/low",
        "gate/C1/every_days/high",
    }


def test_when_people_are_reminded_is_changed_there_too(site: Site) -> None:
    assert 'value="30, 7"' in site.browser("aoife").get(DRAFT + DAYS).text
    fill(site, DAYS, **{"reminders-evidence_expiry-days_before": "60, 30, 7", "reminders-waiver-then_days_before": ""})

    told = {(one.thing, one.what, one.before, one.after) for one in draft(site).changes}
    assert told == {
        ("Reminders before evidence of another initiative expires", "Days before", "30, 7", "60, 30, 7"),
        ("Reminders before a waiver ends", "Days before", "7, 1", "nothing"),
    }
    assert draft(site).may_be_proposed and parse_policy(draft(site).edited.texts).evidence_told_before == (60, 30, 7)
    said = page(site)
    assert "Told before evidence expires, in days" in said and "Stricter" in said


def test_nothing_but_the_fields_can_be_changed_through_the_service(site: Site) -> None:
    for place in ("policy/id", "gate/G2/seats/it_ops/looks_at", "gate/G2/items/G2-07"):
        with pytest.raises(NotAllowed, match="in its files"):
            site.house.act("aoife", lambda log, one=place: drafts.change(log, [Edit(one, None)]))  # type: ignore[misc]
    with pytest.raises(NotAllowed):
        site.house.act("lena", lambda log: drafts.change(log, [Edit("pilot/max_weeks", "30")]))


def test_what_is_typed_is_shown_as_text(site: Site) -> None:
    fill(site, CHECK, title="<script>alert(1)</script>")

    answer = site.browser("aoife").get(DRAFT)
    assert "<script>alert(1)" not in answer.text and "<script>alert(1)</script>" in unescape(answer.text)
    assert re.search(r"version: \"1\.0\.0\"", TEXTS["policy.yaml"])


def test_proposing_hands_the_draft_to_another_officer_and_empties_it(site: Site) -> None:
    fill(site, CHECK, t0_high="5")
    browser = site.browser("aoife")
    assert 'value="1.1.0"' in browser.get(DRAFT).text

    answer = browser.post(DRAFT, version="1.1.0", reason="Two drills took too long.")

    assert answer.status_code == 303 and answer.location.endswith("/policies/proposals/P-1")
    assert "Your draft is empty" in page(site) and "Two drills took too long." in text_of(site.browser("second").get(answer.location))


@pytest.mark.parametrize(
    ("version", "reason", "sentence"),
    [
        ("", "Two drills took too long.", "Enter a name for the new version."),
        ("1.0.0", "Two drills took too long.", "Version 1.0.0 is in force. Give this one another name"),
        ("1.1.0", "", "Say why, in a sentence or two."),
        ("1.1.0", "no", "Say why in 10 to 10,000 signs"),
    ],
)
def test_what_keeps_it_from_being_proposed_is_said_at_its_field_and_loses_nothing(
    site: Site, version: str, reason: str, sentence: str
) -> None:
    fill(site, CHECK, t0_high="5")
    browser = site.browser("aoife")
    browser.get(DRAFT)

    answer = browser.post(DRAFT, version=version, reason=reason)

    assert answer.status_code == 422 and sentence in text_of(answer)
    assert (not reason or reason in answer.text) and len(draft(site).edits) == 1


def test_a_draft_that_is_behind_is_not_proposed_before_it_was_looked_at(site: Site) -> None:
    fill(site, CHECK, t0_high="5")
    texts = {**TEXTS, "policy.yaml": TEXTS["policy.yaml"].replace('version: "1.0.0"', 'version: "1.0.1"', 1)}
    site.house.publish(texts, "second", "aoife")
    browser = site.browser("aoife")
    assert "Version 1.0.1 was published after you began" in text_of(browser.get(DRAFT))

    answer = browser.post(DRAFT, version="1.1.0", reason="Two drills took too long.")
    assert answer.status_code == 422 and "Look at them against it, then propose them" in text_of(answer)

    browser.get(DRAFT)
    assert browser.post(f"{DRAFT}/go-on").status_code == 303
    browser.get(DRAFT)
    assert browser.post(DRAFT, version="1.1.0", reason="Two drills took too long.").status_code == 303
