"""Fields that people fill in, and the changes they make in the files."""

import re
from collections.abc import Mapping
from itertools import product

import pytest
import yaml

from governance.domain.policy_changes import Effect
from governance.domain.strictness import PASSABLE
from governance.domain.vocabulary import Applies, Tier
from governance.paths import policies_directory
from governance.policy.conditions import Conditions
from governance.policy.differences.whole import differences, rules_of
from governance.policy.fielddocs import fields_of
from governance.policy.guided import Control, Field, Given, Part, asked_at, asked_where, edits
from governance.policy.guided_days import day_fields
from governance.policy.guided_fields import is_changeable, item_fields, new_seat, seat_fields
from governance.policy.lint_gates import MOST_LOOKS
from governance.policy.loader import load_policy, parse_policy
from governance.policy.models import ThresholdModel
from governance.policy.places import Edit, Edited, edit, edited, gates, lines_of, value_at
from governance.policy.problems import PolicyError

TEXTS = load_policy(policies_directory() / "stage-gates").texts


def filled(fields: list[Field], **others: str | list[str] | bool) -> dict[str, str | list[str] | bool]:
    """What a browser sends where nobody touches the fields, but for some."""
    plain = (Control.FLAG, Control.SEVERAL)
    untouched = {field.name: field.value if field.control in plain else field.shown for field in fields}
    return {**untouched, **others}  # type: ignore[dict-item]


def every_item() -> list[tuple[str, str]]:
    policy = parse_policy(TEXTS)
    return [(gate.id, item.id) for gate in policy.gates.values() for item in gate.items]


def every_seat() -> list[tuple[str, str]]:
    policy = parse_policy(TEXTS)
    return [(gate.id, seat.id) for gate in policy.gates.values() for seat in gate.seats]


def changed(fields: list[Field], **others: str | list[str] | bool) -> Mapping[str, str | None]:
    found, wrong = edits(fields, filled(fields, **others))
    assert not wrong
    return {one.place: one.written for one in found}


@pytest.mark.parametrize(("gate", "item"), every_item())
def test_a_check_that_nobody_touched_makes_no_change_and_every_field_has_a_meaning(gate: str, item: str) -> None:
    fields = item_fields(TEXTS, gate, item)

    assert changed(fields) == {}
    assert all(field.meaning and field.label and is_changeable(field.place) for field in fields)
    assert len({field.name for field in fields}) == len(fields)


def test_the_fields_of_a_threshold_stand_under_the_label_of_its_metric_whichever_name_it_uses() -> None:
    by_another = {**TEXTS, "gates/G3.yaml": TEXTS["gates/G3.yaml"].replace("metric: request_success_rate", "metric: success_rate")}
    found = {field.group for texts in (TEXTS, by_another) for field in item_fields(texts, "G3", "G3-04")}
    undeclared = {name: text for name, text in TEXTS.items() if name != "metrics.yaml"}

    assert found == {"", "error rate of the canary", "request success rate", "steps without their full bake"}
    assert {field.group for field in item_fields(undeclared, "G3", "G3-04")} == {
        "", "canary error rate", "request success rate", "steps without full bake",
    }  # fmt: skip
    [compared] = [field.meaning for field in item_fields(TEXTS, "G3", "G3-06") if field.name == "t0_comparator"]
    assert compared.endswith(" It is compared with the approved offline quality.")


@pytest.mark.parametrize(("gate", "seat"), every_seat())
def test_so_does_a_seat(gate: str, seat: str) -> None:
    fields = seat_fields(TEXTS, gate, seat)

    assert changed(fields) == {}
    assert all(field.meaning and is_changeable(f"{field.place}/new" if field.part is Part.MORE else field.place) for field in fields)


