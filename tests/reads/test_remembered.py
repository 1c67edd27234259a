"""What is worked out once in a transaction: each such read names every kind of row that it rests on, and no answer outlives a change."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Table, event
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import visitors

from governance.domain.vocabulary import Function
from governance.ledger.memo import MEMO, RESTS_ON, remembered
from governance.models.base import Governed, governed_classes, table_of
from governance.models.directory import Unit
from governance.models.gates import GateRequest, Revision
from governance.reads import exclusions, frozen, loosenings, material, people, reviews, waivers
from governance.services import directory
from tests.prepared import begun
from tests.services.conftest import House, house, in_review, submitted

__all__ = ["house", "in_review"]

REQUEST, KEY = "AI-0001.G1-1", "AI-0001"


@pytest.fixture
def engine() -> str:
    return "sqlite"


@begun("house", submitted)
def signed(house: House) -> None:
    """In review, with one seat decided."""
    house.sign(Function.BUSINESS)


def as_submitted(session: Session, house: House) -> object:
    with house.read() as other:
        request, revision = other.get_one(GateRequest, REQUEST), other.get_one(Revision, (REQUEST, 1))
    return frozen.frozen_material(session, request, revision, revision.policy)


ASKED: dict[Callable[..., Any], Callable[[Session, House], object]] = {
    material.answers: lambda session, _: material.answers(session, KEY),
    material.evidence: lambda session, _: material.evidence(session, KEY),
    material.team: lambda session, _: material.team(session, KEY),
    material.open_points: lambda session, _: material.open_points(session, KEY),
    material.ml_test_score: lambda session, _: material.ml_test_score(session, KEY),
    material.limits: lambda session, _: material.limits(session, KEY),
    material.approved: lambda session, _: material.approved(session, KEY),
    exclusions.confirmed: lambda session, _: exclusions.confirmed(session, KEY),
    waivers.granted: lambda session, _: waivers.granted(session, KEY),
    frozen.frozen_material: as_submitted,
    loosenings.recent: lambda session, house: loosenings.recent(session, house.now),
    loosenings.taken_at: lambda session, _: loosenings.taken_at(session, REQUEST, "0" * 64),
    people.doer: lambda session, house: people.doer(session, "lena", house.now),
    people.signers_of: lambda session, house: people.signers_of(session, frozenset({"joao"}), house.now),
    people.ties: lambda session, _: people.ties(session, KEY),
    reviews.on_the_table: lambda session, house: reviews.on_the_table(session, REQUEST, house.now),
    reviews.seats: lambda session, _: reviews.seats(session, REQUEST),
    reviews.last_submitted: lambda session, _: reviews.last_submitted(session, REQUEST),
    reviews.sign_offs: lambda session, _: reviews.sign_offs(session, REQUEST),
    reviews.submitters: lambda session, _: reviews.submitters(session, REQUEST),
}
"""How each remembered read is asked."""


@contextmanager
def asked_of(session: Session) -> Iterator[set[Table]]:
    """The tables that statements of this session name."""
    named: set[Table] = set()

    def note(state: ORMExecuteState) -> None:
        named.update(part for part in visitors.iterate(state.statement) if isinstance(part, Table))

    event.listen(session, "do_orm_execute", note)
    yield named


def test_every_remembered_read_is_looked_at() -> None:
    assert ASKED.keys() == RESTS_ON.keys()


def test_each_names_every_kind_of_row_that_it_rests_on(signed: House) -> None:
    kinds = {table_of(kind): kind for kind in governed_classes()}
    for read, ask in ASKED.items():
        with signed.read() as fresh, asked_of(fresh) as named:
            ask(fresh, signed)
        rests_on = {kinds[table] for table in named if table in kinds}
        assert rests_on, read.__name__
        unnamed = {kind for kind in rests_on if not issubclass(kind, RESTS_ON[read])}
        assert not unnamed, f"{read.__name__} reads these too: {unnamed}"


def test_an_answer_holds_until_a_row_of_its_kinds_changes(signed: House) -> None:
    def work(log: Any) -> None:
        seats, table = reviews.seats(log.session, REQUEST), reviews.on_the_table(log.session, REQUEST, log.now)
        directory.open_unit(log, "legal", "Legal")
        assert reviews.seats(log.session, REQUEST) is seats, "no seat changed"
        assert reviews.on_the_table(log.session, REQUEST, log.now) is not table, "anything might bear on it"

    signed.act("omar", work)


def test_an_answer_does_not_outlive_a_change_or_its_transaction(signed: House) -> None:
    calls: list[str] = []

    @remembered(Unit)
    def names(session: Session) -> list[str]:
        calls.append("asked")
        return sorted(people.units(session).values())

    try:

        def work(log: Any) -> None:
            before = names(log.session)
            assert names(log.session) is before and len(calls) == 1
            directory.open_unit(log, "legal", "Legal")
            assert names(log.session) == sorted([*before, "Legal"])

        signed.act("omar", work)
        with signed.read() as session:
            assert "Legal" in names(session)
            session.rollback()
            assert MEMO not in session.info
    finally:
        del RESTS_ON[names]


def test_a_remembered_read_of_anything_is_forgotten_at_any_change() -> None:
    assert RESTS_ON[reviews.on_the_table] == (Governed,)
