"""The timeline as a picture: one lane of stages over the calendar, with the gate requests above it."""

from collections.abc import Iterator
from datetime import date, timedelta

from governance.domain.vocabulary import Stage
from governance.packs.drawing import box, drawing, line, placed, text
from governance.packs.phrases import day, inside, label, mark
from governance.packs.record import InitiativeRecord
from governance.packs.tokens import COLOURS

LEFT, RIGHT = 8.0, 474.0
UPPER, LOWER = 34.0, 54.0
SHADES = {
    Stage.PILOT: ("#dbe5ee", COLOURS["ink"]),
    Stage.REVIEW: ("#c3d2e0", COLOURS["ink"]),
    Stage.LIMITED_PRODUCTION: ("#8faac4", COLOURS["ink"]),
    Stage.FULL_PRODUCTION: (COLOURS["accent"], "#ffffff"),
    Stage.RETIRED: (COLOURS["rule"], COLOURS["ink"]),
}
"""Fill and text of each stage: darker is further."""

LETTERS_TO_THE_UNIT = 0.26
"""How many letters of the label fit on one unit of the lane."""


def lane(record: InitiativeRecord) -> str:
    """From the registration, or the day since when a stage was found before it, to the cut."""
    first = min([record.initiative.registered_at, *(entry.at for entry in record.stages)])
    calendar = Calendar(first, record.cut.at)
    parts = [*_months(calendar), *_stages(record, calendar), *_requests(record, calendar)]
    return drawing(482, 82, _in_words(record), parts)


class Calendar:
    """Days as places on the lane."""

    def __init__(self, first: str, last: str) -> None:
        self.first = date.fromisoformat(first[:10])
        self.days = max((date.fromisoformat(last[:10]) - self.first).days, 1)
        self.last = self.first + timedelta(days=self.days)

    def place(self, moment: str | date) -> float:
        on = date.fromisoformat(moment[:10]) if isinstance(moment, str) else moment
        return LEFT + (RIGHT - LEFT) * (on - self.first).days / self.days

    def months(self) -> Iterator[date]:
        """The first days of months, at most about twelve of them."""
        step = self.days // 365 + 1
        month = self.first.year * 12 + self.first.month
        while (found := date(month // 12, month % 12 + 1, 1)) <= self.last:
            yield found
            month += step


def _months(calendar: Calendar) -> Iterator[str]:
    for month in calendar.months():
        x = calendar.place(month)
        yield line((x, UPPER - 4), (x, LOWER + 6), COLOURS["rule"], 0.6)
        yield text((x, LOWER + 15), f"{month:%b %Y}" if month.month == 1 else f"{month:%b}", 6.6, COLOURS["muted"])


def _stages(record: InitiativeRecord, calendar: Calendar) -> Iterator[str]:
    entries = record.stages
    for position, entry in enumerate(entries):
        start = calendar.place(entry.at)
        end = calendar.place(entries[position + 1].at) if position + 1 < len(entries) else RIGHT
        fill, ink = SHADES[entry.stage]
        yield box((start, UPPER), max(end - start, 0.8), LOWER - UPPER, fill)
        if len(label(entry.stage)) <= (end - start) * LETTERS_TO_THE_UNIT:
            yield text(((start + end) / 2, UPPER + 12.6), label(entry.stage), 7.2, ink, bold=True)


def _requests(record: InitiativeRecord, calendar: Calendar) -> Iterator[str]:
    for request in record.requests:
        x = calendar.place(request.settled_at or record.cut.at)
        yield line((x, UPPER - 9), (x, UPPER), COLOURS["ink"], 0.8)
        yield placed(mark(request.state).tone, (x - 5, UPPER - 17), 0.84)
        yield text((x, UPPER - 21), request.gate, 7, bold=True)


def _in_words(record: InitiativeRecord) -> str:
    stages = "; ".join(f"{label(entry.stage)} from {day(entry.at)}" for entry in record.stages)
    requests = "; ".join(f"{one.gate} {inside(one.state)}" for one in record.requests) or "none"
    return f"Stages over the calendar: {stages}. Gate requests: {requests}."
