"""Random kills over a serving instance with its worker: the next start has what people were told is done."""

import random
import time
from pathlib import Path

import pytest

from tests.faults.serving import AtWork, Noted, check, make, serving

IN_CI, CAMPAIGN = 3, 300
SHARES = 10
"""Parts of the campaign, each with an instance of its own."""
AT_WORK = (0.5, 3.0)
"""Seconds from the first answer to the kill."""
STARTING = (0.0, 2.0)
"""Seconds from the start to the kill, where it does not come so far as to answer."""
DURING_THE_START = 0.2
"""Of the kills in the campaign."""


def kill_at_work(folder: Path, noted: Noted, mark: str, after: float, *, first: bool = False) -> None:
    """So many seconds after it began to serve; `first` waits until somebody was told something."""
    with serving(folder) as running:
        running.first_answer()
        people, before = AtWork(running.address, noted, mark), noted.count
        with people.at_it():
            while first and noted.count == before and not people.wrong:
                time.sleep(0.05)
            time.sleep(after)
            running.kill()
    assert not people.wrong, people.wrong


def kill_at_the_start(folder: Path, after: float) -> None:
    with serving(folder) as running:
        time.sleep(after)
        running.kill()


def test_a_serving_instance_that_is_killed_has_what_people_were_told(tmp_path: Path) -> None:
    make(tmp_path)
    chance, noted = random.Random(IN_CI), Noted()

    for number in range(IN_CI):
        kill_at_work(tmp_path, noted, str(number), chance.uniform(0, 1), first=True)
        check(tmp_path, noted)
    assert noted.initiatives and noted.findings and noted.jobs


@pytest.mark.campaign
@pytest.mark.parametrize("share", range(SHARES))
def test_a_serving_instance_that_is_killed_again_and_again_has_what_people_were_told(tmp_path: Path, share: int) -> None:
    make(tmp_path)
    chance, noted = random.Random(share), Noted()

    for number in range(CAMPAIGN // SHARES):
        if chance.random() < DURING_THE_START:
            kill_at_the_start(tmp_path, chance.uniform(*STARTING))
        else:
            kill_at_work(tmp_path, noted, str(number), chance.uniform(*AT_WORK))
        check(tmp_path, noted)
    assert noted.initiatives and noted.findings and noted.jobs
