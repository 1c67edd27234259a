"""No silent change: whatever is altered in the ledger is named."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from governance.ledger import rebuild, tree
from governance.ledger.book import KINDS
from governance.ledger.log import Ledger
from governance.ledger.read import head
from governance.ledger.verify import verify
from governance.models.ledger import Leaf, Node, Words
from governance.storage.engines import Engines

COLUMNS = [(table.__tablename__, column.name) for table in (Leaf, Node, Words) for column in table.__table__.columns]
CHANGED = {"INTEGER": "{c} + 50", "BLOB": "CAST({c} || x'00' AS BLOB)", "TEXT": "{c} || 'x'", "VARCHAR": "{c} || 'x'"}


def alter(file: Path, statement: str) -> int:
    """What somebody with the file in hand can do: drop the guards, then change what they like."""
    with sqlite3.connect(file) as foreign:
        for (name,) in foreign.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            foreign.execute(f"DROP TRIGGER {name}")
        return foreign.execute(statement).rowcount


def test_an_honest_ledger_verifies(story: Ledger, session: Session) -> None:
    report = verify(session)

    assert not report.problems
    assert (report.size, report.root) == (7, head(session).root)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_changed_column_of_every_row_is_named(story: Ledger, file: Path, engines: Engines, table: str, column: str) -> None:
    kind = {c.name: str(c.type).split("(")[0] for c in {"leaf": Leaf, "node": Node, "words": Words}[table].__table__.columns}[column]
    with sqlite3.connect(file) as foreign:
        rows = foreign.execute(f'SELECT rowid FROM "{table}"').fetchall()

    for (row,) in rows:
        copy = file.with_name(f"{table}-{column}-{row}.sqlite3")
        with sqlite3.connect(file) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        value = CHANGED[kind].format(c=f'"{column}"') if column != "at" else "'2020-01-01T00:00:00.000000Z'"
        assert alter(copy, f'UPDATE "{table}" SET "{column}" = {value} WHERE rowid = {row}') == 1

        opened = _reading(copy)
        with Session(opened) as session:
            problems = verify(session).problems
        opened.dispose()
        assert problems, f"row {row}"
        assert any(problem.where.startswith({"leaf": "entry", "node": "node", "words": "words"}[table]) for problem in problems)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ('DELETE FROM leaf WHERE "index" = 3', "missing"),
        ('UPDATE leaf SET body = (SELECT body FROM leaf WHERE "index" = 1) WHERE "index" = 2', "header names"),
        ("DELETE FROM node WHERE level = 2", "missing"),
        ("INSERT INTO node VALUES (9, 0, x'00')", "no such node"),
    ],
)
def test_removed_swapped_and_invented_rows_are_named(story: Ledger, file: Path, session: Session, statement: str, named: str) -> None:
    assert alter(file, statement)

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
def test_a_row_that_no_event_explains_is_named(story: Ledger, file: Path, session: Session, statement: str, named: str) -> None:
    alter(file, statement)

    assert [str(difference) for difference in rebuild.check(session)] == [named]


def test_an_event_of_a_newer_program_stops_the_replay(story: Ledger, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(KINDS, "unit.renamed")

    with pytest.raises(rebuild.UnknownKind, match=r"unit\.renamed"):
        rebuild.check(session)


def test_replay_stops_where_it_is_told(story: Ledger, session: Session) -> None:
    from governance.models.directory import Person

    shelf = rebuild.replay(rebuild.entries(session, upto=4), rebuild.Shelf())

    assert shelf.get(Person, "bo").title == "Head"


def _reading(file: Path):  # type: ignore[no-untyped-def]
    import sqlalchemy as sa

    return sa.create_engine(f"sqlite:///{file}")


assert tree.EMPTY
