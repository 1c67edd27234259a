"""Conditions in CEL: a missing fact, a name nobody declared or a wrong type is undecided, and never a yes."""

import time

import pytest

from governance.domain.vocabulary import Applies, Tier
from governance.policy.conditions import DEEPEST, LONGEST, LONGEST_LIST, Conditions, faults, phrase

YES, NO, OPEN = Applies.YES, Applies.NO, Applies.UNDECIDED
KNOWN = {"agent": True, "public": False, "hosting": "own"}
WORDS: dict[str, list[str]] = {"agent": [], "public": [], "hosting": ["own", "cloud"]}
CONDITIONS = Conditions(KNOWN, Tier.HIGH)


@pytest.mark.parametrize(
    ("expression", "applies"),
    [
        ("true", YES),
        ("false", NO),
        ("facts.agent", YES),
        ("facts.public", NO),
        ("!facts.public", YES),
        ("facts.agent && facts.public", NO),
        ("facts.agent || facts.public", YES),
        ("facts.hosting == 'own'", YES),
        ('facts.hosting != "own"', NO),
        ("facts.hosting in ['cloud', 'own']", YES),
        ("tier == 'high'", YES),
        ("tier in ['low', 'medium']", NO),
        ("tier == 'high' && !facts.public", YES),
        ("has(facts.agent)", YES),
        ("[1, 2].all(x, x > 0)", YES),
        ("['own'].exists(x, x == facts.hosting)", YES),
        ("facts.agent ? facts.public : true", NO),
    ],
)
def test_a_condition_over_known_facts_is_a_yes_or_a_no(expression: str, applies: Applies) -> None:
    assert CONDITIONS.decide(expression).applies is applies
    assert list(faults(expression, WORDS)) == []


UNDECIDED = [
    ("facts.missing", "not answered yet: missing"),
    ("facts.missing > 1 || true", "not answered yet: missing"),
    ("true || facts.missing", "not answered yet: missing"),
    ("!facts.missing_too", "not answered yet: missing too"),
    ("has(facts.missing)", "not answered yet: missing"),
    ("has(facts.missing) ? false : true", "not answered yet: missing"),
    ("'facts.missing' != ''", "not answered yet: missing"),
    ("facts", "the condition asks the facts as a whole"),
    ("facts['missing'] || true", "the condition asks the facts as a whole"),
    ("facts .missing || true", "the condition asks the facts as a whole"),
    ("facts\n.missing || true", "the condition asks the facts as a whole"),
    ("facts.all(x, true)", "not answered yet: all"),
    ("size(facts) > 0", "the condition asks the facts as a whole"),
    ("stranger || true", "unknown name “stranger”"),
    ("true || teir == 'low'", "unknown name “teir” (did you mean “tier”?)"),
    ("type(facts.agent) == bool", "unknown function “type”"),
    ("true || sice(facts.hosting) > 1", "unknown function “sice” (did you mean “size”?)"),
    ("timestamp('2026-01-01T00:00:00Z') > timestamp('2025-01-01T00:00:00Z')", "unknown function “timestamp”"),
    ("1", "the condition says neither yes nor no"),
    ("1.0", "the condition says neither yes nor no"),
    ("'true'", "the condition says neither yes nor no"),
    ("null", "the condition says neither yes nor no"),
    ("[true]", "the condition says neither yes nor no"),
    ("{'a': true}", "the condition says neither yes nor no"),
    ("facts.hosting", "the condition says neither yes nor no"),
    ("facts.agent ? 1 : 0", "the condition says neither yes nor no"),
    ("facts.hosting > 1", "could not be worked out"),
    ("!facts.hosting", "could not be worked out"),
    ("facts.agent && facts.hosting", "could not be worked out"),
    ("1 / 0 == 1", "could not be worked out"),
    ("1 % 0 == 1", "could not be worked out"),
    ("9223372036854775807 + 1 > 0", "could not be worked out"),
    ("'a'.matches('(')", "could not be worked out"),
    ("[1][5] == 1", "could not be worked out"),
    ("", "could not be worked out"),
    ("facts.agent &&", "could not be worked out"),
    ("facts.agent = true", "could not be worked out"),
    ("not facts.agent", "could not be worked out"),
    ("\N{FULLWIDTH EXCLAMATION MARK}facts.agent", "could not be worked out"),
    ("facts.agent; true", "could not be worked out"),
    ("true //", "a condition has no comments"),
    ("[1].exists(x, [2].exists(y, y > x))", "more than 1 macro"),
    ("[1].all(x, true) && [1] . all ( x , true)", "more than 1 macro"),
    ("(" * (DEEPEST + 1) + "true" + ")" * (DEEPEST + 1), "brackets and signs"),
    ("!" * (DEEPEST + 2) + "true", "brackets and signs"),
    ("true" + " " * LONGEST, f"longer than {LONGEST} signs"),
    ("1 in [" + "1," * LONGEST_LIST + "1]", f"a list longer than {LONGEST_LIST}"),
]


