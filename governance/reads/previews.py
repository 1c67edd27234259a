"""The preview of an import: a file read by its mapping, and the account of every row."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain import rights
from governance.domain.errors import RuleBroken
from governance.domain.importing import Account
from governance.domain.policy import Policy
from governance.domain.table import read_table
from governance.domain.vocabulary import Role
from governance.policy.mapped import says
from governance.policy.mapping import ImportMapping, check_fits, load_mapping
from governance.reads import importing, people, policies


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
    mapping: ImportMapping
    policy: Policy
    account: Account


def preview(session: Session, by: str, now: datetime, source: Source) -> Preview:
    """What an import would do, row by row; nothing is written. Raises `PolicyError` for the mapping, `RuleBroken` for the file.

    Compliance officers import: a row may say that something was approved before this system, and that is theirs to vouch for.
    """
    rights.check_role(people.doer(session, by, now), [Role.COMPLIANCE_OFFICER], "import initiatives")
    policy = policies.current(session)
    document, mapping = load_mapping(source.mapping_name, _text(source))
    table = read_table(source.content, mapping.file.encoding, mapping.file.delimiter)
    check_fits(document, mapping, table.header, policy)
    if source.lead and not people.is_active(session, source.lead):
        raise RuleBroken(f"There is nobody {source.lead} who can sign in here, so they cannot lead what is imported.")
    rows = says(table, mapping, now.date())
    return Preview(mapping, policy, importing.account(session, by, mapping, policy, rows, table.blank, source.lead))


def _text(source: Source) -> str:
    try:
        return source.mapping.decode()
    except UnicodeDecodeError as error:
        raise RuleBroken(f"The mapping is not UTF-8 at byte {error.start + 1:,}. Save it as UTF-8.") from None
