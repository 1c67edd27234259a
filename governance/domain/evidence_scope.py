"""How long a piece of evidence counts: until a newer one takes its place, and, where it comes from elsewhere, only inside its scope.

Evidence is never deleted. What rests on a piece that counts no more is stale until it is answered again.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from governance.domain.errors import Problem, RuleBroken
from governance.domain.plain import Plain

NO_SCOPE = "Say for what: the data set, the model version, the purpose, or some of them."
MOST_SCOPE = 200
"""Of a part of a scope, in signs."""

SHORTEST, LONGEST = 3, 4_000
"""Of a reason, in signs."""


class ScopePart(StrEnum):
    """What of two initiatives has to be the same where one uses evidence of the other."""

    DATASET = "dataset"
    MODEL_VERSION = "model_version"
    PURPOSE = "purpose"

    @property
    def spoken(self) -> str:
        return "data set" if self is ScopePart.DATASET else self.value.replace("_", " ")


class ReuseEnd(StrEnum):
    """Why evidence of another initiative counts no more."""

    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def spoken(self) -> str:
        return "superseded" if self is ReuseEnd.SUPERSEDED else "withdrawn from sharing"


@dataclass(frozen=True, slots=True)
class Successor:
    """The newer piece in the place of one, and since when."""

    id: str
    on: date

    def plain(self) -> dict[str, Plain]:
        return {"id": self.id, "on": self.on.isoformat()}


@dataclass(frozen=True, slots=True)
class Scope:
    """For what a piece is offered to other initiatives: each part as it was typed, at least one of them."""

    dataset: str | None = None
    model_version: str | None = None
    purpose: str | None = None

    @property
    def parts(self) -> Mapping[ScopePart, str]:
        found = {ScopePart.DATASET: self.dataset, ScopePart.MODEL_VERSION: self.model_version, ScopePart.PURPOSE: self.purpose}
        return {part: said for part, said in found.items() if said}

    @property
    def stated(self) -> frozenset[ScopePart]:
        """The parts that people confirm. The program compares the model version; where that is all, somebody confirms it as well, because
        two initiatives may call two models alike."""
        parts = frozenset(self.parts)
        return parts - {ScopePart.MODEL_VERSION} or parts

    def plain(self) -> dict[str, Plain]:
        return {part.value: said for part, said in self.parts.items()}

    @property
    def digest(self) -> str:
        """What somebody had read who confirms it: the same words in the same parts."""
        return hashlib.sha256(json.dumps(self.plain(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Ended:
    """What happened to the source of a piece, and when; where a newer one took its place, which."""

    how: ReuseEnd
    on: date
    successor: str | None = None

    @property
    def said(self) -> str:
        by = f" by {self.successor}" if self.successor else ""
        return f"was {self.how.spoken}{by} on {self.on:%-d %b %Y}"

    def plain(self) -> dict[str, Plain]:
        return {"how": self.how.value, "on": self.on.isoformat(), "successor": self.successor}


@dataclass(frozen=True, slots=True)
class Reuse:
    """Where a piece comes from that another initiative shared, and what ended that, if anything did."""

    source: str
    author: str  # of the source
    scope: Scope
    reason: str  # digest of the words
    ended: Ended | None = None

    def plain(self) -> dict[str, Plain]:
        return {
            "source": self.source,
            "author": self.author,
            "scope": self.scope.plain(),
            "reason": self.reason,
            "ended": self.ended.plain() if self.ended else None,
        }


TOLD_BEFORE = (30, 7)
"""How many days before a piece of another initiative expires its users are told, where the policy has no reminders."""

ONCE_OVER = -1
"""Days before it expires, of the day after: then they are told in any case."""


def told_on(expires: date, days_before: Iterable[int]) -> list[date]:
    """The days on which those who use a piece are told that it expires: before, as the policy says, and once it has."""
    return [expires - timedelta(days=days) for days in (*days_before, ONCE_OVER)]


def to_tell(expires: date, days_before: Iterable[int], told: int, today: date) -> date | None:
    """The day that is due by today: the latest one, so that who is told late is not told twice; None where none is.

    `told` is so many days before it expires all of that was done last: when it came in, or when its users were told.
    """
    due = [days for days in (*days_before, ONCE_OVER) if days < told and expires - timedelta(days=days) <= today]
    return expires - timedelta(days=min(due)) if due else None


def lapsed(piece: str, successor: Successor | None, reuse: Reuse | None, model_version: str) -> str | None:
    """Why a piece counts no more, apart from its age; None while it does."""
    if successor is not None:
        return f"{piece} was superseded by {successor.id} on {successor.on:%-d %b %Y}"
    if reuse is None:
        return None
    wanted = reuse.scope.model_version
    if reuse.ended is not None:
        return f"{piece} comes from {reuse.source}, which {reuse.ended.said}"
    if wanted is not None and wanted != model_version:
        return f"{piece} comes from {reuse.source}, which is about model version {wanted}, not {model_version or 'none'}"
    return None


def other_needed(lapsed: Iterable[str | None]) -> list[Problem]:
    """What is wrong with choosing pieces, from why each of them counts no more (None: it does)."""
    return [Problem("lapsed", f"{why}. Choose other evidence.", "evidence") for why in lapsed if why]


def check_may_share(piece: "Piece", scope: Scope) -> None:
    """Raise unless a piece can be offered to other initiatives like this."""
    if piece.source is not None:
        raise RuleBroken(f"{piece.id} comes from {piece.source} itself. Whoever needs it uses that one.")
    if piece.shared:
        raise RuleBroken(f"{piece.id} is shared already. Withdraw that first, where its scope is another one.")
    check_is_current(piece)
    if not scope.parts:
        raise RuleBroken("A piece is shared for something.", Problem("required", NO_SCOPE, "dataset"))


def check_is_current(piece: "Piece") -> None:
    if piece.successor is not None:
        raise RuleBroken(f"{piece.id} was superseded by {piece.successor.id}. Use that one.")


def check_may_reuse(
    source: "Piece", scope: Scope | None, confirmed: Collection[ScopePart], key: str, model_version: str, today: date
) -> None:
    """Raise unless an initiative can use a piece of another one, for which somebody confirmed these parts of its scope."""
    if source.initiative == key:
        raise RuleBroken(f"{source.id} is evidence of this initiative. Choose it on the checklist.")
    check_is_current(source)
    if scope is None:
        raise RuleBroken(f"{source.id} is not shared with other initiatives. Ask the team of {source.initiative} to share it.")
    if source.expires is not None and source.expires < today:
        raise RuleBroken(f"{source.id} expired on {source.expires:%-d %b %Y}. Ask the team of {source.initiative} for a newer one.")
    if scope.model_version is not None and scope.model_version != model_version:
        stands = f"version {model_version}" if model_version else "none"
        raise RuleBroken(f"{source.id} is about model version {scope.model_version}; the model version named for {key} is {stands}.")
    if missing := scope.stated - set(confirmed):
        raise RuleBroken(
            "It is used only for what it was made for.",
            *(Problem("scope", f"Confirm that the {part.spoken} is the same, or use other evidence.", "same") for part in sorted(missing)),
        )


def check_read(source: str, scope: Scope, seen: str) -> None:
    """Raise where it was shared anew for something else since somebody read what they confirm."""
    if seen != scope.digest:
        raise RuleBroken(f"What {source} is shared for changed while you were reading. Read it again, and confirm what is the same here.")


def check_may_supersede(piece: "Piece", newer: "Piece", reason: str, lapsed: str | None = None) -> None:
    """Raise unless `newer` can take the place of `piece`; `lapsed` says why it counts no more itself, if it does not."""
    if piece.successor is not None:
        raise RuleBroken(f"{piece.id} was superseded by {piece.successor.id} already. Supersede that one.")
    problems = [*_no_successor(piece, newer, lapsed), *bad_words(reason, "it is superseded")]
    if problems:
        raise RuleBroken("The evidence cannot be superseded like this.", *problems)


def _no_successor(piece: "Piece", newer: "Piece", lapsed: str | None) -> Iterator[Problem]:
    if newer.id == piece.id:
        yield Problem("itself", "A piece cannot supersede itself. Choose another one.", "successor")
    elif newer.initiative != piece.initiative:
        yield Problem("unknown", f"Choose evidence of {piece.initiative}.", "successor")
    elif newer.successor is not None:
        yield Problem("superseded", f"{newer.id} was superseded itself, by {newer.successor.id}. Choose that one.", "successor")
    elif lapsed:
        yield Problem("lapsed", f"{lapsed}. Choose one that counts.", "successor")
    elif newer.kind != piece.kind:
        yield Problem("kind", "Choose evidence of the same kind: another kind does not show the same.", "successor")
    elif newer.effective < piece.effective:
        yield Problem("older", f"{newer.id} is in force since an earlier day. Choose a newer piece.", "successor")


def bad_words(words: str, what: str, about: str = "reason") -> Iterator[Problem]:
    """What is wrong with a reason, if anything."""
    if not SHORTEST <= len(words.strip()) <= LONGEST:
        yield Problem("required", f"Say why {what}, in {SHORTEST} to {LONGEST:,} signs.", about)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence, as the rules about its place look at it."""

    id: str
    initiative: str
    kind: str
    effective: date
    successor: Successor | None = None
    expires: date | None = None
    source: str | None = None  # the piece of another initiative that it comes from
    shared: bool = False
