"""The instance that every trial begins with a copy of."""

from pathlib import Path

import pytest

from tests.faults import house


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return house.make(tmp_path_factory.mktemp("house"))
