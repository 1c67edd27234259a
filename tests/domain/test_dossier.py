"""A dossier's sections and their digests: each changes exactly when something in it does."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import assume, given
from hypothesis import strategies as st

from governance.domain import authorship, dossier, dossier_rules
from governance.domain.dossier import Answer, Evidence, Material, OpenPoint, StatedLimit, StatedValue, TeamMember
from governance.domain.evidence_scope import Ended, Reuse, ReuseEnd, Scope, Successor
from governance.domain.metrics import Metric
from governance.domain.plain import instant
from governance.domain.policy import Applicability, Bound, Combination, Item, Look, Plan, PlannedItem, Seat, Threshold, Thresholds
from governance.domain.vocabulary import (
    SECTION_OF,
    AnswerState,
    Applies,
    Comparator,
    EvidenceKind,
    FindingSeverity,
    Function,
    GateKind,
    Good,
    Section,
    Severity,
    Stage,
    Tier,
)
from tests.domain.samples import NOW, answer, evidence, item, threshold, value

OWNERS = {f"G1-0{number}": function for number, function in enumerate(Function, 1)}
RECORDS = {"G1-05": "team", "G1-06": "open_points", "G1-07": "tier", "G1-08": "plan"}
EVERY = frozenset(Section)
COMMON, BUSINESS = Section.COMMON, Section.BUSINESS

PLAN = Plan(
    policy="f" * 64,
    gate="G1",
    tier=Tier.HIGH,
    items=tuple(
        PlannedItem(item(item_id, owner=owner, source=RECORDS.get(item_id)), Applicability(Applies.YES), None)
        for item_id, owner in {**OWNERS, **dict.fromkeys(RECORDS, Function.BUSINESS)}.items()
    ),
    seats=tuple(Seat(function.value, function, function.value, frozenset({COMMON, SECTION_OF[function]})) for function in Function),
)
MATERIAL = Material(
    initiative="AI-0001",
    name="Claims triage",
    summary="Scores new claims.",
    unit="claims",
    lead="lena",
    model_version="1.0",
    score=12,
    tier=Tier.HIGH,
    tier_by="score",
    facts={"personal_data": True, "hosting": "own"},
    plan=PLAN,
    answers={item_id: replace(answer(value(low="0.9", high="0.99", good="up")), item=item_id) for item_id in OWNERS},
    team=(TeamMember(Function.BUSINESS, "mara", "tom", 4), TeamMember(Function.IT_OPS, "dee", None, 2)),
    open_points=(OpenPoint("F-1", FindingSeverity.LOW, "mara", date(2026, 10, 1)),),
    limits=(StatedLimit("target", "0.9", "share", "up"), StatedLimit("lag", "24", "hours", None)),
)
OLD = replace(MATERIAL, form=dossier.NAMES_POLICY)
"""The same in the form that names the policy as a whole."""


def digests(of: Material) -> dict[Section, str]:
    return dossier.digests(dossier.sections(of))


def moved(of: Material) -> set[Section]:
    return set(dossier.changed(digests(replace(MATERIAL, form=of.form)), digests(of)))


text, numbers = st.text(max_size=8), st.integers(-(2**53) + 1, 2**53 - 1)
IN_COMMON: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("initiative", "name", "summary", "unit", "lead", "model_version"), text),
    "facts": st.dictionaries(st.sampled_from(["personal_data", "hosting", "new"]), st.booleans() | text),
    "limits": st.lists(st.builds(StatedLimit, st.sampled_from(["target", "new"]), text, text, st.none() | text), max_size=1).map(tuple),
    "plan": st.builds(lambda gate: replace(PLAN, gate=gate), text)
    | st.builds(lambda asks: replace(PLAN, question=asks), text)
    | st.builds(
        lambda kind, enters: replace(PLAN, kind=kind, enters=enters), st.sampled_from(GateKind), st.none() | st.sampled_from(Stage)
    ),
}


@given(data=st.data())
@pytest.mark.parametrize("name", IN_COMMON)
def test_whatever_is_common_changes_the_common_section_and_no_other(name: str, data: st.DataObject) -> None:
    other = data.draw(IN_COMMON[name])
    assume(other != getattr(MATERIAL, name))

    assert moved(replace(MATERIAL, **{name: other})) == {COMMON}


@pytest.mark.parametrize(("name", "other"), [("score", 13), ("tier", Tier.LOW), ("tier_by", "FL1")])
def test_the_tier_stands_in_the_common_section_and_where_an_item_asks_for_it(name: str, other: object) -> None:
    assert moved(replace(MATERIAL, **{name: other})) == {COMMON, BUSINESS}  # type: ignore[arg-type]


@pytest.mark.parametrize("applicability", [Applicability(Applies.NO), Applicability(Applies.UNDECIDED), Applicability(Applies.YES, "why")])
def test_which_items_apply_and_why_is_common_in_the_old_form_and_with_their_function_in_the_new(applicability: Applicability) -> None:
    items = (replace(PLAN.items[0], applicability=applicability), *PLAN.items[1:])

    assert moved(replace(OLD, plan=replace(PLAN, items=items))) == {COMMON}
    assert moved(replace(MATERIAL, plan=replace(PLAN, items=items))) == {Section.DATA_SCIENCE}


@given(policy=text, count=st.integers(0, 3))
def test_the_old_form_names_the_policy_and_its_seats_for_everybody(policy: str, count: int) -> None:
    assert moved(replace(OLD, plan=replace(PLAN, policy=policy))) == {COMMON}
    assert moved(replace(OLD, plan=replace(PLAN, seats=PLAN.seats[:count]))) == {COMMON}


@given(policy=text)
def test_another_policy_with_the_same_rules_changes_nothing_in_the_new_form(policy: str) -> None:
    assert moved(replace(MATERIAL, plan=replace(PLAN, policy=policy))) == set()


LIMIT = threshold()
RULED = replace(PLAN, items=(replace(PLAN.items[0], thresholds=Thresholds(Combination.ALL_OF, (LIMIT,))), *PLAN.items[1:]))
ASKED_OF_AN_ITEM: dict[str, object] = {
    "question": "Another?",
    "requirement": "More.",
    "severity": Severity.ADVISORY,
    "evidence": EvidenceKind.LINK,
    "source": "plan",
    "max_age_days": 7,
}
ASKED_BY_A_LIMIT: dict[str, object] = {
    "metric": "other",
    "comparator": Comparator.BEATS,
    "unit": "other",
    "window": "other",
    "min_n": 7,
    "value": Decimal("0.07"),
    "compare_with": "limits.other",
    "bound": Bound.WORSE,
    "factor": Decimal(7),
    "margin": Decimal(7),
    "allow": Decimal(7),
    "for_each": "other",
}


def with_item(**changed: object) -> Material:
    planned = RULED.items[0]
    first = replace(planned, item=replace(planned.item, **changed))  # type: ignore[arg-type]
    return replace(MATERIAL, plan=replace(RULED, items=(first, *RULED.items[1:])))


def with_limits(combination: Combination = Combination.ALL_OF, **changed: object) -> Material:
    parts = (replace(LIMIT, **changed),)  # type: ignore[arg-type]
    first = replace(RULED.items[0], thresholds=Thresholds(combination, parts))
    return replace(MATERIAL, plan=replace(RULED, items=(first, *RULED.items[1:])))


def ruled(of: Material) -> set[Section]:
    return set(dossier.changed(digests(replace(MATERIAL, plan=RULED)), digests(of)))


@pytest.mark.parametrize("name", ASKED_OF_AN_ITEM)
def test_what_an_item_asks_stands_with_its_function(name: str) -> None:
    assert ruled(with_item(**{name: ASKED_OF_AN_ITEM[name]})) == {Section.DATA_SCIENCE}


@pytest.mark.parametrize("name", ASKED_BY_A_LIMIT)
def test_what_a_limit_asks_stands_with_its_function(name: str) -> None:
    assert ruled(with_limits(**{name: ASKED_BY_A_LIMIT[name]})) == {Section.DATA_SCIENCE}


def test_every_field_of_a_limit_counts_but_what_judges_nothing_here() -> None:
    assert {field.name for field in fields(Threshold)} - ASKED_BY_A_LIMIT.keys() == {"per_tier", "when", "basis", "declared", "beside"}
    told = {"title", "why", "maps", "guidance", "typical", "checklist"}  # helps people, and judges nothing
    assert {field.name for field in fields(Item)} - ASKED_OF_AN_ITEM.keys() == {"id", "owner", "when", "thresholds"} | told


AUC = Metric("recall", "Recall", "share", Good.UP, ("tpr", "sensitivity"))
RELATIVE = {"comparator": Comparator.REACHES, "value": None, "compare_with": "measured.recall_before"}


@pytest.mark.parametrize(
    ("declared", "judges"),
    [
        ({"declared": replace(AUC, also_called=())}, False),
        ({"declared": replace(AUC, also_called=(), good=None, label="Another", unit=None)}, False),
        ({"declared": AUC}, True),
        ({"beside": AUC}, True),
        ({"beside": replace(AUC, also_called=())}, False),
    ],
)
def test_other_names_stand_among_the_rules_and_words_about_a_metric_do_not(declared: dict[str, object], judges: bool) -> None:
    assert ruled(with_limits(**declared)) == ({Section.DATA_SCIENCE} if judges else set())


def test_what_is_declared_changes_no_rule_that_it_adds_nothing_to() -> None:
    """To the byte: what was frozen before there were declarations keeps its digest."""
    plain = replace(AUC, also_called=(), good=None)

    [limit] = dossier.sections(with_limits(declared=plain, beside=plain))[Section.DATA_SCIENCE]["rules"]["G1-01"]["limits"]  # type: ignore[call-overload, index]

    assert list(limit) == [
        "metric", "unit", "window", "min_n", "compare_with", "for_each", "factor", "margin", "allow", "comparator", "bound", "value", "least",
    ]  # fmt: skip


def test_the_order_of_other_names_is_no_rule() -> None:
    turned = replace(AUC, also_called=AUC.also_called[::-1])

    assert digests(with_limits(declared=AUC)) == digests(with_limits(declared=turned))
    assert digests(with_limits(declared=AUC)) != digests(with_limits(declared=replace(AUC, also_called=("tpr",))))


def test_a_declared_direction_is_a_rule_only_where_the_comparator_leaves_it_to_the_metric() -> None:
    falling = replace(AUC, good=Good.DOWN)

    assert digests(with_limits(declared=AUC)) == digests(with_limits(declared=falling))
    assert digests(with_limits(**RELATIVE, declared=AUC)) != digests(with_limits(**RELATIVE, declared=falling))


def test_how_limits_combine_and_what_stands_for_an_item_that_names_nothing_of_its_own_count() -> None:
    assert ruled(with_limits(Combination.ANY_OF)) == {Section.DATA_SCIENCE}
    usual = {EvidenceKind.DOCUMENT: 30, EvidenceKind.METRIC: 30}
    assert moved(replace(MATERIAL, plan=replace(PLAN, usual_age=usual))) >= {Section.DATA_SCIENCE}
    attributed = with_limits(value=None, compare_with=dossier_rules.LEAST_ATTRIBUTION)
    higher = replace(attributed, plan=replace(attributed.plan, least_attribution="A3"))
    assert dossier.changed(digests(attributed), digests(higher)) == [Section.DATA_SCIENCE]
    assert moved(replace(MATERIAL, plan=replace(PLAN, least_attribution="A3"))) == set()


@pytest.mark.parametrize("changed", [{"title": "Other"}, {"why": "Other"}, {"maps": ("X:1",)}, {"when": "facts.x"}])
def test_what_judges_nothing_changes_nothing(changed: dict[str, object]) -> None:
    assert ruled(with_item(**changed)) == set()


def test_a_rule_of_an_item_that_does_not_apply_changes_nothing() -> None:
    off = replace(RULED.items[0], applicability=Applicability(Applies.NO, "why not"))
    here = replace(MATERIAL, plan=replace(RULED, items=(off, *RULED.items[1:])))
    gone = replace(MATERIAL, plan=replace(RULED, items=RULED.items[1:]))

    assert not dossier.changed(digests(here), digests(gone))


@pytest.mark.parametrize(
    "changed",
    [
        {"label": "Other"},
        {"covers": frozenset({COMMON, BUSINESS})},
        {"independent": True},
        {"qualification": "x"},
        {"order": 2},
        {"looks_at": (Look("drill", "I saw the log."),)},
    ],
)
def test_who_signs_stands_with_the_function(changed: dict[str, object]) -> None:
    seats = (replace(PLAN.seats[0], **changed), *PLAN.seats[1:])  # type: ignore[arg-type]

    assert moved(replace(MATERIAL, plan=replace(PLAN, seats=seats))) == {SECTION_OF[PLAN.seats[0].function]}
    assert moved(replace(MATERIAL, plan=replace(PLAN, seats=PLAN.seats[1:]))) == {SECTION_OF[PLAN.seats[0].function]}


def test_in_which_order_a_seat_looks_at_things_is_no_rule() -> None:
    drill, alarm = Look("drill", "I saw the log."), Look("alarm", "I saw one.")

    one, other = (dossier_rules.who_signs(replace(PLAN.seats[0], looks_at=of)) for of in ((drill, alarm), (alarm, drill)))

    assert one == other


@pytest.mark.parametrize(
    "looks",
    [(), (Look("drill", "I saw it."),), (Look("log", "I saw the log."),), (Look("drill", "I saw the log."), Look("alarm", "I saw one."))],
)
def test_a_seat_that_looks_at_something_else_is_another_rule(looks: tuple[Look, ...]) -> None:
    one, other = (dossier_rules.who_signs(replace(PLAN.seats[0], looks_at=of)) for of in ((Look("drill", "I saw the log."),), looks))

    assert one != other
    assert ("looks_at" in other) == bool(looks), "dossiers from before seats had lists keep their digests"


OF_A_VALUE: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("metric", "value", "unit", "window", "source"), text),
    **dict.fromkeys(("good", "low", "high", "kpi"), st.none() | text),
    "n": numbers,
    "measured_at": st.datetimes(timezones=st.just(UTC)),
}
SCOPES = st.builds(Scope, dataset=st.none() | text.filter(bool), model_version=st.none() | text.filter(bool), purpose=text.filter(bool))
ENDED = st.builds(Ended, how=st.sampled_from(ReuseEnd), on=st.dates(), successor=st.none() | text)
OF_EVIDENCE: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("id", "title", "digest", "added_by"), text),
    **dict.fromkeys(("file_name", "address"), st.none() | text.filter(bool)),
    "kind": st.sampled_from(EvidenceKind),
    "successor": st.none() | st.builds(Successor, id=text, on=st.dates()),
    "reuse": st.none() | st.builds(Reuse, source=text, author=text, scope=SCOPES, reason=text, ended=st.none() | ENDED),
    "effective": st.dates(),
    "expires": st.none() | st.dates(),
    "size": st.none() | numbers,
    "added_at": st.datetimes(timezones=st.just(UTC)),
}
OF_AN_ANSWER: dict[str, st.SearchStrategy[Any]] = {
    "claim": st.sampled_from(AnswerState),
    "by": text,
    "at": st.datetimes(timezones=st.just(UTC)),
    "note": st.none() | text,
    "values": st.just(()),
    "evidence": st.just(()),
    "carried": st.booleans(),
}
PARTS: dict[str, tuple[type, dict[str, st.SearchStrategy[Any]], Callable[[Answer, Any], Answer]]] = {
    "value": (StatedValue, OF_A_VALUE, lambda given, other: replace(given, values=(other,))),
    "evidence": (Evidence, OF_EVIDENCE, lambda given, other: replace(given, evidence=(other,))),
    "answer": (Answer, OF_AN_ANSWER, lambda _, other: other),
}
EVERY_FIELD = [(part, name) for part, (kind, _, _) in PARTS.items() for name in (field.name for field in fields(kind)) if name != "item"]


@given(data=st.data(), item_id=st.sampled_from(sorted(OWNERS)))
@pytest.mark.parametrize(("part", "name"), EVERY_FIELD)
def test_every_field_of_an_answer_changes_the_section_of_its_function_and_no_other(
    part: str, name: str, item_id: str, data: st.DataObject
) -> None:
    _, strategies, put = PARTS[part]
    given_answer = MATERIAL.answers[item_id]
    before = {"value": given_answer.values[0], "evidence": given_answer.evidence[0], "answer": given_answer}[part]
    other = data.draw(strategies[name])
    assume(other != getattr(before, name))

    after = put(given_answer, replace(before, **{name: other}))

    assert moved(replace(MATERIAL, answers={**MATERIAL.answers, item_id: after})) == {SECTION_OF[OWNERS[item_id]]}


@pytest.mark.parametrize(
    ("change", "sections"),
    [
        ({"team": MATERIAL.team[:1]}, {BUSINESS}),
        ({"team": (replace(MATERIAL.team[0], person="joe"), MATERIAL.team[1])}, {BUSINESS}),
        ({"team": (replace(MATERIAL.team[0], deputy=None), MATERIAL.team[1])}, {BUSINESS}),
        ({"team": (replace(MATERIAL.team[0], hours_a_week=5), MATERIAL.team[1])}, {BUSINESS}),
        ({"team": (replace(MATERIAL.team[0], function=Function.COMPLIANCE), MATERIAL.team[1])}, {BUSINESS}),
        ({"team": MATERIAL.team[::-1]}, set()),
        ({"open_points": ()}, {BUSINESS}),
        ({"open_points": (replace(MATERIAL.open_points[0], id="F-2"),)}, {BUSINESS}),
        ({"open_points": (replace(MATERIAL.open_points[0], severity=FindingSeverity.HIGH),)}, {BUSINESS}),
        ({"open_points": (replace(MATERIAL.open_points[0], owner="joe"),)}, {BUSINESS}),
        ({"open_points": (replace(MATERIAL.open_points[0], due=date(2026, 10, 2)),)}, {BUSINESS}),
        ({"limits": MATERIAL.limits[::-1]}, set()),
        ({"facts": dict(reversed(MATERIAL.facts.items()))}, set()),
        ({"answers": dict(reversed(MATERIAL.answers.items()))}, set()),
        ({"answers": {**MATERIAL.answers, "G2-01": MATERIAL.answers["G1-01"]}}, set()),
        ({"answers": {**MATERIAL.answers, "G1-08": MATERIAL.answers["G1-01"]}}, {BUSINESS}),
        ({"answers": {**MATERIAL.answers, "G1-05": MATERIAL.answers["G1-01"]}}, set()),
        ({"answers": {}}, {SECTION_OF[function] for function in Function}),
        ({"approved": {"recall": value()}}, set()),
    ],
)
def test_records_of_the_app_count_and_the_order_of_reading_does_not(change: dict[str, Any], sections: set[Section]) -> None:
    assert moved(replace(MATERIAL, **change)) == sections


plain = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcXYZ_-019.", max_size=5), inner, max_size=3),
)


@given(content=st.dictionaries(st.text("abcXYZ_-019.", max_size=5), plain, max_size=4))
def test_the_canonical_text_is_that_of_rfc_8785(content: dict[str, Any]) -> None:
    assert dossier.canonical(content).encode() == rfc8785.dumps(content)
    assert json.loads(dossier.canonical(content)) == content


def test_texts_that_only_look_alike_have_different_digests() -> None:
    looks = ["Zoë", "Zoe\u0308", "Ζoë", "Zoë ", "zoë", "Zo\u00eb\u200b"]

    assert len({digests(replace(MATERIAL, name=name))[COMMON] for name in looks}) == len(looks)


def test_a_dossier_is_named_by_all_its_sections_in_any_order() -> None:
    found = digests(MATERIAL)

    assert set(found) == EVERY
    assert dossier.digest("a") == hashlib.sha256(b"a").hexdigest()
    assert dossier.dossier_digest(found) == dossier.dossier_digest(dict(reversed(found.items())))
    assert len({dossier.dossier_digest({**found, section: "0" * 64}) for section in Section} | {dossier.dossier_digest(found)}) == 6


def test_changed_sections_come_in_the_order_of_a_dossier() -> None:
    found = digests(MATERIAL)

    assert dossier.changed(found, found) == []
    assert dossier.changed(found, {}) == dossier.changed({}, found) == list(Section)
    assert dossier.changed(found, {**found, Section.COMPLIANCE: "x", COMMON: "x"}) == [COMMON, Section.COMPLIANCE]


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 9, 9, 12, tzinfo=UTC), "2026-09-09T12:00:00Z"),
        (datetime(2026, 9, 9, 12, 0, 0, 1, tzinfo=UTC), "2026-09-09T12:00:00.000001Z"),
        (datetime(2026, 9, 9, 12, tzinfo=timezone(timedelta(hours=2))), "2026-09-09T12:00:00+02:00"),
    ],
)
def test_a_moment_is_written_with_its_offset(moment: datetime, written: str) -> None:
    assert instant(moment) == written


FROM_TOM = Reuse("AI-0002.E-1", "tom", Scope(dataset="claims of 2025"), "a" * 64)


@pytest.mark.parametrize(
    ("given_answer", "wrote"),
    [
        (answer(), {"mara"}),
        (answer(by="dee"), {"mara"}),
        (answer(by="dee", evidence=()), {"dee"}),
        (answer(evidence=(evidence(added_by="dee"), evidence(2, added_by="tom"))), set()),
        (answer(evidence=(evidence(added_by="dee", reuse=FROM_TOM),)), {"dee", "tom"}),
        (answer(evidence=(evidence(added_by="dee", reuse=FROM_TOM), evidence(2, added_by="tom"))), {"tom"}),
        (None, set()),
    ],
)
def test_a_sole_author_added_or_wrote_all_the_evidence_or_answered_without_any(given_answer: Answer | None, wrote: set[str]) -> None:
    answers = {"G1-01": given_answer} if given_answer else {}
    material = replace(MATERIAL, answers={**answers, "G1-03": answer(by="bea", evidence=(), at=NOW)})

    assert authorship.sole_authors(material, Section.DATA_SCIENCE) == wrote
    assert authorship.sole_authors(material, BUSINESS) == {"bea"}
    assert authorship.sole_authors(material, COMMON) == authorship.sole_authors(material, Section.COMPLIANCE) == set()


def test_every_section_says_in_which_form_it_is_written() -> None:
    """Digests are kept for good: another form is another number."""
    found = dossier.sections(MATERIAL)

    assert [section["v"] for section in found.values()] == [2] * 5
    assert [section["v"] for section in dossier.sections(OLD).values()] == [1] * 5
    assert [found[SECTION_OF[function]]["function"] for function in Function] == [function.value for function in Function]
