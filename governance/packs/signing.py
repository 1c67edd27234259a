"""How the sign-offs of a request stand on paper: two functions side by side, and across the page where words are long or many."""

from dataclasses import dataclass

from governance.domain.vocabulary import Function
from governance.packs.record import GateRequest, Seat, SignOff
from governance.packs.story import counting

FITS_A_COLUMN = 3.2
"""What half a page's width can take in height, in signatures: a panel in a column is never broken across pages."""

CHARACTERS_OF_A_SIGNATURE = 450
"""So many characters of meaning, reason and names take the height of one more signature."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A function's seats: what was signed for them, in the order it was, and the seats nobody signed for."""

    function: Function
    given: tuple[SignOff, ...]
    empty: tuple[Seat, ...]
    seats: int

    @property
    def signed(self) -> int:
        return self.seats - len(self.empty)


@dataclass(frozen=True, slots=True)
class Line:
    """One panel across the page, or two side by side."""

    panels: tuple[Panel, ...]
    wide: bool


def lines(request: GateRequest) -> list[Line]:
    """Every function that has a seat or signed, so that no signature can be left out."""
    found: list[Line] = []
    waiting: list[Panel] = []
    for panel in _panels(request):
        if _height(panel) > FITS_A_COLUMN:
            found.append(Line((panel,), wide=True))
        else:
            waiting.append(panel)
    pairs = [Line(tuple(waiting[start : start + 2]), wide=False) for start in range(0, len(waiting), 2)]
    return pairs + found


def labels_of_seats(request: GateRequest) -> dict[str, str]:
    """What each seat of the plan is called, by id; a seat signed under an earlier plan may be missing."""
    return {seat.id: seat.label for seat in request.seats}


def _panels(request: GateRequest) -> list[Panel]:
    signed = {sign_off.seat for sign_off in counting(request)}
    panels = []
    for function in Function:
        seats = [seat for seat in request.seats if seat.function is function]
        given = tuple(sign_off for sign_off in request.sign_offs if sign_off.function is function)
        empty = tuple(seat for seat in seats if seat.id not in signed)
        if seats or given:
            panels.append(Panel(function, given, empty, len(seats)))
    return panels


def _written(given: SignOff) -> tuple[str, ...]:
    return (given.reason, given.meaning, given.name, given.title, given.fell, *(look.text for look in given.looked_at))


def _height(panel: Panel) -> float:
    written = sum(len(words) for given in panel.given for words in _written(given))
    return len(panel.given) + 0.3 * len(panel.empty) + max(0, written - 150 * len(panel.given)) / CHARACTERS_OF_A_SIGNATURE
