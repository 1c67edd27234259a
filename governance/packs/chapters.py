"""The chapters of the report, in order. A new chapter is one line here and one partial in templates/packs/."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from governance.packs.phrases import Mark, day, mark
from governance.packs.record import Evidence, Finding, GateRequest, InitiativeRecord
from governance.packs.story import gate_title


@dataclass(frozen=True, slots=True)
class Chapter:
    """`title` stands in the contents and in the running header; `request` is what a gate's chapter is about."""

    id: str
    title: str
    template: str
    number: str = ""
    mark: Mark | None = None
    request: GateRequest | None = None


APPENDICES = (
    Chapter("trail", "Audit trail", "trail_of_initiative.html"),
    Chapter("glossary", "Glossary", "glossary.html"),
    Chapter("about", "About this document", "about.html"),
    Chapter("verify", "How to verify this report", "verify.html"),
)


def chapters(record: InitiativeRecord) -> list[Chapter]:
    """After the cover: the executive page, the numbered chapters, the lettered appendices."""
    body = [
        Chapter("initiative", "The initiative", "initiative.html"),
        Chapter("timeline", "Timeline", "timeline.html"),
        *(_of_gate(record, request) for request in record.requests),
    ]
    if record.waivers:
        body.append(Chapter("waivers", "Waivers", "waivers.html"))
    if record.exclusions:
        body.append(Chapter("exclusions", "Checks that do not apply", "exclusions.html"))
    if raised_elsewhere(record):
        body.append(Chapter("findings", "Findings raised outside a gate request", "findings_elsewhere.html"))
    if uncited(record):
        body.append(Chapter("evidence", "Evidence no gate request cites", "evidence.html"))
    numbered = [replace(chapter, number=str(position)) for position, chapter in enumerate(body, start=1)]
    lettered = [replace(chapter, number=letter) for letter, chapter in zip("ABCD", APPENDICES, strict=True)]
    return [Chapter("at-a-glance", "At a glance", "glance.html"), *numbered, *lettered]


def _of_gate(record: InitiativeRecord, request: GateRequest) -> Chapter:
    found = mark(request.state)
    when = f" {day(request.settled_at)}" if request.settled_at else ""
    said = replace(found, word=f"{found.word}{when}")
    position = record.requests.index(request) + 1
    return Chapter(f"request-{position}", gate_title(record, request), "gate.html", mark=said, request=request)


def cited(record: InitiativeRecord, request: GateRequest) -> list[tuple[Evidence, list[str]]]:
    """The evidence of a request in the order of its checks, each piece once, with the checks that cite it."""
    pieces = {piece.id: piece for piece in record.evidence}
    ids = _once(reference for check in request.checks for reference in check.evidence)
    return [(pieces[id_], [check.item for check in request.checks if id_ in check.evidence]) for id_ in ids]


def uncited(record: InitiativeRecord) -> list[Evidence]:
    """What was added and stands in no request: the index of a report is complete or says nothing."""
    named = {reference for request in record.requests for check in request.checks for reference in check.evidence}
    return [piece for piece in record.evidence if piece.id not in named]


def raised_elsewhere(record: InitiativeRecord) -> list[Finding]:
    """The findings that stand in no gate's chapter."""
    return [finding for finding in record.findings if finding.request is None]


def first_cited(record: InitiativeRecord, request: GateRequest, evidence_id: str) -> str | None:
    """The earlier request that already cited the same piece, if one did."""
    for earlier in record.requests[: record.requests.index(request)]:
        if any(evidence_id in check.evidence for check in earlier.checks):
            return earlier.id
    return None


def _once(references: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(references))
