"""The policy in force, for people: its gates, their seats and their checks. Every version before it, and what changed."""

from flask import Blueprint, Response, abort, render_template
from sqlalchemy import select

from governance.domain.checks import KEPT_RECORDS
from governance.domain.limits import limit_in_words, metric_in_words
from governance.domain.policy import Item, Policy
from governance.domain.policy_changes import Effect
from governance.domain.text import fold
from governance.domain.vocabulary import Function
from governance.models.policies import PublishedPolicy
from governance.permissions import Permission, allows
from governance.policy import phrases
from governance.reads import people, policies, policy_changes, policy_history, proposals
from governance.reads.policy_history import IN_FORCE, Order, Publication, Wanted
from governance.web import csvs, current
from governance.web.filters import counted, same_page
from governance.web.policy_checks import may_change
from governance.web.proposals import may_propose

bp = Blueprint("policies", __name__)

HEADER = (
    "entry",
    "version",
    "title",
    "published at (UTC)",
    "by",
    "in force",
    "sha-256",
    "before it (sha-256)",
    "proposed by",
    "proposal",
    "why",
)


@bp.get("/policy")
def overview() -> str:
    policy = policies.current(current.session())
    wanted = current.text("q")
    return render_template(
        "policies/overview.html",
        policy=policy,
        applies=lambda when: phrases.applies(when, policy.facts),
        found=_found(policy, wanted),
        q=wanted,
        may_change=may_change(),
        **_published(),
    )


@bp.get("/policy/gates/<gate_id>")
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
        may_change=may_change(),
        clauses=_clauses(policy),
    )


@bp.get("/policies")
def history() -> str:
    wanted = _wanted()
    rows, total, number = policy_history.page(current.session(), wanted, current.number("page") or 1)
    return render_template(
        "policies/history.html",
        rows=rows,
        total=total,
        number=number,
        pages=max(1, -(-total // policy_history.PAGE)),
        size=policy_history.PAGE,
        q=wanted.text,
        sorting={"by": wanted.order.value, "down": wanted.descending},
        versions=_versions(),
        export=same_page(".export", page=None),
        in_force=_in_force(),
        may_propose=may_propose(),
        **_waiting(),
    )


def _in_force() -> Publication | None:
    """What is in force, who put it there, and why."""
    return next((one for one in policy_history.publications(current.session()) if one.in_force), None)


def _waiting() -> dict[str, object]:
    """The open proposals, and by whom each can be decided."""
    session = current.session()
    rows = proposals.still_open(session)
    deciders = proposals.deciders(session, rows, current.now())
    return {
        "waiting": proposals.tell(session, rows),
        "deciders": {row: [person.name for person in found] for row, found in deciders.items()},
    }


@bp.get("/policies/export.csv")
def export() -> Response:
    return csvs.answer("policies", HEADER, (_row(one) for one in policy_history.every(current.session(), _wanted())))


@bp.get("/policies/diff")
def changes() -> str:
    """From one published policy to another. Without a name: from the one before to the one in force."""
    session = current.session()
    after = policy_history.named(session, current.text("to") or IN_FORCE)
    asked = current.text("from")
    before = policy_history.named(session, asked) if asked else policy_history.predecessor(session, after)
    found = policy_changes.compare(policy_history.rules(session, before), policy_history.rules(session, after)) if before else None
    return render_template(
        "policies/changes.html",
        found=found,
        before=before,
        after=after,
        title=_changed(found),
        versions=_versions(),
        effects=Effect,
        may_read_impact=allows(Permission.READ_IMPACT, current.doer()),
    )


def _wanted() -> Wanted:
    sort = current.text("sort")
    order = Order(sort) if sort in set(Order) else Order.WHEN
    down = current.text("down")
    return Wanted(current.text("q"), order, down != "0" if order is Order.WHEN else down == "1")


def _versions() -> list[tuple[str, str]]:
    """Every published text once, the latest first: its digest, and how it is called."""
    rows = current.session().scalars(select(PublishedPolicy).order_by(PublishedPolicy.at.desc())).all()
    return [(row.digest, f"{row.version} ({row.digest[:8]})") for row in rows]


def _changed(found: policy_changes.Difference | None) -> str:
    """The answer first: how much changed, and how much of it asks for less."""
    if found is None or not found.lines:
        return "Nothing to compare with" if found is None else "No rule differs"
    looser = found.counts[Effect.LOOSER]
    return f"{counted(len(found.lines), 'change')}, {f'{looser:,}' if looser else 'none'} of them looser"


def _row(one: Publication) -> list[object]:
    head = [one.entry, one.version, one.title, one.at, one.by, "yes" if one.in_force else "no"]
    return [*head, one.digest, one.before or "", one.proposed_by, one.proposal, one.reason]


def _published() -> dict[str, object]:
    """Every text that was ever in force, the latest first."""
    rows = current.session().scalars(select(PublishedPolicy).order_by(PublishedPolicy.at.desc())).all()
    named = people.names(current.session(), [row.by for row in rows])
    return {"history": rows, "names": named, "may_read_impact": allows(Permission.READ_IMPACT, current.doer())}


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
    said = [f"{metric_in_words(part)} {limit_in_words(part)}" for part in item.thresholds.parts]
    return said if len(said) < 2 or item.thresholds.combination.value == "all_of" else [" or ".join(said)]


def _clauses(policy: Policy) -> dict[str, str]:
    return {f"{framework.id}:{clause.id}": clause.title for framework in policy.frameworks.values() for clause in framework.clauses}
