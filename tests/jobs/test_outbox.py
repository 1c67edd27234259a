"""The outbox: nothing is skipped, nothing is there twice, and what somebody died over is done again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from governance.domain.deliveries import MOST_TRIES, DeliveryState
from governance.domain.findings import NewFinding
from governance.domain.vocabulary import FindingSeverity
from governance.jobs import outbox
from governance.jobs.outbox import Follower, NotMeant, NotTaken, WayClosed
from governance.ledger.log import SYSTEM, Log
from governance.ledger.read import size
from governance.models.ledger import Leaf
from governance.models.outbox import Cursor, Delivery
from governance.services import findings
from tests.services.conftest import House
from tests.tampering import alter

Act = Callable[[Delivery], None]


def follower(*to: str, name: str = "sample") -> Follower:
    """Whatever is found is told to these people."""
    return Follower(name, ("finding.raised",), lambda _, __, ___: to, lambda leaf, person: f"<{leaf.index}.{person}@sample.example>")


def raise_findings(house: House, count: int) -> None:
    """In one transaction."""
    new = NewFinding(FindingSeverity.LOW, "The drill failed.", "tom")

    def do(log: Log) -> None:
        for _ in range(count):
            findings.raise_finding(log, "AI-0001", new)

    house.act("rafael", do)


def now() -> datetime:
    return datetime.now(UTC)


def deliveries(house: House) -> list[Delivery]:
    with house.read() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.leaf, Delivery.recipient)))


def states(house: House) -> list[str]:
    return [row.state.value for row in deliveries(house)]


def cursor(house: House, name: str = "sample") -> int:
    with house.read() as session:
        return session.get_one(Cursor, name).next_index


def change(house: House, **values: object) -> None:
    with house.ledger.writing(SYSTEM, house.now) as log:
        log.session.execute(update(Delivery).values(values))


def time_goes_by(house: House) -> None:
    """As if every pause and every lease were over."""
    change(house, leased_until=None, next_try_at=now() - timedelta(minutes=1))


@pytest.fixture
def three(followed: House) -> House:
    """Three deliveries for Tom."""
    raise_findings(followed, 3)
    outbox.follow(followed.ledger, follower("tom"), now())
    return followed


def test_a_follower_that_is_new_begins_at_the_head_and_tells_nothing_of_the_past(house: House) -> None:
    house.register()
    raise_findings(house, 2)

    outbox.follow(house.ledger, follower("tom"), now())

    assert deliveries(house) == []
    with house.read() as session:
        assert cursor(house) == size(session)


def test_each_entry_leads_to_one_delivery_for_each_recipient(followed: House) -> None:
    raise_findings(followed, 2)

    for _ in range(3):
        outbox.follow(followed.ledger, follower("tom", "mara"), now())

    found = deliveries(followed)
    assert [row.recipient for row in found] == ["mara", "tom"] * 2
    assert len({row.message_id for row in found}) == 4 and {row.state for row in found} == {DeliveryState.WAITING}
    with followed.read() as session:
        assert cursor(followed) == size(session)


def test_many_entries_are_followed_in_steps_and_none_is_left_out(followed: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_FOLLOWED", 5)
    raise_findings(followed, 7)

    assert outbox.follow(followed.ledger, follower("tom"), now())
    assert len(deliveries(followed)) == 5
    assert not outbox.follow(followed.ledger, follower("tom"), now())

    with followed.read() as session:
        raised = session.scalars(select(Leaf.index).where(Leaf.kind == "finding.raised").order_by(Leaf.index)).all()
    assert [row.leaf for row in deliveries(followed)] == list(raised)


def test_an_entry_whose_moment_cannot_be_read_is_passed_and_the_others_are_followed(followed: House) -> None:
    """Only whoever knows the kind of entry says that a damaged one tells nobody anything: `test_notices`."""
    raise_findings(followed, 2)
    alter(followed.ledger.engines, 'UPDATE leaf SET at = \'yesterday\' WHERE "index" = (SELECT max("index") - 1 FROM leaf)')
    raise_findings(followed, 1)

    assert not outbox.follow(followed.ledger, follower("tom"), now())

    with followed.read() as session:
        assert cursor(followed) == size(session)
    assert states(followed) == ["waiting"] * 3


class CutOff(Exception):
    """The power, say."""


@pytest.mark.parametrize("statement", ["INSERT INTO delivery", "UPDATE cursor"])
def test_deliveries_and_cursor_are_stored_together_or_not_at_all(followed: House, statement: str) -> None:
    before = cursor(followed)
    raise_findings(followed, 2)
    writer = followed.ledger.engines.writer

    def cut_off(connection: object, cursor: object, said: str, *rest: object) -> None:
        if said.replace('"', "").startswith(statement):
            raise CutOff

    event.listen(writer, "after_cursor_execute", cut_off)
    with pytest.raises(CutOff):
        outbox.follow(followed.ledger, follower("tom"), now())
    event.remove(writer, "after_cursor_execute", cut_off)

    assert (deliveries(followed), cursor(followed)) == ([], before)
    outbox.follow(followed.ledger, follower("tom"), now())
    assert states(followed) == ["waiting", "waiting"]


def test_whoever_finds_that_another_worker_was_quicker_stores_nothing(followed: House) -> None:
    raise_findings(followed, 1)

    def while_another_follows(session: Session, leaf: Leaf, at: datetime) -> list[str]:
        outbox.follow(followed.ledger, follower("tom"), at)
        return ["tom", "mara"]

    outbox.follow(followed.ledger, Follower("sample", ("finding.raised",), while_another_follows, lambda _, to: to), now())

    assert [row.recipient for row in deliveries(followed)] == ["tom"]


def test_the_database_refuses_a_second_delivery_of_the_same(three: House) -> None:
    again = "INSERT INTO delivery SELECT 'another', follower, leaf, recipient, message_id, state, made_at, tries, leased_until, next_try_at, last_error, settled_at FROM delivery LIMIT 1"

    with pytest.raises(IntegrityError), three.ledger.writing(SYSTEM, three.now) as log:
        log.session.execute(text(again))


def deliver(house: House, act: Act) -> bool:
    return outbox.deliver(house.ledger, "sample", act, lambda: False)


def test_what_is_due_is_done_once_and_marked(three: House) -> None:
    done: list[str] = []

    for _ in range(2):
        assert not deliver(three, lambda row: done.append(row.message_id))

    assert done == [row.message_id for row in deliveries(three)] and len(done) == 3
    assert states(three) == ["delivered"] * 3
    assert all(row.tries == 1 and row.settled_at and row.leased_until is None for row in deliveries(three))


def test_other_duties_have_their_turn_between_many_deliveries(three: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_DELIVERED", 2)
    done: list[Delivery] = []

    assert deliver(three, done.append) and len(done) == 2
    assert not deliver(three, done.append) and len(done) == 3


def test_whoever_is_told_to_stop_stops_between_two_deliveries(three: House) -> None:
    done: list[Delivery] = []

    outbox.deliver(three.ledger, "sample", done.append, lambda: bool(done))

    assert states(three) == ["delivered", "waiting", "waiting"]


def test_what_is_leased_is_left_alone_until_the_lease_ends_and_has_the_same_message_id_then(three: House) -> None:
    at = now()
    change(three, next_try_at=at)
    first = [outbox.claim(three.ledger, "sample", at) for _ in range(3)]

    assert outbox.claim(three.ledger, "sample", at + outbox.LEASE) is None
    again = outbox.claim(three.ledger, "sample", at + outbox.LEASE + timedelta(seconds=1))

    assert again and first[0] and (again.id, again.message_id, again.tries) == (first[0].id, first[0].message_id, 2)


def test_what_was_begun_too_often_without_an_answer_is_given_up_and_the_next_has_its_turn(three: House) -> None:
    with three.ledger.writing(SYSTEM, three.now) as log:
        first = log.session.scalars(select(Delivery).order_by(Delivery.leaf)).first()
        assert first
        first.tries, first.next_try_at = MOST_TRIES, now() - timedelta(days=1)

    claimed = outbox.claim(three.ledger, "sample", now())

    assert claimed and claimed.id != first.id
    assert states(three) == ["given_up", "waiting", "waiting"]
    assert deliveries(three)[0].last_error == outbox.NEVER_ENDED


def test_what_is_refused_for_now_is_tried_later_and_given_up_in_the_end(three: House, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(row: Delivery) -> None:
        raise NotTaken("450 try\r\nlater", for_good=False)

    for tries in range(1, MOST_TRIES):
        deliver(three, refuse)
        assert states(three) == ["waiting"] * 3 and {row.tries for row in deliveries(three)} == {tries}
        assert all(row.next_try_at > now() and row.leased_until is None for row in deliveries(three))
        time_goes_by(three)
    deliver(three, refuse)

    assert states(three) == ["given_up"] * 3
    assert {row.last_error for row in deliveries(three)} == {"450 try later"}
    assert caplog.text.count(f"is given up after try {MOST_TRIES}: 450 try later") == 3


def test_what_is_refused_for_good_is_given_up_at_once_and_the_others_go_on(three: House) -> None:
    refused = deliveries(three)[1].id

    def act(row: Delivery) -> None:
        if row.id == refused:
            raise NotTaken("550 nobody here", for_good=True)

    deliver(three, act)

    assert states(three) == ["delivered", "given_up", "delivered"]
    assert deliveries(three)[1].last_error == "550 nobody here"


def test_where_nothing_can_leave_everything_rests_and_only_what_was_begun_counts_as_tried(three: House) -> None:
    begun: list[str] = []

    def closed(row: Delivery) -> None:
        begun.append(row.id)
        raise WayClosed("nobody answers")

    assert not deliver(three, closed)
    assert not deliver(three, closed)

    assert len(begun) == 1 and sorted(row.tries for row in deliveries(three)) == [0, 0, 1]
    assert {row.last_error for row in deliveries(three)} == {"nobody answers"}
    assert states(three) == ["waiting"] * 3


def test_what_concerns_nobody_any_more_is_dropped(three: House) -> None:
    def act(row: Delivery) -> None:
        raise NotMeant("not any more")

    deliver(three, act)

    assert states(three) == ["dropped"] * 3


def test_what_nobody_expected_ends_the_worker_and_waits_for_the_next_try(three: House) -> None:
    def act(row: Delivery) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deliver(three, act)

    first = deliveries(three)[0]
    assert (first.state, first.tries, first.leased_until, first.last_error) == (DeliveryState.WAITING, 1, None, "ZeroDivisionError")
    assert first.next_try_at > now()


def test_a_worker_that_lost_its_lease_does_not_say_what_became_of_it(three: House) -> None:
    def slow(row: Delivery) -> None:
        change(three, tries=row.tries + 1, leased_until=now() + outbox.LEASE)  # another one has begun them all
        raise NotTaken("550 nobody here", for_good=True)

    deliver(three, slow)

    assert states(three) == ["waiting"] * 3


def test_what_was_settled_long_ago_is_removed_and_not_done_again(three: House) -> None:
    deliver(three, lambda row: None)
    raise_findings(three, 1)
    outbox.follow(three.ledger, follower("tom"), now())

    outbox.clear(three.ledger, now() + outbox.KEPT - timedelta(hours=1))
    assert len(deliveries(three)) == 4
    outbox.clear(three.ledger, now() + outbox.KEPT + timedelta(hours=1))
    outbox.follow(three.ledger, follower("tom"), now())

    assert states(three) == ["waiting"]


def test_two_followers_read_each_for_itself(three: House) -> None:
    outbox.follow(three.ledger, follower("mara", name="other"), now())
    raise_findings(three, 1)
    outbox.follow(three.ledger, follower("mara", name="other"), now())

    with three.read() as session:
        counts = session.execute(select(Delivery.follower, func.count()).group_by(Delivery.follower))
        assert dict(counts.all()) == {"sample": 3, "other": 1}
