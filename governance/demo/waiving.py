"""Waivers of a case: asked for an hour before the first signature, signed when the file says. Their end is left to time."""

from collections.abc import Iterator
from datetime import date, timedelta

from governance.demo.cases import Case, moment
from governance.demo.stage import Act, Scene
from governance.domain.vocabulary import Function, WaiverDecision, WaiverSeat
from governance.domain.waivers import Asked
from governance.ledger.log import Log
from governance.services import waivers
from governance.words import word

BEFORE = timedelta(hours=1)


def waiver_acts(scene: Scene, told: Case, by: str) -> Iterator[Act]:
    """The acts of one waiver; its id in the record follows from the initiative, as with findings."""
    asked = min(moment(signed["at"]) for signed in told["signed"]) - BEFORE
    made: list[str] = []
    yield Act(asked, by, f"asked for waiver {told['id']}", lambda log: made.append(_ask(scene, told, log)))
    for signed in told["signed"]:
        what = f"signed waiver {told['id']} for {signed['function'].replace('_', ' ')}"
        yield Act(moment(signed["at"]), signed["person"], what, lambda log, signed=signed: _sign(log, made[0], signed), proof=True)  # type: ignore[misc]


def _ask(scene: Scene, told: Case, log: Log) -> str:
    asked = Asked(told["scope"], told["reason"], told["compensating_control"], told["owner"], date.fromisoformat(told["expires"]))
    return waivers.ask(log, scene.key, told["item"], asked)


def _sign(log: Log, waiver_id: str, signed: Case) -> None:
    seat = WaiverSeat.COMPLIANCE if signed["function"] == Function.COMPLIANCE else WaiverSeat.OWNER
    waivers.sign(log, waiver_id, seat, WaiverDecision.GRANT, word(WaiverDecision.GRANT).meaning)
