"""Mapping files: every fault at once, each with its line and the nearest right word; rows are read without guessing."""

from datetime import date

import pytest

from governance.domain.errors import RuleBroken
from governance.domain.importing import RowSays, collisions, row_id, short
from governance.domain.table import read_table
from governance.domain.vocabulary import AnswerState, Stage
from governance.paths import policies_directory
from governance.policy.loader import load_policy
from governance.policy.mapped import says, unit_id
from governance.policy.mapping import check_fits, load_mapping
from governance.policy.problems import PolicyError
from tests.sheets import MAPPING, SHIPPED, sheet

POLICY = load_policy(policies_directory() / "stage-gates").policy
TODAY = date(2026, 11, 26)


def read(content: bytes, mapping: str = MAPPING) -> list[RowSays]:
    document, found = load_mapping("m.yaml", mapping)
    table = read_table(content, found.file.encoding, found.file.delimiter)
    check_fits(document, found, table.header, POLICY)
    return says(table, found, TODAY)


def faults(mapping: str, content: bytes | None = None) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        read(content or sheet(), mapping)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: Our", "titel: Our", "m.yaml:2:1: unknown key “titel” (did you mean “title”?)"),
        ("id: our-list\n", "", "missing key “id”"),
        ("Trial: pilot", "Trial: pilott", "m.yaml:12:19: unknown word “pilott” for stage (did you mean “pilot”?)"),
        ("columns: [Title]", "columns: [Titel]", "m.yaml:6:20: the file has no such column (did you mean “Title”?): “Titel”"),
        ("item: G1-07", "item: G1-77", "the policy has no check “G1-77” (did you mean “G1-17”?)"),
        ('"yes": met', '"yes": mett', "unknown word “mett” (did you mean “met”?): one of in_progress, met, not_met, open is asked for"),
        ("In progress: in_progress", "In progress: met", "that does not say that it is done, so it is not met"),
        ("n/a: open", '"": met', "a blank cell says nothing, so it stands for nothing"),
        ("n/a: open}", "n/a: open}, otherwise: met", "that does not say that it is done, so it is not met"),
        ("Q6:", "Q66:", "the policy asks nothing called “Q66” (did you mean “Q6”?)"),
        ("sensitive: special", "sensitive: secret", "“secret” is no answer to Q6: one of none, personal, special, or open"),
        ("otherwise: 2025-01-01", "otherwise: 1.1.2025", "otherwise: a day such as 2026-11-24 is asked for"),
        (", otherwise: 2025-01-01", "", ""),
        ("regularise_within_days: 365", "regularise_within_days: 731", "regularise_within_days"),
        ("key: [No]", "key: [No]\nmay_be_blank: [No]", "one key column at least has to say something"),
        ("key: [No]", "key: [No]\nmay_be_blank: [Nr]", "“Nr” is no key column"),
        (
            "columns: [Department], create",
            "columns: [Department], value: claims, create",
            "name the columns of the unit, or one value for every row",
        ),
        ("encoding: utf-8", "encoding: utf-9", "unknown word “utf-9” for encoding (did you mean “utf-8”?)"),
        ("column: Phase", "column: Phase\n  value: pilot", "name a column with its values, or one value for every row"),
        ("title: Our", "id: again\ntitle: Our", "duplicate key “id”"),
    ],
)
def test_a_fault_is_named_with_its_place(old: str, new: str, said: str) -> None:
    assert old in MAPPING
    if said:
        assert any(said in fault for fault in faults(MAPPING.replace(old, new))), faults(MAPPING.replace(old, new))
    else:
        assert len(read(sheet(), MAPPING.replace(old, new))) == 3


def test_all_faults_are_said_at_once() -> None:
    wrong = MAPPING.replace("item: G1-07", "item: G1-77").replace("columns: [Title]", "columns: [Titel]").replace("key: [No]", "key: [Nr]")

    assert len(faults(wrong)) == 3


def test_production_needs_somebody_whose_word_it_is() -> None:
    start, end = MAPPING.index("brought_in:"), MAPPING.index("answers:")

    assert any("a stage beyond the pilot needs “brought_in”" in fault for fault in faults(MAPPING[:start] + MAPPING[end:]))


def test_a_column_that_stands_twice_is_no_column() -> None:
    assert any(
        "the file has 2 columns of this name: “Title”" in fault for fault in faults(MAPPING, sheet().replace(b"Output", b"Title", 1))
    )


def test_rows_say_what_stands_in_them() -> None:
    first, second, third = read(sheet())

    assert (first.key, first.name, first.stage, first.since) == (("1",), "Claims triage", Stage.PILOT, None)
    assert first.summary == "Scores new motor claims.\n\nA score" and (first.unit, first.unit_name) == ("motor-claims", "Motor claims")
    assert {item: claim.state for item, claim in first.answers.items()} == {"G1-07": AnswerState.MET}
    assert (second.stage, second.since, second.lead) == (Stage.FULL_PRODUCTION, date(2023, 5, 3), "Mara")
    assert second.answers["G1-07"].state is AnswerState.IN_PROGRESS and second.questions == {"Q6": "special"}
    assert first.questions == {} and first.asked == {"eu_market": True}
    assert (third.stage, third.since) == (Stage.RETIRED, date(2025, 1, 1)) and third.answers == {}
    assert third.notes == ("The file gives no summary.", "The file does not say since when; 2025-01-01 stands for it.")


