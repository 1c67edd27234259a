"""A draft of the policy: what may be gathered on it, what a publication in between does to it, and what is handed on from it."""

from collections.abc import Mapping

import pytest

from governance.domain.drafting import MOST_EDITS
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.ledger.log import Log
from governance.models.drafts import PolicyDraft
from governance.models.policies import PolicyProposal
from governance.policy.loader import parse_policy
from governance.policy.places import Edit, edit
from governance.reads import people, policy_drafts
from governance.services import policies
from governance.services import policy_drafts as drafts
from tests.services.conftest import TEXTS, House
from tests.services.portfolio import seat_of

LIMIT = "gate/G2/items/G2-07/threshold/value"
STRICTER = edit(LIMIT, 10)


def change(house: House, *edits: Edit, who: str = "aoife") -> None:
    house.act(who, lambda log: drafts.change(log, edits))


def published(house: House, **replaced: tuple[str, str]) -> None:
    """Another version, in force by now."""
    texts = {**TEXTS, "policy.yaml": TEXTS["policy.yaml"].replace('version: "1.0.0"', 'version: "1.0.1"', 1)}
    for name, (old, new) in replaced.items():
        assert old in texts[f"gates/{name}.yaml"]
        texts[f"gates/{name}.yaml"] = texts[f"gates/{name}.yaml"].replace(old, new, 1)
    house.publish(texts, "second", "aoife")


def finish(house: House, version: str = "1.1.0", who: str = "aoife") -> Mapping[str, str]:
    found = made(house, version, who)
    house.act(who, lambda log: drafts.finish(log, found))
    return found.texts


def made(house: House, version: str = "1.1.0", who: str = "aoife") -> drafts.Made:
    with house.read() as session:
        return drafts.made(session, people.doer(session, who, house.now), version)


def seen(house: House, who: str = "aoife") -> policy_drafts.Draft:
    with house.read() as session:
        return policy_drafts.draft(session, who)


@pytest.mark.parametrize("who", ["lena", "joao", "ruth", "omar", "mallory"])
def test_only_compliance_officers_change_undo_discard_go_on_and_finish(house: House, who: str) -> None:
    for act in (
        lambda log: drafts.change(log, [STRICTER]),
        lambda log: drafts.undo(log, LIMIT),
        drafts.discard,
        drafts.go_on,
        lambda log: drafts.made(log.session, people.doer(log.session, log.by, log.now), "2"),
        lambda log: drafts.finish(log, drafts.Made(TEXTS, "", ())),
    ):
        with pytest.raises(NotAllowed, match="change the policy"):
            house.act(who, act)


def test_the_ledger_knows_nothing_of_a_draft(house: House) -> None:
    with house.read() as session:
        before = policy_drafts.in_force(session)[0].digest
    change(house, STRICTER)

    with house.read() as session:
        assert session.get(PolicyDraft, "aoife") is not None and policy_drafts.in_force(session)[0].digest == before


def test_what_is_finished_is_the_text_with_the_changes_and_the_new_version_and_the_draft_is_gone(house: House) -> None:
    change(house, STRICTER)

    texts = finish(house)

    policy = parse_policy(texts)
    assert policy.version == "1.1.0" and policy.item("G2-07").thresholds is not None
    changed = {name: [line for line in texts[name].split("\n") if line not in TEXTS[name].split("\n")] for name in texts}
    assert {name: len(lines) for name, lines in changed.items() if lines} == {"policy.yaml": 1, "gates/G2.yaml": 1}
    assert seen(house).edits == ()


def test_it_is_proposed_in_the_same_transaction_and_stays_where_that_is_refused(house: House) -> None:
    change(house, STRICTER)

    found = made(house)
    given = policies.sound(found.texts)

    def propose(log: Log, reason: str) -> None:
        drafts.finish(log, found)
        policies.propose(log, given, reason)

    with pytest.raises(RuleBroken, match="Say why"):
        house.act("aoife", lambda log: propose(log, "no"))
    assert seen(house).edits == (STRICTER,)

    house.act("aoife", lambda log: propose(log, "Two drills took too long."))
    with house.read() as session:
        assert session.get_one(PolicyProposal, "P-1").version == "1.1.0"
    assert seen(house).edits == ()


