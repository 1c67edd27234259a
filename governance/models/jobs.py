"""Work for the worker process. The rows are the truth; a lease says who is at it."""

from datetime import datetime

from sqlalchemy import Boolean, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.models.base import Base, Json, Moment


class Leased:
    """What one worker takes in hand at a time, until it is done or has failed."""

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    failed: Mapped[str | None] = mapped_column(Text, comment="what went wrong, in words")

    @property
    def try_in_hand(self) -> tuple[object, ...]:
        """Tells one try from every other: whoever began one that is not the latest has lost the job."""
        return (self.tries,)


class Job(Leased, Base):
    """An evidence report that somebody asked for."""

    __tablename__ = "job"

    kind: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[dict[str, str]] = mapped_column(Json)
    asked_by: Mapped[str] = mapped_column(String(60), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)
    step: Mapped[int] = mapped_column(Integer, default=0)
    steps: Mapped[int] = mapped_column(Integer, default=0, comment="0 while unknown")
    doing: Mapped[str] = mapped_column(String(200), default="")
    result: Mapped[str | None] = mapped_column(String(80), comment="the pack it made")


class ImportJob(Leased, Base):
    """A spreadsheet that somebody handed over: previewed, confirmed, carried out by the worker. The ledger knows of it only then."""

    __tablename__ = "import_job"

    asked_by: Mapped[str] = mapped_column(String(60), index=True, comment="who handed it over, sees it, and confirms it")
    asked_at: Mapped[datetime] = mapped_column(Moment)
    title: Mapped[str] = mapped_column(String(200), comment="what the file was called where it came from")
    sheet: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, comment="pressed; none once it is in the content store")
    sheet_digest: Mapped[str] = mapped_column(String(64))
    mapped: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, comment="the mapping, as the sheet")
    mapped_digest: Mapped[str] = mapped_column(String(64))
    fallback_lead: Mapped[str] = mapped_column(String(60), comment="who leads what the file names nobody for; empty for nobody")
    told: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, comment="the account of every row, packed")
    told_digest: Mapped[str] = mapped_column(String(64))
    told_at: Mapped[datetime] = mapped_column(Moment, index=True)
    told_size: Mapped[int] = mapped_column(Integer, comment="of the ledger, when the account was worked out")
    imported: Mapped[int] = mapped_column(Integer)
    updated: Mapped[int] = mapped_column(Integer)
    unchanged: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    leaves_out: Mapped[bool] = mapped_column(Boolean, comment="whether refused rows are left out, as confirmed")

    @property
    def try_in_hand(self) -> tuple[object, ...]:
        """One that was refused, looked at and confirmed again begins to count anew."""
        return self.tries, self.confirmed_at


class PolicyJob(Leased, Base):
    """What a policy would change, to be worked out; or requests to be moved to the policy in force, one after another."""

    __tablename__ = "policy_job"

    kind: Mapped[str] = mapped_column(String(20))
    policy: Mapped[str] = mapped_column(String(64), index=True, comment="digest of the policy it is about")
    asked_by: Mapped[str] = mapped_column(String(60), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)
    chosen: Mapped[list[str]] = mapped_column(Json, comment="the requests to be moved")
    because: Mapped[str] = mapped_column(Text, comment="why they are moved; empty once each that was moved has it on record")
    told: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, comment="what was found, or what became of each request, packed")
