"""The catalogues of frameworks, and how far the rules and the initiatives cover them."""

from datetime import date
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, render_template

from governance.domain.attestations import AttestationState
from governance.domain.errors import NotThere
from governance.domain.frameworks import TIERING, CatalogueState, ClauseState, Serving, is_ahead
from governance.domain.policy import Policy
from governance.domain.vocabulary import Role
from governance.reads import attestations, coverage, coverage_lines, evidencing, policies
from governance.reads.attestations import Attested
from governance.reads.coverage import ClauseLine, Coverage
from governance.reads.coverage_lines import CatalogueOrder, Catalogues, ClauseOrder, Clauses, Show
from governance.reads.evidencing import Basis, Evidencing, Order, Wanted
from governance.web import csvs, current
from governance.web.filters import counted, same_page
from governance.words import word

bp = Blueprint("frameworks", __name__, url_prefix="/frameworks")

Member = TypeVar("Member", bound=StrEnum)

OF_CATALOGUES = (
    "framework", "name", "version", "status", "state", "applies from", "until", "superseded by",
    "clauses", "served", "evidenced", "attested", "open",
)  # fmt: skip
OF_CLAUSES = (
    "framework", "version", "clause", "title", "applies from", "state", "served by", "initiatives (gate passed)",
    "initiatives (met now)", "attestation", "attested until",
)  # fmt: skip
OF_INITIATIVES = ("initiative", "name", "unit", "stage", "met when a gate passed", "gate requests", "met now")

SHOWN = {
    Show.EVIDENCED: "Evidenced by an initiative",
    Show.SERVED: "Served by a check",
    Show.UNSERVED: "Served by no check",
    Show.ATTESTED: "Attested by the organisation",
    Show.OPEN: "Neither served nor attested",
}
BASES = {Basis.PASSED: "Met when a gate passed", Basis.NOW: "Met as the record stands"}


@bp.get("")
def listing() -> str:
    policy, wanted = policies.current(current.session()), _catalogues()
    every = _every(policy)
    found = coverage_lines.catalogues(every, wanted)
    return render_template(
        "frameworks/listing.html",
        policy=policy,
        rows=found,
        total=len(every),
        title=_title(found),
        wanted=wanted,
        states=[(state.value, word(state).label) for state in CatalogueState],
        sorting={"by": wanted.order.value, "down": wanted.descending},
        awaited=_awaited(policy),
        ahead=_ahead,
        **_around(),
    )


@bp.get("/export.csv")
def export() -> Response:
    found = coverage_lines.catalogues(_every(policies.current(current.session())), _catalogues())
    return csvs.answer("frameworks", OF_CATALOGUES, (_catalogue_row(one) for one in found))


