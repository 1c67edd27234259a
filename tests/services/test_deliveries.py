"""What an administrator can do about mail that did not leave."""

from datetime import timedelta

import pytest

from governance.domain.deliveries import DeliveryState
from governance.domain.errors import Conflict, NotAllowed, NotThere
from governance.ledger.log import SYSTEM
from governance.models.outbox import Delivery
from governance.services import deliveries
from tests.services.conftest import House, house

__all__ = ["house"]


def keep(house: House, state: DeliveryState) -> None:
    at = house.now - timedelta(days=2)
    row = Delivery(id="1", follower="mail", leaf=0, recipient="mina", message_id="<1@x>", state=state, made_at=at, tries=8, next_try_at=at)
    row.settled_at, row.last_error = at, "550 nobody here"
    with house.ledger.writing(SYSTEM, house.now) as log:
        log.session.add(row)


def test_what_was_given_up_begins_anew_as_the_same_message(house: House) -> None:
    keep(house, DeliveryState.GIVEN_UP)

    house.act("omar", lambda log: deliveries.try_again(log, "1"))

    with house.read() as session:
        row = session.get_one(Delivery, "1")
        assert (row.state, row.tries, row.settled_at, row.message_id) == (DeliveryState.WAITING, 0, None, "<1@x>")
        assert row.next_try_at == house.now


@pytest.mark.parametrize("state", [DeliveryState.WAITING, DeliveryState.DELIVERED, DeliveryState.DROPPED])
def test_only_what_was_given_up_can_be_tried_again(house: House, state: DeliveryState) -> None:
    keep(house, state)

    with pytest.raises(Conflict):
        house.act("omar", lambda log: deliveries.try_again(log, "1"))


@pytest.mark.parametrize("who", ["lena", "aoife", "ruth", "mallory"])
def test_only_administrators_can(house: House, who: str) -> None:
    keep(house, DeliveryState.GIVEN_UP)

    with pytest.raises(NotAllowed):
        house.act(who, lambda log: deliveries.try_again(log, "1"))


def test_what_is_not_there_cannot(house: House) -> None:
    with pytest.raises(NotThere):
        house.act("omar", lambda log: deliveries.try_again(log, "2"))
