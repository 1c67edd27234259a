"""The policy in force, for people: its gates, their seats and their checks."""

from flask import Blueprint, abort, render_template
from sqlalchemy import select

from governance.domain.limits import limit_in_words, spoken
from governance.domain.policy import Item, Policy
from governance.domain.text import fold
from governance.domain.vocabulary import Function
from governance.models.policies import PublishedPolicy
from governance.policy import phrases
from governance.reads import people, policies
from governance.reads.checks import KEPT_RECORDS
from governance.web import current

bp = Blueprint("policies", __name__, url_prefix="/policy")


@bp.get("")
def overview() -> str:
    policy = policies.current(current.session())
    wanted = current.text("q")
    return render_template("policies/overview.html", policy=policy, found=_found(policy, wanted), q=wanted, **_published())


@bp.get("/gates/<gate_id>")
def gate(gate_id: str) -> str:
    policy = policies.current(current.session())
    if gate_id not in policy.gates:
        abort(404)
    groups = [(function, [item for item in policy.gates[gate_id].items if item.owner is function]) for function in Function]
    return render_template(
        "policies/gate.html",
        policy=policy,
        gate=policy.gates[gate_id],
        groups=groups,
        applies=lambda when: phrases.applies(when, policy.facts),
        kept=KEPT_RECORDS,
        limits=_limits,
        clauses=_clauses(policy),
    )


def _published() -> dict[str, object]:
    """Every text that was ever in force, the latest first."""
    rows = current.session().scalars(select(PublishedPolicy).order_by(PublishedPolicy.at.desc())).all()
    return {"history": rows, "names": people.names(current.session(), [row.by for row in rows])}


def _found(policy: Policy, wanted: str) -> list[tuple[str, Item]]:
    """Checks in which every word occurs."""
    words = fold(wanted).split()
    if not words:
        return []
    every = ((gate.id, item) for gate in policy.gates.values() for item in gate.items)
    return [(gate, item) for gate, item in every if all(word in fold(_text(item)) for word in words)]


def _text(item: Item) -> str:
    return f"{item.id} {item.title} {item.question} {item.requirement} {item.why} {' '.join(item.maps)}"


def _limits(item: Item) -> list[str]:
    if item.thresholds is None:
        return []
    said = [f"{spoken(part.metric)} {limit_in_words(part)}" for part in item.thresholds.parts]
    return said if len(said) < 2 or item.thresholds.combination.value == "all_of" else [" or ".join(said)]


def _clauses(policy: Policy) -> dict[str, str]:
    return {f"{framework.id}:{clause.id}": clause.title for framework in policy.frameworks.values() for clause in framework.clauses}
