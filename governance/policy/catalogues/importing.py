"""From the bytes of another tool's file to a file of a policy: everything that is wrong at once, never a part of it."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from governance.domain.errors import Problem, RuleBroken
from governance.policy.catalogues import ciso, oscal
from governance.policy.catalogues.catalogue import Catalogue, named, refusal
from governance.policy.catalogues.writing import written
from governance.policy.models import FileModel
from governance.policy.problems import PolicyError, one_reading
from governance.policy.reader import read
from governance.policy.shape import shaped
from governance.policy.values import NAME

LARGEST = 20_000_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What is to be written, and what was understood."""

    text: str
    catalogues: tuple[Catalogue, ...]


@one_reading()
def imported(name: str, content: bytes, *, framework_id: str | None = None, with_text: bool = False) -> Imported:
    """Read a file of either form. Raises `RuleBroken` with every fault."""
    source = _decoded(name, content)
    if source.lstrip().startswith(("{", "[")):
        catalogue, faults = oscal.read(source)
        found = [catalogue] if catalogue else []
    else:
        found, faults = ciso.read(name, source)
    if faults:
        raise refusal(name, faults)
    catalogues = [replace(one, id=_id(name, one, framework_id, of=len(found))) for one in found]
    if twice := [one for one, count in Counter(one.id for one in catalogues).items() if count > 1]:
        raise refusal(name, [f"two frameworks in it would have the id {one}" for one in twice])
    text = written(catalogues, with_text=with_text)
    _check(name, text)
    return Imported(text, tuple(catalogues))


def _decoded(name: str, content: bytes) -> str:
    if len(content) > LARGEST:
        raise refusal(name, [f"it is larger than {LARGEST:,} bytes"])
    try:
        source = content.decode()
    except UnicodeDecodeError as error:
        raise refusal(name, [f"it is not UTF-8 at byte {error.start:,}"]) from None
    if source.startswith("\ufeff"):
        raise refusal(name, ["it starts with a byte order mark: save it as plain UTF-8"])
    if "\0" in source:
        raise refusal(name, [f"it holds a NUL at byte {content.index(0):,}"])
    if not source.strip():
        raise refusal(name, ["it is empty"])
    return source


def _id(name: str, catalogue: Catalogue, wanted: str | None, *, of: int) -> str:
    if wanted is not None and of > 1:
        raise RuleBroken(f"{name} holds {of} frameworks, and --id names one. Import it without.")
    found = wanted or named(catalogue.id or catalogue.name)
    if not re.fullmatch(NAME, found):
        asked = "begins with a letter, and has at most 60 letters, digits, hyphens and underscores"
        raise RuleBroken(f"“{found[:60]}” cannot be the id of a framework: it {asked}. Name one with --id.", Problem("id", asked, "id"))
    return found


def _check(name: str, text: str) -> None:
    """What is written is what `governance policy check` takes; where the source is too large for a policy, it is said here."""
    try:
        model, problems = shaped(read("the catalogue", text), FileModel)
    except PolicyError as error:
        model, problems = None, list(error.problems)
    if model is None:
        raise refusal(name, [f"as a file of a policy it would be refused: {problem.message}" for problem in problems])
