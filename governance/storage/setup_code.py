"""The code that the first administrator of an instance on the network enters: printed where the server was started, kept as its hash."""

import hashlib
import re
import secrets
from hmac import compare_digest
from pathlib import Path

from governance.storage import private

FILE = "setup-code"
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike."""


def make(instance: Path) -> str:
    """A new code of 79 bits; the one before no longer fits."""
    code = "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(4))
    file = instance / FILE
    file.unlink(missing_ok=True)
    private.make(file)
    file.write_text(_hash(code), encoding="utf-8")
    return code


def fits(instance: Path, typed: str) -> bool:
    """Whether this is the code. Nothing is, where none was made."""
    file = instance / FILE
    return file.exists() and compare_digest(file.read_text(encoding="utf-8"), _hash(typed))


def forget(instance: Path) -> None:
    """Once somebody administers the instance, nobody needs it."""
    (instance / FILE).unlink(missing_ok=True)


def _hash(code: str) -> str:
    return hashlib.sha256(re.sub(r"[\s-]", "", code).casefold().encode()).hexdigest()
