"""A disk that fails or is full: nothing is acknowledged that is not there, nothing is half there, and the program refuses or stops."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from governance.ledger import rebuild
from governance.ledger.verify import verify
from governance.services.opening import open_engines
from governance.storage.content import content_of
from governance.storage.engines import Busy, StorageRefused
from tests.disks import grow, small_disk
from tests.faults import house, recovered, writer
from tests.faults.running import CALLS, Said, calls_of, injected, waiting
from tests.faults.test_kills import CAMPAIGN, SHARES, spread

EVENTS = 40
"""Of the runs in which every call fails once."""
IN_CI = {"pwrite64": 4, "fdatasync": 3}
KB = 1024
ROOM_IN_CI = 128
"""Kilobytes that the small disk has beside the instance."""
ROOM_IN_CAMPAIGN = range(0, 4_480, 64)


def calls_whole(file: Path, folder: Path, events: int) -> list[str]:
    said, calls = calls_of(house.copied(file, folder / "whole"), folder / "trace", events)
    assert said.ended == 0 and not said.refused
    return calls


def fail_at(file: Path, folder: Path, call: str, when: int | str, events: int, error: str = "EIO") -> Said:
    place = house.copied(file, folder / f"{call}-{when}-{error}")
    said = injected(call, f"error={error}", when, place, events)
    assert said.ended == 0, f"{call} {when}: it fell over instead of refusing"
    recovered.check(place, said.done)
    house.remove(place)
    return said


def test_an_error_of_the_disk_is_never_a_success(file: Path, tmp_path: Path) -> None:
    calls = calls_whole(file, tmp_path, writer.ROUND)
    counts = {call: sum(line.startswith(call) for line in calls) for call in CALLS}

    said = [fail_at(file, tmp_path, call, when, writer.ROUND) for call, points in IN_CI.items() for when in spread(counts[call], points)]

    assert sum(one.failed for one in said) >= len(said) / 2, "most calls belong to a commit"


@pytest.mark.campaign
@pytest.mark.parametrize("share", range(SHARES))
def test_an_error_of_the_disk_at_every_call_is_never_a_success(file: Path, tmp_path: Path, share: int) -> None:
    calls = calls_whole(file, tmp_path, EVENTS)

    for call in CALLS:
        for when in range(1 + share, sum(line.startswith(call) for line in calls) + 1, SHARES):
            fail_at(file, tmp_path, call, when, EVENTS)


@pytest.mark.campaign
def test_an_error_while_the_log_of_sqlite_is_moved_into_its_file_is_never_a_success(file: Path, tmp_path: Path) -> None:
    calls = calls_whole(file, tmp_path, CAMPAIGN)

    for call in CALLS:
        of_kind = [line for line in calls if line.startswith(call)]
        for when in (place for place, line in enumerate(of_kind, 1) if "-wal>" not in line or call == "fdatasync"):
            fail_at(file, tmp_path, call, when, CAMPAIGN)


def test_a_disk_that_is_full_at_the_start_is_said_as_that(file: Path, tmp_path: Path) -> None:
    [refused] = fail_at(file, tmp_path, "pwrite64", "1+", writer.ROUND, "ENOSPC").refused

    assert "its disk works and has room" in refused and "backup" not in refused


@pytest.mark.parametrize("when", ["20+", "60+", "120+"])
def test_a_disk_that_is_full_from_some_call_on_refuses(file: Path, tmp_path: Path, when: str) -> None:
    said = fail_at(file, tmp_path, "pwrite64", when, writer.ROUND, "ENOSPC")

    assert said.refused and not said.failed and len(said.done) + len(said.refused) == len(writer.ACTS)


def fill(file: Path, disk: Path, room: int, events: int) -> Said:
    """A run on a disk that has this room beside the instance; read while it is full, and gone on with once there is room."""
    size = file.stat().st_size + room * KB
    with small_disk(disk, size) as limits:
        place = house.copied(file, disk / "instance")
        with waiting(place, None, events, **limits) as found:
            found.begin()
            said = found.listen()
        assert said.ended == 0
        read_while_full(place, said)
        grow(disk)
        recovered.check(place, said.done)
    return said


def read_while_full(place: Path, said: Said) -> None:
    """It opens and holds, or it says in a sentence that it does not."""
    try:
        engines = open_engines(place)
    except (StorageRefused, Busy):
        return
    with Session(engines.reader) as session:
        assert not verify(session, content_of(place)).problems
        assert not rebuild.check(session)
    engines.close()


def test_a_full_disk_is_refused_and_goes_on_when_there_is_room(file: Path, tmp_path: Path) -> None:
    assert fill(file, tmp_path / "disk", ROOM_IN_CI, writer.ROUND).refused


@pytest.mark.campaign
def test_a_disk_that_is_full_at_any_size_is_refused_and_goes_on_when_there_is_room(file: Path, tmp_path: Path) -> None:
    for room in ROOM_IN_CAMPAIGN:
        fill(file, tmp_path / f"disk-{room}", room, CAMPAIGN)
