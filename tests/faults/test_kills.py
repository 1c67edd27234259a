"""SIGKILL at the system calls that change the files of SQLite: what was acknowledged is there, and nobody has to lend a hand.

A kill takes nothing from the kernel's own memory, as a power cut does; that the disk has a commit before anybody hears of it is shown
by the order of the calls. For the same reason a copy made between two calls is what a kill leaves there: one long run is copied after
every call, and killed at some of them.
"""

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import house, recovered, writer
from tests.faults.running import CALLS, Said, calls_of, injected, started, stopped

CAMPAIGN = 200
"""Events of the long run."""
SHARES = 16
"""Parts of the campaign, so that `-n` can spread them."""
KILLED = range(0, SHARES, 8)
"""The shares at whose calls a run is killed, and not only copied: it has to get there anew each time."""
IN_CI = {"pwrite64": 8, "fdatasync": 4}
"""Points of the short run."""

SAID, SYNCED, WROTE = "write", "fdatasync", "pwrite64"


def counted(file: Path, folder: Path, events: int) -> dict[str, int]:
    """How many of each call a whole run makes."""
    said, calls = calls_of(house.copied(file, folder / "whole"), folder / "trace", events)
    assert said.ended == 0 and not said.refused and len(said.done) == events // writer.ROUND * len(writer.ACTS)
    return {call: sum(line.startswith(call) for line in calls) for call in CALLS}


def spread(count: int, points: int) -> list[int]:
    """So many numbers from 1 to the last, evenly."""
    return sorted({1 + round(place * (count - 1) / (points - 1)) for place in range(points)})


def kill_at(file: Path, folder: Path, call: str, when: int, events: int) -> int:
    """Returns how many acts were acknowledged before."""
    place = house.copied(file, folder / f"{call}-{when}")
    said = injected(call, "signal=SIGKILL", when, place, events)
    assert said.ended == -signal.SIGKILL and not said.refused, f"{call} {when}: {said}"
    recovered.check(place, said.done)
    house.remove(place)
    return len(said.done)


def test_killed_at_any_call_it_has_what_it_acknowledged(file: Path, tmp_path: Path) -> None:
    counts = counted(file, tmp_path, writer.ROUND)
    points = [(call, when) for call, points in IN_CI.items() for when in spread(counts[call], points)]

    done = [kill_at(file, tmp_path, call, when, writer.ROUND) for call, when in points]

    assert len(points) == sum(IN_CI.values())
    assert min(done) == 0 and max(done) >= len(writer.ACTS) - 1 and len(set(done)) > 3, "the points lie in few places"


def left(file: Path, folder: Path, share: int, shares: int, events: int) -> Iterator[tuple[Path, Said]]:
    """Copies of one run after each call of this share, each with what was said before the next call."""
    place, copy, stops = house.copied(file, folder / "place"), None, 0

    for stops, said in enumerate(stopped(place, events)):
        if copy:
            yield copy, said
            house.remove(copy)
        copy = shutil.copytree(place, folder / f"left-{stops}") if stops % shares == share else None
    assert said.ended == 0 and not said.refused
    assert stops == sum(counted(file, folder, events).values()), "it stood still after each call"


def test_a_run_that_stands_still_has_what_a_kill_leaves(file: Path, tmp_path: Path) -> None:
    calls = [call.partition("(")[0] for call in calls_of(house.copied(file, tmp_path / "calls"), tmp_path / "trace")[1]]
    every = len(calls) // 8
    found = [(recovered.check(copy, said.done), len(said.done)) for copy, said in left(file, tmp_path, 0, every, writer.ROUND)]

    for stop, there in zip(range(0, len(calls) - 1, every), found, strict=False):
        following = calls[stop + 1]
        killed = house.copied(file, tmp_path / f"killed-{stop}")
        said = injected(following, "signal=SIGKILL", calls[: stop + 2].count(following), killed)
        assert (recovered.check(killed, said.done), len(said.done)) == there
    assert len(set(found)) > 3, "the places lie in few acts"


@pytest.mark.campaign
@pytest.mark.parametrize("share", range(SHARES))
def test_after_every_call_of_a_long_run_there_is_what_it_acknowledges_before_the_next(file: Path, tmp_path: Path, share: int) -> None:
    for copy, said in left(file, tmp_path, share, SHARES, CAMPAIGN):
        recovered.check(copy, said.done)


@pytest.mark.campaign
@pytest.mark.parametrize("share", KILLED)
def test_killed_at_calls_all_over_a_long_run_it_has_what_it_acknowledged(file: Path, tmp_path: Path, share: int) -> None:
    counts = counted(file, tmp_path, CAMPAIGN)

    for call in CALLS:
        for when in range(1 + share, counts[call] + 1, SHARES):
            kill_at(file, tmp_path, call, when, CAMPAIGN)


def test_a_program_that_speaks_before_the_commit_is_caught(file: Path, tmp_path: Path) -> None:
    place = house.copied(file, tmp_path / "early")
    said = injected("pwrite64", "signal=SIGKILL", 100, place, early=True)

    with pytest.raises(AssertionError, match="acknowledged, and lost"):
        recovered.check(place, said.done)


def unsynced(calls: list[str]) -> list[str]:
    """The words that went out while something was written and not yet on the disk."""
    waiting_for: set[str] = set()
    early = []
    for call in calls:
        name, on = re.match(r"(\w+)\(\d+<(.*?)>", call).groups()  # type: ignore[union-attr] # every call has a file
        if name == WROTE and on.endswith("-wal"):
            waiting_for.add(on)
        elif name == SYNCED:
            waiting_for.discard(on)
        elif name == SAID and "done" in call and waiting_for:
            early.append(call)
    return early


@pytest.mark.parametrize(("synchronous", "holds"), [("FULL", True), ("OFF", False)])
def test_the_disk_has_a_commit_before_anybody_hears_of_it(file: Path, tmp_path: Path, synchronous: str, holds: bool) -> None:
    place = house.copied(file, tmp_path / "place")
    said, calls = calls_of(place, tmp_path / "trace", calls=(*CALLS, SAID), synchronous=synchronous)

    assert sum(call.startswith(SAID) and "done" in call for call in calls) == len(said.done) == len(writer.ACTS)
    assert (not unsynced(calls)) is holds


def test_the_writer_is_a_program_too(file: Path, tmp_path: Path) -> None:
    place = house.copied(file, tmp_path / "place")

    said = started(place, writer.ROUND)

    assert said.ended == 0 and not said.refused and len(said.done) == len(writer.ACTS)
    assert recovered.check(place, said.done) == said.done[-1][0] + 1
