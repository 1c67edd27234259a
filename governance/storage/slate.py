"""How far a long transaction is: nobody else sees what it did before the commit, so it is told beside the database, in a small file."""

import re
from contextlib import suppress
from pathlib import Path

TOLD = re.compile(r"(\d{1,9}) (\d{1,9})")


class Slate:
    """One line a job, in a folder that the worker and the pages share. Where they share none, or the disk is full, nothing is told."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tell(self, job: str, done: int, total: int) -> None:
        """Replaced as a whole, so that nobody reads half a line."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self._folder / f"{job}.new"
            draft.write_text(f"{done} {total}", encoding="utf-8")
            draft.replace(self._folder / job)

    def told(self, job: str) -> tuple[int, int] | None:
        """How many of how many are done; None where nothing was told that can be read."""
        with suppress(OSError, ValueError):
            if found := TOLD.fullmatch((self._folder / job).read_text(encoding="utf-8")):
                return int(found[1]), int(found[2])
        return None

    def wipe(self, job: str) -> None:
        with suppress(OSError):
            (self._folder / f"{job}.new").unlink(missing_ok=True)
            (self._folder / job).unlink(missing_ok=True)


def slate_of(instance: Path) -> Slate:
    """The slate of an instance."""
    return Slate(instance / "at-work")
