"""What every page shows around its content: the main navigation, the organisation, the time zone."""

from typing import NamedTuple

from flask import Flask, g, request

from governance.permissions import ROUTES, allows
from governance.reads import work
from governance.web import current

ENTRIES = (
    ("work.mine", "My work"),
    ("portfolio.board", "Portfolio"),
    ("waivers.listing", "Waivers"),
    ("policies.overview", "Policies"),
    ("ledger.entries", "Ledger"),
    ("packs.listing", "Evidence packs"),
    ("people.listing", "People"),
    ("settings.organisation", "Settings"),
)

BELONGS = {
    **dict.fromkeys(("attesting", "drafting", "frameworks", "impact", "policy_checks", "proposals", "proposing"), "policies"),
    **dict.fromkeys(("importing", "intake"), "portfolio"),
    "staffing": "people",
}
"""Groups of pages that are part of another entry: the one that the way to them begins with."""


class Entry(NamedTuple):
    endpoint: str
    label: str
    waiting: str
    here: bool


def register(app: Flask) -> None:
    app.context_processor(surroundings)


def surroundings() -> dict[str, object]:
    """For pages only: files and redirects never ask for it."""
    organisation = current.organisation()
    return {
        "nav": entries() if current.signed_in() else [],
        "organisation": organisation,
        "demo": organisation.demo if organisation else False,
        "doer": g.get("doer"),
        "restored": current.restored(),
        "may_recover": current.signed_in() and allows(ROUTES["recovery.awaited"], current.doer()),
        "now": current.now(),
        "today": current.today(),
        "time_zone": current.zone().key,
    }


def entries() -> list[Entry]:
    group = (request.endpoint or "").split(".")[0]
    here = BELONGS.get(group, group)
    return [
        Entry(
            endpoint,
            label,
            _waiting() if endpoint == "work.mine" else "",
            endpoint.split(".")[0] == here,
        )
        for endpoint, label in ENTRIES
        if allows(ROUTES[endpoint], current.doer())
    ]


def _waiting() -> str:
    count = work.count(current.session(), current.doer())
    return f"{work.MOST_COUNTED}+" if count > work.MOST_COUNTED else str(count or "")
