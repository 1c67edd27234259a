"""How the report says things: its words for the closed sets, moments, numbers, sizes. No rules, no markup."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from governance.domain.vocabulary import (
    AnswerState,
    Decision,
    EvidenceKind,
    FindingSeverity,
    Function,
    ProofMethod,
    RequestState,
    Section,
    Severity,
    Stage,
    Standing,
    Tier,
)
from governance.packs.tokens import Tone


@dataclass(frozen=True, slots=True)
class Mark:
    """A state as it is printed: shape and colour, and always the word."""

    tone: Tone
    word: str


FUNCTIONS: Mapping[Function, str] = {
    Function.DATA_SCIENCE: "Data science",
    Function.IT_OPS: "IT operations",
    Function.BUSINESS: "Business",
    Function.COMPLIANCE: "Compliance",
}
SECTIONS: Mapping[Section, str] = {
    Section.COMMON: "Common",
    Section.DATA_SCIENCE: "Data science",
    Section.IT_OPS: "IT operations",
    Section.BUSINESS: "Business",
    Section.COMPLIANCE: "Compliance",
}
STAGES: Mapping[Stage, str] = {
    Stage.PILOT: "Pilot",
    Stage.REVIEW: "Review",
    Stage.LIMITED_PRODUCTION: "Limited production",
    Stage.FULL_PRODUCTION: "Full production",
    Stage.RETIRED: "Retired",
}
STANDINGS: Mapping[Standing, Mark] = {
    Standing.GOOD: Mark(Tone.OK, "in good standing"),
    Standing.ON_HOLD: Mark(Tone.WAITS, "on hold"),
    Standing.SUSPENDED: Mark(Tone.BAD, "suspended"),
}
REQUESTS: Mapping[RequestState, Mark] = {
    RequestState.DRAFT: Mark(Tone.IDLE, "Being prepared"),
    RequestState.IN_REVIEW: Mark(Tone.WAITS, "In review"),
    RequestState.CHANGES_REQUESTED: Mark(Tone.UNSURE, "Changes requested"),
    RequestState.PASSED: Mark(Tone.OK, "Passed"),
    RequestState.REJECTED: Mark(Tone.BAD, "Rejected"),
    RequestState.WITHDRAWN: Mark(Tone.IDLE, "Withdrawn"),
}
DECISIONS: Mapping[Decision, Mark] = {
    Decision.APPROVE: Mark(Tone.OK, "Approved"),
    Decision.REQUEST_CHANGES: Mark(Tone.UNSURE, "Changes requested"),
    Decision.REJECT: Mark(Tone.BAD, "Rejected"),
}
ANSWERS: Mapping[AnswerState, Mark] = {
    AnswerState.NOT_STARTED: Mark(Tone.IDLE, "not started"),
    AnswerState.IN_PROGRESS: Mark(Tone.WAITS, "in progress"),
    AnswerState.MET: Mark(Tone.OK, "met"),
    AnswerState.NOT_MET: Mark(Tone.BAD, "not met"),
    AnswerState.NOT_APPLICABLE: Mark(Tone.IDLE, "does not apply"),
    AnswerState.WAIVED: Mark(Tone.WAITS, "waived"),
    AnswerState.INCONCLUSIVE: Mark(Tone.UNSURE, "inconclusive"),
    AnswerState.STALE: Mark(Tone.UNSURE, "stale"),
}
KINDS: Mapping[EvidenceKind, str] = {
    EvidenceKind.DOCUMENT: "document",
    EvidenceKind.METRIC: "metric",
    EvidenceKind.ATTESTATION: "attestation",
    EvidenceKind.LINK: "link",
    EvidenceKind.AUTOMATED_REPORT: "automated report",
}
SEVERITIES: Mapping[Severity, str] = {severity: severity.value for severity in Severity}
FINDING_SEVERITIES: Mapping[FindingSeverity, str] = {severity: severity.value for severity in FindingSeverity}
TIERS: Mapping[Tier, str] = {tier: tier.value for tier in Tier}
PROOFS: Mapping[ProofMethod, str] = {
    ProofMethod.PASSWORD: "Password entered again. Confirmed by the server; there is no signature to verify offline.",
}

TABLES: Mapping[type[StrEnum], Mapping[StrEnum, str | Mark]] = {
    Function: {**FUNCTIONS},
    Section: {**SECTIONS},
    Stage: {**STAGES},
    Standing: {**STANDINGS},
    RequestState: {**REQUESTS},
    Decision: {**DECISIONS},
    AnswerState: {**ANSWERS},
    EvidenceKind: {**KINDS},
    Severity: {**SEVERITIES},
    FindingSeverity: {**FINDING_SEVERITIES},
    Tier: {**TIERS},
    ProofMethod: {**PROOFS},
}
"""By type first: members of different sets with the same value compare equal."""


def mark(member: StrEnum) -> Mark:
    """How a state is printed; a set without shapes of its own gets the plain dot."""
    found = TABLES[type(member)][member]
    return found if isinstance(found, Mark) else Mark(Tone.PLAIN, found)


def word(member: StrEnum) -> str:
    return mark(member).word


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


def counted(number: int, one: str, many: str | None = None) -> str:
    """`no files`, `one file`, `thirteen` as `13 files`: small numbers in words, as in running text."""
    spoken = WORDS[number] if number < len(WORDS) else grouped(number)
    return f"{spoken} {one if number == 1 else many or one + 's'}"


ORDINALS = ("first", "second", "third", "fourth", "fifth")


def ordinal(number: int) -> str:
    return ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}th"


def sentence(text: str) -> str:
    """With a capital at its start, the rest untouched."""
    return text[:1].upper() + text[1:]


def listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def size(count: int) -> str:
    """Bytes as people read them, powers of 1,000."""
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1_000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.2f} MB"


def shortened(text: str, most: int) -> str:
    """At most that many characters, for running headers only; nothing in the body is ever shortened."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
