"""A dossier's sections and their digests: each changes exactly when something in it does."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import assume, given
from hypothesis import strategies as st

from governance.domain import dossier
from governance.domain.dossier import Answer, Evidence, Material, OpenPoint, StatedLimit, StatedValue, TeamMember
from governance.domain.plain import instant
from governance.domain.policy import Applicability, Plan, PlannedItem, Seat
from governance.domain.vocabulary import SECTION_OF, AnswerState, Applies, EvidenceKind, FindingSeverity, Function, Section, Tier
from tests.domain.samples import NOW, answer, evidence, item, value

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


def digests(of: Material) -> dict[Section, str]:
    return dossier.digests(dossier.sections(of))


def moved(of: Material) -> set[Section]:
    return set(dossier.changed(digests(MATERIAL), digests(of)))


text, numbers = st.text(max_size=8), st.integers(-(2**53) + 1, 2**53 - 1)
IN_COMMON: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("initiative", "name", "summary", "unit", "lead", "model_version"), text),
    "facts": st.dictionaries(st.sampled_from(["personal_data", "hosting", "new"]), st.booleans() | text),
    "limits": st.lists(st.builds(StatedLimit, st.sampled_from(["target", "new"]), text, text, st.none() | text), max_size=1).map(tuple),
    "plan": st.builds(lambda policy, gate: replace(PLAN, policy=policy, gate=gate), text, text)
    | st.builds(lambda count: replace(PLAN, seats=PLAN.seats[:count]), st.integers(0, 4)),
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
def test_which_items_apply_and_why_is_common(applicability: Applicability) -> None:
    items = (replace(PLAN.items[0], applicability=applicability), *PLAN.items[1:])

    assert moved(replace(MATERIAL, plan=replace(PLAN, items=items))) == {COMMON}


OF_A_VALUE: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("metric", "value", "unit", "window", "source"), text),
    **dict.fromkeys(("good", "low", "high", "kpi"), st.none() | text),
    "n": numbers,
    "measured_at": st.datetimes(timezones=st.just(UTC)),
}
OF_EVIDENCE: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("id", "title", "digest", "added_by"), text),
    **dict.fromkeys(("file_name", "address"), st.none() | text.filter(bool)),
    "kind": st.sampled_from(EvidenceKind),
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


@pytest.mark.parametrize(
    ("given_answer", "wrote"),
    [
        (answer(), {"mara"}),
        (answer(by="dee"), {"mara"}),
        (answer(by="dee", evidence=()), {"dee"}),
        (answer(evidence=(evidence(added_by="dee"), evidence(2, added_by="tom"))), {"dee", "tom"}),
        (None, set()),
    ],
)
def test_authors_are_who_added_the_evidence_or_answered_without_any(given_answer: Answer | None, wrote: set[str]) -> None:
    answers = {"G1-01": given_answer} if given_answer else {}
    material = replace(MATERIAL, answers={**answers, "G1-03": answer(by="bea", evidence=(), at=NOW)})

    assert dossier.authors(material, Section.DATA_SCIENCE) == wrote
    assert dossier.authors(material, BUSINESS) == {"bea"}
    assert dossier.authors(material, COMMON) == dossier.authors(material, Section.COMPLIANCE) == set()


def test_every_section_says_in_which_form_it_is_written() -> None:
    """Digests are kept for good: another form is another number."""
    found = dossier.sections(MATERIAL)

    assert [section["v"] for section in found.values()] == [1] * 5
    assert [found[SECTION_OF[function]]["function"] for function in Function] == [function.value for function in Function]
