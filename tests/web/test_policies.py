"""The versions of the policy: who published what and when, and what one changes against another, for everybody who signed in."""

import csv
import io
import re

import pytest
from sqlalchemy import update

from governance.models.ledger import Leaf
from governance.paths import policies_directory
from governance.policy.loader import digest_of
from governance.reads import policy_history
from tests.prepared import begun
from tests.services.conftest import TEXTS, House
from tests.tampering import tampering
from tests.web.browser import Site, site, text_of, two_hours_ago

__all__ = ["site"]


def edited(version: str, *edits: tuple[str, str, str]) -> dict[str, str]:
    texts = {**TEXTS, "policy.yaml": TEXTS["policy.yaml"].replace('version: "1.0.0"', f'version: "{version}"', 1)}
    for file, old, new in edits:
        assert old in texts[file]
        texts[file] = texts[file].replace(old, new, 1)
    return texts


LOOSER = edited("1.9.0", ("gates/G2.yaml", "severity: blocking", "severity: advisory"))
STRICTER = edited("1.10.0", ("policy.yaml", "low: 90, medium: 60", "low: 45, medium: 60"))
OLD, NEW = digest_of(TEXTS), digest_of(STRICTER)


@begun("site", two_hours_ago)
def three(house: House) -> None:
    """The shipped policy, a looser one by Aoife, and a stricter one by her colleague."""
    house.publish(LOOSER)
    house.publish(STRICTER, "aoife", "second")


