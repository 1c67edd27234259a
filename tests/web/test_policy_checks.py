"""Finding what has to be shown: by gate, function, tier and words, for everybody who signed in."""

import csv
import io
import re

import pytest

from governance.domain.policy import Policy
from governance.domain.vocabulary import Function, Severity, Tier
from governance.policy.loader import parse_policy
from governance.reads.policy_checks import Order, Wanted, every
from tests.services.conftest import TEXTS
from tests.web.browser import Site, site, text_of

__all__ = ["site"]

POLICY: Policy = parse_policy(TEXTS)


def ids(**wanted: object) -> list[str]:
    return [one.item.id for one in every(POLICY, Wanted(**wanted))]  # type: ignore[arg-type]


def rows(site: Site, query: str = "") -> list[dict[str, str]]:
    answer = site.browser("joao").get(f"/policy/checks?format=csv&{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_which_evidence_it_has_to_show_for_limited_production_at_high_risk(site: Site) -> None:
    page = site.browser("joao").get("/policy/checks?gate=G2&function=it_ops&tier=high")

    wanted = [item for item in POLICY.gates["G2"].items if item.owner is Function.IT_OPS]
    assert f"<h1>{len(wanted)} checks of IT operations for Review to Limited production, at high risk</h1>" in page.text
    for item in wanted:
        for said in (item.title, item.question, item.requirement):
            assert said.replace("&", "&amp;").replace("'", "&#39;") in page.text
    assert "rollback drill at most 15 minutes" in text_of(page)
    assert "at most 60 days old" in text_of(page)
    assert "NIST-AI-RMF MANAGE-2.4" in text_of(page)
    assert "Data science, for" not in text_of(page)


def test_each_question_leaves_out_what_is_not_meant() -> None:
    assert len(ids()) == sum(len(gate.items) for gate in POLICY.gates.values())
    assert set(ids(gate="G1")) == {item.id for item in POLICY.gates["G1"].items}
    assert set(ids(function=Function.BUSINESS, gate="C2")) == {"C2-01", "C2-03"} | {
        item.id for item in POLICY.gates["C2"].items if item.owner is Function.BUSINESS
    }
    assert all(POLICY.item(one).severity is Severity.ADVISORY for one in ids(severity=Severity.ADVISORY))
    assert ids(text="KILL drilled") == ["G2-07", "C1-08"] and set(ids(text="drilled")) > {"G2-07", "C1-08"}
    assert ids(text="nothing has these words") == []


def test_a_check_that_can_never_apply_at_a_tier_is_left_out_there() -> None:
    not_low = [item.id for gate in POLICY.gates.values() for item in gate.items if item.when == 'tier in ["medium", "high"]']

    assert not_low
    for one in not_low:
        assert one in ids(tier=Tier.HIGH) and one in ids(tier=Tier.MEDIUM) and one not in ids(tier=Tier.LOW)
    by_fact = [item.id for gate in POLICY.gates.values() for item in gate.items if item.when == "facts.affects_individuals"]
    assert by_fact and set(by_fact) <= set(ids(tier=Tier.LOW))


def test_the_limit_is_that_of_the_tier_that_was_asked_for() -> None:
    by_tier = [
        (item.id, part)
        for gate in POLICY.gates.values()
        for item in gate.items
        for part in (item.thresholds.parts if item.thresholds else ())
        if part.per_tier and part.when is None
    ]
    assert by_tier
    for one, part in by_tier:
        at_high = next(found for found in every(POLICY, Wanted(tier=Tier.HIGH)) if found.item.id == one)
        always = next(found for found in every(POLICY, Wanted()) if found.item.id == one)
        assert "for low" not in " ".join(at_high.limits) and "for low" in " ".join(always.limits), part


def test_the_list_is_put_in_order() -> None:
    titles = [one.item.title.lower() for one in every(POLICY, Wanted(order=Order.TITLE))]
    assert titles == sorted(titles)
    severities = [list(Severity).index(one.item.severity) for one in every(POLICY, Wanted(order=Order.SEVERITY))]
    assert severities == sorted(severities)
    owners = [list(Function).index(one.item.owner) for one in every(POLICY, Wanted(order=Order.OWNER))]
    assert owners == sorted(owners)


def test_the_export_has_what_the_page_has_and_the_page_is_in_pages(site: Site) -> None:
    assert [row["id"] for row in rows(site, "gate=G2&function=it_ops")] == ids(gate="G2", function=Function.IT_OPS)
    first, second = (site.browser("joao").get(f"/policy/checks?page={number}").text for number in (1, 2))
    found = [re.findall(r'<article class="well mb" id="([^"]+)"', page) for page in (first, second)]
    assert found == [ids()[:20], ids()[20:40]]


@pytest.mark.parametrize("query", ["gate=G9", "function=nobody", "tier=prohibited", "severity=x", "sort=x", "page=999", "page=x"])
def test_what_the_address_asks_for_and_nobody_has_is_no_question(site: Site, query: str) -> None:
    answer = site.browser("joao").get(f"/policy/checks?{query}")

    assert answer.status_code == 200 and f"<h1>{len(ids())} checks</h1>" in answer.text


def test_nothing_found_says_what_next(site: Site) -> None:
    answer = site.browser("joao").get("/policy/checks?q=nothing-has-this")

    assert "No check is meant by all of this" in answer.text and 'href="/policy/checks"' in answer.text


def test_only_officers_are_offered_to_change_one(site: Site) -> None:
    assert "/policy/draft/gates/G1/checks/" in site.browser("aoife").get("/policy/checks").text
    for who in ("lena", "joao", "ruth", "omar"):
        assert "/policy/draft" not in site.browser(who).get("/policy/checks").text
        assert "/policy/draft" not in site.browser(who).get("/policy/gates/G2").text
