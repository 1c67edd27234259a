"""Importing: every row accounted for, nothing merged, nothing by accident, and a second run changes nothing."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from governance.domain import checks
from governance.domain.errors import Conflict, NotAllowed, RuleBroken
from governance.domain.importing import Account, Outcome
from governance.domain.vocabulary import AnswerState, EvidenceKind, Regularity, Stage, Standing, Visibility
from governance.ledger import rebuild
from governance.ledger.read import of_stream
from governance.models.answers import Answer
from governance.models.directory import Unit
from governance.models.initiatives import Initiative, Tiering
from governance.models.ledger import Leaf, Words
from governance.models.moving_in import Origin, SourceRow
from governance.models.summary import Summary, Waiting
from governance.reads import moving_in as reading
from governance.reads import policies, previews
from governance.reads.material import material
from governance.reads.previews import Source
from governance.services import answers, directory, gates, importing, initiatives
from tests.services.conftest import ASKED, LOW, STATEMENTS, House, evidence
from tests.sheets import HEADER, MAPPING, ROWS, inventory, sheet, source


def take(house: House, given: Source | None = None, who: str = "aoife", **how: object) -> Account:
    return house.act(who, lambda log: importing.carry_out(log, given or source(), **how))  # type: ignore[arg-type,return-value]


def look(house: House, given: Source | None = None, who: str = "aoife") -> Account:
    with house.read() as session:
        return previews.preview(session, who, house.now, given or source()).account


def told(account: Account) -> list[tuple[int, str, str]]:
    return [(row.says.line, row.outcome.value, row.told) for row in account.rows]


def leaves(house: House) -> int:
    with house.read() as session:
        assert rebuild.check(session) == []
        return session.scalar(select(func.count()).select_from(Leaf)) or 0


def changed(number: int, **cells: str) -> Source:
    """The sheet with some cells of one row changed."""
    names, rows = HEADER.split(";"), list(ROWS)
    found = dict(zip(names, rows[number - 1].split(";"), strict=True)) | {name.replace("_", " "): value for name, value in cells.items()}
    rows[number - 1] = ";".join(found[name] for name in names)
    return source(sheet(*rows))


def test_every_row_becomes_an_initiative_as_the_mapping_says(house: House) -> None:
    account = take(house)

    assert [row.outcome for row in account.rows] == [Outcome.IMPORTED] * 3
    with house.read() as session:
        first, second, third = session.scalars(select(Initiative).order_by(Initiative.key))
        assert (first.key, first.name, first.unit_id, first.lead_id, first.stage) == (
            "AI-0001",
            "Claims triage",
            "motor-claims",
            "lena",
            Stage.PILOT,
        )
        assert (second.stage, second.stage_since.date(), second.lead_id) == (Stage.FULL_PRODUCTION, date(2023, 5, 3), "mara")
        assert (third.stage, third.lead_id, third.summary) == (Stage.RETIRED, "tom", "The list does not say what it does.")
        assert session.get_one(Unit, "motor-claims").name == "Motor claims"
        assert session.get(Origin, "AI-0001") is None
        live, off = session.get_one(Origin, "AI-0002"), session.get_one(Origin, "AI-0003")
        assert (live.said_by, live.regularise_by) == ("Ada Lind", house.now.date() + timedelta(days=365))
        assert reading.regularity(off, house.now.date()) is Regularity.KEPT
        row = session.scalars(select(SourceRow).where(SourceRow.initiative_key == "AI-0002")).one()
        assert (row.source, row.external_key, row.line) == ("our-list", ["2"], 3)
        assert session.get_one(Tiering, "AI-0002").questions == {"Q6": "special"} and session.get_one(Tiering, "AI-0002").tier is None
        assert [entry.kind for entry in of_stream(session, "initiative/AI-0002")] == [
            "initiative.registered",
            "initiative.imported",
            "initiative.brought_in",
            "tiering.answered",
            "item.answered",
        ]
    leaves(house)


def test_what_waits_for_whom_is_known_at_once(house: House) -> None:
    take(house)

    with house.read() as session:
        assert session.scalar(select(func.count()).select_from(Summary)) == 3
        waits = {(row.initiative_key, row.kind, row.person_id) for row in session.scalars(select(Waiting))}
    assert waits == {("AI-0001", "tier", "lena"), ("AI-0002", "tier", "mara"), ("AI-0002", "regularise", "mara")}


def test_a_claim_from_a_list_is_not_met_without_evidence(house: House) -> None:
    take(house)
    house.act("lena", lambda log: initiatives.answer_tiering(log, "AI-0001", {**LOW, "Q6": "personal"}, STATEMENTS, ASKED))

    with house.read() as session:
        answer = session.get_one(Answer, ("AI-0001", "G1-07"))
        assert answer.claim is AnswerState.MET and not answer.carried
        assert session.get_one(Words, answer.note).text == "As Our list of 2025 has it: ‘yes’."
        policy = policies.current(session)
        found = checks.evaluated(policy, material(session, "AI-0001", "G1", policy), house.now)
    [check] = [check for check in found if check.item.id == "G1-07"]
    assert check.evaluated.state is AnswerState.INCONCLUSIVE and not check.passes


def test_a_second_run_changes_nothing(house: House) -> None:
    take(house)
    before = leaves(house)

    account = take(house)

    assert [row.outcome for row in account.rows] == [Outcome.UNCHANGED] * 3
    assert leaves(house) == before


def test_preview_and_import_say_the_same_and_the_preview_writes_nothing(house: House) -> None:
    before = leaves(house)
    previewed = look(house)
    assert leaves(house) == before

    assert told(take(house, expected=previewed.digest)) == told(previewed)


def test_what_moved_since_the_preview_is_not_imported(house: House) -> None:
    previewed = look(house)
    house.act("omar", lambda log: directory.disable_person(log, "mara", "left"))
    before = leaves(house)

    with pytest.raises(Conflict, match="Look at the preview again"):
        take(house, expected=previewed.digest, partial=True)
    assert leaves(house) == before


def test_rows_with_one_key_are_listed_and_refused_never_merged(house: House) -> None:
    account = look(house, source(sheet(*ROWS, "1;Claims triage again;Scores new claims.;;Motor claims;lena;Trial;;;")))

    assert told(account)[0] == (2, "refused", "Its key stands in line 5 too: none of them is taken.")
    assert told(account)[3] == (5, "refused", "Its key stands in line 2 too: none of them is taken.")


def test_nothing_is_imported_where_a_row_is_refused_unless_that_is_said(house: House) -> None:
    given = source(sheet(*ROWS, "4;Later;Does something.;;Motor claims;nobody.known;Trial;;;"))
    before = leaves(house)

    with pytest.raises(RuleBroken) as refused:
        take(house, given)
    assert leaves(house) == before
    assert [problem.message for problem in refused.value.problems] == ["Line 5: Nobody who can sign in here is called “nobody.known”."]

    assert [row.outcome.value for row in take(house, given, partial=True).rows] == ["imported"] * 3 + ["refused"]
    assert house.stage("AI-0003") == "retired"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1;Claims triage;Scores claims.;;Motor;omar2;Trial;;;", "Nobody who can sign in here is called “omar2”."),
        ("1;Claims triage;Scores claims.;;Motor;;Trial;;;", "The file names nobody who leads it."),
        ("1;Claims triage;Scores claims.;;Motor;aoife;Live;;;", "You would lead it, so another compliance officer has to bring it in."),
        ("1;Claims triage;Scores claims.;;Motor;lena;Paused;;;", "The mapping does not know the stage “Paused”."),
    ],
)
def test_a_refused_row_says_why(house: House, row: str, why: str) -> None:
    [found] = look(house, source(sheet(row))).rows

    assert found.outcome is Outcome.REFUSED and found.told.startswith(why)


def test_a_unit_is_opened_only_where_the_mapping_says_so(house: House) -> None:
    closed = MAPPING.replace("create: true", "create: false")

    assert "There is no unit “motor-claims” here." in told(look(house, source(mapping=closed)))[0][2]
    here = source(sheet("1;Claims triage;Scores new claims.;;Claims;lena;Trial;;;"), closed)
    assert take(house, here).new_units == {}


def test_somebody_leads_what_the_file_names_nobody_for(house: House) -> None:
    nameless = sheet("1;Claims triage;Scores new claims.;;Claims;;Trial;;;")

    account = take(house, source(nameless, lead="mara"))
    assert [row.lead for row in account.rows] == ["mara"]
    assert [row.outcome for row in take(house, source(nameless, lead="tom")).rows] == [Outcome.UNCHANGED]
    with pytest.raises(RuleBroken, match="nobody"):
        look(house, source(nameless, lead="nobody"))


@pytest.mark.parametrize("who", ["lena", "omar", "ruth", "rafael"])
def test_only_compliance_officers_import(house: House, who: str) -> None:
    with pytest.raises(NotAllowed):
        take(house, who=who)
    with pytest.raises(NotAllowed):
        look(house, who=who)


def test_what_changed_in_the_file_is_taken_over_and_nothing_else(house: House) -> None:
    take(house)
    house.act("aoife", lambda log: initiatives.describe(log, "AI-0001", initiatives.Description("Claims triage", "Our own words by now.", "motor-claims", "lena", Visibility.UNIT)))  # fmt: skip

    account = take(house, changed(1, Title="Claims routing", Privacy_checked="no"))

    assert [(row.outcome.value, row.changed) for row in account.rows] == [
        ("updated", ("answer G1-07", "name")),
        ("unchanged", ()),
        ("unchanged", ()),
    ]
    with house.read() as session:
        row = session.get_one(Initiative, "AI-0001")
        assert (row.name, row.summary, row.visibility) == ("Claims routing", "Our own words by now.", Visibility.UNIT)
        assert session.get_one(Answer, ("AI-0001", "G1-07")).claim is AnswerState.NOT_MET
    before = leaves(house)
    assert [row.outcome for row in take(house, changed(1, Title="Claims routing", Privacy_checked="no")).rows] == [Outcome.UNCHANGED] * 3
    assert leaves(house) == before


def describe(house: House) -> None:
    again = initiatives.Description(
        "Claims scoring", "Scores new motor claims.\n\nA score", "motor-claims", "lena", Visibility.ORGANISATION
    )
    house.act("aoife", lambda log: initiatives.describe(log, "AI-0001", again))


def answer(house: House) -> None:
    def do(log: object) -> None:
        piece = answers.add_evidence(log, "AI-0001", evidence(EvidenceKind.DOCUMENT, house.now))  # type: ignore[arg-type]
        answers.answer_item(log, "AI-0001", "G1-07", answers.NewAnswer(AnswerState.MET, "screened", (), [piece]))  # type: ignore[arg-type]

    house.act("lena", do)


def tier(house: House) -> None:
    house.act("lena", lambda log: initiatives.answer_tiering(log, "AI-0001", LOW, STATEMENTS, ASKED))


def ask(house: House) -> None:
    tier(house)
    house.act("lena", lambda log: gates.open_request(log, "AI-0001", "G1"))


@pytest.mark.parametrize(
    ("before", "cells", "why"),
    [
        (describe, {"Title": "Claims routing"}, "Its name was changed here since the last import."),
        (answer, {"Privacy_checked": "no"}, "Check G1-07 was answered here since the last import."),
        (tier, {"Personal_data": "sensitive"}, "Its tiering questions were answered here since the last import."),
        (ask, {"Title": "Claims routing"}, "Request AI-0001.G1-1 is open"),
        (
            lambda house: None,
            {"Phase": "Live"},
            "Its stage changed in the file (from pilot to full_production): here a stage changes only through a gate.",
        ),
    ],
)
def test_what_changed_here_too_is_refused(house: House, before: Callable[[House], None], cells: dict[str, str], why: str) -> None:
    take(house)
    before(house)

    account = look(house, changed(1, **cells))

    assert account.rows[0].outcome is Outcome.REFUSED and why in account.rows[0].told
    assert [row.outcome for row in account.rows[1:]] == [Outcome.UNCHANGED] * 2


def test_what_stands_in_no_row_any_more_is_counted(house: House) -> None:
    take(house)

    assert look(house, source(sheet(*ROWS[:2]))).gone == 1


def test_another_source_with_the_same_keys_is_another_source(house: House) -> None:
    take(house)
    other = source(mapping=MAPPING.replace("id: our-list", "id: their-list"))

    assert [row.outcome for row in take(house, other).rows] == [Outcome.IMPORTED] * 3
    assert house.stage("AI-0006") == "retired"


def test_a_prohibited_use_is_suspended_wherever_it_comes_from(house: House) -> None:
    start = MAPPING.index("tiering:")
    questions = "".join(f'    {name}: {{value: "{value}"}}\n' for name, value in LOW.items())
    statements = "".join(f'    {name}: {{value: "{value}"}}\n' for name, value in {**STATEMENTS, "HS1": "yes"}.items())
    facts = "".join(f"    {name}: {{value: {str(value).lower() if isinstance(value, bool) else value}}}\n" for name, value in ASKED.items())
    mapping = f"{MAPPING[:start]}tiering:\n  questions:\n{questions}  statements:\n{statements}  facts:\n{facts}"

    take(house, source(mapping=mapping))

    with house.read() as session:
        assert {row.standing for row in session.scalars(select(Initiative))} == {Standing.SUSPENDED}
        assert {row.actor for row in of_stream(session, "initiative/AI-0001") if row.kind == "standing.changed"} == {"system"}
    leaves(house)


def test_rows_that_contradict_themselves_are_refused(house: House) -> None:
    mapping = MAPPING.replace("  facts:\n    eu_market: {value: true}\n", '    Q9: {value: "gen_customer"}\n    Q11: {value: internal}\n')

    assert "say different things" in told(look(house, source(mapping=mapping)))[0][2]


def test_the_inventory_imports_and_every_row_is_accounted_for(house: House) -> None:
    account = take(house, inventory(), partial=True)

    assert len(account.rows) == 2_133 and len({row.says.line for row in account.rows}) == 2_133
    counts = {outcome: account.counted(outcome) for outcome in Outcome}
    assert counts == {Outcome.IMPORTED: 2_049, Outcome.UPDATED: 0, Outcome.UNCHANGED: 0, Outcome.REFUSED: 84}
    refused = [row for row in account.rows if row.outcome is Outcome.REFUSED]
    assert all(row.why for row in refused)
    assert (
        sum("Its key stands in line" in row.told for row in refused) == 80
        and sum("Its stage is blank." in row.told for row in refused) == 4
    )
    with house.read() as session:
        stages = dict(session.execute(select(Initiative.stage, func.count()).group_by(Initiative.stage)).all())
        brought = session.scalar(select(func.count()).select_from(Origin))
        claims = dict(session.execute(select(Answer.claim, func.count()).group_by(Answer.claim)).all())
    assert sum(stages.values()) == 2_049 and brought == 2_049 - stages[Stage.PILOT]
    assert set(claims) == {AnswerState.MET, AnswerState.IN_PROGRESS, AnswerState.NOT_MET}
    before = leaves(house)

    again = take(house, inventory(), partial=True)

    assert again.counted(Outcome.UNCHANGED) == 2_049 and leaves(house) == before


def test_practice_answers_of_the_inventory_stand_in_honest_states(house: House) -> None:
    """Counted from the file itself: what is blank, planned or in progress is never a yes."""
    import csv
    import io

    given = inventory()
    table = list(csv.DictReader(io.StringIO(given.content.decode("cp1252"), newline="")))
    column = next(name for name in table[0] if name.startswith("Has an AI impact assessment"))
    account = look(house, given)

    for row, cells in zip(account.rows, table, strict=True):
        said, claim = cells[column].strip().lower(), row.says.answers.get("G1-14")
        expected = {"yes": AnswerState.MET, "no": AnswerState.NOT_MET, "planned or in-progress.": AnswerState.IN_PROGRESS}.get(said)
        assert (claim.state if claim else None) is expected, (row.says.line, said)
    assert hashlib.sha256(given.content).hexdigest() == given.digest
