"""Two policies side by side: every change of meaning is named, in the policy's own terms, and nothing else is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from governance.domain import scoring
from governance.domain.loosening import loosened
from governance.domain.metrics import Metric
from governance.domain.policy import Clause, Fact, Framework, Gate, Item, Limit, Policy, Seat, Threshold
from governance.domain.policy_changes import Change, Effect, Kind
from governance.domain.questionnaire import Deduction, Measure, Option, Question, Statement, Tiering
from governance.domain.vocabulary import Function, Severity, Tier
from governance.paths import policies_directory
from governance.policy.build import build
from governance.policy.differences import clocks, gates, thresholds, tiering, whole
from governance.policy.differences.fields import Fields
from governance.policy.differences.rest import Rest, rest_of
from governance.policy.differences.whole import Rules, differences, rules_of
from governance.policy.loader import load_policy
from governance.policy.models import FileModel
from governance.policy.reader import read

TEXTS = dict(load_policy(policies_directory() / "stage-gates").texts)
SHIPPED = rules_of(TEXTS)
DOCUMENTS = {name: read(name, text).data for name, text in TEXTS.items()}
MODELS = {name: FileModel.model_validate(document) for name, document in DOCUMENTS.items()}
STRICTER, LOOSER, NEITHER, UNCLEAR = Effect.STRICTER, Effect.LOOSER, Effect.NEITHER, Effect.UNCLEAR
ABSENT = object()
ONE_WORD = {("facts", "*", "type"), ("gate", "items", "*", "answered_by")}
"""Places with one word that fits: a fact with values has another type only with other values, and only the app answers by itself."""

FIRST_THRESHOLD = "{metric: contract_check_pass_rate, comparator: gte, value: 0.99, unit: share"
ONE_OF_TWO = "          - {metric: tested_load_per_s, comparator: gte, compare_with: limits.expected_peak_per_s, factor: 2, unit: requests per second, window: load test of 30 minutes or more, min_n: 1, basis: judgement}\n"
ASKED_TOO = '  questions:\n    - {id: M1, text: "Is there a way back", mitigates: true, options: [{key: "yes", points: 2, text: "yes"}, {key: "no", points: 0, text: "no"}]}\n'


def edited(file: str, *edits: tuple[str, str]) -> dict[str, str]:
    """The shipped policy with some words replaced where they stand first."""
    text = TEXTS[file]
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return {**TEXTS, file: text}


def changed(file: str, *edits: tuple[str, str]) -> tuple[Change, ...]:
    return differences(SHIPPED, rules_of(edited(file, *edits)))


def item(gate: str, item_id: str) -> str:
    """A check as its file writes it."""
    return "    - id: " + next(part for part in TEXTS[f"gates/{gate}.yaml"].split("    - id: ") if part.startswith(f"{item_id}\n"))


def seat(gate: str, seat_id: str) -> str:
    """A seat as its file writes it."""
    seats, _, _ = TEXTS[f"gates/{gate}.yaml"].partition("  items:\n")
    return "    - id: " + next(part for part in seats.split("    - id: ") if part.startswith(f"{seat_id}\n"))


def leaves(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(data, dict | list) and data:
        for key, inner in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(inner, (*at, key))
    else:
        yield at


def other_values(value: Any, said: str) -> list[Any]:
    """What might stand there instead; `said` lists the words of a closed set."""
    words = re.findall("'(.*?)'", said)
    match value:
        case bool():
            return [not value]
        case int() | Decimal():
            return [value + 1, value - 1]
        case list():
            return [["another"]]
        case _:
            return [
                f"{value or ''}x",
                "9d",
                "1999",
                "verify, anew",
                *(word for word in words if word != value),
                *([ABSENT] if words else []),
            ]


def put(data: Any, at: tuple[Any, ...], value: Any) -> Any:
    """The data with another value at one place; what does not lie on the way there is shared."""
    if not at:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    if len(at) == 1 and value is ABSENT:
        del copy[at[0]]
    else:
        copy[at[0]] = put(data[at[0]], at[1:], value)
    return copy


def otherwise(name: str, at: tuple[Any, ...]) -> FileModel | None:
    """The file with another value at one place; None where no other one fits."""
    value: Any = DOCUMENTS[name]
    for key in at:
        value = value[key]
    said = ""
    for _ in range(2):
        for other in other_values(value, said):
            try:
                return FileModel.model_validate(put(DOCUMENTS[name], at, other))
            except ValidationError as error:
                said = str(error.errors()[0].get("ctx", {}).get("expected", said))
    return None


def fits(at: tuple[Any, ...], pattern: tuple[str, ...]) -> bool:
    return len(at) == len(pattern) and all(wanted in ("*", part) for part, wanted in zip(at, pattern, strict=True))


def with_file(name: str, model: FileModel, others: Rest) -> Rules:
    one = rest_of([model])
    return Rules(build([*({**MODELS, name: model}).values()], ""), Rest({**others.leaves, **one.leaves}, others.things | one.things))


@pytest.mark.parametrize("name", TEXTS)
def test_every_single_value_of_the_shipped_policy_is_seen_when_it_changes(name: str) -> None:
    others = rest_of([model for other, model in MODELS.items() if other != name])
    shipped = with_file(name, MODELS[name], others)
    assert differences(shipped, shipped) == ()
    unseen, stuck = [], []

    for at in leaves(DOCUMENTS[name]):
        model = otherwise(name, at)
        if model is None:
            stuck.append(at)
        elif not differences(shipped, with_file(name, model, others)):
            unseen.append(at)

    assert not unseen
    assert {at for at in stuck if not any(fits(at, pattern) for pattern in ONE_WORD)} == set()


@pytest.mark.parametrize(
    ("kind", "table", "besides"),
    [
        (Gate, gates.GATE, {"id", "seats", "items", "every_days"}),
        (Seat, gates.SEAT, {"id", "when", "looks_at"}),
        (
            Item,
            gates.ITEM,
            {"id", "when", "maps", "thresholds", "max_age_days"} | {"guidance", "typical", "checklist"},
        ),  # as keys; as where it stands
        (
            Threshold,
            thresholds.FIELDS,
            {"comparator", "value", "per_tier", "compare_with", "bound", "factor", "when"} | {"declared", "beside"},
        ),
        (Metric, {}, {"key", "label", "unit", "good", "also_called"}),
        (Statement, tiering.STATEMENT, {"id"}),
        (Question, {}, {"id", "text", "options"} | {"several", "most", "weight", "ask_when", "ask_when_answer", "mitigates"}),  # as keys
        (Option, tiering.OPTION, {"key"}),
        (Fact, tiering.FACT, {"name"}),
        (Limit, tiering.LIMIT, {"name"}),
        (Framework, clocks.FRAMEWORK, {"id", "clauses"} | {"effective_to", "date_status", "scope", "licence"}),  # as keys
        (Clause, {}, {"id", "title"} | {"who", "applies", "note"}),  # as keys
        (
            Tiering,
            {},
            {"questions", "statements", "bands", "max_score"} | {"measure", "of_asked", "places", "rounding", "deduction"},
        ),  # as keys
        (
            Policy,
            whole.HEAD,
            {"digest", "gates", "facts", "tiering", "limits", "frameworks", "max_age_days", "signoff_valid_days", "finding_due_days"}
            | {"attribution_minimum", "app_sources", "pilot_weeks", "waivers", "checklists", "translations", "language", "metrics"}
            | {"evidence_told_before"},
        ),
    ],
    ids=lambda kind: kind.__name__ if isinstance(kind, type) else "",
)
def test_every_field_of_a_policy_is_compared(kind: type, table: Fields, besides: set[str]) -> None:
    """Whoever gives the policy another field says here how it is compared: by a table, by code of its own, or as the keys of the file are."""
    assert {one.name for one in fields(kind)} == table.keys() | besides


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("gate:\n", "# reviewed\ngate:\n\n"),
        ('when: "true"', "when: 'true'  # always"),
        ("{kind: document, requirement:", "{kind:   document,    requirement:"),
    ],
)
def test_comments_and_layout_are_no_change(before: str, after: str) -> None:
    assert changed("gates/G1.yaml", (before, after)) == ()


def test_where_a_section_stands_is_no_change() -> None:
    moved = {f"parts/{name}": text for name, text in TEXTS.items()}

    assert differences(SHIPPED, rules_of(moved)) == ()


def test_a_default_that_is_written_out_is_no_change() -> None:
    assert changed("gates/G2.yaml", ("label: Business\n", 'label: Business\n      when: "true"\n      order: 1\n')) == ()


Expected = tuple[Kind, Effect, object, object]


@pytest.mark.parametrize(
    ("file", "edit", "expected"),
    [
        ("gates/G2.yaml", (FIRST_THRESHOLD, FIRST_THRESHOLD.replace("0.99", "0.95")), (Kind.THRESHOLD_VALUE, LOOSER, Decimal("0.99"), Decimal("0.95"))),
        ("gates/G2.yaml", (FIRST_THRESHOLD, FIRST_THRESHOLD.replace("gte", "gt")), (Kind.THRESHOLD_COMPARATOR, STRICTER, "gte", "gt")),
        ("gates/G2.yaml", ('window: "14 days", min_n: 100,', 'window: "14 days", min_n: 200,'), (Kind.THRESHOLD_SAMPLE, STRICTER, 100, 200)),
        ("gates/G2.yaml", ('window: "14 days", min_n: 100,', 'window: "7 days", min_n: 100,'), (Kind.THRESHOLD_WINDOW, UNCLEAR, "14 days", "7 days")),
        ("gates/G2.yaml", ("bound: worse", "bound: point"), (Kind.THRESHOLD_BOUND, LOOSER, "worse", "point")),
        ("gates/G2.yaml", ("factor: 0.8", "factor: 0.7"), (Kind.THRESHOLD_FACTOR, LOOSER, Decimal("0.8"), Decimal("0.7"))),
        ("gates/G2.yaml", ("margin: 0.05", "margin: 0.02"), (Kind.THRESHOLD_MARGIN, STRICTER, Decimal("0.05"), Decimal("0.02"))),
        ("gates/G2.yaml", ("any_of:", "all_of:"), (Kind.THRESHOLD_COMBINATION, STRICTER, "any_of", "all_of")),
        ("gates/G2.yaml", ("severity: blocking", "severity: advisory"), (Kind.ITEM_SEVERITY, LOOSER, "blocking", "advisory")),
        ("gates/G2.yaml", ("owner: data_science", "owner: business"), (Kind.ITEM_OWNER, UNCLEAR, "data_science", "business")),
        ("gates/G2.yaml", ("max_age_days: 90", "max_age_days: 30"), (Kind.ITEM_FRESHNESS, STRICTER, 90, 30)),
        ("gates/G2.yaml", ("      max_age_days: 90\n", ""), (Kind.ITEM_FRESHNESS, LOOSER, 90, None)),
        ("gates/G2.yaml", ('when: "facts.affects_individuals"', 'when: "true"'), (Kind.ITEM_CONDITION, STRICTER, "facts.affects_individuals", "true")),
        ("gates/G2.yaml", ('when: "facts.affects_individuals"', 'when: "facts.affects_individuals && tier == \\"high\\""'), (Kind.ITEM_CONDITION, LOOSER, "facts.affects_individuals", 'facts.affects_individuals && tier == "high"')),
        ("gates/G2.yaml", ('when: "facts.affects_individuals"', 'when: "facts.customer_facing"'), (Kind.ITEM_CONDITION, UNCLEAR, "facts.affects_individuals", "facts.customer_facing")),
        ("gates/G2.yaml", ('when: "facts.affects_individuals"', 'when: "!(!facts.affects_individuals)"'), (Kind.ITEM_CONDITION, NEITHER, "facts.affects_individuals", "!(!facts.affects_individuals)")),
        ("gates/G2.yaml", ('"MLTS:infra-4", ', ""), (Kind.ITEM_CLAUSE_REMOVED, NEITHER, "MLTS:infra-4", None)),
        ("gates/G2.yaml", ("      independent: true\n", ""), (Kind.SEAT_INDEPENDENCE, LOOSER, "true", "false")),
        ("gates/G2.yaml", ('      qualification: "model validation"\n', ""), (Kind.SEAT_QUALIFICATION, LOOSER, "model validation", None)),
        ("gates/G2.yaml", ('when: "tier == \\"high\\""\n      independent', 'when: "tier != \\"low\\""\n      independent'), (Kind.SEAT_CONDITION, STRICTER, 'tier == "high"', 'tier != "low"')),
        ("policy.yaml", ("low: 90, medium: 60", "low: 120, medium: 60"), (Kind.SIGNOFF_VALIDITY, LOOSER, 90, 120)),
        ("policy.yaml", ("metric: 180", "metric: 90"), (Kind.FRESHNESS_DEFAULT, STRICTER, 180, 90)),
        ("policy.yaml", ("{high: 30, medium: 60, low: 120}", "{high: 30, medium: 60, low: 150}"), (Kind.FINDING_DUE, LOOSER, 120, 150)),
        ("policy.yaml", ("evidence_expiry: {days_before: [30, 7]}", "evidence_expiry: {days_before: [60, 30, 7]}"), (Kind.EVIDENCE_TOLD, STRICTER, ("30", "7"), ("60", "30", "7"))),
        ("policy.yaml", ("evidence_expiry: {days_before: [30, 7]}", "evidence_expiry: {days_before: [7]}"), (Kind.EVIDENCE_TOLD, LOOSER, ("30", "7"), ("7",))),
        ("policy.yaml", ("evidence_expiry: {days_before: [30, 7]}", "evidence_expiry: {days_before: [14]}"), (Kind.EVIDENCE_TOLD, UNCLEAR, ("30", "7"), ("14",))),
        ("policy.yaml", ("reaches at least\", low: A1", "reaches at least\", low: A2"), (Kind.GATE_ATTRIBUTION, STRICTER, "A1", "A2")),
        ("policy.yaml", ("max_weeks: 26", "max_weeks: 30"), (Kind.PILOT_LONGEST, LOOSER, 26, 30)),
        ("metrics.yaml", ("label: p95 latency,", "label: latency,"), (Kind.METRIC_LABEL, NEITHER, "p95 latency", "latency")),
        ("metrics.yaml", ("label: p95 latency, unit: seconds,", "label: p95 latency,"), (Kind.METRIC_UNIT, NEITHER, "seconds", None)),
        ("metrics.yaml", ("label: p95 latency, unit: seconds, good: down", "label: p95 latency, unit: seconds"), (Kind.METRIC_GOOD, NEITHER, "down", None)),
        ("metrics.yaml", ("{label: live quality}", "{label: live quality, good: up}"), (Kind.METRIC_GOOD, UNCLEAR, None, "up")),
        ("metrics.yaml", ("[ASR]", "[ASR, attacks]"), (Kind.METRIC_NAME_ADDED, UNCLEAR, None, "attacks")),
        ("metrics.yaml", ("[ASR]", "[]"), (Kind.METRIC_NAME_REMOVED, UNCLEAR, "ASR", None)),
        ("metrics.yaml", ("{label: overall quality}", "{label: overall quality, also_called: [mean]}"), (Kind.METRIC_NAME_ADDED, UNCLEAR, None, "mean")),
        ("metrics.yaml", ("metrics:\n", "metrics:\n  more: {label: More, also_called: [most]}\n"), (Kind.METRIC_ADDED, NEITHER, None, ("More", "most"))),
        ("policy.yaml", ("unit: hours, meaning", "unit: days, meaning"), (Kind.LIMIT_UNIT, UNCLEAR, "hours", "days")),
        ("policy.yaml", ('version: "1.0.0"', 'version: "1.1.0"'), (Kind.POLICY_VERSION, NEITHER, "1.0.0", "1.1.0")),
        ("policy.yaml", ("max_days: {low: 180", "max_days: {low: 200"), (Kind.SECTION, LOOSER, "180", "200")),
        ("policy.yaml", ("after_grace: \"standing on_hold\"", "after_grace: \"nothing\""), (Kind.SECTION, UNCLEAR, "standing on_hold", "nothing")),
        ("tiering.yaml", ("points: 4, text: \"decides", "points: 5, text: \"decides"), (Kind.OPTION_POINTS, STRICTER, 4, 5)),
        ("tiering.yaml", ("{id: FL4, then: high", "{id: FL4, then: medium"), (Kind.STATEMENT_TIER, LOOSER, "high", "medium")),
        ("tiering.yaml", ("label: \"Customer-facing", "label: \"Public"), (Kind.STATEMENT_QUESTION, UNCLEAR, "Customer-facing generative AI (known from the facts, not asked)", "Public generative AI (known from the facts, not asked)")),
        ("facts.yaml", ("Offered or used in the EU?", "Used in the EU?"), (Kind.FACT_QUESTION, UNCLEAR, "Offered or used in the EU?", "Used in the EU?")),
        ("frameworks.yaml", ('applies: "2025-02-02"', 'applies: "2025-03-02"'), (Kind.SECTION, NEITHER, "2025-02-02", "2025-03-02")),
        ("frameworks.yaml", ('version: "1.0"', 'version: "1.1"'), (Kind.FRAMEWORK_VERSION, NEITHER, "1.0", "1.1")),
        ("frameworks.yaml", ("legal duties on AI known and recorded", "legal duties known"), (Kind.CLAUSE_TITLE, NEITHER, "legal duties on AI known and recorded", "legal duties known")),
    ],
)  # fmt: skip
def test_one_edit_is_one_change_with_what_it_does(file: str, edit: tuple[str, str], expected: Expected) -> None:
    [change] = changed(file, edit)

    assert (change.kind, change.effect, change.before, change.after) == expected


def test_a_change_says_where_it_is_and_what_it_is_about() -> None:
    [change] = changed("gates/G2.yaml", (FIRST_THRESHOLD, FIRST_THRESHOLD.replace("0.99", "0.95")))

    assert (change.gate, change.part, change.title) == ("G2", "G2-04", "Data contract in force")
    assert (change.detail, change.unit, change.tiers) == ("contract_check_pass_rate", "share", ())


def test_a_limit_by_tier_changes_tier_by_tier() -> None:
    split = FIRST_THRESHOLD.replace("0.99", "{low: 0.99, medium: 0.995, high: 0.9}")
    found = changed("gates/G2.yaml", (FIRST_THRESHOLD, split))

    assert [(change.tiers, change.effect, change.after) for change in found] == [
        ((Tier.MEDIUM,), STRICTER, Decimal("0.995")),
        ((Tier.HIGH,), LOOSER, Decimal("0.9")),
    ]


def undeclared(*edits: tuple[str, str]) -> tuple[Change, ...]:
    """Changes of a gate where the policy declares no metrics, so that thresholds may be in any unit and direction."""
    without = {name: text for name, text in TEXTS.items() if name != "metrics.yaml"}
    after = {name: text for name, text in edited("gates/G2.yaml", *edits).items() if name != "metrics.yaml"}
    return differences(rules_of(without), rules_of(after))


def test_a_comparator_that_turns_round_leaves_both_it_and_the_value_unclear() -> None:
    found = undeclared((FIRST_THRESHOLD, FIRST_THRESHOLD.replace("gte, value: 0.99", "lte, value: 0.95")))

    assert [(change.kind, change.effect) for change in found] == [(Kind.THRESHOLD_COMPARATOR, UNCLEAR), (Kind.THRESHOLD_VALUE, UNCLEAR)]


def test_a_value_in_another_unit_is_not_compared() -> None:
    found = undeclared((FIRST_THRESHOLD, FIRST_THRESHOLD.replace("0.99, unit: share", "99, unit: percent")))

    assert {change.kind: change.effect for change in found} == {Kind.THRESHOLD_UNIT: UNCLEAR, Kind.THRESHOLD_VALUE: UNCLEAR}


def test_a_name_in_place_of_another_is_one_removed_and_one_added_at_its_metric() -> None:
    found = changed("metrics.yaml", ("[ASR]", "[attacks]"))

    assert [(change.kind, change.part, change.title) for change in found] == [
        (Kind.METRIC_NAME_REMOVED, "attack_success_rate", "attack success rate"),
        (Kind.METRIC_NAME_ADDED, "attack_success_rate", "attack success rate"),
    ]


def test_the_order_of_other_names_and_which_of_them_a_threshold_uses_are_no_change() -> None:
    two = edited("metrics.yaml", ("[ASR]", "[ASR, attacks]"))
    turned = edited("metrics.yaml", ("[ASR]", "[attacks, ASR]"))
    by_another = {**two, "gates/G2.yaml": two["gates/G2.yaml"].replace("metric: attack_success_rate", "metric: attacks")}

    assert by_another != two
    assert differences(rules_of(two), rules_of(turned)) == ()
    assert differences(rules_of(two), rules_of(by_another)) == ()


def test_another_key_with_the_old_one_among_the_names_pairs_with_its_threshold() -> None:
    """So that what is renamed is no threshold less and one more."""
    renamed = {name: text.replace("metric: attack_success_rate", "metric: attack_rate") for name, text in TEXTS.items()}
    renamed["metrics.yaml"] = TEXTS["metrics.yaml"].replace(
        "attack_success_rate: {label: attack success rate, unit: share, good: down, also_called: [ASR]}",
        "attack_rate: {label: attack success rate, unit: share, good: down, also_called: [ASR, attack_success_rate]}",
    )

    found = differences(SHIPPED, rules_of(renamed))

    assert {(change.kind, change.effect) for change in found} == {
        (Kind.METRIC_REMOVED, UNCLEAR), (Kind.METRIC_ADDED, UNCLEAR), (Kind.THRESHOLD_METRIC, UNCLEAR),
    }  # fmt: skip


def test_a_unit_that_thresholds_leave_to_the_metric_changes_with_what_is_declared() -> None:
    left_open = edited("gates/G2.yaml", ("metric: tested_load_per_s,", "metric: tested_load_per_s,"))
    left_open["gates/G2.yaml"] = left_open["gates/G2.yaml"].replace("unit: requests per second", "unit: as the metric")
    other = {**left_open, "metrics.yaml": TEXTS["metrics.yaml"].replace("requests per second", "requests per minute")}

    assert differences(SHIPPED, rules_of(left_open)) == ()
    assert {(change.kind, change.effect) for change in differences(SHIPPED, rules_of(other))} == {
        (Kind.METRIC_UNIT, NEITHER), (Kind.THRESHOLD_UNIT, UNCLEAR),
    }  # fmt: skip


def test_a_policy_that_begins_to_declare_its_metrics_changes_no_threshold() -> None:
    without = {name: text for name, text in TEXTS.items() if name != "metrics.yaml"}

    found = differences(rules_of(without), SHIPPED)

    assert {change.kind for change in found} == {Kind.METRIC_ADDED}
    assert {change.part for change in found if change.effect is UNCLEAR} == {
        "rollback_drill_minutes", "groundedness_rate", "attack_success_rate", "request_success_rate", "max_psi_critical_features",
        "p95_latency_s", "override_rate",
    }  # fmt: skip


def test_a_threshold_that_falls_away_is_looser_and_of_alternatives_stricter() -> None:
    [gone] = changed("gates/G2.yaml", (ONE_OF_TWO, ""))
    assert (gone.kind, gone.effect, gone.detail) == (Kind.THRESHOLD_REMOVED, LOOSER, "tested_load_per_s")

    alternatives = edited("gates/G2.yaml", ("all_of:", "any_of:"))
    one_way_less = {**alternatives, "gates/G2.yaml": alternatives["gates/G2.yaml"].replace(ONE_OF_TWO, "")}
    [gone] = differences(rules_of(alternatives), rules_of(one_way_less))
    assert (gone.kind, gone.effect) == (Kind.THRESHOLD_REMOVED, STRICTER)


def test_a_check_that_goes_is_looser_and_one_that_comes_is_stricter() -> None:
    without = edited("gates/G1.yaml", (item("G1", "G1-08"), ""))
    [gone] = differences(SHIPPED, rules_of(without))
    [came] = differences(rules_of(without), SHIPPED)

    assert (gone.kind, gone.effect, gone.gate, gone.part, gone.before) == (Kind.ITEM_REMOVED, LOOSER, "G1", "G1-08", Severity.WAIVABLE)
    assert (came.kind, came.effect, came.part, came.after) == (Kind.ITEM_ADDED, STRICTER, "G1-08", Severity.WAIVABLE)


def test_a_check_that_moves_to_another_gate_is_followed() -> None:
    moving = item("G1", "G1-08")
    texts = edited("gates/G1.yaml", (moving, ""))
    texts["gates/G2.yaml"] = texts["gates/G2.yaml"].replace(
        "  items:\n", "  items:\n" + moving.replace("severity: waivable", "severity: blocking")
    )
    found = differences(SHIPPED, rules_of(texts))

    assert [(change.kind, change.effect, change.gate, change.part, change.before, change.after) for change in found] == [
        (Kind.ITEM_MOVED, LOOSER, "G1", "G1-08", "G1", "G2"),
        (Kind.ITEM_MOVED, STRICTER, "G2", "G1-08", "G1", "G2"),
        (Kind.ITEM_SEVERITY, STRICTER, "G2", "G1-08", "waivable", "blocking"),
    ]
    assert loosened(found, SHIPPED.policy.gates) == {"G1": 1}, "the gate that it leaves asks for less"


def test_checks_in_another_order_are_told() -> None:
    first, second = item("G1", "G1-01"), item("G1", "G1-02")
    [change] = changed("gates/G1.yaml", (first + second, second + first))

    assert (change.kind, change.effect) == (Kind.ITEM_PLACE, NEITHER)
    assert change.before is not None and isinstance(change.before, tuple) and change.before[:2] == ("G1-01", "G1-02")


def test_a_seat_says_at_which_tiers_it_sits_where_the_tier_alone_decides() -> None:
    board = '    - {id: board, function: business, label: Ethics board, when: "tier in [\\"medium\\", \\"high\\"]", covers: [common, business]}\n'
    privacy = seat("G2", "privacy_officer")
    [came] = changed("gates/G2.yaml", (privacy, privacy + board))
    [gone] = changed("gates/G2.yaml", (privacy, ""))

    assert (came.kind, came.effect, came.after, came.tiers) == (Kind.SEAT_ADDED, STRICTER, Function.BUSINESS, (Tier.MEDIUM, Tier.HIGH))
    assert (gone.kind, gone.effect, gone.tiers) == (Kind.SEAT_REMOVED, LOOSER, ())


def test_what_a_seat_looks_at_comes_goes_and_is_said_in_other_words() -> None:
    first, second = seat("G2", "it_ops").split("        - {")[1:3]
    first, second = f"        - {{{first}", f"        - {{{second}"
    [gone] = changed("gates/G2.yaml", (first, ""))
    [came] = differences(rules_of(edited("gates/G2.yaml", (first, ""))), SHIPPED)
    [said] = changed("gates/G2.yaml", ("seen the log of", "heard of"))
    [moved] = changed("gates/G2.yaml", (first + second, second + first))
    words = "I have seen the log of the rollback drill."

    assert (gone.kind, gone.effect, gone.before, gone.after, gone.detail) == (Kind.LOOK_REMOVED, LOOSER, words, None, "rollback")
    assert (gone.gate, gone.part, gone.title) == ("G2", "it_ops", "IT operations")
    assert (came.kind, came.effect, came.before, came.after) == (Kind.LOOK_ADDED, STRICTER, None, words)
    assert (said.kind, said.effect, said.after) == (Kind.LOOK_TEXT, UNCLEAR, "I have heard of the rollback drill.")
    assert (moved.kind, moved.effect) == (Kind.LOOK_PLACE, NEITHER)


def test_another_gate_comes_with_all_that_stands_in_it() -> None:
    less = {name: text for name, text in TEXTS.items() if name != "gates/C2.yaml"}
    found = differences(rules_of(less), SHIPPED)

    assert [change.kind for change in found[:2]] == [Kind.GATE_ADDED, Kind.SEAT_ADDED]
    assert {change.gate for change in found} == {"C2"} and Kind.ITEM_ADDED in {change.kind for change in found}
    assert Kind.SECTION not in {change.kind for change in found}, "the gate speaks for what is in it"


RISK = Question("R", "What can go wrong?", (Option("a", 0, "little"), Option("b", 6, "something"), Option("c", 10, "much")))
HELP = Question("M", "What helps?", (Option("a", 0, "nothing"), Option("b", 1, "something"), Option("c", 2, "a person")), mitigates=True)
POINTS = replace(SHIPPED.policy.tiering, questions=(RISK, HELP), statements=(), deduction=Deduction(Decimal("0.5")), places=2)
OF_SHARES = replace(POINTS, measure=Measure.SHARE, deduction=Deduction(Decimal("0.5"), Decimal("0.5")))


def with_points(question: Question, key: str, points: int) -> Question:
    options = tuple(replace(option, points=points) if option.key == key else option for option in question.options)
    return replace(question, options=options)


def measures(rules: Tiering) -> Iterator[Decimal]:
    """What every way to answer comes to, in the order in which a further question is answered last."""
    for answers in product("abc", repeat=2):
        chosen = {one.id: tuple(o for o in one.options if o.key == key) for one, key in zip(rules.questions, answers, strict=False)}
        yield scoring.score(rules, rules.questions, chosen).measured


@pytest.mark.parametrize(
    ("before", "questions", "kind", "effect"),
    [
        (POINTS, (with_points(RISK, "c", 12), HELP), Kind.OPTION_POINTS, STRICTER),
        (POINTS, (with_points(RISK, "c", 8), HELP), Kind.OPTION_POINTS, LOOSER),
        (POINTS, (RISK, with_points(HELP, "c", 20)), Kind.OPTION_POINTS, LOOSER),
        (POINTS, (RISK, with_points(HELP, "c", 1)), Kind.OPTION_POINTS, STRICTER),
        (POINTS, (RISK, HELP, replace(HELP, id="M2")), Kind.QUESTION_ADDED, LOOSER),
        (POINTS, (RISK,), Kind.QUESTION_REMOVED, STRICTER),
        (OF_SHARES, (with_points(RISK, "b", 7), HELP), Kind.OPTION_POINTS, STRICTER),
        (OF_SHARES, (with_points(RISK, "c", 12), HELP), Kind.OPTION_POINTS, UNCLEAR),
        (OF_SHARES, (RISK, with_points(HELP, "b", 2)), Kind.OPTION_POINTS, LOOSER),
        (OF_SHARES, (RISK, with_points(HELP, "c", 20)), Kind.OPTION_POINTS, UNCLEAR),
        (OF_SHARES, (RISK, HELP, replace(RISK, id="R2")), Kind.QUESTION_ADDED, UNCLEAR),
        (OF_SHARES, (RISK, HELP, replace(HELP, id="M2")), Kind.QUESTION_ADDED, UNCLEAR),
        (OF_SHARES, (RISK,), Kind.QUESTION_REMOVED, UNCLEAR),
        (POINTS, (RISK, with_points(replace(HELP, mitigates=False), "c", 4)), Kind.OPTION_POINTS, UNCLEAR),
    ],
)
def test_more_points_raise_the_score_and_those_that_mitigate_lower_it(
    before: Tiering, questions: tuple[Question, ...], kind: Kind, effect: Effect
) -> None:
    after = replace(before, questions=questions)
    [change] = tiering.changes(before, after)

    assert (change.kind, change.effect) == (kind, effect)
    moves = {new.compare(old) for old, new in zip(measures(before), measures(after), strict=True)} - {0}
    assert effect is UNCLEAR or moves <= {1 if effect is STRICTER else -1}, "and so says the score of every answer"


def test_whether_a_question_mitigates_is_unclear() -> None:
    mitigating = edited("tiering.yaml", ("  max_score: 42\n", "  max_score: 42\n  deduction: {most: 0.5}\n"), ("  questions:\n", ASKED_TOO))
    without = mitigating["tiering.yaml"].replace("mitigates: true, ", "").replace("42", "44", 1).replace("to: 42", "to: 44")
    turned = {**mitigating, "tiering.yaml": without}
    found = differences(rules_of(mitigating), rules_of(turned))

    assert {change.detail: change.effect for change in found if change.kind is Kind.SECTION} == {
        "risk_tiering.questions.M1.mitigates": UNCLEAR
    }


def test_a_lower_band_edge_is_stricter_for_both_of_its_bands() -> None:
    found = changed("tiering.yaml", ("to: 10}", "to: 9}"), ("from: 11", "from: 10"))

    assert [(change.kind, change.tiers, change.effect) for change in found] == [
        (Kind.BAND, (Tier.LOW,), STRICTER),
        (Kind.BAND, (Tier.MEDIUM,), STRICTER),
    ]


def test_everything_that_is_changed_back_is_changed_the_other_way() -> None:
    texts = edited("gates/G2.yaml", ("0.99", "0.95"), ("severity: blocking", "severity: advisory"), (seat("G2", "privacy_officer"), ""))
    there, back = differences(SHIPPED, rules_of(texts)), differences(rules_of(texts), SHIPPED)

    def seen(changes: tuple[Change, ...], looser: Effect) -> Mapping[tuple[object, ...], bool]:
        return {(change.gate, change.part, change.detail): change.effect is looser for change in changes}

    assert seen(there, LOOSER) == seen(back, STRICTER)
    assert len(there) == 3 and all(seen(there, LOOSER).values())
