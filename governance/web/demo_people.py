"""The demo people on the sign-in page: shown, and let in with one click, only where nobody else can reach it."""

from sqlalchemy import select

from governance.demo.loader import PASSWORD_FILE
from governance.models.directory import Person, PersonRole
from governance.reads import people
from governance.web import current, hosts
from governance.words import word


def offered() -> list[tuple[Person, str]]:
    """The demo people with their roles, where one click may sign in."""
    if not _is_open():
        return []
    roles: dict[str, list[str]] = {}
    for row in current.session().scalars(select(PersonRole).order_by(PersonRole.role)):
        roles.setdefault(row.person_id, []).append(word(row.role).label)
    return [(person, ", ".join(roles.get(person.id, ["No role"]))) for person in people.active_people(current.session())]


def password() -> str | None:
    file = current.parts().settings.instance / PASSWORD_FILE
    return file.read_text(encoding="utf-8").strip() if _is_open() and file.exists() else None


def _is_open() -> bool:
    """A demo, shown to a browser on this machine, which asked for an address of this machine."""
    settings, organisation = current.parts().settings, current.organisation()
    return bool(organisation and organisation.demo and settings.demo and hosts.is_here(settings))