def test_what_a_seat_looks_at_is_said_in_other_words_at_its_own_place() -> None:
    place = "gate/G2/seats/it_ops/looks_at/rollback/text"
    found, _ = edits(
        seat_fields(TEXTS, "G2", "it_ops"), filled(seat_fields(TEXTS, "G2", "it_ops"), look_rollback="I ran the drill: twice.")
    )

    assert [one.place for one in found] == [place]
    looks = parse_policy(edited(TEXTS, found).texts).gates["G2"].seats[1].looks_at
    assert [look.text for look in looks][:2] == ["I ran the drill: twice.", "I have seen an alarm reach the person who is on call."]


LOOKS = "gate/G2/seats/it_ops/looks_at"


def looks_of(found: Edited, gate: str = "G2", seat: str = "it_ops") -> list[tuple[str, str]]:
    """The list of a seat in changed texts, which no change was refused in."""
    assert not found.refused
    [one] = [one for one in parse_policy(found.texts).gates[gate].seats if one.id == seat]
    return [(look.id, look.text) for look in one.looks_at]


def test_a_box_that_is_emptied_is_taken_away_and_new_ones_are_named_after_their_words() -> None:
    fields = seat_fields(TEXTS, "G2", "it_ops")
    found, wrong = edits(
        fields, filled(fields, look_alarms="", more_1="I have seen who was called, and when: twice.", more_3="Who\r\nowns it?")
    )

    assert not wrong and [one.place for one in found] == [
        f"{LOOKS}/seen_who_was_called_and_when_twice",
        f"{LOOKS}/who_owns_it",
        f"{LOOKS}/alarms",
    ]
    assert looks_of(edited(TEXTS, found)) == [
        ("rollback", "I have seen the log of the rollback drill."),
        ("access", "I have checked who can change the model, its data and its settings."),
        ("seen_who_was_called_and_when_twice", "I have seen who was called, and when: twice."),
        ("who_owns_it", "Who owns it?"),
    ]


def test_what_else_stands_in_the_file_stays_byte_for_byte_where_a_box_comes_and_goes() -> None:
    commented = TEXTS["gates/G2.yaml"].replace(
        "looks_at:\n        - {id: rollback", "looks_at:  # ours\n        # first\n        - {id: rollback", 1
    )
    texts = {**TEXTS, "gates/G2.yaml": commented}
    made = edited(texts, [edit(f"{LOOKS}/last", {"id": "last", "text": "I was there."}), Edit(f"{LOOKS}/alarms", None)])

    assert not made.refused
    old, new = commented.split("\n"), made.texts["gates/G2.yaml"].split("\n")
    assert [line for line in old if line not in new] == [
        "        - {id: alarms, text: I have seen an alarm reach the person who is on call.}"
    ]
    assert [line for line in new if line not in old] == ["        - {id: last, text: I was there.}"]


def test_every_box_may_go_and_the_first_may_come_where_a_seat_has_none() -> None:
    gone = edited(TEXTS, [Edit(f"{LOOKS}/{name}", None) for name in ("rollback", "alarms", "access")])
    assert looks_of(gone) == [] and "looks_at: []" not in TEXTS["gates/G2.yaml"]
    fields = seat_fields(gone.texts, "G2", "it_ops")
    back, _ = edits(fields, filled(fields, more_1="I was there.", more_2="I was there."))
    assert looks_of(edited(gone.texts, back)) == [("i_was_there", "I was there."), ("i_was_there_2", "I was there.")]

    bare = {**TEXTS, "gates/G2.yaml": re.sub(r" +looks_at:\n( +- \{id.*\n)+", "", TEXTS["gates/G2.yaml"])}
    fields = seat_fields(bare, "G2", "it_ops")
    came, _ = edits(fields, filled(fields, more_2="I was there.", more_3="So was I."))
    assert looks_of(edited(bare, came)) == [("i_was_there", "I was there."), ("so_was_i", "So was I.")]


