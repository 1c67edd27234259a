"""The worker with impacts and moves: what it finds is kept, a move goes on where it stopped, and nothing is done twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from governance.domain.errors import Conflict, NotAllowed, NotThere, RuleBroken
from governance.domain.vocabulary import Function, Role
from governance.jobs import impacts, leases
from governance.ledger.log import SYSTEM
from governance.models.gates import GateRequest
from governance.models.jobs import PolicyJob
from governance.models.ledger import Leaf
from governance.reads import policies, policy_jobs, queue
from governance.services import directory, foreseeing
from governance.storage.slate import Slate
from tests.prepared import begun
from tests.services.conftest import House, house, in_review, submitted
from tests.services.test_migrating import REQUEST, asking_more, publish, with_another_seat

__all__ = ["house", "in_review"]


@pytest.fixture
def slate(tmp_path: Path) -> Slate:
    return Slate(tmp_path / "at-work")


@begun("house", submitted)
def signed(house: House) -> None:
    house.sign(Function.IT_OPS)
    publish(house, asking_more(Function.IT_OPS))


def in_force(house: House) -> str:
    with house.read() as session:
        return policies.current(session).digest


def asked(house: House) -> str:
    return str(house.act("aoife", lambda log: foreseeing.ask(log, in_force(house))))


def asked_to_move(house: House, *requests: str, who: str = "aoife") -> str:
    return str(house.act(who, lambda log: foreseeing.ask_to_move(log, in_force(house), requests or [REQUEST], "For all.")))


def row(house: House, job: str) -> PolicyJob:
    with house.read() as session:
        return session.get_one(PolicyJob, job)


def moved(house: House) -> int:
    with house.read() as session:
        return session.scalar(select(func.count()).where(Leaf.kind == "gate.migrated")) or 0


def test_an_impact_is_worked_out_once_and_kept_with_the_head_it_rests_on(signed: House, slate: Slate) -> None:
    job = asked(signed)
    assert asked(signed) == job, "the one that waits is the one"
    with signed.read() as session:
        assert queue.unfinished(session) == 1 and queue.untouched(session)[0] == 1
        entries = session.scalar(select(func.count()).select_from(Leaf))

    assert impacts.work(signed.ledger, slate) and not impacts.work(signed.ledger, slate)

    with signed.read() as session:
        found = policy_jobs.foreseen(session, row(signed, job))
        assert found.size == entries and not policy_jobs.is_behind(session, found)
        [one] = found.found
        assert [lapse.given.seat for lapse in one.changes.lapses] == ["it_ops"]
        assert queue.unfinished(session) == 0 and slate.told(job) is None


def test_another_one_takes_the_place_of_what_was_found_before(signed: House, slate: Slate) -> None:
    first = asked(signed)
    impacts.work(signed.ledger, slate)
    second = asked(signed)
    assert second != first
    impacts.work(signed.ledger, slate)

    with signed.read() as session:
        assert session.scalars(select(PolicyJob.id)).all() == [second]


def test_every_chosen_request_is_moved_in_the_name_of_who_asked(signed: House, slate: Slate) -> None:
    job = asked_to_move(signed, REQUEST, "AI-0099.G1-1")

    assert impacts.work(signed.ledger, slate)

    with signed.read() as session:
        became = policy_jobs.outcomes(session, row(signed, job))
        assert [(one.request, one.is_moved, one.lapsed) for one in became] == [
            (REQUEST, True, ("IT operations",)),
            ("AI-0099.G1-1", False, ()),
        ]
        assert became[1].why
        leaf = session.scalars(select(Leaf).where(Leaf.kind == "gate.migrated")).one()
        assert leaf.actor == "aoife"
        assert session.get_one(GateRequest, REQUEST).policy == in_force(signed)
    assert row(signed, job).because == "", "it is on record with the request"


def test_a_move_whose_worker_died_goes_on_and_moves_nothing_twice(signed: House, slate: Slate) -> None:
    job = asked_to_move(signed)
    claimed = impacts.claim(signed.ledger, datetime.now(UTC))
    assert claimed is not None
    impacts._moved(signed.ledger, claimed, REQUEST)
    with signed.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        log.session.get_one(PolicyJob, job).leased_until = datetime.now(UTC) - timedelta(minutes=1)

    assert impacts.work(signed.ledger, slate)

    with signed.read() as session:
        assert [one.is_moved for one in policy_jobs.outcomes(session, row(signed, job))] == [True]
    assert moved(signed) == 1


def test_whose_lease_was_lost_moves_nothing_more(signed: House) -> None:
    asked_to_move(signed)
    claimed = impacts.claim(signed.ledger, datetime.now(UTC))
    assert claimed is not None
    with signed.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        log.session.get_one(PolicyJob, claimed.id).tries += 1

    with pytest.raises(leases.LeaseLost):
        impacts._moved(signed.ledger, claimed, REQUEST)
    assert moved(signed) == 0


def test_who_is_no_officer_any_more_moves_nothing(signed: House, slate: Slate) -> None:
    job = asked_to_move(signed, who="second")
    signed.act("omar", lambda log: directory.withdraw_role(log, "second", Role.COMPLIANCE_OFFICER))

    assert impacts.work(signed.ledger, slate)

    with signed.read() as session:
        [one] = policy_jobs.outcomes(session, row(signed, job))
    assert not one.is_moved and "compliance officer" in one.why and moved(signed) == 0


def test_a_policy_that_came_in_between_is_no_aim(signed: House, slate: Slate) -> None:
    job = asked_to_move(signed)
    publish(signed, with_another_seat())

    assert impacts.work(signed.ledger, slate)

    with signed.read() as session:
        [one] = policy_jobs.outcomes(session, row(signed, job))
    assert not one.is_moved and "Another policy is in force by now" in one.why and moved(signed) == 0


def test_what_keeps_a_move_from_being_asked_for(signed: House) -> None:
    with pytest.raises(NotAllowed, match="compliance officer"):
        asked_to_move(signed, who="ruth")
    with pytest.raises(NotAllowed, match="compliance officer"):
        signed.act("ruth", lambda log: foreseeing.ask(log, in_force(signed)))
    with pytest.raises(NotThere):
        signed.act("aoife", lambda log: foreseeing.ask(log, "0" * 64))
    with pytest.raises(Conflict, match="Another policy"):
        signed.act("aoife", lambda log: foreseeing.ask_to_move(log, "0" * 64, [REQUEST], "For all."))
    with pytest.raises(RuleBroken, match="Choose at least one"):
        signed.act("aoife", lambda log: foreseeing.ask_to_move(log, in_force(signed), [], "For all."))
    with pytest.raises(RuleBroken, match="Say why"):
        signed.act("aoife", lambda log: foreseeing.ask_to_move(log, in_force(signed), [REQUEST], "  "))


def test_what_was_found_long_ago_is_let_go(signed: House, slate: Slate) -> None:
    old, waiting = asked(signed), asked_to_move(signed)
    impacts.work(signed.ledger, slate)
    with signed.ledger.writing(SYSTEM, datetime.now(UTC)) as log:
        for job in (old, waiting):
            log.session.get_one(PolicyJob, job).asked_at = datetime.now(UTC) - policy_jobs.KEPT_FOR - timedelta(days=1)

    assert not impacts.throw_away(signed.ledger)

    with signed.read() as session:
        assert session.scalars(select(PolicyJob.id)).all() == [waiting], "what waits still is kept"
