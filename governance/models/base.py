"""The declarative base every table shares."""

from sqlalchemy import ForeignKey, MetaData, Table
from sqlalchemy.orm import DeclarativeBase

from governance.storage.columns import Json, Moment, closed

NAMES = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """Every table. Those of `Governed` change only through events; the others are durable or worked out."""

    metadata = MetaData(naming_convention=NAMES)


class Governed(Base):
    """A derived table: only an event's `apply()` changes it, and replaying the ledger gives it again."""

    __abstract__ = True
    __table_args__ = {"info": {"governed": True}}


def points_to(column: str) -> ForeignKey:
    """A reference between derived tables; checked at commit, so that rows may come in any order."""
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


def governed_classes() -> list[type[Governed]]:
    """Every mapped derived table, by name."""
    return sorted((m.class_ for m in Base.registry.mappers if issubclass(m.class_, Governed)), key=lambda kind: kind.__name__)


def table_of(kind: type[Base]) -> Table:
    """The table of a mapped class, typed as what it is."""
    table = kind.__table__
    assert isinstance(table, Table)
    return table


__all__ = ["Base", "Governed", "Json", "Moment", "closed", "governed_classes", "points_to", "table_of"]