def test_all_boxes_are_exchanged_at_once() -> None:
    fields = seat_fields(TEXTS, "G2", "it_ops")
    found, _ = edits(fields, filled(fields, look_rollback="", look_alarms=" ", look_access="", more_1="I was there."))

    assert looks_of(edited(TEXTS, found)) == [("i_was_there", "I was there.")]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("I have " + "read " * 12, "read_read_read_read_read_read_read_read"),
        ("x" * 50, "x" * 40),
        ("3 eyes saw it", "entry_3_eyes_saw_it"),
        ("Ich habe \u00fcberlegt", "ich_habe_berlegt"),
        ("\u4e2d\u6587", "entry"),
    ],
)
def test_an_entry_has_a_name_whatever_its_words_are(words: str, name: str) -> None:
    fields = seat_fields(TEXTS, "G2", "it_ops")
    [found], _ = edits(fields, filled(fields, more_1=words))

    assert found.place == f"{LOOKS}/{name}" and is_changeable(found.place)
    assert looks_of(edited(TEXTS, [found]))[-1] == (name, words.strip())


def test_a_box_holds_one_sentence_and_a_seat_as_many_boxes_as_the_check_takes() -> None:
    fields = seat_fields(TEXTS, "G2", "it_ops")
    _, wrong = edits(fields, filled(fields, look_alarms="x" * 301, more_2="x" * 301))
    assert wrong == {"look_alarms": "Box 2 to tick: use at most 300 signs.", "more_2": "New box 2: use at most 300 signs."}

    several = [edit(f"{LOOKS}/n{number}", {"id": f"n{number}", "text": "I was there."}) for number in range(MOST_LOOKS - 3)]
    full, nearly = (edited(TEXTS, kept) for kept in (several, several[:-1]))
    parse_policy(full.texts)
    offered = [[field.name for field in seat_fields(one.texts, "G2", "it_ops") if field.part is Part.MORE] for one in (full, nearly)]
    assert offered == [[], ["more_1"]]


def test_a_box_less_asks_for_less_and_a_box_more_for_more() -> None:
    def effect(*kept: Edit) -> list[Effect]:
        return [one.effect for one in differences(rules_of(TEXTS), rules_of(edited(TEXTS, kept).texts))]

    assert effect(Edit(f"{LOOKS}/alarms", None)) == [Effect.LOOSER]
    assert effect(edit(f"{LOOKS}/there", {"id": "there", "text": "I was there."})) == [Effect.STRICTER]


def test_a_new_seat_has_its_list_from_the_start() -> None:
    found, wrong = new_seat("G2", [], {**seat(), "more_1": "I have heard them.", "more_2": "", "more_3": "I have told them."})

    assert not wrong and looks_of(edited(TEXTS, found), seat="works_council") == [
        ("heard_them", "I have heard them."),
        ("told_them", "I have told them."),
    ]


def test_a_box_of_a_checklist_is_changed_in_its_file() -> None:
    shared = (policies_directory() / "checklists" / "outsourced-models-in-finance.yaml").read_text()
    seats = "  seats:\n    - {id: counsel, function: compliance, label: Counsel, covers: [common, compliance]}\n"
    texts = {**TEXTS, "finance.yaml": shared + seats}
    fields = seat_fields(texts, "G2", "counsel")
    found, _ = edits(fields, filled(fields, more_1="I have read the contract."))
    made = edited(texts, found)

    assert made.texts["gates/G2.yaml"] == texts["gates/G2.yaml"]
    assert looks_of(made, seat="counsel") == looks_of(made, "C1", "counsel") == [("read_the_contract", "I have read the contract.")]


def test_where_a_check_is_asked_is_its_tiers_and_what_else_has_to_hold() -> None:
    fields = item_fields(TEXTS, "G2", "G2-07")
    place = "gate/G2/items/G2-07/when"

    assert changed(fields, tiers=["high"]) == {place: r'"tier == \"high\""'}
    assert changed(fields, rest="facts.personal_data") == {place: "facts.personal_data"}
    narrower = edited(TEXTS, [Edit(place, r'"tier == \"high\""')])
    assert changed(item_fields(narrower.texts, "G2", "G2-07"), tiers=["low", "medium", "high"]) == {place: '"true"'}
    assert [one.effect for one in differences(rules_of(TEXTS), rules_of(narrower.texts))] == [Effect.LOOSER]


