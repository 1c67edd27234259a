"""Many events at once leave what one at a time leaves: the same leaves, the same rows, the same guards."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from governance.domain.vocabulary import Stage, Visibility
from governance.events import streams
from governance.events.directory import UnitOpened, UnitRenamed
from governance.events.initiatives import Described, ModelNamed, Registered, TieringAnswered, ViewerNamed, ViewerRemoved
from governance.events.moving_in import BroughtIn
from governance.ledger import rebuild
from governance.ledger.book import Event
from governance.ledger.log import Log
from governance.ledger.verify import verify
from governance.models.initiatives import Initiative, NamedViewer
from governance.models.ledger import Leaf
from tests.services.conftest import House, house

__all__ = ["house"]

WHAT = {"name": "Claims triage", "summary": "Scores new claims.", "unit": "claims", "lead": "lena", "visibility": Visibility.ORGANISATION}
TIERED = {"policy": "ab" * 32, "questions": {}, "statements": {}, "asked": {}, "facts": {}, "missing": [], "decided_by": "score"}


def events(log: Log, key: str) -> list[tuple[Event, str]]:
    reason = log.keep_words(f"found so: {key}")
    told = [
        Registered(initiative=key, **WHAT),  # type: ignore[arg-type]
        TieringAnswered(initiative=key, score=1, **TIERED),  # type: ignore[arg-type]
        ViewerNamed(initiative=key, person="ruth"),
        BroughtIn(
            initiative=key, stage=Stage.REVIEW, since="2024-05-01", said_by="Ada", said_as="head", reason=reason, regularise_by="2027-01-01"
        ),
        ViewerRemoved(initiative=key, person="ruth"),
        ViewerNamed(initiative=key, person="tom"),
        ModelNamed(initiative=key, version="2.0"),
        TieringAnswered(initiative=key, score=2, **TIERED),  # type: ignore[arg-type]
    ]
    return [(one, streams.initiative(key)) for one in told]


def one_by_one(log: Log, found: list[tuple[Event, str]]) -> None:
    for event, stream in found:
        log.record(event, stream)


def at_once(log: Log, found: list[tuple[Event, str]]) -> None:
    log.record_all(found)


def facts(house: House) -> tuple[list[tuple[int, str, int, str]], list[tuple[str, ...]]]:
    with house.read() as session:
        assert not verify(session).problems and not rebuild.check(session)
        leaves = [tuple(row) for row in session.execute(select(Leaf.index, Leaf.stream, Leaf.seq, Leaf.kind).order_by(Leaf.index))]
        rows = [(row.key, row.stage.value, row.model_version) for row in session.scalars(select(Initiative).order_by(Initiative.key))]
        return leaves, rows + [(row.initiative_key, row.person_id) for row in session.scalars(select(NamedViewer))]  # type: ignore[return-value]


@pytest.mark.parametrize("record", [one_by_one, at_once])
def test_a_batch_leaves_what_single_events_leave(house: House, record: Callable[[Log, list[tuple[Event, str]]], None]) -> None:
    house.act("aoife", lambda log: record(log, [*events(log, "AI-0001"), *events(log, "AI-0002")]))

    leaves, rows = facts(house)
    assert [(seq, kind) for _, stream, seq, kind in leaves if stream == "initiative/AI-0002"][-1] == (7, "tiering.answered")
    assert rows == [("AI-0001", "review", "2.0"), ("AI-0002", "review", "2.0"), ("AI-0001", "tom"), ("AI-0002", "tom")]


def test_what_is_there_already_is_changed_where_it_is(house: House) -> None:
    house.register()
    changed = Described(initiative="AI-0001", **{**WHAT, "name": "Claims routing"})  # type: ignore[arg-type]
    tiered = TieringAnswered(initiative="AI-0001", score=9, **TIERED)  # type: ignore[arg-type]
    stream = streams.initiative("AI-0001")

    house.act(
        "aoife",
        lambda log: log.record_all([(changed, stream), (tiered, stream), (UnitOpened(unit="new", name="New"), streams.unit("new"))]),
    )
    house.act("aoife", lambda log: log.record_all([(UnitRenamed(unit="new", name="Newer"), streams.unit("new"))]))

    facts(house)
    with house.read() as session:
        assert session.get_one(Initiative, "AI-0001").name == "Claims routing"


def test_a_row_that_is_there_is_never_replaced(house: House) -> None:
    with pytest.raises(IntegrityError):
        house.act("aoife", lambda log: log.record_all([(UnitOpened(unit="claims", name="Other"), streams.unit("other"))]))
    facts(house)


def test_a_batch_that_fails_leaves_nothing(house: House) -> None:
    before = facts(house)

    with pytest.raises(KeyError):
        house.act(
            "aoife", lambda log: log.record_all([*events(log, "AI-0001"), (ModelNamed(initiative="AI-9", version="1"), "initiative/AI-9")])
        )
    assert facts(house) == before


def test_an_empty_batch_is_nothing(house: House) -> None:
    before = facts(house)
    house.act("aoife", lambda log: log.record_all([]))
    assert facts(house) == before
