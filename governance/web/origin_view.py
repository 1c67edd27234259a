"""What a page says of an initiative that was brought in: one notice, the same everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from governance.domain.errors import NotAllowed
from governance.domain.moving_in import IN_PRODUCTION, NOT_SIGNED_HERE, check_may_vouch
from governance.domain.text import day_in_words
from governance.domain.vocabulary import Regularity, Stage
from governance.models.moving_in import Origin
from governance.reads import moving_in
from governance.web import current
from governance.web.filters import plain
from governance.web.loading import Loaded
from governance.words import Word, word

NOT_SIGNED = NOT_SIGNED_HERE[0].upper() + NOT_SIGNED_HERE[1:]


@dataclass(frozen=True, slots=True)
class Notice:
    """Where it was found, and whether it is regular here by now."""

    said: Word
    what: str
    until: str
    href: str | None = None  # where an officer records that it is regular


def notice(found: Loaded, origin: Origin | None) -> Notice | None:
    if origin is None:
        return None
    where = moving_in.regularity(origin, current.now().date())
    what = f"Found in {plain(origin.stage)} since {day_in_words(origin.since)}, on the word of {origin.said_by}, {origin.said_as}."
    href = url_for("moving_in.regularise", key=found.initiative.key) if _may_regularise(found, origin, where) else None
    return Notice(word(where), what, _until(origin, where), href)


def vouches(found: Loaded) -> bool:
    """Whether the reader may say what was approved before this system."""
    try:
        check_may_vouch(current.doer(), found.ties, "say so")
    except NotAllowed:
        return False
    return True


def digests(origin: Origin | None) -> list[str | None]:
    """Of the words that the overview shows of it."""
    return [origin.reason, origin.regularised_why] if origin else []


def before(origin: Origin | None, texts: Mapping[str, str]) -> dict[str, object]:
    """What the overview tells of it: the words it rests on, and the papers."""
    if origin is None:
        return {}
    return {"reason": texts.get(origin.reason), "why": texts.get(origin.regularised_why or ""), "papers": moving_in.papers(origin)}


def brief(origin: Origin) -> str:
    """For a line of a list: that it was not signed here, and what that asks for."""
    where = moving_in.regularity(origin, current.now().date())
    due = f", by {day_in_words(origin.regularise_by)}" if origin.regularise_by and where is not Regularity.REGULARISED else ""
    return f"{NOT_SIGNED}: {word(where).past}{due}"


def _may_regularise(found: Loaded, origin: Origin, where: Regularity) -> bool:
    irregular = where in (Regularity.DUE, Regularity.OVERDUE) and origin.stage in IN_PRODUCTION
    return irregular and origin.by != current.doer().id and vouches(found)


def _until(origin: Origin, where: Regularity) -> str:
    match where:
        case Regularity.REGULARISED if origin.regularised_request:
            return f"Regular here since request {origin.regularised_request} passed."
        case Regularity.REGULARISED:
            return "Regular here since a compliance officer recorded the evidence; no gate said so."
        case Regularity.KEPT:
            return "It is retired, and kept for the record."
    until = day_in_words(origin.regularise_by) if origin.regularise_by else ""
    return f"{'It was due by' if where is Regularity.OVERDUE else 'Until'} {until}, {_ways(origin.stage)}."


def _ways(stage: Stage) -> str:
    """How it becomes regular. No gate leads on from full production."""
    gate, record = "by passing a gate here", "on evidence that another compliance officer records"
    if stage is Stage.FULL_PRODUCTION:
        return record
    return f"{gate}, or {record}" if stage in IN_PRODUCTION else gate
