"""A folder as a place for files."""

import os
from pathlib import Path
from typing import BinaryIO


class Folder:
    """Files by name, in folders by the first two signs of it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def take(self, draft: Path, name: str) -> bool:
        """The name appears with all its bytes or not at all. Two writers of one name have the same bytes."""
        target = self.path(name)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        is_new = not target.exists()
        if is_new:
            draft.rename(target)
        _sync(target.parent)
        _sync(self._root)
        return is_new

    def open(self, name: str) -> BinaryIO:
        return self.path(name).open("rb")

    def has(self, name: str) -> bool:
        return self.path(name).is_file()

    def path(self, name: str) -> Path:
        """Where a file lies."""
        return self._root / name[:2] / name


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