def test_so_do_the_counts_of_days_which_are_all_there() -> None:
    fields = day_fields(TEXTS)

    assert changed(fields) == {}
    assert all(field.meaning and is_changeable(field.place) for field in fields)
    assert {"signoffs/valid_days/high", "waivers/max_days/low", "waivers/on_expiry/grace_days", "gate/C1/every_days/medium"} <= {
        field.place for field in fields
    }


REMINDED = "reminders/evidence_expiry/days_before"


@pytest.mark.parametrize(
    ("typed", "written"),
    [("60, 30, 7", "[60, 30, 7]"), ("60 7", "[60, 7]"), (" 60;7 , 1", "[60, 7, 1]"), ("9", "[9]"), ("", "[]"), (" , ", "[]")],
)
def test_the_days_of_a_reminder_are_written_with_commas_the_most_first(typed: str, written: str) -> None:
    fields = day_fields(TEXTS)
    found, wrong = edits(fields, filled(fields, **{REMINDED.replace("/", "-"): typed}))

    assert not wrong and [(one.place, one.written) for one in found] == [(REMINDED, written)]
    made = edited(TEXTS, found)
    assert not made.refused and list(parse_policy(made.texts).evidence_told_before) == yaml.safe_load(written)
    assert changed(day_fields(made.texts)) == {}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("30, 0", "Days before: enter a whole number from 1 to 36,525."),
        ("30, soon", "Days before: enter a whole number from 1 to 36,525."),
        ("7, 30", "Days before: 30 comes after 7. Begin with the most days, and name each once."),
        ("30, 30", "Days before: 30 comes after 30. Begin with the most days, and name each once."),
        ("99999", "Days before: enter a whole number from 1 to 36,525."),
    ],
)
def test_other_days_are_refused_at_their_field(typed: str, sentence: str) -> None:
    fields = day_fields(TEXTS)
    name = "reminders-waiver-then_days_before"

    assert edits(fields, filled(fields, **{name: typed})) == ([], {name: sentence})


def test_a_threshold_is_one_number_or_one_for_each_tier() -> None:
    fields = item_fields(TEXTS, "G2", "G2-07")
    place = "gate/G2/items/G2-07/threshold"

    assert changed(fields, t0_low="10", t0_medium="10", t0_high="10") == {f"{place}/value": "10"}
    assert changed(fields, t0_high="5") == {f"{place}/value": "{low: 15, medium: 15, high: 5}"}
    assert changed(fields, t0_comparator="lt", t0_min_n="3", t0_window="two drills", t0_unit="hours") == {
        f"{place}/comparator": "lt",
        f"{place}/min_n": "3",
        f"{place}/window": "two drills",
        f"{place}/unit": "hours",
    }


def test_a_margin_and_an_allowance_are_told_as_what_they_are_and_both_ease() -> None:
    """A margin in the unit of what it is compared with, an allowance as a share of it."""
    [margin] = [field for field in item_fields(TEXTS, "G2", "G2-02") if field.place.endswith("/margin")]
    said = fields_of(ThresholdModel)

    assert margin.label == "May be worse by" and "may be worse" in margin.meaning and "in its unit" in margin.meaning
    assert "may be worse" in said["margin"] and "in its unit" in said["margin"]
    assert "may be worse" in said["allow"] and "share" in said["allow"]
    half = TEXTS["gates/G2.yaml"].replace("margin: 0.05", "margin: 0.5")
    assert [one.effect for one in differences(rules_of(TEXTS), rules_of({**TEXTS, "gates/G2.yaml": half}))] == [Effect.LOOSER]


def test_of_several_thresholds_each_is_changed_at_its_own_place() -> None:
    assert changed(item_fields(TEXTS, "G2", "G2-06"), t1_factor="2.5") == {"gate/G2/items/G2-06/threshold/all_of/1/factor": "2.5"}


