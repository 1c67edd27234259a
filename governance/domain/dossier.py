"""What a gate request asks to be judged on: one common section and one per function, each with a digest.

A section is plain data (strings, integers, booleans, lists, maps with ASCII keys), so that `json` with sorted keys gives the
canonical form of RFC 8785. Nothing that depends on the time of reading goes in: only what people and records stated.

In form 2 the rules stand where they bear: a function's section holds what its checks ask and who of it signs, so that another policy
changes exactly the sections whose rules it changes. In form 1 the common section named the policy as a whole. A request keeps the form
in which it was first submitted, until it is moved to other rules.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from governance.domain import dossier_rules, evidence_scope
from governance.domain.evidence_scope import Reuse, Successor
from governance.domain.exemptions import Exclusion, Waiver
from governance.domain.ml_test_score import Form
from governance.domain.plain import Plain, instant
from governance.domain.policy import Plan, PlannedItem
from governance.domain.questionnaire import FactValue
from governance.domain.vocabulary import SECTION_OF, AnswerState, Applies, EvidenceKind, FindingSeverity, Function, Section, Tier

Digests: TypeAlias = Mapping[Section, str]

ML_TEST_SCORE = "ml_test_score_form"
"""The record of the app that an item names to be answered by the form."""

NAMES_POLICY, FORM = 1, 2
"""The form of older dossiers, and the form of new ones."""

RULES, SEATS, WAIVERS, EXCLUSIONS = "rules", "seats", "waivers", "exclusions"
NOT_ITEMS = frozenset({"v", "function", RULES, SEATS, WAIVERS, EXCLUSIONS})
"""What stands in the section of a function beside its items."""


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A measured value as it was stated: decimals stay text, so that nothing is rounded on the way."""

    metric: str
    value: str
    unit: str
    window: str
    n: int
    measured_at: datetime
    source: str
    good: str | None = None
    low: str | None = None  # the ends of the 95 % interval
    high: str | None = None
    kpi: str | None = None

    def plain(self) -> dict[str, Plain]:
        stated: dict[str, Plain] = {name: getattr(self, name) for name in self.__slots__ if name != "measured_at"}
        return {**stated, "measured_at": instant(self.measured_at)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of evidence. `digest` is the SHA-256 of the file, of the address, or of the statement's salted words."""

    id: str
    kind: EvidenceKind
    title: str
    digest: str
    effective: date
    added_by: str
    added_at: datetime
    expires: date | None = None
    file_name: str | None = None
    size: int | None = None
    address: str | None = None
    successor: Successor | None = None
    reuse: Reuse | None = None  # where it comes from another initiative

    def lapsed(self, model_version: str) -> str | None:
        """Why it counts no more, apart from its age, where this version is judged; None while it does."""
        return evidence_scope.lapsed(self.id, self.successor, self.reuse, model_version)

    def plain(self) -> dict[str, Plain]:
        """What few pieces have is left out where there is none, so that older dossiers keep their digests."""
        few: dict[str, Plain] = {"superseded": self.successor.plain()} if self.successor else {}
        few |= {"reused": self.reuse.plain()} if self.reuse else {}
        return few | {
            "id": self.id,
            "kind": self.kind.value,
            "title": self.title,
            "digest": self.digest,
            "effective": self.effective.isoformat(),
            "expires": self.expires.isoformat() if self.expires else None,
            "file": self.file_name,
            "size": self.size,
            "address": self.address,
            "by": self.added_by,
            "at": instant(self.added_at),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody stated about an item. `carried` answers were loaded as given and are never recomputed."""

    item: str
    claim: AnswerState
    by: str
    at: datetime
    note: str | None = None  # digest of the words
    values: tuple[StatedValue, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    carried: bool = False

    def plain(self) -> dict[str, Plain]:
        return {
            "claim": self.claim.value,
            "by": self.by,
            "at": instant(self.at),
            "note": self.note,
            "values": [value.plain() for value in self.values],
            "evidence": [piece.plain() for piece in self.evidence],
            "carried": self.carried,
        }


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Who answers for a function in an initiative, and who stands in."""

    function: Function
    person: str
    deputy: str | None
    hours_a_week: int

    def plain(self) -> dict[str, Plain]:
        return {"person": self.person, "deputy": self.deputy, "hours_a_week": self.hours_a_week}


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A finding that is not closed yet."""

    id: str
    severity: FindingSeverity
    owner: str
    due: date

    def plain(self) -> dict[str, Plain]:
        return {"id": self.id, "severity": self.severity.value, "owner": self.owner, "due": self.due.isoformat()}


@dataclass(frozen=True, slots=True)
class StatedLimit:
    """A number the initiative states once and is then held to."""

    name: str
    value: str
    unit: str
    good: str | None

    def plain(self) -> dict[str, Plain]:
        return {"value": self.value, "unit": self.unit, "good": self.good}


@dataclass(frozen=True, slots=True)
class Material:
    """Everything a dossier is made of, as the record stands at one moment."""

    initiative: str
    name: str
    summary: str
    unit: str
    lead: str
    model_version: str
    score: int
    tier: Tier
    tier_by: str
    facts: Mapping[str, FactValue]
    plan: Plan
    answers: Mapping[str, Answer]
    team: tuple[TeamMember, ...]
    open_points: tuple[OpenPoint, ...]
    limits: tuple[StatedLimit, ...]
    approved: Mapping[str, StatedValue] = field(default_factory=dict)  # measured at the last gate passed
    waivers: Mapping[str, Waiver] = field(default_factory=dict)  # granted, by item
    exclusions: Mapping[str, Exclusion] = field(default_factory=dict)  # confirmed on these facts, by item
    ml_test_score: Form | None = None
    form: int = FORM

    def of(self, function: Function) -> tuple[PlannedItem, ...]:
        return tuple(planned for planned in self.plan.items if planned.item.owner is function)


def sections(material: Material) -> Mapping[Section, dict[str, Plain]]:
    """The five sections of a dossier, as plain data."""
    found = {Section.COMMON: _common(material)}
    for function in Function:
        found[SECTION_OF[function]] = _function_section(material, function)
    return found


def canonical(section: Mapping[str, Plain]) -> str:
    """The text that is kept and hashed (RFC 8785 for the plain data described above)."""
    return json.dumps(section, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def digests(found: Mapping[Section, Mapping[str, Plain]]) -> dict[Section, str]:
    return {section: digest(canonical(content)) for section, content in found.items()}


def dossier_digest(of_sections: Digests) -> str:
    """One digest that names the whole dossier."""
    return digest(canonical({section.value: of_sections[section] for section in Section}))


def changed(before: Digests, after: Digests) -> list[Section]:
    """The sections whose content differs, in the order of a dossier."""
    return [section for section in Section if before.get(section) != after.get(section)]


def _common(material: Material) -> dict[str, Plain]:
    return {
        "v": material.form,
        "initiative": material.initiative,
        "name": material.name,
        "summary": material.summary,
        "unit": material.unit,
        "lead": material.lead,
        "gate": material.plan.gate,
        "model_version": material.model_version,
        "tier": {"tier": material.tier.value, "score": material.score, "by": material.tier_by},
        "facts": dict(sorted(material.facts.items())),
        "limits": {limit.name: limit.plain() for limit in material.limits},
        **(_whole_policy(material.plan) if material.form == NAMES_POLICY else _passage(material.plan)),
    }


def _whole_policy(plan: Plan) -> dict[str, Plain]:
    items: list[Plain] = [dossier_rules.applicability(planned) for planned in plan.items]
    return {"policy": plan.policy, "items": items, "seats": [seat.id for seat in plan.seats]}


def _passage(plan: Plan) -> dict[str, Plain]:
    """What everybody agrees to besides the record: what the gate asks, and where it leads."""
    return {"question": plan.question, "kind": plan.kind.value, "enters": plan.enters.value if plan.enters else None}


def _function_section(material: Material, function: Function) -> dict[str, Plain]:
    content: dict[str, Plain] = {"v": material.form, "function": function.value}
    counted = material.of(function)
    if material.form != NAMES_POLICY:
        counted = tuple(planned for planned in counted if planned.applicability.applies is not Applies.NO)
        content |= {
            RULES: {planned.item.id: dossier_rules.rule(material.plan, planned) for planned in counted},
            SEATS: {seat.id: dossier_rules.who_signs(seat) for seat in material.plan.seats if seat.function is function},
        }
    for planned in counted:
        answer = material.answers.get(planned.item.id)
        content[planned.item.id] = answer.plain() if answer and not planned.item.source else _recorded(material, planned, answer)
    waived = [planned.item.id for planned in counted if planned.item.id in material.waivers]
    if waived:  # left out where there is none, so that dossiers from before there were waivers keep their digests
        content[WAIVERS] = {item: material.waivers[item].plain() for item in waived}
    excluded = [planned.item.id for planned in material.of(function) if planned.item.id in material.exclusions]
    if excluded:
        content[EXCLUSIONS] = {item: material.exclusions[item].plain() for item in excluded}
    return content


def _recorded(material: Material, planned: PlannedItem, answer: Answer | None) -> Plain:
    """What the app's own record says, where the app keeps it; else what was stated."""
    match planned.item.source:
        case "team":
            return {member.function.value: member.plain() for member in material.team}
        case "open_points":
            return [point.plain() for point in material.open_points]
        case "tier":
            return {"tier": material.tier.value, "score": material.score, "by": material.tier_by}
        case "ml_test_score_form" if material.ml_test_score is not None:
            return material.ml_test_score.plain()
        case _:
            return answer.plain() if answer else None