def rows(site: Site, query: str = "") -> list[dict[str, str]]:
    """The export, which asks the same question as the page."""
    answer = site.browser("joao").get(f"/policies/export.csv?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


PAGES = ("/policies", "/policies/diff", "/policies/export.csv")


def test_everybody_who_signed_in_reads_them_and_nobody_else(three: Site) -> None:
    for who in ("lena", "joao", "aoife", "ruth", "omar", "mallory"):
        assert [three.browser(who).get(path).status_code for path in PAGES] == [200, 200, 200], who

    for path in PAGES:
        answer = three.app.test_client().get(path)
        assert answer.status_code in (302, 303) and "/sign-in" in answer.headers["Location"]


def test_every_publication_is_there_the_latest_first(three: Site) -> None:
    found = rows(three)

    assert [(row["version"], row["by"], row["in force"]) for row in found] == [
        ("1.10.0", "Second", "yes"),
        ("1.9.0", "Aoife", "no"),
        ("1.0.0", "The program", "no"),
    ]
    assert [row["before it (sha-256)"] for row in found] == [digest_of(LOOSER), OLD, ""]


def test_the_list_is_searched_and_sorted(three: Site) -> None:
    for query, versions in {
        "q=aoife": ["1.10.0", "1.9.0"],
        "q=aoife+1.9": ["1.9.0"],
        "q=audit": ["1.10.0", "1.9.0"],
        "q=1.9": ["1.9.0"],
        f"q={NEW[:12]}": ["1.10.0"],
        "q=nobody": [],
        "sort=version&down=0": ["1.0.0", "1.9.0", "1.10.0"],
        "sort=version&down=1": ["1.10.0", "1.9.0", "1.0.0"],
        "sort=who&down=0": ["1.9.0", "1.10.0", "1.0.0"],
        "sort=when&down=0": ["1.0.0", "1.9.0", "1.10.0"],
        "sort=nonsense": ["1.10.0", "1.9.0", "1.0.0"],
    }.items():
        assert [row["version"] for row in rows(three, query)] == versions, query


def test_a_text_that_is_published_again_is_there_again(three: Site) -> None:
    three.house.publish(TEXTS)

    found = rows(three)
    assert [(row["version"], row["in force"]) for row in found] == [("1.0.0", "yes"), ("1.10.0", "no"), ("1.9.0", "no"), ("1.0.0", "no")]
    assert "From version 1.10.0" in text_of(three.browser("joao").get("/policies/diff"))


def test_each_publication_links_to_what_it_changed_against_the_one_before(three: Site) -> None:
    joao = three.browser("joao")
    links = re.findall(r'href="(/policies/diff\?from=[^"]+)"', joao.get("/policies").text)

    assert len(links) == 2
    page = text_of(joao.get(links[0].replace("&amp;", "&")))
    assert "From version 1.9.0" in page and "to version 1.10.0" in page


def test_the_list_says_what_it_is_empty_of(three: Site) -> None:
    page = text_of(three.browser("joao").get("/policies?q=nobody"))

    assert "No publication to show" in page and "No publication has these words." in page


def test_many_publications_are_paged(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert policy_history.PAGE == 50
    monkeypatch.setattr(policy_history, "PAGE", 3)
    for number in range(1, 5):
        site.house.publish(edited(f"2.{number}"))
    joao = site.browser("joao")

    assert "1 to 3 of 5 publications" in text_of(joao.get("/policies"))
    assert "4 to 5 of 5 publications" in text_of(joao.get("/policies?page=2"))
    assert "4 to 5 of 5 publications" in text_of(joao.get("/policies?page=99"))


def test_what_changed_is_told_by_gate_with_its_effect_in_a_word(three: Site) -> None:
    page = text_of(three.browser("joao").get("/policies/diff?from=1.0.0&to=1.9.0"))

    assert "2 changes, 1 of them looser" in page
    assert "Review to Limited production G2" in page
    assert re.search(r"Performance in deployment-like conditions G2-01 ?Severity Blocking Advisory Looser", page)
    assert re.search(r"Version 1\.0\.0 1\.9\.0 Neither", page)


def test_without_names_it_is_the_one_in_force_against_the_one_before(three: Site) -> None:
    page = text_of(three.browser("joao").get("/policies/diff"))

    assert "From version 1.9.0" in page and "to version 1.10.0" in page
    assert "3 changes, none of them looser" in page


def test_a_policy_is_named_by_digest_its_start_or_its_version(three: Site) -> None:
    joao = three.browser("joao")
    for query in (f"from={OLD}&to={NEW}", "from=1.0.0&to=1.10.0", f"from={OLD[:8]}&to=current"):
        page = text_of(joao.get(f"/policies/diff?{query}"))
        assert "From version 1.0.0" in page and "to version 1.10.0" in page, query


def test_a_name_of_no_policy_is_not_found(three: Site) -> None:
    joao = three.browser("joao")
    for query in ("from=9.9.9", "to=9.9.9", f"from={'0' * 64}", "from=a%00b", f"from={OLD[:5]}", "to=%25", "from=current'--"):
        assert joao.get(f"/policies/diff?{query}").status_code == 404, query


def test_the_first_version_has_nothing_before_it(site: Site) -> None:
    page = text_of(site.browser("joao").get("/policies/diff"))

    assert "Nothing to compare with" in page and "There is nothing before it." in page


def test_one_text_against_itself_is_said_to_be_the_same(three: Site) -> None:
    page = text_of(three.browser("joao").get("/policies/diff?from=1.0.0&to=1.0.0"))

    assert "No rule differs" in page and "It is the same text on both sides." in page


def test_comments_alone_are_said_to_change_no_rule(site: Site) -> None:
    texts = {**TEXTS, "facts.yaml": f"{TEXTS['facts.yaml']}\n# reviewed\n"}
    site.house.publish(texts)
    page = text_of(site.browser("joao").get("/policies/diff"))

    assert "No rule differs" in page and "Only comments, layout or file names differ." in page


def test_a_damaged_publication_is_shown_as_damaged(three: Site) -> None:
    with tampering(three.house.ledger.engines) as connection:
        connection.execute(update(Leaf).where(Leaf.kind == "policy.published", Leaf.actor == "aoife").values(body=b"{"))
    page = text_of(three.browser("joao").get("/policies"))

    assert "of the ledger is damaged" in page and "3 publications" in page


def test_a_checklist_beside_the_policy_is_shown_where_it_adds_and_where_it_applies(site: Site) -> None:
    texts = {**edited("1.1.0"), "finance.yaml": (policies_directory() / "checklists" / "outsourced-models-in-finance.yaml").read_text()}
    site.house.publish(texts)
    browser = site.browser("lena")

    overview = text_of(browser.get("/policy"))
    assert "Outsourced models in finance" in overview and "where it is used in a supervised bank" in overview

    gate = text_of(browser.get("/policy/gates/G2"))
    assert "Exit plan that was tried G2-exit-plan" in gate and "the checklist Outsourced models in finance, edition 1" in gate
    found = text_of(browser.get("/policy/checks?q=outsourced+finance&gate=C1"))
    assert "C1-register" in found and "G2-register" not in found

    draft = text_of(site.browser("aoife").get("/policy/draft/gates/C1/checks/C1-exit-plan"))
    assert "what you change here counts at every gate that uses it (G2, C1)" in draft
