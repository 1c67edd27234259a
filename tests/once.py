"""What one process of a run of the tests makes, and all of them use: a folder by its name."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def of_the_run(places: pytest.TempPathFactory) -> Path:
    """Where the processes of this run, and of no other, keep what they share."""
    own = places.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "once"


def once(shared: Path, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name, made by whoever asks first; the others wait. One that could not be made is tried again."""
    shared.mkdir(exist_ok=True)
    place, begun = shared / name, shared / f"{name}.begun-{os.getpid()}"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            begun.mkdir(mode=0o700)
            make(begun)
            begun.rename(place)
    return place
