"""Every check of the policy in force, to search: who has to show what, for which gate, at which tier, within which limit."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, render_template, request

from governance.domain.checks import KEPT_RECORDS
from governance.domain.policy import Policy
from governance.domain.vocabulary import Function, Severity, Tier
from governance.permissions import ROUTES, allows
from governance.reads import policies, policy_checks, policy_history
from governance.reads.policy_checks import PAGE, Asked, Order, Wanted
from governance.web import csvs, current
from governance.web.filters import counted, same_page
from governance.words import word

bp = Blueprint("policy_checks", __name__, url_prefix="/policy/checks")

HEADER = (
    *("gate", "gate name", "id", "check", "question", "owner", "severity", "evidence", "evidence wanted"),
    *("limit", "fresh for days", "applies", "why", "serves"),
)
ORDERS = {Order.POLICY: "As in the policy", Order.TITLE: "Name", Order.OWNER: "Function", Order.SEVERITY: "Severity"}
TIERS = (Tier.LOW, Tier.MEDIUM, Tier.HIGH)

Member = TypeVar("Member", bound=StrEnum)


@bp.get("")
def listing() -> str | Response:
    policy = policies.current(current.session())
    wanted = _wanted(policy)
    if request.args.get("format") == "csv":
        return csvs.answer("checks", HEADER, _cells(policy_checks.every(policy, wanted)))
    rows, total, number = policy_checks.page(policy, wanted, current.number("page") or 1)
    return render_template(
        "policies/checks.html",
        policy=policy,
        wanted=wanted,
        rows=rows,
        total=total,
        number=number,
        pages=max(1, -(-total // PAGE)),
        size=PAGE,
        title=_title(policy, wanted, total),
        gates=[(gate.id, f"{gate.name} ({gate.id})") for gate in policy.gates.values()],
        functions=[(one.value, word(one).label) for one in Function],
        tiers=[(one.value, word(one).label) for one in TIERS],
        severities=[(one.value, word(one).label) for one in Severity],
        orders=[(one.value, label) for one, label in ORDERS.items() if one is not Order.POLICY],
        kept=KEPT_RECORDS,
        may_change=may_change(),
        last=policy_history.last(current.session()),
        export=same_page(None, format="csv", page=None),
    )


def may_change() -> bool:
    """Whether the reader may change the policy on a draft."""
    return allows(ROUTES["drafting.draft"], current.doer())


def _wanted(policy: Policy) -> Wanted:
    gate = current.text("gate")
    return Wanted(
        text=current.text("q"),
        gate=gate if gate in policy.gates else None,
        function=_member(Function, "function"),
        tier=tier if (tier := _member(Tier, "tier")) in TIERS else None,
        severity=_member(Severity, "severity"),
        order=_member(Order, "sort") or Order.POLICY,
    )


def _member(kind: type[Member], name: str) -> Member | None:
    given = current.text(name)
    return kind(given) if given in set(kind) else None


def _title(policy: Policy, wanted: Wanted, total: int) -> str:
    """The answer first: “9 checks of IT operations for Review to Limited production, at high risk”."""
    said = f"{counted(total, 'check')}" if total else "No check"
    said += f" of {wanted.function.spoken}" if wanted.function else ""
    said += f" for {policy.gates[wanted.gate].name}" if wanted.gate else ""
    said += f", {word(wanted.severity).past}" if wanted.severity else ""
    said += f", at {wanted.tier.value} risk" if wanted.tier else ""
    return said + (f", with “{wanted.text}”" if wanted.text else "")


def _cells(rows: Iterable[Asked]) -> Iterable[tuple[object, ...]]:
    for one in rows:
        item = one.item
        what = (item.id, item.title, item.question, word(item.owner).label, word(item.severity).label)
        shown = (word(item.evidence).label, item.requirement, "; ".join(one.limits), one.fresh_days)
        yield one.gate.id, one.gate.name, *what, *shown, one.applies, item.why, ", ".join(item.maps)