def test_what_may_be_left_out_is_taken_away_where_it_is_emptied() -> None:
    assert changed(item_fields(TEXTS, "G2", "G2-07"), max_age_days="") == {"gate/G2/items/G2-07/max_age_days": None}
    assert changed(item_fields(TEXTS, "G2", "G2-08"), max_age_days="30") == {"gate/G2/items/G2-08/max_age_days": "30"}
    place = "gate/G2/seats/independent_validator"
    assert changed(
        seat_fields(TEXTS, "G2", "independent_validator"), independent=False, qualification="", tiers=["low", "medium", "high"]
    ) == {
        f"{place}/when": None,
        f"{place}/independent": None,
        f"{place}/qualification": None,
    }


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("t0_low", "soon", "Limit at low risk: enter a number"),
        ("t0_low", "1e9", "enter a number"),
        ("t0_low", "", "enter something here"),
        ("t0_min_n", "0", "from 1 to"),
        ("t0_min_n", "1.5", "a whole number"),
        ("max_age_days", "36526", "from 1 to 36,525"),
        ("severity", "harsh", "choose one from the list"),
        ("owner", "", "enter something here"),
        ("title", " ", "enter something here"),
        ("t0_comparator", "between", "choose one from the list"),
    ],
)
def test_what_cannot_stand_there_is_said_at_its_field(name: str, typed: str, sentence: str) -> None:
    fields = item_fields(TEXTS, "G2", "G2-07")

    found, wrong = edits(fields, filled(fields, **{name: typed}))

    assert found == [] and list(wrong) == [name] and sentence in wrong[name]


@pytest.mark.parametrize(
    ("condition", "tiers", "rest"),
    [
        ("true", ["low", "medium", "high"], ""),
        ('tier == "high"', ["high"], ""),
        ('tier in ["medium", "high"]', ["medium", "high"], ""),
        ('tier == "high" && facts.personal_data', ["high"], "facts.personal_data"),
        ("facts.personal_data", ["low", "medium", "high"], "facts.personal_data"),
        ('tier == "high" && (facts.a || facts.b)', ["high"], "(facts.a || facts.b)"),
        ('tier == "high" || facts.a', None, 'tier == "high" || facts.a'),
        ('facts.a && tier == "high"', None, 'facts.a && tier == "high"'),
        ('tier == "high" && (facts.a) || (facts.b)', None, 'tier == "high" && (facts.a) || (facts.b)'),
        ('tier == "high" && facts.a ? facts.b : facts.c', None, 'tier == "high" && facts.a ? facts.b : facts.c'),
        ('tier == "high" && facts.a == "b || c"', ["high"], 'facts.a == "b || c"'),
        ('tier == "high" && facts.a || facts.b', None, 'tier == "high" && facts.a || facts.b'),
    ],
)
def test_a_condition_is_its_tiers_and_the_rest(condition: str, tiers: list[str] | None, rest: str) -> None:
    assert asked_at(condition) == (tiers, rest)
    if tiers is not None:
        assert asked_where(tiers, rest) == condition


@pytest.mark.parametrize(
    ("rest", "written"),
    [
        ("facts.a || facts.b", "(facts.a || facts.b)"),
        ("(facts.a) || (facts.b)", "((facts.a) || (facts.b))"),
        ("(facts.a || facts.b)", "(facts.a || facts.b)"),
        ("(facts.a || facts.b) && facts.c", "(facts.a || facts.b) && facts.c"),
        ("facts.a ? facts.b : facts.c", "(facts.a ? facts.b : facts.c)"),
        ('facts.a == ") || ("', 'facts.a == ") || ("'),
        (r"facts.a == 'it\\'s ) || (' || facts.b", r"(facts.a == 'it\\'s ) || (' || facts.b)"),
    ],
)
def test_alternatives_are_put_in_brackets_beside_a_tier(rest: str, written: str) -> None:
    assert asked_where(["low"], rest) == f'tier == "low" && {written}'


