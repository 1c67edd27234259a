"""Files that only their owner may read: the database, the secrets."""

import os
from contextlib import suppress
from pathlib import Path

MODE = 0o600
OTHERS = 0o077


def make(file: Path) -> None:
    """Create an empty file, unless it is there. Whatever the umask of the process allows, others get nothing."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE))


def complaint(*files: Path) -> str | None:
    """One sentence with the command that helps where others can read or write one of these files. A missing file is no fault.

    Nothing is mended silently: whoever runs the program should know that others could have read it until now.
    """
    exposed = " ".join(str(file) for file in files if file.exists() and file.stat().st_mode & OTHERS)
    return f"Others can read {exposed}. Restrict it with: chmod 600 {exposed}" if exposed else None
