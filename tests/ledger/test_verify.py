"""No silent change: whatever is altered in the ledger is named."""

from itertools import product

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from governance.ledger import rebuild
from governance.ledger.book import KINDS
from governance.ledger.log import Ledger
from governance.ledger.read import head
from governance.ledger.verify import verify
from governance.models.base import table_of
from governance.models.ledger import Checkpoint, Leaf, Node, Words
from tests.ledger.conftest import SIZE
from tests.tampering import alter, tampering

TABLES = {"leaf": Leaf, "node": Node, "words": Words, "checkpoint": Checkpoint}
COLUMNS = [(name, column.name) for name, table in TABLES.items() for column in table.__table__.columns]
TEXT = ["{c} || 'x'", "''"]
SQLITE_TEXT = [*TEXT, "CAST(x'ff' AS TEXT)", "CAST({c} AS BLOB)", "{c} || char(0)", "upper({c}) || 'X'"]
CHANGED = {
    "sqlite": {
        "INTEGER": ["{c} + 50", "-1 - {c}", "{c} + 0.5", "'x'"],
        "BLOB": ["CAST({c} || x'00' AS BLOB)", "x'00'", "CAST(hex({c}) AS TEXT)", "zeroblob(length({c}) + 1)"],
        "TEXT": [*SQLITE_TEXT, "NULL"],
        "VARCHAR": SQLITE_TEXT,
    },
    "postgresql": {
        "INTEGER": ["{c} + 50", "-1 - {c}"],
        "BLOB": [r"{c} || '\x00'::bytea", r"'\x00'::bytea", "sha256({c})", "convert_to('x' || encode({c}, 'hex'), 'UTF8')"],
        "TEXT": [*TEXT, "NULL", "{c} || chr(1)"],
        "VARCHAR": [*TEXT, "upper({c}) || 'X'"],
    },
}
"""What somebody may write over a value: another one, another type where the engine takes it, a text that is no text."""
ADDED = {
    "at": ["'2020-01-01T00:00:00.000000Z'", "replace({c}, 'Z', '+00:00')"],
    "note": ["replace({c}, char(10) || '1', char(10) || '01')", "replace({c}, '/', '_')", "replace({c}, char(10), '')"],
    "size": ["{c} - 1", "{c} + 1"],
    "header": ["CAST(' ' || {c} AS BLOB)", "CAST('{{}}' AS BLOB)"],
}
ROW = {"sqlite": "rowid", "postgresql": "ctid"}
"""Where an engine has a row, whatever its values are."""
NOT_SIGNED = ("checkpoint", "at")
"""A head has no line for its moment, so another one is no damage; what is no moment is."""


def test_an_honest_ledger_verifies(story: Ledger, session: Session) -> None:
    report = verify(session)

    assert not report.problems
    assert (report.size, report.root, report.heads, report.keys) == (SIZE, head(session).root, 0, ())


def test_an_honest_ledger_with_signed_heads_verifies(signed: Ledger, session: Session) -> None:
    report = verify(session)

    assert not report.problems
    assert (report.size, report.heads, [key.entry for key in report.keys]) == (SIZE + 2, 2, [SIZE])


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_changed_column_of_every_row_is_named(signed: Ledger, engine: str, table: str, column: str) -> None:
    kind = str(table_of(TABLES[table]).columns[column].type).split("(", maxsplit=1)[0]
    added = ADDED.get(column, []) if (engine == "sqlite" or kind == "VARCHAR") and (table, column) != NOT_SIGNED else []
    changes = [change.format(c=f'"{column}"') for change in CHANGED[engine][kind] + added]

    with tampering(signed.engines) as connection, Session(connection, join_transaction_mode="rollback_only") as session:
        rows = connection.exec_driver_sql(f'SELECT {ROW[engine]} FROM "{table}"').scalars().all()
        for row, change in product(rows, changes):
            connection.exec_driver_sql("SAVEPOINT before")
            if _took(connection, f'UPDATE "{table}" SET "{column}" = {change} WHERE {ROW[engine]} = \'{row}\''):
                assert _named(session, table), f"{change} in row {row}"
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT before")
        assert not verify(session).problems


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ('DELETE FROM leaf WHERE "index" = 3', "missing"),
        ('UPDATE leaf SET body = (SELECT body FROM leaf WHERE "index" = 1) WHERE "index" = 2', "header names"),
        ("DELETE FROM node WHERE level = 2", "missing"),
        ("INSERT INTO node SELECT 9, 0, hash FROM node LIMIT 1", "no such node"),
        ("DELETE FROM checkpoint WHERE id = 0", "head 1, id: it had to be 0"),
        ("UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE id = 0) WHERE id = 1", "head 1, size: it is not what was signed"),
        ("INSERT INTO checkpoint SELECT 2, 99, root, note, at, key_id FROM checkpoint WHERE id = 1", "head 2, size: it is not what"),
        ("DELETE FROM words WHERE text LIKE 'a reason%'", "missing, and entry 7 names it"),
        ("DELETE FROM words WHERE text LIKE 'a text%'", "missing, and entry 8 names it"),
        (f"INSERT INTO words SELECT '{'ab' * 32}', salt, 'never said' FROM words LIMIT 1", "no entry names this text"),
    ],
)
def test_removed_swapped_and_invented_rows_are_named(signed: Ledger, session: Session, statement: str, named: str) -> None:
    assert alter(signed.engines, statement)

    assert any(named in str(problem) for problem in verify(session).problems)


def test_the_tables_are_what_the_ledger_says(story: Ledger, session: Session) -> None:
    assert rebuild.check(session) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE person SET title = 'Emperor' WHERE id = 'bo'", "person bo: title is 'Emperor', the ledger says 'Chair'"),
        ("DELETE FROM person WHERE id = 'ada'", "person ada: row is 'missing', the ledger says 'there'"),
        ("INSERT INTO unit VALUES ('ghost', 'Ghost')", "unit ghost: row is 'there', the ledger says 'missing'"),
    ],
)
def test_a_row_that_no_event_explains_is_named(story: Ledger, session: Session, statement: str, named: str) -> None:
    alter(story.engines, statement)

    assert [str(difference) for difference in rebuild.check(session)] == [named]


def test_an_event_of_a_newer_program_stops_the_replay(story: Ledger, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(KINDS, "unit.renamed")

    with pytest.raises(rebuild.UnknownKind, match=r"unit\.renamed"):
        rebuild.check(session)


def test_replay_stops_where_it_is_told(story: Ledger, session: Session) -> None:
    from governance.models.directory import Person

    shelf = rebuild.replay(rebuild.entries(session, upto=4), rebuild.Shelf())

    assert shelf.get(Person, "bo").title == "Head"


def _took(connection: Connection, statement: str) -> bool:
    """Whether the database took a change: an index that is no number, a text that is too long are refused."""
    try:
        return connection.exec_driver_sql(statement).rowcount == 1
    except DatabaseError:
        return False


def _named(session: Session, table: str) -> bool:
    where = {"leaf": "entry", "node": "node", "words": "words", "checkpoint": "head"}[table]
    return any(problem.where.startswith(where) for problem in verify(session).problems)
