"""What takes a check out of a dossier: a waiver that both seats granted, an exclusion that compliance confirmed."""

from dataclasses import dataclass
from datetime import date, datetime

from governance.domain.plain import Plain, instant


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver that both seats granted, as recorded. Whether it still is in force, the clock says. Words are digests."""

    id: str
    item: str
    scope: str
    reason: str
    control: str
    owner: str
    granted_at: datetime
    expires: date
    signed: tuple[tuple[str, str], ...]  # seat, who
    rule: str = ""  # digest of what the check asked; without one it was given for nothing that is asked now

    def plain(self) -> dict[str, Plain]:
        return {
            "id": self.id,
            "scope": self.scope,
            "reason": self.reason,
            "control": self.control,
            "owner": self.owner,
            "granted_at": instant(self.granted_at),
            "expires": self.expires.isoformat(),
            "signed": dict(self.signed),
            "rule": self.rule,
        }


@dataclass(frozen=True, slots=True)
class Rests:
    """What an exclusion rests on: digests of the facts with the tier, and of what the check asks."""

    facts: str
    rule: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What compliance confirmed: that a check does not apply while the facts and its rule are what they were. Words are digests."""

    id: str
    item: str
    facts: str
    reason: str
    proposed_by: str
    confirmed_by: str
    confirmed_at: datetime
    rule: str = ""  # digest of what the check asked

    @property
    def rests_on(self) -> Rests:
        return Rests(self.facts, self.rule)

    def plain(self) -> dict[str, Plain]:
        return {
            "id": self.id,
            "facts": self.facts,
            "reason": self.reason,
            "proposed_by": self.proposed_by,
            "confirmed_by": self.confirmed_by,
            "confirmed_at": instant(self.confirmed_at),
            "rule": self.rule,
        }
