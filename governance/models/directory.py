"""Units, people, and what they may do. Passwords and e-mail addresses are not here but in `accounts`."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.vocabulary import Function, Role
from governance.models.base import Governed, Json, Moment, closed, points_to


class Unit(Governed):
    __tablename__ = "unit"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class Person(Governed):
    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(200), index=True, comment="the name as lists sort and search it")
    title: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[str] = mapped_column(points_to("unit.id"), index=True)
    qualifications: Mapped[list[str]] = mapped_column(Json)
    time_zone: Mapped[str | None] = mapped_column(String(60), comment="None: the organisation's")
    registered_at: Mapped[datetime] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    password_reset_at: Mapped[datetime | None] = mapped_column(Moment, comment="a password was set through a link, last")


class PersonRole(Governed):
    __tablename__ = "person_role"

    person_id: Mapped[str] = mapped_column(points_to("person.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(closed(Role), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment, comment="an auditor's access ends here")


class PersonFunction(Governed):
    """A function somebody may sign for; `unit_id` is empty where it holds for every unit."""

    __tablename__ = "person_function"

    person_id: Mapped[str] = mapped_column(points_to("person.id"), primary_key=True)
    function: Mapped[Function] = mapped_column(closed(Function), primary_key=True)
    unit_id: Mapped[str] = mapped_column(String(60), primary_key=True, default="")
    since: Mapped[datetime] = mapped_column(Moment)


class Organisation(Governed):
    """The settings of this instance: one row."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(60))
    holidays: Mapped[list[str]] = mapped_column(Json, comment="ISO dates on which nobody is expected to work")
    logo: Mapped[str | None] = mapped_column(String(64), comment="SHA-256 of a PNG in the content store")
    demo: Mapped[bool] = mapped_column(comment="people and numbers are fictional")
