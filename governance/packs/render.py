"""The evidence report and the organisation's trail, printed: a pure function from a record to one PDF.

Slow (about seven pages a second) and hungry (some 4 MB a page): for the worker, never in a request, never inside a transaction.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from governance.domain.limits import parts
from governance.domain.vocabulary import Function
from governance.packs import chapters, glance, milestones, phrases, signing, story
from governance.packs.bridge import bridge
from governance.packs.complete import problems
from governance.packs.lane import lane
from governance.packs.pdf import Attached, CannotPrint, Printed, to_pdf
from governance.packs.printable import printable
from governance.packs.record import InitiativeRecord, TrailRecord, digest, to_json
from governance.packs.tokens import COLOURS, addresses
from governance.paths import templates_directory

Record = InitiativeRecord | TrailRecord
Progress = Callable[[int, int, str], None]
"""Told how many steps are done, of how many, and in words what happens now. May raise to give up."""

STEPS = 7
SAID: Mapping[int, str] = {
    1: "Reading the pages",
    2: "Reading the style",
    3: "Applying the style",
    4: "Setting the text",
    5: "Laying out the pages",
    6: "Writing the PDF",
    7: "Attaching the record",
}
"""WeasyPrint's own steps, in words of ours."""


def render_initiative(record: InitiativeRecord, progress: Progress) -> Printed:
    """The evidence report of an initiative. Raises `CannotPrint` where it would be incomplete or invalid."""
    return _printed("report.html", record, progress, _context_of_initiative(record))


def render_trail(record: TrailRecord, progress: Progress) -> Printed:
    """The organisation's trail of a period. Raises `CannotPrint` where it would be incomplete or invalid."""
    return _printed("trail.html", record, progress, {"unproven": glance.limits_of_the_ledger()})


def _printed(template: str, record: Record, progress: Progress, context: Mapping[str, object]) -> Printed:
    progress(0, STEPS, "Writing the pages")
    if missing := problems(record):
        raise CannotPrint("\n".join(missing))
    content, named = to_json(record), digest(record)
    html = _environment().get_template(template).render(record=record, digest=named, **context)
    attached = Attached("record.json", "The machine-readable record this report was made from", content, phrases.moment(record.cut.at))
    printed = to_pdf(printable(html), _style(), attached, named.encode(), _told(progress))
    progress(STEPS, STEPS, f"{printed.pages} pages")
    return printed


def _context_of_initiative(record: InitiativeRecord) -> Mapping[str, object]:
    return {
        "chapters": chapters.chapters(record),
        "bridge": Markup(bridge(record)),  # noqa: S704 - drawn by us, every text in it escaped
        "lane": Markup(lane(record)),  # noqa: S704 - the same
        "matrix": glance.matrix(record),
        "tiles": glance.tiles(record),
        "open_points": glance.open_points(record),
        "unproven": glance.unproven(record),
        "milestones": milestones.milestones(record),
        "uncited": chapters.uncited(record),
        "elsewhere": chapters.raised_elsewhere(record),
        "functions": tuple(Function),
        "story": story,
        "lines": signing.lines,
        "labels_of_seats": signing.labels_of_seats,
        "cited": chapters.cited,
        "first_cited": chapters.first_cited,
    }


def _told(progress: Progress) -> Callable[[str], None]:
    """Turns `Step 5 - Creating layout - Page 12` into a step and words."""

    def tell(message: str) -> None:
        found = re.match(r"Step (\d)(?:.* Page (\d+))?", message)
        if found and (step := int(found[1])) in SAID:
            page = f": page {found[2]}" if found[2] else ""
            progress(step - 1, STEPS, SAID[step] + page)

    return tell


@cache
def _environment() -> Environment:
    """An environment of its own: escaping always, a missing name is an error, nothing of the web application in reach."""
    found = Environment(
        loader=FileSystemLoader(templates_directory() / "packs"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "mark": phrases.mark,
        "label": phrases.label,
        "inside": phrases.inside,
        "proof": phrases.proof,
        "sentence": phrases.sentence,
        "utc": phrases.utc,
        "local": phrases.local,
        "day": phrases.day,
        "long_day": phrases.long_day,
        "parts": parts,
        "grouped": phrases.grouped,
        "size": phrases.size,
        "shortened": phrases.shortened,
        "printable": printable,
    }
    return found


@cache
def _style() -> str:
    """The style sheet with its colours and marks; a template like the pages, so that the drawings share them."""
    return _environment().get_template("report.css").render(colours=COLOURS, marks=addresses())
