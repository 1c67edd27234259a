"""Gate requests, the revisions of their dossiers, seats and sign-offs."""

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.vocabulary import Decision, Function, ProofMethod, RequestState
from governance.models.base import Governed, Json, Moment, closed, points_to


class GateRequest(Governed):
    __tablename__ = "gate_request"

    id: Mapped[str] = mapped_column(String(100), primary_key=True, comment="AI-0042.G1-1: initiative, gate, attempt")
    initiative_key: Mapped[str] = mapped_column(points_to("initiative.key"), index=True)
    gate: Mapped[str] = mapped_column(String(60))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[RequestState] = mapped_column(closed(RequestState), index=True)
    revision: Mapped[int] = mapped_column(Integer, comment="0 while nothing was submitted")
    policy: Mapped[str] = mapped_column(String(64), comment="digest; pinned at the first submission")
    opened_by: Mapped[str] = mapped_column(points_to("person.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    first_submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by: Mapped[str | None] = mapped_column(String(60), comment="a person, or system where the last seat settled it")
    settled_why: Mapped[str | None] = mapped_column(String(64), comment="digest of the words")
    counted: Mapped[list[int]] = mapped_column(Json, comment="the leaves of the sign-offs that counted when it was settled")


class Revision(Governed):
    """A dossier as submitted, or as submitted and then put under other rules. The texts of its sections are kept by their digests."""

    __tablename__ = "revision"

    request_id: Mapped[str] = mapped_column(points_to("gate_request.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    sections: Mapped[dict[str, str]] = mapped_column(Json, comment="digest by section")
    policy: Mapped[str] = mapped_column(String(64))
    model_version: Mapped[str] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(String(64), comment="digest of the words")
    by: Mapped[str] = mapped_column(points_to("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    moved_from: Mapped[str | None] = mapped_column(String(64), comment="digest of the policy before, where the rules changed under it")


class RequestSeat(Governed):
    """A seat that the frozen plan of the current revision asks for."""

    __tablename__ = "request_seat"

    request_id: Mapped[str] = mapped_column(points_to("gate_request.id"), primary_key=True)
    seat: Mapped[str] = mapped_column(String(60), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    function: Mapped[Function] = mapped_column(closed(Function), index=True)
    label: Mapped[str] = mapped_column(Text)
    covers: Mapped[list[str]] = mapped_column(Json)
    independent: Mapped[bool]
    qualification: Mapped[str | None] = mapped_column(Text)
    order: Mapped[int] = mapped_column(Integer)


class SignOff(Governed):
    __tablename__ = "sign_off"

    leaf: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[str] = mapped_column(points_to("gate_request.id"), index=True)
    seat: Mapped[str] = mapped_column(String(60))
    function: Mapped[Function] = mapped_column(closed(Function))
    revision: Mapped[int] = mapped_column(Integer)
    decision: Mapped[Decision] = mapped_column(closed(Decision))
    dossier: Mapped[str] = mapped_column(String(64))
    covers: Mapped[dict[str, str]] = mapped_column(Json, comment="digest by section")
    by: Mapped[str] = mapped_column(points_to("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), comment="printed name at the time of signing")
    meaning: Mapped[str] = mapped_column(String(400))
    reason: Mapped[str | None] = mapped_column(String(64), comment="digest of the words")
    method: Mapped[ProofMethod] = mapped_column(closed(ProofMethod))
    looked_at: Mapped[list[dict[str, str]]] = mapped_column(Json, comment="id and text of each box that was ticked")
    at: Mapped[datetime] = mapped_column(Moment)


class Comment(Governed):
    __tablename__ = "comment"

    leaf: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[str] = mapped_column(points_to("gate_request.id"), index=True)
    words: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(points_to("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
