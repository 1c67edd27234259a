"""What can happen to the organisation, its units and its people."""

from datetime import datetime

from governance.domain.text import fold
from governance.domain.vocabulary import Function, PasswordWay, Role
from governance.ledger.book import Book, Event, event
from governance.models.directory import Organisation, Person, PersonFunction, PersonRole, Unit

ORGANISATION = "organisation"


@event("settings.changed")
class SettingsChanged(Event, frozen=True, kw_only=True):
    """The organisation's name, time zone, holidays and logo, all of them, as they are from now on."""

    name: str
    time_zone: str
    holidays: list[str]
    logo: str | None = None
    demo: bool = False

    def apply(self, book: Book) -> None:
        stated = {"name": self.name, "time_zone": self.time_zone, "holidays": self.holidays, "logo": self.logo, "demo": self.demo}
        book.put(Organisation(id=ORGANISATION, **stated))

    def files_kept(self) -> list[str | None]:
        return [self.logo]


@event("unit.opened")
class UnitOpened(Event, frozen=True, kw_only=True):
    unit: str
    name: str

    def apply(self, book: Book) -> None:
        book.add(Unit(id=self.unit, name=self.name))


@event("unit.renamed")
class UnitRenamed(Event, frozen=True, kw_only=True):
    unit: str
    name: str

    def apply(self, book: Book) -> None:
        book.get(Unit, self.unit).name = self.name


@event("person.registered")
class PersonRegistered(Event, frozen=True, kw_only=True):
    person: str
    name: str
    title: str
    unit: str

    def apply(self, book: Book) -> None:
        book.add(
            Person(
                id=self.person,
                name=self.name,
                folded=fold(self.name),
                title=self.title,
                unit_id=self.unit,
                qualifications=[],
                time_zone=None,
                registered_at=book.at,
                disabled_at=None,
                password_reset_at=None,
            )
        )


@event("person.changed")
class PersonChanged(Event, frozen=True, kw_only=True):
    person: str
    name: str
    title: str
    unit: str
    qualifications: list[str]
    time_zone: str | None = None

    def apply(self, book: Book) -> None:
        row = book.get(Person, self.person)
        row.name, row.folded, row.title, row.unit_id = self.name, fold(self.name), self.title, self.unit
        row.qualifications, row.time_zone = self.qualifications, self.time_zone


@event("person.disabled")
class PersonDisabled(Event, frozen=True, kw_only=True):
    person: str
    reason: str | None = None  # digest of the words

    def apply(self, book: Book) -> None:
        book.get(Person, self.person).disabled_at = book.at

    def words_kept(self) -> list[str | None]:
        return [self.reason]


@event("person.enabled")
class PersonEnabled(Event, frozen=True, kw_only=True):
    person: str

    def apply(self, book: Book) -> None:
        book.get(Person, self.person).disabled_at = None


@event("person.locked")
class PersonLocked(Event, frozen=True, kw_only=True):
    """Too many wrong passwords in a row."""

    changes = False

    person: str
    until: str

    def apply(self, book: Book) -> None:
        """Nothing a page shows changes; the entry is the alarm."""


@event("person.link_made")
class LinkMade(Event, frozen=True, kw_only=True):
    """An administrator made a link by which whoever has it can set a password, once."""

    changes = False

    person: str
    until: str

    def apply(self, book: Book) -> None:
        """Nothing a page shows changes until the link is used."""


@event("person.password_set")
class PasswordSet(Event, frozen=True, kw_only=True):
    """A password came to be. Nothing about the password itself goes on record."""

    person: str
    way: PasswordWay

    def apply(self, book: Book) -> None:
        if self.way is PasswordWay.LINK:
            book.get(Person, self.person).password_reset_at = book.at


@event("role.granted")
class RoleGranted(Event, frozen=True, kw_only=True):
    person: str
    role: Role
    until: str | None = None

    def apply(self, book: Book) -> None:
        until = datetime.fromisoformat(self.until) if self.until else None
        book.add(PersonRole(person_id=self.person, role=self.role, since=book.at, until=until))


@event("role.withdrawn")
class RoleWithdrawn(Event, frozen=True, kw_only=True):
    person: str
    role: Role

    def apply(self, book: Book) -> None:
        book.remove(book.get(PersonRole, (self.person, self.role)))


@event("function.granted")
class FunctionGranted(Event, frozen=True, kw_only=True):
    """Somebody may sign for a function, in one unit or (None) in all."""

    person: str
    function: Function
    unit: str | None = None

    def apply(self, book: Book) -> None:
        book.add(PersonFunction(person_id=self.person, function=self.function, unit_id=self.unit or "", since=book.at))


@event("function.withdrawn")
class FunctionWithdrawn(Event, frozen=True, kw_only=True):
    person: str
    function: Function
    unit: str | None = None

    def apply(self, book: Book) -> None:
        book.remove(book.get(PersonFunction, (self.person, self.function, self.unit or "")))
