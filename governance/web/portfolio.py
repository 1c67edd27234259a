"""The portfolio as a board by stage and as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, render_template, request

from governance.domain.vocabulary import Decision, Function, Regularity, RequestState, Role, Stage, Standing, Tier
from governance.models.moving_in import Origin
from governance.permissions import HOLDERS, Permission
from governance.reads import moving_in, people, portfolio
from governance.reads.portfolio import Filters, Line, Sort
from governance.web import csvs, current, origin_view
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
    "approved before this system",
    "regular here by",
)


STATES = (RequestState.DRAFT, RequestState.IN_REVIEW, RequestState.CHANGES_REQUESTED)
"""Of a request that is still open."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. A value that is not known counts as not given, and `unknown` names its filter."""

    filters: Filters
    unknown: tuple[str, ...]
    units: Mapping[str, str]
    leads: Mapping[str, str]


@bp.get("")
def board() -> str:
    asked = read_address()
    found = portfolio.board(current.session(), current.doer(), asked.filters)
    shown = [(stage, found.columns[stage], total) for stage, total in found.totals.items() if stage is not Stage.RETIRED or total]
    title = _title(sum(found.totals.values()), found.waiting)
    return render_template("portfolio/board.html", columns=shown, title=title, most=portfolio.MOST_ON_BOARD, **_around(asked))


@bp.get("/table")
def table() -> str:
    asked = read_address()
    page = portfolio.page(current.session(), current.doer(), asked.filters, current.number("page") or 1)
    sorting = {"by": asked.filters.sort.value, "down": asked.filters.descending}
    return render_template("portfolio/table.html", page=page, title=_title(page.total, page.waiting), sorting=sorting, **_around(asked))


@bp.get("/export.csv")
def export() -> Response:
    lines = portfolio.every(current.session(), current.doer(), read_address().filters)
    return csvs.answer("portfolio", HEADER, (_row(line) for line in lines))


def read_address() -> Asked:
    units, leads = people.units(current.session()), portfolio.leads(current.session(), current.doer())
    unknown: list[str] = []

    def known(name: str, said: str, values: Mapping[str, str]) -> str | None:
        value = request.args.get(name, "")
        if value and value not in values:
            unknown.append(said)
        return value if value in values else None

    def member(name: str, said: str, kind: type[Member]) -> Member | None:
        value = known(name, said, {one.value: "" for one in kind})
        return kind(value) if value else None

    state = member("state", "gate request", RequestState)
    sort = member("sort", "order", Sort)
    origin = member("origin", "origin", Regularity)
    filters = Filters(
        text=current.text("q"),
        stage=member("stage", "stage", Stage),
        standing=member("standing", "standing", Standing),
        tier=member("tier", "risk tier", Tier),
        unit=known("unit", "unit", units),
        lead=known("lead", "lead", leads),
        state=state.value if state else None,
        origin=origin,
        today=current.now().date(),
        sort=sort or Sort.LAST,
        descending=request.args.get("down", "1" if sort is None else "0") == "1",
    )
    return Asked(filters, tuple(unknown), units, leads)


def marks(line: Line) -> list[dict[str, str]]:
    """The four sign-offs of an open gate, for the pips of a list."""
    found = []
    for function in Function if line.summary.seats else ():
        said = line.summary.seats.get(function.value, "waiting")
        known = word(Decision(said)) if said in set(Decision) else None
        label = f"{word(function).label}: {known.past if known else 'waiting'}"
        found.append({"shape": known.shape if known else "waiting", "tone": known.tone if known else "idle", "label": label})
    return found


def _around(asked: Asked) -> dict[str, object]:
    roles: frozenset[Role] = current.doer().roles
    return {
        "filters": asked.filters,
        "unknown": asked.unknown,
        "units": list(asked.units.items()),
        "leads": list(asked.leads.items()),
        "stages": [(stage.value, word(stage).label) for stage in Stage],
        "tiers": [(tier.value, word(tier).label) for tier in Tier],
        "origins": [(one.value, word(one).label) for one in Regularity],
        "brief": origin_view.brief,
        "standings": [(standing.value, word(standing).label) for standing in Standing],
        "states": [(state.value, word(state).label) for state in STATES],
        "may_register": bool(HOLDERS[Permission.REGISTER] & roles),
        "may_import": bool(HOLDERS[Permission.VOUCH] & roles),
        "marks": marks,
        "on": current.day_of,
    }


def _title(total: int, waiting: int) -> str:
    """The answer first: how many there are, and how many of them wait for somebody."""
    if not total:
        return "No initiative to show"
    return f"{counted(total, 'initiative')}, {f'{waiting:,}' if waiting else 'none'} waiting for somebody"


def _row(line: Line) -> list[object]:
    initiative, summary = line.initiative, line.summary
    return [
        initiative.key,
        initiative.name,
        line.unit,
        line.lead,
        initiative.stage.value,
        initiative.stage_since,
        initiative.standing.value,
        summary.tier.value if summary.tier else "",
        summary.gate or "",
        summary.request_state or "",
        summary.checks_done,
        summary.checks_total,
        summary.waits_for,
        summary.waits_since,
        *_origin(line.origin),
    ]


def _origin(origin: Origin | None) -> tuple[str, str]:
    if origin is None:
        return "", ""
    where = moving_in.regularity(origin, current.now().date())
    return where.value, origin.regularise_by.isoformat() if origin.regularise_by else ""
