"""How the report says things: words of the closed sets with their marks, moments, numbers, sizes. No rules, no markup."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from governance import words
from governance.domain.vocabulary import (
    AnswerState,
    Confirmation,
    Decision,
    ExclusionState,
    ProofMethod,
    RequestState,
    Standing,
    WaiverDecision,
    WaiverState,
)
from governance.packs.tokens import Tone


@dataclass(frozen=True, slots=True)
class Mark:
    """A state as it is printed: shape and colour, and always the word."""

    tone: Tone
    word: str


_PRINTED = {"ok": Tone.OK, "warn": Tone.UNSURE, "bad": Tone.BAD, "you": Tone.WAITS, "idle": Tone.IDLE}
"""The tone of a page as the report prints it."""

TONES: Mapping[type[StrEnum], Mapping[StrEnum, Tone]] = {
    AnswerState: {
        AnswerState.NOT_STARTED: Tone.IDLE,
        AnswerState.IN_PROGRESS: Tone.WAITS,
        AnswerState.MET: Tone.OK,
        AnswerState.NOT_MET: Tone.BAD,
        AnswerState.NOT_APPLICABLE: Tone.IDLE,
        AnswerState.WAIVED: Tone.WAITS,
        AnswerState.INCONCLUSIVE: Tone.UNSURE,
        AnswerState.STALE: Tone.UNSURE,
    },
    Decision: {decision: _PRINTED[words.word(decision).tone] for decision in Decision},
    RequestState: {
        RequestState.DRAFT: Tone.IDLE,
        RequestState.IN_REVIEW: Tone.WAITS,
        RequestState.CHANGES_REQUESTED: Tone.UNSURE,
        RequestState.PASSED: Tone.OK,
        RequestState.REJECTED: Tone.BAD,
        RequestState.WITHDRAWN: Tone.IDLE,
    },
    WaiverState: {state: _PRINTED[words.word(state).tone] for state in WaiverState},
    WaiverDecision: {decision: _PRINTED[words.word(decision).tone] for decision in WaiverDecision},
    ExclusionState: {state: _PRINTED[words.word(state).tone] for state in ExclusionState},
    Confirmation: {decision: _PRINTED[words.word(decision).tone] for decision in Confirmation},
    Standing: {Standing.GOOD: Tone.OK, Standing.ON_HOLD: Tone.WAITS, Standing.SUSPENDED: Tone.BAD},
}
"""The sets that are printed with a mark. By type first: members of different sets with the same value compare equal."""

PROOFS: Mapping[ProofMethod, str] = {
    ProofMethod.PASSWORD: "Password entered again. Confirmed by the server; there is no signature to verify offline.",
}
"""What each proof of identity is worth to a reader without the server."""


def mark(member: StrEnum) -> Mark:
    """A state in the past tense, in small letters: `requested changes`."""
    return Mark(TONES[type(member)][member], words.word(member).past)


def label(member: StrEnum) -> str:
    return words.word(member).label


def inside(member: StrEnum) -> str:
    """A label inside a sentence: only abbreviations keep their capitals."""
    name = label(member)
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def proof(method: ProofMethod) -> str:
    return PROOFS[method]


def moment(text: str) -> datetime:
    """The aware moment of `2026-11-24T07:00:00Z`."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def utc(text: str) -> str:
    """`2026-11-24 07:00:00 UTC`: how signatures are dated (21 CFR 11.50)."""
    return f"{moment(text):%Y-%m-%d %H:%M:%S} UTC"


def local(text: str, zone: str) -> str:
    """`2026-11-24 08:00:00 CET`, or nothing where local time is UTC."""
    return "" if zone == "UTC" else f"{moment(text).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S %Z}"


def day(text: str) -> str:
    """`24 Nov 2026`, of a moment or a day."""
    return _day(text, "%b")


def long_day(text: str) -> str:
    """`24 November 2026`."""
    return _day(text, "%B")


def _day(text: str, month: str) -> str:
    found = date.fromisoformat(text[:10])
    return f"{found.day} {found:{month}} {found.year}"


def days_between(earlier: str, later: str) -> int:
    return (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days


def grouped(number: int) -> str:
    """`4,811`."""
    return f"{number:,}"


WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def spoken(number: int) -> str:
    """`three`, but `13`: small numbers in words, as in running text."""
    return WORDS[number] if number < len(WORDS) else grouped(number)


def counted(number: int, one: str, many: str | None = None) -> str:
    """`no files`, `one file`, `13 files`."""
    return f"{spoken(number)} {one if number == 1 else many or one + 's'}"


ORDINALS = ("first", "second", "third", "fourth", "fifth")


def ordinal(number: int) -> str:
    return ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}th"


def sentence(text: str) -> str:
    """With a capital at its start, the rest untouched."""
    return text[:1].upper() + text[1:]


def size(count: int) -> str:
    """Bytes as people read them, powers of 1,000."""
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1_000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.2f} MB"


def shortened(text: str, most: int) -> str:
    """At most that many characters, for running headers only; nothing in the body is ever shortened."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