def test_a_draft_that_changed_while_its_texts_were_read_is_looked_at_again(house: House) -> None:
    change(house, STRICTER)
    found = made(house)
    change(house, edit("gate/G2/items/G2-07/why", "we saw it fail"))

    with pytest.raises(Conflict, match="changed while it was being proposed"):
        house.act("aoife", lambda log: drafts.finish(log, found))
    assert len(seen(house).edits) == 2


def test_what_was_published_while_its_texts_were_read_is_looked_at_first(house: House) -> None:
    change(house, STRICTER)
    found = made(house)
    published(house)

    with pytest.raises(Conflict, match=r"Version 1\.0\.1 was published since"):
        house.act("aoife", lambda log: drafts.finish(log, found))
    assert seen(house).edits == (STRICTER,)


@pytest.mark.parametrize(
    ("version", "sentence"), [("", "Enter what this version is called"), ("1.0.0", "is in force"), ("9" * 41, "at most 40")]
)
def test_a_version_has_a_name_of_its_own(house: House, version: str, sentence: str) -> None:
    change(house, STRICTER)

    with pytest.raises(RuleBroken, match=sentence) as refused:
        finish(house, version)
    assert refused.value.problems[0].about == "version"


def test_nothing_changed_is_nothing_to_propose(house: House) -> None:
    with pytest.raises(RuleBroken, match="Nothing is changed yet"):
        finish(house)


def test_a_publication_in_between_is_looked_at_first_and_loses_nothing(house: House) -> None:
    change(house, STRICTER, edit("gate/G2/items/G2-07/why", "we saw it fail"))
    published(
        house,
        G2=(
            "comparator: lte, value: 15, unit: minutes, window: latest drill",
            "comparator: lte, value: 12, unit: minutes, window: latest drill",
        ),
    )

    found = seen(house)
    assert found.is_behind and not found.may_be_proposed
    assert [one.moved for one in found.changes] == ["12 minutes", ""]
    with pytest.raises(Conflict, match=r"Version 1\.0\.1 was published since"):
        finish(house)

    house.act("aoife", drafts.go_on)

    assert seen(house).may_be_proposed and not seen(house).is_behind
    limit = parse_policy(finish(house)).item("G2-07").thresholds
    assert limit is not None and limit.parts[0].value == 10


def test_a_change_whose_place_is_gone_is_named_and_keeps_the_draft_from_being_proposed(house: House) -> None:
    change(house, edit("gate/G2/seats/privacy_officer/label", "Data protection"), STRICTER)
    published(house, G2=(seat_of(TEXTS["gates/G2.yaml"], "privacy_officer"), ""))

    house.act("aoife", drafts.go_on)
    found = seen(house)
    assert not found.may_be_proposed and "no longer in the policy" in found.changes[0].refused
    with pytest.raises(RuleBroken, match="no longer in the policy"):
        finish(house)

    house.act("aoife", lambda log: drafts.undo(log, "gate/G2/seats/privacy_officer/label"))
    assert parse_policy(finish(house)).version == "1.1.0"


def test_a_draft_has_an_end(house: House) -> None:
    many = [
        edit(f"gate/G2/seats/s{number}", {"id": f"s{number}", "function": "business", "label": "x"}) for number in range(MOST_EDITS + 1)
    ]

    with pytest.raises(RuleBroken, match="at most 500 changes"):
        change(house, *many)
    assert seen(house).edits == ()


def test_what_cannot_be_made_is_refused_and_not_kept(house: House) -> None:
    with pytest.raises(RuleBroken, match="no longer in the policy"):
        change(house, edit("gate/G9/items/G9-01/title", "x"))
    assert seen(house).edits == ()
