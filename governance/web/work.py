"""My work: what waits for me, why me, since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, render_template, url_for

from governance.domain.vocabulary import Role
from governance.reads import proposals, work
from governance.reads.work import Task
from governance.web import current
from governance.web.filters import counted

bp = Blueprint("work", __name__)

HEADINGS = {"sign": "To sign", "close": "To close", "change": "To change", "renew": "To submit again", "submit": "To submit"}
HEADINGS |= {
    "withdraw": "To decide",
    "tier": "To answer",
    "answer": "To answer",
    "finding": "Findings to answer",
    "accept": "Answers to look at",
    "regularise": "To make regular",
    "waive": "Waivers to sign",
    "exclude": "To confirm",
    "evidence": "Evidence that counts no more",
}
LINKS = {
    "sign": "Review",
    "close": "Review",
    "finding": "Answer",
    "accept": "Look",
    "answer": "Answer",
    "tier": "Answer",
    "waive": "Review",
    "exclude": "Review",
    "evidence": "Look",
}


@dataclass(frozen=True, slots=True)
class Row:
    task: Task
    href: str
    link: str
    late: bool


@bp.get("/")
def mine() -> str:
    page = work.mine(current.session(), current.doer(), current.number("page") or 1)
    rows = sorted((_row(task) for task in page.tasks), key=lambda row: list(HEADINGS).index(row.task.waiting.kind))
    groups = [(heading, list(found)) for heading, found in groupby(rows, key=lambda row: HEADINGS[row.task.waiting.kind])]
    waiting = proposals.tell(current.session(), proposals.waiting_for(current.session(), current.doer()))
    number = page.total + len(waiting)
    title = f"{counted(number, 'thing')} {'waits' if number == 1 else 'wait'} for you" if number else "Nothing waits for you"
    return render_template(
        "work/mine.html", groups=groups, proposals=waiting, title=title, page=page, size=work.PAGE, next_step=_next_step()
    )


def _row(task: Task) -> Row:
    waiting = task.waiting
    late = waiting.due is not None and waiting.due < current.now().date()
    return Row(
        task, href_of(waiting.kind, waiting.initiative_key, waiting.request_id, waiting.subject), LINKS.get(waiting.kind, "Open"), late
    )


def href_of(kind: str, key: str, request_id: str | None, subject: str | None) -> str:
    """Where the wait is ended."""
    match kind:
        case "sign" if request_id:
            return url_for("gates.request_page", request_id=request_id)
        case "answer" if request_id:
            return url_for("checklists.checklist", key=key, gate=request_id.split(".")[1].rsplit("-", 1)[0], _anchor=subject)
        case "tier":
            return url_for("facts.tiering", key=key)
        case "finding" | "accept":
            return url_for("findings.listing", key=key, _anchor=subject)
        case "evidence" if subject:
            return url_for("evidence.statement", evidence_id=subject)
        case "exclude" if subject:
            return url_for("exclusions.exclusion", exclusion_id=subject)
        case "waive" if subject:
            waiver_id, _, seat = subject.partition("/")
            return url_for("waivers.waiver", waiver_id=waiver_id, _anchor=seat)
        case _ if request_id:
            return url_for("gates.request_page", request_id=request_id)
        case _:
            return url_for("initiatives.overview", key=key)


def _next_step() -> tuple[str, str, str]:
    """What an empty page says to do next: a sentence, where, and the words of the link."""
    roles: Sequence[Role] = sorted(current.doer().roles)
    if Role.PROJECT_LEAD in roles:
        return "When a reviewer asks for something, it stands here.", url_for("intake.register"), "Register an initiative"
    if Role.ADMIN in roles:
        return "Administrators keep the people and the settings.", url_for("people.listing"), "Look at the people"
    if Role.AUDITOR in roles:
        return "Auditors read everything and issue evidence packs.", url_for("packs.listing"), "Go to the evidence packs"
    if not roles:
        return (
            "You have no role yet; an administrator grants them. You can read what is open to everybody.",
            url_for("portfolio.board"),
            "Look at the portfolio",
        )
    return "When a gate needs your signature, it stands here.", url_for("portfolio.board"), "Look at the portfolio"
