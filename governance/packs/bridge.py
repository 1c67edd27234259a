"""The way over the bridge, as the cover draws it: four spans for the stages, three towers for the gates. SVG text, with words for
readers who cannot see it."""

from collections.abc import Iterator
from dataclasses import dataclass

from governance.domain.moving_in import NOT_SIGNED_HERE
from governance.domain.vocabulary import RequestState, Stage
from governance.packs.drawing import Point, at, drawing, line, placed, text
from governance.packs.phrases import Mark, day, label, mark, ordinal
from governance.packs.record import GateRequest, InitiativeRecord
from governance.packs.story import gate_name, is_as_found
from governance.packs.tokens import COLOURS, Tone

SPANS = (Stage.PILOT, Stage.REVIEW, Stage.LIMITED_PRODUCTION, Stage.FULL_PRODUCTION)
EDGES = (8.0, 123.0, 241.0, 359.0, 474.0)  # shores and towers, left to right
DECK, TOP, FOOT = 104.0, 38.0, 128.0


@dataclass(frozen=True, slots=True)
class Tower:
    """A gate as it stands: what its last request came to."""

    at: float
    name: str
    mark: Mark
    lines: tuple[str, ...]
    rejected: str | None  # the day an earlier request was refused


def bridge(record: InitiativeRecord) -> str:
    """The drawing; every text in it is escaped."""
    towers = [_tower(record, position) for position in range(3)]
    parts = [*_steel(), *_hangers(), *_spans(record)]
    parts += [part for tower in towers for part in _drawn(tower)]
    return drawing(482, 176, _in_words(record, towers), parts)


def _tower(record: InitiativeRecord, position: int) -> Tower:
    leaves, enters = SPANS[position], SPANS[position + 1]
    requests = [request for request in record.requests if (request.leaves, request.enters) == (leaves, enters)]
    if not requests:
        return Tower(EDGES[position + 1], f"Gate {position + 1}", Mark(Tone.IDLE, "no request"), ("no request",), None)
    last = requests[-1]
    refused = [request.settled_at for request in requests[:-1] if request.state is RequestState.REJECTED]
    rejected = day(refused[-1]) if refused and refused[-1] else None
    return Tower(EDGES[position + 1], gate_name(last), mark(last.state), _under(last), rejected)


def _under(request: GateRequest) -> tuple[str, ...]:
    again = f", {ordinal(request.number)} request" if request.number > 1 else ""
    said = mark(request.state).word + again
    return (said, day(request.settled_at)) if request.settled_at else (said,)


def _steel() -> Iterator[str]:
    accent = COLOURS["accent"]
    for x in EDGES[1:-1]:
        for leg in (x - 2.4, x + 2.4):
            yield line((leg, TOP), (leg, FOOT), accent, 1)
        yield line((x - 7, FOOT), (x + 7, FOOT), accent, 1.4)
        for y in (52, 78):
            yield line((x - 2.4, y), (x + 2.4, y), accent, 0.8)
    for start, bend, end in _cables():
        yield f'<path d="M{at(start)} Q{at(bend)} {at(end)}" fill="none" stroke="{accent}" stroke-width="1.1"/>'
    yield f'<rect x="{EDGES[0]:g}" y="{DECK:g}" width="{EDGES[-1] - EDGES[0]:g}" height="4.4" fill="{accent}"/>'


def _cables() -> Iterator[tuple[Point, Point, Point]]:
    """Quadratic curves: from the shore up, tower to tower, and down to the shore."""
    shore, first, second, third, far = EDGES
    yield (shore, DECK), ((shore + first) / 2, 88.0), (first, TOP)
    for left, right in ((first, second), (second, third)):
        yield (left, TOP), ((left + right) / 2, 150.0), (right, TOP)
    yield (third, TOP), ((third + far) / 2, 88.0), (far, DECK)


def _hangers() -> Iterator[str]:
    for start, bend, end in _cables():
        for step in range(1, 11):
            share = step / 11
            x, y = (_curve(share, start[axis], bend[axis], end[axis]) for axis in (0, 1))
            yield line((x, y), (x, DECK), COLOURS["hanger"], 0.5)


def _curve(share: float, start: float, bend: float, end: float) -> float:
    return (1 - share) ** 2 * start + 2 * share * (1 - share) * bend + share**2 * end


def _spans(record: InitiativeRecord) -> Iterator[str]:
    for position, stage in enumerate(SPANS):
        middle = (EDGES[position] + EDGES[position + 1]) / 2
        yield text((middle, 120), label(stage), 8.2, bold=True)
        if stage is record.initiative.stage:
            stated = ", as stated" if is_as_found(record) else ""
            yield text((middle, 131), f"here since {day(record.initiative.stage_since)}{stated}", 7.2, COLOURS["muted"])


def _drawn(tower: Tower) -> Iterator[str]:
    yield placed(tower.mark.tone, (tower.at - 8.5, 17.5), 1.42)
    yield text((tower.at, 143), tower.name, 8.2, bold=True)
    for number, said in enumerate(tower.lines):
        yield text((tower.at, 154.5 + 10 * number), said, 7.4, COLOURS["muted"])
    if tower.rejected:
        yield placed(Tone.BAD, (tower.at - 35, 20.5), 0.9)
        for y, said in ((23, "rejected"), (32, tower.rejected)):
            yield text((tower.at - 39, y), said, 7, COLOURS["bad"] if y == 23 else COLOURS["muted"], anchor="end")


def _in_words(record: InitiativeRecord, towers: list[Tower]) -> str:
    gates = "; ".join(f"{tower.name} {' '.join(tower.lines)}" for tower in towers)
    initiative = record.initiative
    stated = f", {NOT_SIGNED_HERE}" if is_as_found(record) else ""
    return f"The way over the bridge: {gates}. In stage {label(initiative.stage)} since {day(initiative.stage_since)}{stated}."
