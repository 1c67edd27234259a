"""How far a long transaction is: nobody else sees what it did before the commit, so it is told beside the database, in a small file."""

import re
from contextlib import suppress
from pathlib import Path

TOLD = re.compile(r"(\d{1,9}) (\d{1,9})")
JOB = re.compile("[0-9a-f]{16}")
"""How jobs are named. Nothing else becomes the name of a file, whatever a row says that somebody prepared."""


class Slate:
    """One line a job, in a folder that the worker and the pages share. Where they share none, or the disk is full, nothing is told.

    Of what is not named as jobs are, nothing is told either.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tell(self, job: str, done: int, total: int) -> None:
        """Replaced as a whole, so that nobody reads half a line."""
        with suppress(OSError, ValueError):
            file = self._file(job)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = file.with_suffix(".new")
            draft.write_text(f"{done} {total}", encoding="utf-8")
            draft.replace(file)

    def told(self, job: str) -> tuple[int, int] | None:
        """How many of how many are done; None where nothing was told that can be read."""
        with suppress(OSError, ValueError):
            if found := TOLD.fullmatch(self._file(job).read_text(encoding="utf-8")):
                return int(found[1]), int(found[2])
        return None

    def wipe(self, job: str) -> None:
        with suppress(OSError, ValueError):
            file = self._file(job)
            file.with_suffix(".new").unlink(missing_ok=True)
            file.unlink(missing_ok=True)

    def _file(self, job: str) -> Path:
        if not JOB.fullmatch(job):
            raise ValueError("no name of a job")
        return self._folder / job


def slate_of(instance: Path) -> Slate:
    """The slate of an instance."""
    return Slate(instance / "at-work")
