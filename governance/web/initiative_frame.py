"""What every page of an initiative shows around its content: crumbs, heading, tabs."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import url_for

from governance.models.summary import Summary
from governance.permissions import HOLDERS, Permission
from governance.reads import overview as reading
from governance.reads import people
from governance.web import current, origin_view
from governance.web.loading import Loaded
from governance.words import word


def frame(found: Loaded, here: str, also: Iterable[str | None] = ()) -> dict[str, Any]:
    """The values the template `initiatives/frame.html` needs."""
    row, session = found.initiative, current.session()
    summary, tiering, unit, origin = reading.state(session, row.key)
    team = reading.team(session, row.key)
    brought = (origin.by, origin.regularised_by) if origin else ()
    seated = [person for seat in team.values() for person in (seat.person_id, seat.deputy_id)]
    names = people.names(session, [row.lead_id, *also, *brought, *seated])
    return {
        "initiative": row,
        "found": found,
        "unit": unit,
        "summary": summary,
        "names": names,
        "team": team,
        "tiering": tiering,
        "origin": origin,
        "origin_notice": origin_view.notice(found, origin),
        "tabs": [
            {"href": href, "label": label, "here": name == here, "count": count} for name, label, href, count in _tabs(row.key, summary)
        ],
        "visibility": word(row.visibility).label,
    }


def _tabs(key: str, summary: Summary) -> Iterator[tuple[str, str, str, str | None]]:
    """Name, label, address, and what is counted there."""
    yield "overview", "Overview", url_for("initiatives.overview", key=key), None
    if summary.gate:
        done = f"{summary.checks_done} of {summary.checks_total}"
        yield "checklist", "Checklist", url_for("checklists.checklist", key=key, gate=summary.gate), done
    if summary.request_id:
        yield "gate", f"Gate {summary.gate}", url_for("gates.request_page", request_id=summary.request_id), None
    yield "facts", "Facts and tier", url_for("facts.tiering", key=key), None
    still_open = f"{summary.findings_open} open" if summary.findings_open else None
    yield "findings", "Findings", url_for("findings.listing", key=key), still_open
    if HOLDERS[Permission.READ_LEDGER] & current.doer().roles:
        yield "record", "Record", url_for("ledger.entries", initiative=key), None