@bp.get("/<framework_id>")
def framework(framework_id: str) -> str:
    found, wanted = _one(framework_id), _clauses()
    lines = coverage_lines.clauses(found, wanted)
    size = coverage_lines.PAGE
    pages = max(1, -(-len(lines) // size))
    number = min(max(1, current.number("page") or 1), pages)
    return render_template(
        "frameworks/framework.html",
        found=found,
        rows=lines[(number - 1) * size : number * size],
        total=len(lines),
        number=number,
        pages=pages,
        size=size,
        title=f"{_share(found.counts[ClauseState.EVIDENCED], len(found.lines))} evidenced",
        wanted=wanted,
        shows=[(show.value, SHOWN[show]) for show in Show],
        sorting={"by": wanted.order.value, "down": wanted.descending},
        export=same_page(".export_clauses", page=None),
        ahead=_ahead,
        where=_where,
        **_around(),
    )


@bp.get("/<framework_id>/export.csv")
def export_clauses(framework_id: str) -> Response:
    found = _one(framework_id)
    lines = coverage_lines.clauses(found, _clauses())
    return csvs.answer(f"framework-{framework_id}", OF_CLAUSES, (_clause_row(found, line) for line in lines))


@bp.get("/<framework_id>/clause")
def clause(framework_id: str) -> str:
    """One clause, named by `id` in the address: its id may hold any sign."""
    found, line = _line(framework_id)
    wanted = _initiatives()
    page = evidencing.page(current.session(), current.doer(), line.serving, wanted, current.number("page") or 1)
    return render_template(
        "frameworks/clause.html",
        found=found,
        line=line,
        page=page,
        title=_evidenced(line),
        wanted=wanted,
        bases=[(basis.value, said) for basis, said in BASES.items()],
        sorting={"by": wanted.order.value, "down": wanted.descending},
        export=same_page(".export_clause", page=None),
        attested=_of_clause(framework_id, line.clause.id),
        ahead=_ahead,
        where=_where,
        **_around(),
    )


@bp.get("/<framework_id>/clause/export.csv")
def export_clause(framework_id: str) -> Response:
    _, line = _line(framework_id)
    rows = evidencing.every(current.session(), current.doer(), line.serving, _initiatives())
    return csvs.answer(f"framework-{framework_id}-clause", OF_INITIATIVES, (_initiative_row(row) for row in rows))


def _every(policy: Policy) -> list[Coverage]:
    return coverage.of_policy(current.session(), current.doer(), policy, current.now().date())


def _one(framework_id: str) -> Coverage:
    found = next((one for one in _every(policies.current(current.session())) if one.framework.id == framework_id), None)
    if found is None:
        raise NotThere("The policy in force has no such framework.")
    return found


def _line(framework_id: str) -> tuple[Coverage, ClauseLine]:
    found, wanted = _one(framework_id), current.text("id")
    line = next((line for line in found.lines if line.clause.id == wanted), None)
    if line is None:
        raise NotThere(f"{framework_id} has no such clause in version {found.framework.version}.")
    return found, line


def _of_clause(framework_id: str, clause_id: str) -> list[Attested]:
    policy = policies.current(current.session())
    found = attestations.every(current.session(), policy, current.now().date(), framework_id)
    return [one for one in found if one.row.clause == clause_id]


def _awaited(policy: Policy) -> list[Attested]:
    """What waits for a second officer."""
    found = attestations.every(current.session(), policy, current.now().date())
    return [one for one in found if one.state is AttestationState.AWAITED]


def _member(name: str, kind: type[Member]) -> Member | None:
    value = current.text(name)
    return kind(value) if value in set(kind) else None


def _down() -> bool:
    return current.text("down") == "1"


def _catalogues() -> Catalogues:
    order = _member("sort", CatalogueOrder) or CatalogueOrder.POLICY
    return Catalogues(current.text("q"), _member("state", CatalogueState), order, _down())


def _clauses() -> Clauses:
    return Clauses(current.text("q"), _member("show", Show), _member("sort", ClauseOrder) or ClauseOrder.CLAUSE, _down())


def _initiatives() -> Wanted:
    return Wanted(current.text("q"), _member("basis", Basis), _member("sort", Order) or Order.KEY, _down())


def _around() -> dict[str, object]:
    """Whoever does not see every initiative is told that others are not counted."""
    roles = current.doer().roles
    return {
        "sees_all": bool(roles & {Role.COMPLIANCE_OFFICER, Role.AUDITOR}),
        "may_attest": Role.COMPLIANCE_OFFICER in roles,
    }


def _ahead(said: str | None) -> bool:
    return is_ahead(said, current.now().date())


def _where(rule: Serving) -> str:
    return "Tiering questionnaire" if rule.gate == TIERING else f"Gate {rule.gate}"


def _title(found: list[Coverage]) -> str:
    """The answer first: of how many clauses how many are served."""
    clauses = sum(len(one.lines) for one in found)
    if not clauses:
        return "No framework to show"
    return f"{sum(one.served for one in found):,} of {counted(clauses, 'clause')} served by a check"


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {counted(whole, 'clause')}"


def _evidenced(line: ClauseLine) -> str:
    count = line.passed + line.now
    if count:
        return f"Evidenced by {counted(count, 'initiative')}"
    return {
        ClauseState.SERVED: "Served, and evidenced by no initiative yet",
        ClauseState.ATTESTED: "Attested, not evidenced by an initiative",
    }.get(line.state, "No check serves this clause, and nothing is attested")


def _catalogue_row(one: Coverage) -> list[object]:
    framework, counts = one.framework, one.counts
    about = [framework.id, framework.title, framework.version, framework.status, one.state.value]
    dates = [framework.effective_from or "", framework.effective_to or "", framework.superseded_by or ""]
    attested = sum(1 for line in one.lines if line.is_attested)
    return [*about, *dates, len(one.lines), one.served, counts[ClauseState.EVIDENCED], attested, counts[ClauseState.OPEN]]


def _clause_row(found: Coverage, line: ClauseLine) -> list[object]:
    served = "; ".join(f"{rule.id} ({_where(rule)}, {word(rule.owner).past})" for rule in line.serving)
    attested = line.attestation
    said = f"{attested.row.id} {attested.state.value}" if attested else ""
    until: date | str = attested.row.valid_until if attested else ""
    about = [found.framework.id, found.framework.version, line.clause.id, line.clause.title, line.clause.applies or ""]
    return [*about, line.state.value, served, line.passed, line.now, said, until]


def _initiative_row(row: Evidencing) -> list[object]:
    then = "; ".join(rule.id for _, rules in row.passed for rule in rules)
    requests = "; ".join(request.id for request, _ in row.passed)
    one = row.initiative
    return [one.key, one.name, row.unit, one.stage.value, then, requests, "; ".join(rule.id for rule in row.now)]
