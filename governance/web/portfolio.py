"""The portfolio as a board by stage and as a table."""

from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, render_template, request, url_for

from governance.domain.lifecycle import ORDER
from governance.domain.vocabulary import Decision, Function, RequestState, Role, Stage, Standing, Tier
from governance.permissions import HOLDERS, Permission
from governance.reads import people, portfolio
from governance.reads.portfolio import Filters, Line, Sort
from governance.web import csvs, current
from governance.web.filters import counted
from governance.words import word

bp = Blueprint("portfolio", __name__, url_prefix="/portfolio")

Member = TypeVar("Member", bound=StrEnum)
HEADER = (
    "key",
    "name",
    "unit",
    "lead",
    "stage",
    "stage since (UTC)",
    "standing",
    "tier",
    "gate",
    "request",
    "checks met",
    "checks",
    "waits for",
    "waits since (UTC)",
)


@bp.get("")
def board() -> str:
    filters = asked()
    columns, counts = portfolio.board(current.session(), current.doer(), filters)
    shown = [(stage, columns[stage], counts[stage]) for stage in ORDER if stage is not Stage.RETIRED or counts[stage]]
    return render_template(
        "portfolio/board.html", columns=shown, title=_title(sum(counts.values())), most=portfolio.MOST_ON_BOARD, **_around(filters)
    )


@bp.get("/table")
def table() -> str:
    filters = asked()
    page = portfolio.page(current.session(), current.doer(), filters, request.args.get("page", 1, type=int))
    sorting = {"by": filters.sort.value, "down": filters.descending}
    return render_template("portfolio/table.html", page=page, title=_title(page.total), sorting=sorting, **_around(filters))


@bp.get("/export.csv")
def export() -> Response:
    lines = portfolio.every(current.session(), current.doer(), asked())
    return csvs.answer("portfolio", HEADER, (_row(line) for line in lines))


def asked() -> Filters:
    """The filters of the address; a value that is not known counts as not given."""
    units = people.units(current.session())
    sort = member(Sort, "sort")
    return Filters(
        text=request.args.get("q", "")[:200],
        stage=member(Stage, "stage"),
        standing=member(Standing, "standing"),
        tier=member(Tier, "tier"),
        unit=unit if (unit := request.args.get("unit", "")) in units else None,
        state=state.value if (state := member(RequestState, "state")) else None,
        sort=sort or Sort.LAST,
        descending=request.args.get("down", "1" if sort is None else "0") == "1",
    )


def member(kind: type[Member], name: str) -> Member | None:
    value = request.args.get(name, "")
    return kind(value) if value in set(kind) else None


def marks(line: Line) -> list[dict[str, str]]:
    """The four sign-offs of an open gate, for the pips of a list."""
    found = []
    for function in Function if line.summary.seats else ():
        said = line.summary.seats.get(function.value, "waiting")
        known = word(Decision(said)) if said in set(Decision) else None
        label = f"{word(function).label}: {known.past if known else 'waiting'}"
        found.append({"shape": known.shape if known else "waiting", "tone": known.tone if known else "idle", "label": label})
    return found


def _around(filters: Filters) -> dict[str, object]:
    roles: frozenset[Role] = current.doer().roles
    return {
        "filters": filters,
        "units": list(people.units(current.session()).items()),
        "stages": [(stage.value, word(stage).label) for stage in Stage],
        "tiers": [(tier.value, word(tier).label) for tier in Tier],
        "standings": [(standing.value, word(standing).label) for standing in Standing],
        "states": [
            (state.value, word(state).label) for state in (RequestState.DRAFT, RequestState.IN_REVIEW, RequestState.CHANGES_REQUESTED)
        ],
        "may_register": bool(HOLDERS[Permission.REGISTER] & roles),
        "export": f"{url_for('portfolio.export')}?{request.query_string.decode()}",
        "marks": marks,
    }


def _title(total: int) -> str:
    return f"{counted(total, 'initiative')}" if total else "No initiative to show"


def _row(line: Line) -> list[object]:
    initiative, summary = line.initiative, line.summary
    return [
        initiative.key,
        initiative.name,
        line.unit,
        line.lead,
        initiative.stage.value,
        _utc(initiative.stage_since),
        initiative.standing.value,
        summary.tier.value if summary.tier else "",
        summary.gate or "",
        summary.request_state or "",
        summary.checks_done,
        summary.checks_total,
        summary.waits_for,
        _utc(summary.waits_since),
    ]


def _utc(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