@pytest.mark.parametrize(("expression", "why"), UNDECIDED, ids=[ascii(expression[:40]) for expression, _ in UNDECIDED])
def test_whatever_is_not_clear_is_undecided_with_the_reason(expression: str, why: str) -> None:
    found = CONDITIONS.decide(expression)

    assert found.applies is OPEN
    assert why in (found.why or "")


@pytest.mark.parametrize(("expression", "why"), UNDECIDED, ids=[ascii(expression[:40]) for expression, _ in UNDECIDED])
def test_and_no_policy_with_such_a_condition_is_loaded(expression: str, why: str) -> None:
    assert list(faults(expression, WORDS))


@pytest.mark.parametrize(
    ("expression", "applies"),
    [("tier == 'low' || true", OPEN), ("tier != ''", OPEN), ("facts.agent", YES), ("'frontier' == 'frontier'", YES)],
)
def test_a_tier_that_is_not_known_decides_nothing(expression: str, applies: Applies) -> None:
    found = Conditions(KNOWN, None).decide(expression)

    assert found.applies is applies
    assert applies is YES or found.why == "the tier is not decided yet"


@pytest.mark.parametrize("tier", Tier)
def test_every_tier_is_itself(tier: Tier) -> None:
    found = [Conditions({}, tier).decide(f"tier == '{other.value}'").applies for other in Tier]

    assert found == [YES if other is tier else NO for other in Tier]


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("facts.agnt", "unknown fact “agnt” (did you mean “agent”?)"),
        ("facts.agent == 'yes'", "facts.agent is yes or no: it is never “yes”"),
        ("facts.hosting == 'clod'", "facts.hosting is never “clod” (did you mean “cloud”?)"),
        ("facts.hosting in ['own', 'moon']", "facts.hosting is never “moon”"),
        ("tier == 'hihg'", "tier is never “hihg” (did you mean “high”?)"),
        ("tier in ['low', \"none\"]", "tier is never “none”"),
        ("facts.agent ? 1 : 2", "says neither yes nor no"),
        ("facts.agent && facts.hosting", "says neither yes nor no"),
        ("facts.public || facts.hosting", "says neither yes nor no"),
    ],
)
def test_a_fault_is_named_once_with_the_nearest_word(expression: str, fault: str) -> None:
    assert [found.message for found in faults(expression, WORDS)] == [fault]


def test_every_fault_of_a_condition_is_named_at_once() -> None:
    found = faults("facts.agnt && teir == 'low' && sice(facts.hosting) > 1 && facts.hosting == 'moon'", WORDS)

    assert [fault.message for fault in found] == [
        "unknown function “sice” (did you mean “size”?)",
        "unknown name “teir” (did you mean “tier”?)",
        "unknown fact “agnt” (did you mean “agent”?)",
        "facts.hosting is never “moon”",
    ]


@pytest.mark.parametrize(
    ("expression", "fine"),
    [
        ("true" + " " * (LONGEST - 4), True),
        ("true" + " " * (LONGEST - 3), False),
        ("1 in [" + "1," * (LONGEST_LIST - 1) + "1]", True),
        ("1 in [" + "1," * LONGEST_LIST + "1]", False),
        ("(" * DEEPEST + "true" + ")" * DEEPEST, True),
        ("(" * (DEEPEST + 1) + "true" + ")" * (DEEPEST + 1), False),
        ("[1].exists(x, x == 1)", True),
        ("[1].exists(x, x == 1) || [1].exists(x, x == 1)", False),
    ],
    ids=lambda case: ascii(case)[:20],
)
def test_caps_hold_at_their_edge(expression: str, fine: bool) -> None:
    assert (list(faults(expression, WORDS)) == []) is fine
    assert (CONDITIONS.decide(expression).applies is OPEN) is not fine


def test_a_hostile_condition_costs_no_more_than_a_glance() -> None:
    hostile = [
        "[[[" + ",".join("1" * 90) + "]]].all(a, [1].all(b, [1].all(c, true)))",
        "(" * 100_000,
        "a." * 200 + "a",
        "'a'.matches('(a*)*b')",
    ]
    before = time.perf_counter()

    for expression in hostile:
        list(faults(expression, WORDS))
        CONDITIONS.decide(expression)

    assert time.perf_counter() - before < 1


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("facts.personal_data", "personal data"),
        ("!facts.personal_data", "not personal data"),
        ("! facts.agent && tier == 'high'", "not agent and the tier is high"),
        ('tier in ["medium", "high"]', "the tier is medium or high"),
        ("facts.hosting in ['own', 'cloud']", "hosting is own or cloud"),
        ("facts.a || facts.hosting == 'own'", "a or hosting is own"),
        ("  facts.a  ", "a"),
    ],
)
def test_a_condition_as_pages_say_it(expression: str, words: str) -> None:
    assert phrase(expression) == words


def test_a_no_says_where_it_would_apply_and_a_yes_needs_no_words() -> None:
    assert CONDITIONS.decide("facts.public && tier == 'low'").why == "applies only where public and the tier is low"
    assert CONDITIONS.decide("facts.agent").why is None
