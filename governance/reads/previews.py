"""The preview of an import: a file read by its mapping, and the account of every row."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from governance.domain import rights
from governance.domain.errors import RuleBroken
from governance.domain.importing import Account, RowSays
from governance.domain.policy import Policy
from governance.domain.table import Table, read_table
from governance.domain.vocabulary import Role
from governance.ledger import read
from governance.policy.mapped import says
from governance.policy.mapping import ImportMapping, check_fits, load_mapping
from governance.reads import importing, people, policies
from governance.reads.importing import Watch


@dataclass(frozen=True, slots=True)
class Source:
    """A file and its mapping as a door hands them over, each with its SHA-256. `lead` leads what the file names nobody for."""

    content: bytes
    digest: str
    mapping_name: str
    mapping: bytes
    mapping_digest: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of every row, and the record and the day that it was worked out from."""

    mapping: ImportMapping
    policy: Policy
    account: Account
    size: int  # of the ledger
    day: date


def preview(session: Session, by: str, now: datetime, source: Source, watch: Watch[RowSays] = iter) -> Preview:
    """What an import would do, row by row; nothing is written. Raises as `read_in` does."""
    size = read.size(session)  # what is recorded while this is worked out makes it older, never newer
    mapping, table, policy = read_in(session, by, now, source)
    rows = says(table, mapping, now.date())
    account = importing.account(session, by, mapping, policy, rows, table.blank, source.lead, watch)
    return Preview(mapping, policy, account, size, _day(now))


def read_in(session: Session, by: str, now: datetime, source: Source) -> tuple[ImportMapping, Table, Policy]:
    """The file and its mapping, of which each fits the other and the policy in force; no row is looked at yet.

    Compliance officers import: a row may say that something was approved before this system, and that is theirs to vouch for.
    Raises `NotAllowed`, `PolicyError` for the mapping, `RuleBroken` for the file.
    """
    check_may_import(session, by, now)
    policy = policies.current(session)
    document, mapping = load_mapping(source.mapping_name, _text(source))
    table = read_table(source.content, mapping.file.encoding, mapping.file.delimiter)
    check_fits(document, mapping, table.header, policy)
    if source.lead and not people.is_active(session, source.lead):
        raise RuleBroken(f"There is nobody {source.lead} who can sign in here, so they cannot lead what is imported.")
    return mapping, table, policy


def is_as_before(session: Session, now: datetime, before: Preview) -> bool:
    """Whether working the preview out once more would find the same: nothing was recorded since then, and it is the same day.

    Everything that it reads of the record is changed by entries alone; its policy is one of them, and asked for all the same.
    """
    same_record = before.size == read.size(session) and before.policy.digest == policies.current(session).digest
    return same_record and before.day == _day(now)


def check_may_import(session: Session, by: str, now: datetime) -> None:
    rights.check_role(people.doer(session, by, now), [Role.COMPLIANCE_OFFICER], "import initiatives")


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _text(source: Source) -> str:
    try:
        return source.mapping.decode()
    except UnicodeDecodeError as error:
        raise RuleBroken(f"The mapping is not UTF-8 at byte {error.start + 1:,}. Save it as UTF-8.") from None