@pytest.mark.parametrize("first", ["(facts.a)", "facts.a", "!facts.a"])
@pytest.mark.parametrize("second", ["(facts.b)", "facts.b", "(facts.b && true)"])
def test_whatever_else_is_asked_a_seat_is_asked_at_its_tiers_alone(first: str, second: str) -> None:
    for joined in (f"{first} || {second}", f"{first} ? true : {second}", f"({first} || {second})"):
        for a, b in product((True, False), repeat=2):
            asked = [Conditions({"a": a, "b": b}, tier).decide(asked_where(["high"], joined)).applies for tier in PASSABLE]
            alone = Conditions({"a": a, "b": b}, Tier.HIGH).decide(joined).applies
            assert asked == [Applies.NO, Applies.NO, alone], joined


@pytest.mark.parametrize("typed", ["facts.a) || (facts.b", "(facts.a", "facts.a)", "(facts.a]", 'facts.a == "b'])
def test_brackets_that_do_not_close_what_they_open_are_said_at_their_field(typed: str) -> None:
    fields = seat_fields(TEXTS, "G2", "privacy_officer")
    found, wrong = edits(fields, filled(fields, rest=typed))

    assert found == [] and list(wrong.values()) == ["Further condition: close every bracket and every text that it opens."]


def seat(**more: str | list[str] | bool) -> Given:
    return {"label": "Works council", "function": "business", "tiers": ["high"], "rest": "", "order": "2", "covers": ["common"], **more}


def test_a_new_seat_is_named_after_its_label_and_the_policy_takes_it() -> None:
    found, wrong = new_seat("G2", ["business"], seat())

    assert wrong == {} and [one.place for one in found] == ["gate/G2/seats/works_council"]
    made = parse_policy(edited(TEXTS, found).texts).gates["G2"].seats[-1]
    assert (made.id, made.function, made.when, made.order, sorted(made.covers)) == (
        "works_council", "business", 'tier == "high"', 2, ["business", "common"],
    )  # fmt: skip
    assert new_seat("G2", ["works_council"], seat())[0][0].place == "gate/G2/seats/works_council_2"
    assert new_seat("G2", [], seat(label="3 eyes"))[0][0].place == "gate/G2/seats/seat_3_eyes"
    assert set(new_seat("G2", [], seat(label="", function=""))[1]) == {"label", "function"}


def test_a_seat_that_is_taken_away_takes_its_line_and_the_check_says_what_is_missing() -> None:
    found = edited(TEXTS, [Edit("gate/G2/seats/privacy_officer", None)])
    assert "privacy_officer" not in found.texts["gates/G2.yaml"] and not found.refused
    parse_policy(found.texts)

    with pytest.raises(PolicyError, match=r"gates/G2\.yaml:10:5: no seat of compliance"):
        parse_policy(edited(TEXTS, [Edit("gate/G2/seats/compliance", None)]).texts)


def test_changes_follow_one_another_and_one_that_no_longer_fits_is_named() -> None:
    seat = edit("gate/G1/seats/extra", {"id": "extra", "function": "business", "label": "Extra", "covers": ["common", "business"]})
    found = edited(
        TEXTS, [seat, edit("gate/G1/seats/extra/label", "Other"), edit("gate/G9/items/G9-1/title", "x"), edit("policy/version", "2")]
    )

    assert value_at(found.texts, "gate/G1/seats/extra/label") == "Other" and value_at(found.texts, "policy/version") == "2"
    assert list(found.refused) == ["gate/G9/items/G9-1/title"] and "no longer in the policy" in found.refused["gate/G9/items/G9-1/title"]
    assert lines_of(TEXTS, "gate/G2/items/G2-01/nothing/here") == lines_of(TEXTS, "gate/G2/items/G2-01") == ("gates/G2.yaml", 61)
    assert gates(TEXTS) == ["C1", "C2", "G1", "G2", "G3"]


@pytest.mark.parametrize(
    "place",
    [
        "policy/id",
        "gate/G1/seats/it_ops/looks_at",
        "gate/G1/items/G1-01/when/x",
        "gate/G1/items/G1-01",
        "gate/G1/id",
        "risk_tiering/max_score",
        "gate/G1/items/../id",
        "",
    ],
)
def test_nothing_else_may_be_touched(place: str) -> None:
    assert not is_changeable(place)
