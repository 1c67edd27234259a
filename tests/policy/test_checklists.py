"""Checklists that several gates use: merged by stated rules, never less than the policy asks by itself."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from governance.domain.policy import Policy
from governance.domain.policy_changes import Effect, Kind
from governance.domain.vocabulary import Applies, Tier
from governance.paths import policies_directory
from governance.policy.checking import warnings_of
from governance.policy.checklists import both
from governance.policy.differences.whole import differences, rules_of
from governance.policy.loader import load_policy, parse_policy, reading, texts_in
from governance.policy.places import edit, edited, lines_of, used_by, value_at
from governance.policy.plan import decide_plan
from governance.policy.testing.coverage import coverage
from governance.policy.testing.reading import load_cases
from governance.policy.testing.running import run

STAGE_GATES = policies_directory() / "stage-gates"
CHECKLISTS = sorted((policies_directory() / "checklists").glob("*.yaml"))
BASE = texts_in(Path(__file__).parent / "broken" / "base")[0]
FILE = "hosting.yaml"
ALONE = {name: text for name, text in BASE.items() if name != FILE}
FACTS = {"personal_data": False, "high_risk": False, "hosting": "cloud"}


def written(find: str, put: str) -> dict[str, str]:
    assert find in BASE[FILE]
    return {**BASE, FILE: BASE[FILE].replace(find, put)}


def asked(policy: Policy, gate: str, facts: dict[str, object], tier: Tier) -> dict[str, Applies]:
    plan = decide_plan(policy, gate, facts, tier)  # type: ignore[arg-type]
    return {planned.item.id: planned.applicability.applies for planned in plan.items if planned.item.checklist}


def test_it_adds_to_each_of_its_gates_and_takes_nothing_away() -> None:
    alone, policy = parse_policy(ALONE), parse_policy(BASE)

    for gate in ("G1", "G2"):
        own = tuple(item for item in policy.gates[gate].items if item.checklist is None)
        [added] = (item for item in policy.gates[gate].items if item.checklist == "hosting")
        assert (added.id, added.title) == (f"{gate}-way-out", "A way out")
        seats = policy.gates[gate].seats
        assert seats[-1].id == "hosting" and seats[-1].when == 'facts.hosting == "cloud"'
        assert replace(policy.gates[gate], items=own, seats=seats[:-1]) == alone.gates[gate]
    assert policy.checklists["hosting"].gates == ("G1", "G2")


@pytest.mark.parametrize("gone", ["nowhere", "unreadable"])
def test_what_is_wrong_in_it_is_told_also_where_none_of_its_gates_is_there(gone: str) -> None:
    """And nothing that would not be wrong if one were."""
    wrong = written("gates: [G1, G2]", "gates: [G7]" if gone == "nowhere" else "gates: [G2]")
    wrong[FILE] = wrong[FILE].replace('when: tier == "high"', "when: facts.hostin").replace("covers: [common, it_ops]", "covers: [common]")
    told = ["hosting.yaml:6 unknown-gate"] if gone == "nowhere" else ["gates/G2.yaml:1 yaml-syntax"]

    found = reading(wrong if gone == "nowhere" else {**wrong, "gates/G2.yaml": "gate: ]"}).problems

    assert sorted(f"{one.file}:{one.line} {one.code}" for one in found) == sorted(
        ["hosting.yaml:14 unknown-fact", "hosting.yaml:17 seat-covers", *told]
    )


@pytest.mark.parametrize(
    ("facts", "tier", "applies"),
    [
        (FACTS, Tier.HIGH, Applies.YES),
        (FACTS, Tier.LOW, Applies.NO),
        ({**FACTS, "hosting": "own"}, Tier.HIGH, Applies.NO),
        ({"personal_data": False}, Tier.HIGH, Applies.UNDECIDED),
    ],
)
def test_it_is_asked_where_both_conditions_hold_and_undecided_blocks(facts: dict[str, object], tier: Tier, applies: Applies) -> None:
    policy = parse_policy(BASE)

    assert asked(policy, "G1", facts, tier) == {"G1-way-out": applies}
    plan = decide_plan(policy, "G1", facts, tier)  # type: ignore[arg-type]
    assert ("hosting" in [seat.id for seat in plan.seats]) is (facts.get("hosting") == "cloud")
    assert bool(plan.undecided_seats) is ("hosting" not in facts)


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("true", "true", "true"),
        ("true", "facts.a", "facts.a"),
        ("facts.a", " true ", "facts.a"),
        ("facts.a", "tier == 'low'", "facts.a && tier == 'low'"),
        ("facts.a || facts.b", "facts.c", "(facts.a || facts.b) && facts.c"),
        ("facts.a", "facts.b ? facts.c : facts.d", "facts.a && (facts.b ? facts.c : facts.d)"),
    ],
)
def test_two_conditions_are_joined_so_that_both_have_to_hold(first: str, second: str, joined: str) -> None:
    assert both(first, second) == joined


def test_a_condition_that_is_always_true_is_said_once_where_it_stands() -> None:
    found = warnings_of(written('when: facts.hosting == "cloud"', 'when: facts.hosting in ["own", "cloud"]'))

    assert [(one.file, one.line, one.code) for one in found] == [(FILE, 5, "always-true")]


def test_a_check_that_its_checklist_never_reaches_is_named() -> None:
    found = warnings_of(written('when: tier == "high"', 'when: facts.hosting == "own"'))

    assert [(one.file, one.line, one.code) for one in found] == [(FILE, 14, "always-false")]


def test_it_comes_and_goes_in_the_terms_of_the_policy() -> None:
    with_it, without = rules_of(BASE), rules_of(ALONE)

    added = [(change.kind, change.gate, change.effect) for change in differences(without, with_it)]
    assert sorted(added) == sorted((kind, gate, Effect.STRICTER) for gate in ("G1", "G2") for kind in (Kind.SEAT_ADDED, Kind.ITEM_ADDED))
    assert {(change.kind, change.effect) for change in differences(with_it, without)} == {
        (Kind.SEAT_REMOVED, Effect.LOOSER),
        (Kind.ITEM_REMOVED, Effect.LOOSER),
    }


def test_a_gate_taken_from_it_and_a_narrower_condition_are_seen_as_asking_for_less() -> None:
    fewer = differences(rules_of(BASE), rules_of(written("[G1, G2]", "[G1]")))
    assert {(change.kind, change.gate, change.effect) for change in fewer} == {
        (Kind.SEAT_REMOVED, "G2", Effect.LOOSER),
        (Kind.ITEM_REMOVED, "G2", Effect.LOOSER),
    }

    narrower = differences(rules_of(BASE), rules_of(written('"cloud"', '"cloud" && facts.high_risk')))
    assert {change.kind for change in narrower} == {Kind.ITEM_CONDITION, Kind.SEAT_CONDITION}
    assert {change.effect for change in narrower} == {Effect.LOOSER}


def test_a_new_edition_of_it_is_told_and_asks_for_neither_more_nor_less() -> None:
    [change] = differences(rules_of(BASE), rules_of(written('version: "1"', 'version: "2"')))

    assert (change.detail, change.before, change.after, change.effect) == ("checklist.hosting.version", "1", "2", Effect.NEITHER)


def test_a_change_at_one_gate_is_made_in_its_file_and_so_at_every_gate() -> None:
    place = "gate/G2/items/G2-way-out"
    assert (value_at(BASE, f"{place}/title"), lines_of(BASE, f"{place}/title"), used_by(BASE, place)) == (
        "A way out",
        (FILE, 9),
        ["G1", "G2"],
    )
    assert value_at(BASE, "gate/G2/seats/hosting/label") == "Hosting"
    assert value_at(BASE, "gate/G2/items/way-out") is value_at(BASE, "gate/G3/items/G3-way-out") is None
    assert used_by(BASE, "gate/G2/items/G2-01") == []

    made = edited(BASE, [edit(f"{place}/severity", "waivable"), edit("gate/G1/seats/hosting/label", "Host")])

    assert made.refused == {} and [name for name in BASE if made.texts[name] != BASE[name]] == [FILE]
    policy = parse_policy(made.texts)
    assert {policy.item(f"{gate}-way-out").severity for gate in ("G1", "G2")} == {"waivable"}
    assert {policy.gates[gate].seats[-1].label for gate in ("G1", "G2")} == {"Host"}


@pytest.mark.parametrize("checklist", CHECKLISTS, ids=lambda path: path.stem)
def test_a_shipped_checklist_is_sound_beside_the_shipped_policy_and_has_every_case(checklist: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(STAGE_GATES, tmp_path / "policy"))
    shutil.copy(checklist, folder / checklist.name)
    cases = f"tests/{checklist.name}"
    shutil.copy(checklist.parent / cases, folder / "tests" / checklist.name)

    loaded = load_policy(folder)
    own = [case for case in load_cases(folder, loaded.policy) if case.file == cases]
    results = [run(loaded.policy, case) for case in own]

    assert warnings_of(loaded.texts) == ()
    assert [(result.case.id, result.differences) for result in results if not result.passed] == []
    added = {item.id for gate in loaded.policy.gates.values() for item in gate.items if item.checklist}
    assert added and not [gap for gap in coverage(loaded.policy, results).gaps if gap.where in added and gap.kind in ("check", "condition")]