@pytest.mark.parametrize("blank", ["", " ", "\N{NO-BREAK SPACE}", "\t "])
def test_a_blank_is_no_answer(blank: str) -> None:
    [row] = read(sheet(f"1;Claims triage;Scores new motor claims.;;Motor;lena;Trial;;{blank};"))

    assert row.answers == {} and not row.faults


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("1;Claims triage;Scores claims.;;Motor;lena;Paused;;;", "The mapping does not know the stage “Paused”."),
        ("1;Claims triage;Scores claims.;;Motor;lena;;;;", "Its stage is blank."),
        ("1;Claims triage;Scores claims.;;Motor;lena;Trial;;perhaps;", "The mapping does not know the answer “perhaps” to G1-07."),
        (";Claims triage;Scores claims.;;Motor;lena;Trial;;;", "The key column “No” is blank."),
        ("1;Cl;Scores claims.;;Motor;lena;Trial;;;", "Its name has 2 signs; 3 to 200 are taken."),
        ("1;Claims triage;Scores claims.;;;lena;Trial;;;", "Its unit is blank."),
        ("1;Claims triage;Scores claims.;;Motor;lena;Trial;;", "It has 9 cells, and the header names 10 columns."),
    ],
)
def test_a_row_that_cannot_be_read_says_why(row: str, fault: str) -> None:
    [found] = read(sheet(row))

    assert found.faults == (fault,)


def test_a_day_to_come_says_nothing_yet() -> None:
    [row] = read(sheet("1;Claims triage;Scores new claims.;;Motor;lena;Live;03.05.2099;;"))

    assert row.since == date(2025, 1, 1)


def test_lines_are_those_of_the_file() -> None:
    rows = read(
        sheet(
            '1;"Claims\ntriage";Scores new claims.;;Motor;lena;Trial;;;',
            ";;;;;;;;;",
            "2;Fraud alerts;Flags new claims.;;Motor;lena;Trial;;;",
        )
    )

    assert [(row.line, row.name) for row in rows] == [(2, "Claims triage"), (5, "Fraud alerts")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"\r\n\r\n", "The file is empty."),
        (b"No;Title\r\n1;\xff", "is not utf-8"),
        (b'No;Title\r\n1;"open', "cannot be read at line 2"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        read_table(content, "utf-8", ";")
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("encoding", "text"), [("utf-8", "\ufeffNo;Größe"), ("cp1252", "No;Größe"), ("utf-16", "No;Größe"), ("latin-1", "No;Größe")]
)
def test_encodings_that_spreadsheets_write_are_read(encoding: str, text: str) -> None:
    assert read_table(text.encode(encoding), encoding, ";").header == ("No", "Größe")


def test_two_spellings_of_a_key_are_one_and_collide() -> None:
    rows = [RowSays(2, ("Fraud Alérts",)), RowSays(3, ("fraud alerts",)), RowSays(4, ("other",)), RowSays(5, ("",)), RowSays(6, ("",))]

    assert collisions(rows, "list") == {2: "3", 3: "2"}
    assert row_id("list", ("a", "b")) not in {row_id("list", ("ab", "")), row_id("other", ("a", "b")), row_id("list", ("b", "a"))}


def test_a_file_of_one_key_names_a_few_lines_in_each_row_and_counts_the_others() -> None:
    found = collisions([RowSays(line, ("same",)) for line in range(2, 7_002)], "list")

    assert (found[2], found[4], found[7001]) == ("3, 4, 5 and 6,996 more", "2, 3, 5 and 6,996 more", "2, 3, 4 and 6,996 more")
    assert collisions([RowSays(line, ("same",)) for line in range(2, 6)], "list")[5] == "2, 3, 4"


@pytest.mark.parametrize(
    ("words", "short_name"),
    [(["HHS", "NIH"], "hhs-nih"), (["Größe & Co."], "große-co"[:3] + "-e-co"), (["x"], None), (["部門"], None), (["a" * 80], None)],
)
def test_units_get_short_names(words: list[str], short_name: str | None) -> None:
    from governance.services.directory import NAME

    found = unit_id(words)
    assert NAME.fullmatch(found)
    assert short_name is None or found == unit_id([word.upper() for word in words])


def test_long_texts_are_compared_by_their_digest() -> None:
    assert short("x" * 200) == "x" * 200 and short("x" * 201).startswith("sha256:") and short("x" * 201) != short("x" * 202)


def test_the_shipped_mapping_has_no_fault_of_its_own() -> None:
    _, found = load_mapping(SHIPPED.name, SHIPPED.read_text(encoding="utf-8"))

    assert found.id == "federal-inventory-2024" and not any(answer.otherwise == "met" for answer in found.answers)
