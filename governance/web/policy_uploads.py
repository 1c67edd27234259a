"""A whole policy as a browser sends it: files, a ZIP archive of its folder, or texts typed into the page."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask import request
from werkzeug.datastructures import FileStorage

from governance.domain.errors import Problem, RuleBroken
from governance.domain.proposals import ENDING, MOST_FILES, NOT_RULES
from governance.domain.text import HIDDEN
from governance.web.uploads import clean_name

LARGEST = 1_000_000
"""Of all texts together, in bytes: so much comes back in the page where something is wrong with them."""
MOST_ENTRIES = 1_000
"""Of an archive, those included that are no part of the policy."""

ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
"""How one begins, and how one with nothing in it does."""

CANNOT_BE_READ = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What an archive may be that only looks like one, is encrypted, or is packed in a way that nobody uses."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A file in the form: what it is called and what it says. An empty text leaves it out."""

    name: str
    text: str


def typed() -> list[Slot]:
    """The files that stand in the form itself, in its order: as they were typed, without signs that nobody sees."""
    numbers = sorted({int(found[1]) for key in request.form if (found := re.fullmatch(r"text-([0-9]{1,3})", key))})[: MOST_FILES + 1]
    return [Slot(request.form.get(f"name-{n}", "").strip(), HIDDEN.sub("", _lines(request.form.get(f"text-{n}", "")))) for n in numbers]


def sent(files: Iterable[object]) -> dict[str, str]:
    """The texts of files and archives by name; what only bears the name of the field is none. Raises `RuleBroken`."""
    found: dict[str, str] = {}
    room = LARGEST
    for name, content in _contents([file for file in files if isinstance(file, FileStorage) and file.filename]):
        room -= len(content)
        if room < 0:
            raise _refused(f"The files are larger than {LARGEST // 1_000:,} kB together. Propose so large a policy on the command line.")
        if name in found:
            raise _refused(f"{name} is there twice. Choose each file once.")
        found[name] = _text(name, content)
    return found


def together(slots: Iterable[Slot], uploaded: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with the uploaded file in the place of a typed one of its name. Raises `RuleBroken` where two are called alike."""
    texts: dict[str, str] = {}
    for slot in slots:
        if slot.text.strip():
            if slot.name in texts:
                raise _refused(f"Two of the files below are called {slot.name or 'nothing'}. Give each a name of its own.")
            texts[slot.name] = slot.text
    return {**texts, **uploaded}


def _contents(files: list[FileStorage]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        content = file.stream.read(LARGEST + 1)
        name = clean_name(file.filename or "")
        if content.startswith(ARCHIVE):
            yield from _unpacked(name, content)
        else:
            yield name, content


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The YAML files of an archive, by their names below the one folder in which all of them lie, where there is one."""
    if len(content) > LARGEST:
        raise _refused(f"{name} is larger than {LARGEST // 1_000:,} kB. Put only the files of the policy into the archive.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise _refused(f"{name} has more than {MOST_ENTRIES:,} entries. Put only the files of the policy into the archive.")
            meant = [entry for entry in entries if _is_meant(entry)]
            below = _common_folder([entry.filename for entry in meant])
            for entry in meant[: MOST_FILES + 1]:
                with archive.open(entry) as file:
                    yield entry.filename.removeprefix(below), file.read(LARGEST + 1)
    except CANNOT_BE_READ:
        raise _refused(f"{name} starts like a ZIP archive but cannot be read as one. Pack it again, without a password.") from None


def _is_meant(entry: zipfile.ZipInfo) -> bool:
    """Whether it is a file of the policy: not of its test cases, nor what systems add by themselves."""
    parts = PurePosixPath(entry.filename).parts
    is_rule = NOT_RULES not in parts[:-1] and not any(part.startswith((".", "__MACOSX")) for part in parts if part != "..")
    return not entry.is_dir() and is_rule and entry.filename.lower().endswith((ENDING, ".yml"))


def _common_folder(names: list[str]) -> str:
    """`stage-gates/` where every name begins with it; nothing where one does not."""
    folder, slash, _ = names[0].partition("/") if names else ("", "", "")
    return f"{folder}/" if slash and folder not in ("", ".", "..") and all(name.startswith(f"{folder}/") for name in names) else ""


def _text(name: str, content: bytes) -> str:
    try:
        return _lines(content.decode())
    except UnicodeDecodeError as error:
        raise _refused(f"{name} is not UTF-8 at byte {error.start}. Save it as UTF-8.") from None


def _lines(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text)


def _refused(sentence: str) -> RuleBroken:
    return RuleBroken(sentence, Problem("file", sentence, "files"))
