"""Deliveries are tried again after growing pauses, and given up after a stated number of tries."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from governance.domain.deliveries import MOST_TRIES, PAUSES, next_try

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "pause"),
    [
        (1, timedelta(minutes=1)),
        (2, timedelta(minutes=5)),
        (3, timedelta(minutes=30)),
        (4, timedelta(hours=2)),
        (5, timedelta(hours=6)),
        (6, timedelta(hours=12)),
        (7, timedelta(hours=24)),
        (8, None),
        (9, None),
    ],
)
def test_each_pause_is_longer_and_the_eighth_try_is_the_last(tries: int, pause: timedelta | None) -> None:
    assert next_try(tries, NOW) == (NOW + pause if pause else None)


def test_the_pauses_grow_and_a_server_may_be_away_for_a_day_and_more() -> None:
    assert all(earlier < later for earlier, later in pairwise(PAUSES))
    assert timedelta(days=1) < sum(PAUSES, timedelta()) < timedelta(days=2) and MOST_TRIES == 8
