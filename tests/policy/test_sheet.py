"""A spreadsheet of questions becomes a policy that the check passes, or is refused with every fault by line and column."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from governance.domain.errors import RuleBroken
from governance.domain.policy import Policy
from governance.domain.table import Table, TableRow, one_line, read_table
from governance.domain.vocabulary import Comparator, EvidenceKind, Function, Severity
from governance.paths import policies_directory
from governance.policy.checking import check
from governance.policy.loader import parse_policy
from governance.policy.sheet import policy_from
from governance.policy.sheet_words import limit_of, plain, tiers_of

STARTER = policies_directory() / "starter"
BASE = (STARTER / "base.yaml").read_text(encoding="utf-8")
HEAD = "Question;Gate;Owner;Severity;Evidence;Why;Threshold;Metric;Unit;Window;Sample;Fresh for days;Tier;ID"


def texts(*lines: str, ignored: tuple[str, ...] = ()) -> dict[str, str]:
    return policy_from(BASE, read_table("\n".join(lines).encode(), "utf-8", ";"), "Our rules", "questions.csv", ignored)


def made(*lines: str) -> Policy:
    return parse_policy(texts(*lines))


def faults(*lines: str, ignored: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(RuleBroken, match="nothing was written") as refused:
        texts(*lines, ignored=ignored)
    return [problem.message for problem in refused.value.problems]


def test_what_a_row_says_is_what_the_policy_asks() -> None:
    row = "Is it fast?;limited production;IT;should;a load test;people wait;at most 2.5;p95_s;seconds;7 days;100;30;medium, high;FAST"
    item = made(HEAD, row).item("FAST")

    assert item.thresholds is not None
    [limit] = item.thresholds.parts
    assert (item.question, item.owner, item.severity, item.requirement) == (
        "Is it fast?",
        Function.IT_OPS,
        Severity.WAIVABLE,
        "a load test",
    )
    assert (item.why, item.max_age_days, item.evidence) == ("people wait", 30, EvidenceKind.METRIC)
    assert item.when == 'tier in ["medium", "high"]'
    assert (limit.metric, limit.comparator, limit.value, limit.unit) == ("p95_s", Comparator.LTE, Decimal("2.5"), "seconds")
    assert (limit.window, limit.min_n) == ("7 days", 100)


def test_guidance_and_typical_evidence_stand_where_the_sheet_gives_them() -> None:
    with_them = made(
        "gate;question;owner;why;help;typical evidence", "G1;Is it wanted?;business;nobody uses it;ask ten people;an interview note"
    )
    [item] = with_them.gates["G1"].items
    [other] = made("gate;question;owner;guidance", "G1;Is it wanted?;business;").gates["G1"].items

    assert (item.why, item.guidance, item.typical) == ("nobody uses it", "ask ten people", "an interview note")
    assert (other.guidance, other.typical) == (None, None)


LOOKS = "gate;question;owner;severity;looks at"


def boxes(policy: Policy, gate: str, function: Function) -> list[tuple[str, str]]:
    [seat] = [one for one in policy.gates[gate].seats if one.function is function]
    return [(look.id, look.text) for look in seat.looks_at]


def test_what_a_seat_looks_at_stands_beside_a_question_or_in_a_row_of_its_own() -> None:
    found = texts(
        LOOKS,
        "G1;Is it wanted?;IT;must;I have seen the log: twice.",
        "G1;;IT;;I have called them.",
        "recertification;;business;;Still wanted?",
        "G1;Is it safe?;business;should;",
    )
    policy = parse_policy(found)

    assert boxes(policy, "G1", Function.IT_OPS) == [
        ("seen_the_log_twice", "I have seen the log: twice."),
        ("called_them", "I have called them."),
    ]
    assert boxes(policy, "C1", Function.BUSINESS) == [("still_wanted", "Still wanted?")]
    assert boxes(policy, "G1", Function.BUSINESS) == boxes(policy, "G2", Function.IT_OPS) == []
    assert [item.id for item in policy.gates["G1"].items] == ["G1-01", "G1-02"] and not policy.gates["C1"].items
    assert "        - {id: called_them, text: I have called them.}\n" in found["gates/G1.yaml"]


def test_what_no_seat_can_look_at_is_told_with_all_other_faults() -> None:
    full = [f"G2;;data science;;I have read chapter {number}." for number in range(13)]
    found = faults(
        "gate;question;owner;severity;looks at",
        "G1;Is it?;IT;harsh;I was there.",
        "G1;;IT;must;I was there",
        "G1;;Legal;;I was here.",
        f"G1;Is it?;IT;;{'x' * 301}",
        "G1;;IT;;",
        *full,
    )

    expected = [
        ("line 2, column “severity”", "“harsh” is no severity"),
        ("line 3, column “severity”", "it belongs to a question, and the row has none"),
        ("line 4, column “owner”", "“Legal” is no function"),
        ("line 5, column “looks at”", "it has more than 300 signs"),
        ("line 6, column “question”", "the question is missing"),
        ("line 19, column “looks at”", "the seat of data science at G2 has 12 already"),
    ]
    for where, sentence in expected:
        assert any(one.startswith(where) and sentence in one for one in found), (where, sentence, found)
    assert len(found) == len(expected)


def test_the_same_box_twice_at_one_seat_is_a_fault_and_at_two_seats_is_none() -> None:
    [found] = faults(
        LOOKS, "G1;;IT;;I was there.", "G1;;business;;I was there.", "G2;;IT;;I was there.", "G1;;it operations;;I  was THERE."
    )

    assert found == "line 5, column “looks at”: the seat of IT operations at G1 has it from line 2 already."


@pytest.mark.parametrize("head", ["Looks_at", "reviewer checklist", "Box to tick", "looks at before deciding", "Reviewer looks at"])
def test_the_column_of_boxes_goes_by_several_names(head: str) -> None:
    assert boxes(made(f"gate;question;owner;{head}", "G1;;IT;I was there."), "G1", Function.IT_OPS) == [("i_was_there", "I was there.")]


def test_what_it_does_not_say_is_a_default_that_the_file_marks() -> None:
    found = texts("gate;question;function", "G1;Is it wanted?;Business")["gates/G1.yaml"]

    for line in (
        "    - id: G1-01  # default: counted",
        "      title: Is it wanted  # default: the start of the question",
        "      severity: blocking  # default: the sheet says no severity",
        "        kind: document  # default: a metric where there is a limit, else a document",
        "        requirement: what shows the answer  # default: the sheet names no evidence",
        '      when: "true"  # default: at every tier',
        "      why: asked by the spreadsheet that this policy began with  # default: the sheet does not say why",
        "  seats:  # default: the four functions, at every tier",
    ):
        assert f"\n{line}\n" in found, line
    assert "      owner: business\n" in found and '      question: "Is it wanted?"\n' in found


def test_every_passage_is_there_and_other_gates_where_the_sheet_names_them() -> None:
    assert sorted(made("gate;question;owner", "G1;Is it?;business").gates) == ["G1", "G2", "G3"]
    found = made("gate;question;owner", "recertification;Is it still?;compliance", "Retirement;Why?;data science")
    assert sorted(found.gates) == ["C1", "C2", "G1", "G2", "G3"]
    assert {len(gate.seats) for gate in found.gates.values()} == {4}
    assert (found.id, found.title, found.version) == ("our-rules", "Our rules", "0.1.0")


@pytest.mark.parametrize(
    "head", ["QUESTION;Stage-gate;Responsible", "Control question:;gate_name;Owner  function", "questions;GATE;function"]
)
def test_heads_are_read_leniently(head: str) -> None:
    assert made(head, "Is it?;g1;Data Science").item("G1-01").owner is Function.DATA_SCIENCE


def test_every_fault_is_told_at_once_with_its_line_and_column() -> None:
    found = faults(
        HEAD,
        "Is it?;G9;IT;blocking;;;;;;;;;;",
        ";G1;Legal;harsh;;;;;;;;;;",
        "Is it?;G1;business;;;;about 5;;;;;;;",
        "Is it?;G1;business;;;;at most 5 hours;1st;days;;0;x;never;",
        "Is it?;G1;business;;;;;m;;;;;;A1",
        "Is it?;G1;business;;;;;;;;;;;A1",
    )

    expected = [
        ("line 2, column “Gate”", "“G9” is no gate"),
        ("line 3, column “Question”", "the question is missing"),
        ("line 3, column “Owner”", "“Legal” is no function"),
        ("line 3, column “Severity”", "“harsh” is no severity: write blocking, waivable, advisory, must, should or may"),
        ("line 4, column “Threshold”", "“about 5” is no limit"),
        ("line 5, column “Metric”", "“1st” is no name"),
        ("line 5, column “Unit”", "the threshold says “hours” and this column “days”"),
        ("line 5, column “Sample”", "“0” is no whole number"),
        ("line 5, column “Fresh for days”", "“x” is no whole number from 1 to 36,525"),
        ("line 5, column “Tier”", "“never” names no tiers"),
        ("line 6, column “Metric”", "it belongs to a threshold, and the row has none"),
        ("line 7, column “ID”", "the id “A1” stands on line 6 already"),
    ]
    for where, sentence in expected:
        assert any(one.startswith(where) and sentence in one for one in found), (where, sentence, found)
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ("gate;question;owner;colour", "“colour” is not understood: call it question, gate"),
        ("gate;question;owner;function", "“owner” and “function” both mean owner"),
        ("gate;question", "no column says the owner"),
        ("gate,question,owner", "has one column only"),
    ],
)
def test_a_head_is_never_guessed(head: str, sentence: str) -> None:
    [found] = faults(head, "G1;Is it?;business;x")

    assert sentence in found


def test_a_column_may_be_left_out_by_name() -> None:
    lines = ("gate;question;owner;colour;function", "G1;Is it?;business;red;IT")

    assert parse_policy(texts(*lines, ignored=("Colour", "function"))).item("G1-01").owner is Function.BUSINESS


def test_a_sheet_without_rows_is_refused() -> None:
    assert faults("gate;question;owner") == ["the file has no row below its heads."]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("at most 15 minutes", (Comparator.LTE, 15, "minutes")),
        ("≥ 99 %", (Comparator.GTE, Decimal("0.99"), "share")),
        ("<=0.05", (Comparator.LTE, Decimal("0.05"), "")),
        ("Under 5%", (Comparator.LT, Decimal("0.05"), "share")),
        ("more than 3 requests per second", (Comparator.GT, 3, "requests per second")),
        ("= 0", (Comparator.EQ, 0, "")),
        ("at least 100 %", (Comparator.GTE, 1, "share")),
    ],
)
def test_limits_are_read_as_people_write_them(cell: str, expected: tuple[Comparator, Decimal, str]) -> None:
    assert limit_of(cell) == expected


@pytest.mark.parametrize("cell", ["5", "about 5", "at most", "at most 1e5", "between 1 and 2", "at most 5, sometimes 6"])
def test_other_limits_are_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="is no limit"):
        limit_of(cell)


def test_tiers_are_named_in_any_order() -> None:
    assert tiers_of("High and medium") == ("medium", "high") and tiers_of("ALL") == ("low", "medium", "high")


CELLS = some.text(some.characters(codec="utf-8"), max_size=60)


@settings(max_examples=150, deadline=None)
@given(some.lists(some.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=4, unique_by=lambda cells: plain(cells[3])))
def test_whatever_people_write_becomes_a_policy_that_the_check_passes(rows: list[tuple[str, str, str, str]]) -> None:
    lines = [TableRow(number, ("G1", cells[0], "business", *cells[1:])) for number, cells in enumerate(rows, 2)]
    filled = Table(
        ("gate", "question", "owner", "evidence", "why", "looks at"), tuple(line for line in lines if one_line(line.cells[1])), 0
    )
    found = policy_from(BASE, filled, "x", "s.csv") if filled.rows else {}

    assert not found or len(parse_policy(found).gates["G1"].items) == len(filled.rows)
    said = [one_line(line.cells[5]) for line in filled.rows]
    assert not found or [text for _, text in boxes(parse_policy(found), "G1", Function.BUSINESS)] == [one for one in said if one]


def test_the_shipped_start_passes_the_check_without_a_warning(tmp_path: Path) -> None:
    table = read_table((STARTER / "questions.csv").read_bytes(), "utf-8", ",")
    for name, text in policy_from(BASE, table, "First policy", "questions.csv").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    found = check(tmp_path)

    assert found.problems == () and (found.gates, found.items) == (3, 12)
    policy = parse_policy({path.relative_to(tmp_path).as_posix(): path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.yaml")})
    for gate in policy.gates.values():
        assert {item.owner for item in gate.items} == set(Function)
        assert all(seat.looks_at for seat in gate.seats)
