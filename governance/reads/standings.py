"""What keeps an initiative down, worked out from its causes: answers that name a prohibited use, and waivers that are overdue."""

from sqlalchemy.orm import Session

from governance.domain.vocabulary import Standing, Tier
from governance.models.initiatives import Initiative, Tiering
from governance.reads import waivers


def asked(session: Session, key: str) -> tuple[Standing, str] | None:
    """The gravest standing that anything asks for now, and why; None where nothing does. A prohibited use outweighs all else."""
    if (why := _prohibited(session, key)) is not None:
        return Standing.SUSPENDED, why
    return waivers.effect(session, key)


def to_suspend(session: Session, key: str) -> str | None:
    """Why an initiative is to be suspended for a prohibited use, where that is not the reason on record.

    Also one that is suspended already: whoever lifts that other suspension must find this one.
    """
    why = _prohibited(session, key)
    return None if why == session.get_one(Initiative, key).standing_why else why


def _prohibited(session: Session, key: str) -> str | None:
    row = session.get(Tiering, key)
    if row is None or row.tier is not Tier.PROHIBITED:
        return None
    return f"the tiering answers name a prohibited use ({row.decided_by})"
