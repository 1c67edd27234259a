"""The ledger explorer, for auditors and compliance: every entry in words, with what it changed and its proof."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request

from governance.domain.text import tidy
from governance.ledger import read
from governance.reads import ledger_pages, sentences, signed_heads
from governance.reads.ledger_pages import Question
from governance.web import csvs, current
from governance.web.forms import day

bp = Blueprint("ledger", __name__)

STREAM_NAMES = {
    "initiative": "Initiatives",
    "person": "People",
    "unit": "Units",
    "policy": "Policies",
    "framework": "Frameworks",
    "settings": "Settings",
}
MOST_EXPORTED = 100_000


@bp.get("/ledger")
def entries() -> str:
    session, question = current.session(), asked()
    before = current.number("before")
    found = ledger_pages.lines(session, question, before=before, limit=ledger_pages.PAGE + 1)
    return render_template(
        "ledger/entries.html",
        lines=found[: ledger_pages.PAGE],
        older=found[ledger_pages.PAGE - 1].entry.index if len(found) > ledger_pages.PAGE else None,
        paged=before is not None,
        count=ledger_pages.count(session, question),
        size=read.size(session),
        signing=signed_heads.signing(session),
        kinds=[(kind, kind) for kind in ledger_pages.kinds(session)],
        actors=list(ledger_pages.actors(session).items()),
        stream_names=list(STREAM_NAMES.items()),
        asked=stated(),
    )


@bp.get("/ledger/<int(max=999999999999999):index>")
def entry(index: int) -> str:
    session = current.session()
    found = read.entry(session, index)
    previous, following = ledger_pages.neighbours(session, found)
    return render_template(
        "ledger/entry.html",
        line=ledger_pages.in_words(session, [found])[0],
        about=_about(found),
        proved=sentences.is_proved(found),
        body=[(name.replace("_", " "), ledger_pages.in_text(value)) for name, value in found.body.items()],
        header=[(name.replace("_", " "), ledger_pages.in_text(value)) for name, value in found.header.items()],
        raw_header=found.header_bytes.decode(errors="backslashreplace"),
        raw_body=found.body_bytes.decode(errors="backslashreplace"),
        changes=ledger_pages.changes(session, found),
        proof=ledger_pages.proof(session, found),
        signing=signed_heads.signing(session),
        length=ledger_pages.stream_length(session, found.stream),
        previous=previous,
        following=following,
    )


@bp.get("/ledger/checkpoint")
def checkpoint() -> Response:
    head = signed_heads.latest(current.session())
    return _file(head.note, f"checkpoint-{head.size}.txt")


@bp.get("/ledger/<int(max=999999999999999):index>.tlog-proof")
def proof(index: int) -> Response:
    return _file(signed_heads.proof(current.session(), index), f"entry-{index}.tlog-proof")


def _file(text: str, name: str) -> Response:
    response = Response(text, mimetype="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/ledger.csv")
def export() -> Response:
    found = ledger_pages.lines(current.session(), asked(), limit=MOST_EXPORTED)
    header = ["entry", "time (UTC)", "stream", "number in stream", "kind", "who", "what happened", "leaf hash"]
    rows = (
        [
            line.entry.index,
            line.entry.at.isoformat(),
            line.entry.stream,
            line.entry.seq,
            line.entry.kind,
            line.who,
            line.deed,
            line.entry.hash.hex(),
        ]
        for line in found
    )
    return csvs.answer("ledger", header, rows)


def asked() -> Question:
    """The filters of the address. What cannot be read counts as left out."""
    typed = stated()
    since, until = day(typed["since"]), day(typed["until"])
    zone = current.zone()
    return Question(
        stream=typed["stream"] if typed["stream"] in STREAM_NAMES else "",
        initiative=typed["initiative"].upper(),
        person=typed["person"],
        kind=typed["kind"],
        since=_start(since, zone) if since else None,
        until=_start(until + timedelta(days=1), zone) if until else None,
        text=typed["text"],
    )


def stated() -> dict[str, str]:
    return {name: tidy(request.args.get(name, ""))[:100] for name in ("stream", "initiative", "person", "kind", "since", "until", "text")}


def _start(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), zone).astimezone(UTC)


def _about(found: read.Entry) -> tuple[str, str]:
    """What the entry is about: the kind of stream and its name."""
    kind, _, name = found.stream.partition("/")
    return kind, name
