"""What an administrator can do about mail that did not leave."""

from sqlalchemy import update

from governance.domain import rights
from governance.domain.deliveries import DeliveryState
from governance.domain.errors import Conflict, NotThere
from governance.domain.vocabulary import Role
from governance.ledger.log import Log
from governance.models.outbox import Delivery
from governance.reads import people


def try_again(log: Log, delivery_id: str) -> None:
    """Begin anew with something that was given up: the same message, as often as one that is new."""
    rights.check_role(people.doer(log.session, log.by, log.now), [Role.ADMIN], "send mail again")
    row = log.session.get(Delivery, delivery_id)
    if row is None:
        raise NotThere("There is no such mail. What was sent or dropped is removed after some time.")
    if row.state is not DeliveryState.GIVEN_UP:
        raise Conflict("This mail was not given up: it is being sent, or was sent meanwhile.")
    anew = {"state": DeliveryState.WAITING, "tries": 0, "next_try_at": log.now, "settled_at": None}
    log.session.execute(update(Delivery).where(Delivery.id == delivery_id).values(anew))
