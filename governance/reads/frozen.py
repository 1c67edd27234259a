"""A dossier as it was submitted, read back from the texts of its sections."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from governance.domain import bindings
from governance.domain.dossier import (
    EXCLUSIONS,
    FORM,
    ML_TEST_SCORE,
    WAIVERS,
    Answer,
    Evidence,
    Material,
    OpenPoint,
    StatedLimit,
    StatedValue,
    TeamMember,
)
from governance.domain.evidence_scope import Ended, Reuse, ReuseEnd, Scope, Successor
from governance.domain.exemptions import Exclusion, Waiver
from governance.domain.ml_test_score import Form
from governance.domain.policy import Policy
from governance.domain.vocabulary import AnswerState, EvidenceKind, FindingSeverity, Function, Section, Tier
from governance.ledger.memo import remembered
from governance.models.gates import GateRequest, Revision
from governance.policy.plan import decide_plan
from governance.reads import policies, words
from governance.reads.material import approved, done, stated_value


@remembered(GateRequest, Revision)
def frozen_material(session: Session, request: GateRequest, revision: Revision, policy_digest: str) -> Material:
    """What was put before the seats. The plan follows from the frozen facts and tier under the policy of this digest.

    Raises `RuleBroken` where a text of it is gone.
    """
    texts = words.texts(session, revision.sections.values())
    return read_back(session, request, revision, policy_digest, texts, approved(session, request.initiative_key, before=request))


def read_back(
    session: Session,
    request: GateRequest,
    revision: Revision,
    policy_digest: str,
    texts: Mapping[str, str],
    before: Mapping[str, StatedValue],
) -> Material:
    """The same where the texts, and what was measured at the gates passed before, were looked up already."""
    policy = policies.by_digest(session, policy_digest)
    content = {Section(name): json.loads(words.said(texts, digest)) for name, digest in revision.sections.items()}
    common = content[Section.COMMON]
    tier = Tier(common["tier"]["tier"])
    return Material(
        initiative=common["initiative"],
        name=common["name"],
        summary=common["summary"],
        unit=common["unit"],
        lead=common["lead"],
        model_version=common["model_version"],
        score=common["tier"]["score"],
        tier=tier,
        tier_by=common["tier"]["by"],
        facts=common["facts"],
        plan=decide_plan(policy, request.gate, common["facts"], tier),
        answers=answers(content),
        team=_team(content, policy),
        open_points=_open_points(content, policy),
        limits=tuple(StatedLimit(name, row["value"], row["unit"], row["good"]) for name, row in common["limits"].items()),
        approved=before,
        waivers=_waivers(content),
        exclusions=_exclusions(content),
        ml_test_score=_form(content, policy),
        form=common["v"],
    )


def under(found: Material, policy: Policy) -> Material:
    """The same dossier under other rules: what was stated stays, the plan is decided anew, and it is written in the form of today.

    Raises `KeyError` for a gate that these rules do not have.
    """
    planned = replace(found, plan=decide_plan(policy, found.plan.gate, found.facts, found.tier), form=FORM)
    return bindings.judged_by(planned, policy)


def _form(content: dict[Section, Any], policy: Policy) -> Form | None:
    """The form that answered; an answer that was carried over before there was one is no form."""
    row = _record(content, policy, ML_TEST_SCORE)
    if not row or "tests" not in row:
        return None
    return Form(done(row["tests"]), row["model_version"], row["rubric"], row["by"], datetime.fromisoformat(row["at"]))


def _exclusions(content: dict[Section, Any]) -> dict[str, Exclusion]:
    return {item: _exclusion(item, row) for entries in content.values() for item, row in entries.get(EXCLUSIONS, {}).items()}


def _exclusion(item: str, row: dict[str, Any]) -> Exclusion:
    at = datetime.fromisoformat(row["confirmed_at"])
    return Exclusion(row["id"], item, row["facts"], row["reason"], row["proposed_by"], row["confirmed_by"], at, row.get("rule", ""))


def _waivers(content: dict[Section, Any]) -> dict[str, Waiver]:
    return {item: _waiver(item, row) for entries in content.values() for item, row in entries.get(WAIVERS, {}).items()}


def _waiver(item: str, row: dict[str, Any]) -> Waiver:
    return Waiver(
        id=row["id"],
        item=item,
        scope=row["scope"],
        reason=row["reason"],
        control=row["control"],
        owner=row["owner"],
        granted_at=datetime.fromisoformat(row["granted_at"]),
        expires=date.fromisoformat(row["expires"]),
        signed=tuple(row["signed"].items()),
        rule=row.get("rule", ""),
    )


def answers(content: dict[Section, Any]) -> dict[str, Answer]:
    found = {}
    for section, entries in content.items():
        if section is not Section.COMMON:
            found.update({item: _answer(item, row) for item, row in entries.items() if isinstance(row, dict) and "claim" in row})
    return found


def _answer(item: str, row: dict[str, Any]) -> Answer:
    return Answer(
        item=item,
        claim=AnswerState(row["claim"]),
        by=row["by"],
        at=datetime.fromisoformat(row["at"]),
        note=row["note"],
        values=tuple(stated_value(value) for value in row["values"]),
        evidence=tuple(_evidence(piece) for piece in row["evidence"]),
        carried=row["carried"],
    )


def _evidence(row: dict[str, Any]) -> Evidence:
    return Evidence(
        id=row["id"],
        kind=EvidenceKind(row["kind"]),
        title=row["title"],
        digest=row["digest"],
        effective=date.fromisoformat(row["effective"]),
        added_by=row["by"],
        added_at=datetime.fromisoformat(row["at"]),
        expires=date.fromisoformat(row["expires"]) if row["expires"] else None,
        file_name=row["file"],
        size=row["size"],
        address=row["address"],
        successor=Successor(row["superseded"]["id"], date.fromisoformat(row["superseded"]["on"])) if "superseded" in row else None,
        reuse=_reuse(row["reused"]) if "reused" in row else None,
    )


def _reuse(row: dict[str, Any]) -> Reuse:
    how = row["ended"]
    ended = Ended(ReuseEnd(how["how"]), date.fromisoformat(how["on"]), how["successor"]) if how else None
    return Reuse(row["source"], row["author"], Scope(**row["scope"]), row["reason"], ended)


def _record(content: dict[Section, Any], policy: Policy, source: str) -> Any:
    """What the app's own record said, wherever an item names it as its source; None where none does."""
    named = [item.id for gate in policy.gates.values() for item in gate.items if item.source == source]
    return next((entries[item] for entries in content.values() for item in named if item in entries), None)


def _team(content: dict[Section, Any], policy: Policy) -> tuple[TeamMember, ...]:
    named = _record(content, policy, "team") or {}
    return tuple(TeamMember(Function(name), row["person"], row["deputy"], row["hours_a_week"]) for name, row in named.items())


def _open_points(content: dict[Section, Any], policy: Policy) -> tuple[OpenPoint, ...]:
    named = _record(content, policy, "open_points") or []
    return tuple(OpenPoint(row["id"], FindingSeverity(row["severity"]), row["owner"], date.fromisoformat(row["due"])) for row in named)
