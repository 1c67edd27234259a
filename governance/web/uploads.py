"""Files as browsers send them: named safely, typed by their content, kept before any transaction."""

import io
import re
import unicodedata
import zipfile
from typing import IO

from werkzeug.datastructures import FileStorage

from governance.domain.errors import Problem, RuleBroken
from governance.services.answers import StoredFile
from governance.storage.content import ContentStore

LARGEST = 50 * 1024 * 1024
LARGEST_SHEET = 20_000_000
LONGEST_NAME = 200
SNIFFED = 64 * 1024
"""Of a text, how many bytes from its start are looked at."""

TEXTS = {
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
ENDINGS = {OFFICE["word/document.xml"]: ".docx", OFFICE["xl/workbook.xml"]: ".xlsx", OFFICE["ppt/presentation.xml"]: ".pptx"}
TAKEN = "PDF, PNG, JPEG, CSV, text, Markdown, JSON, YAML, Word, Excel, PowerPoint and ZIP files are taken, up to 50 MB."

_MARKUP = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|svg|iframe|\?xml)", re.IGNORECASE)


def keep(store: ContentStore, sent: FileStorage | None) -> StoredFile:
    """Check a file and store it. Raises `RuleBroken` that says what is wrong with it and what is taken."""
    if sent is None or not sent.filename:
        raise refuse("Choose the file to add.")
    name = clean_name(sent.filename)
    stream = sent.stream
    size = _size(stream)
    if size == 0:
        raise refuse("The file is empty. Choose the one with the evidence in it.")
    if size > LARGEST:
        raise refuse("The file is larger than 50 MB. Split it, or add a link to where it is kept.")
    media_type = media_type_of(name, stream)
    stream.seek(0)
    digest, stored = store.put(stream)  # type: ignore[arg-type] # an open binary file, whatever it is typed
    return StoredFile(digest, name, media_type, stored)


def sheet(sent: FileStorage, field: str, most: int = LARGEST_SHEET) -> bytes:
    """The bytes of a table or of its mapping. It is never handed out again, so what it holds is for its reader to judge."""
    content = sent.stream.read(most + 1)
    if len(content) > most:
        sentence = f"It is larger than {most // 1_000:,} kB. Split it."
        raise RuleBroken(sentence, Problem("size", sentence, field))
    return content


def clean_name(sent: str) -> str:
    """The last part of a path, without signs that control or reverse text, at most 200 signs with its ending."""
    last = unicodedata.normalize("NFC", sent).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > LONGEST_NAME:
        kept = f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if stem and len(ending) < 10 else kept[:LONGEST_NAME]
    return kept or "file"


def media_type_of(name: str, stream: IO[bytes]) -> str:
    """What the content is, whatever the browser said. Raises `RuleBroken` for anything not on the list."""
    stream.seek(0)
    start = stream.read(SNIFFED)
    if start.startswith(b"%PDF-"):
        return _named(name, "application/pdf", ".pdf")
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return _named(name, "image/png", ".png")
    if start.startswith(b"\xff\xd8\xff"):
        return _named(name, "image/jpeg", ".jpg", ".jpeg")
    if start.startswith(b"PK\x03\x04"):
        return _archive(name, stream)
    return _text(name, start)


def _named(name: str, media_type: str, *endings: str) -> str:
    if not name.lower().endswith(endings):
        raise refuse(f"The name does not fit: this is a {endings[0].removeprefix('.').upper()} file. Give it the ending {endings[0]}.")
    return media_type


def _archive(name: str, stream: IO[bytes]) -> str:
    stream.seek(0)
    try:
        with zipfile.ZipFile(io.BufferedReader(stream) if isinstance(stream, io.RawIOBase) else stream) as archive:
            inside = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise refuse("The file starts like a ZIP archive but cannot be read as one.") from None
    found = next((OFFICE[part] for part in OFFICE if part in inside), None)
    return _named(name, found, ENDINGS[found]) if found else _named(name, "application/zip", ".zip")


def _text(name: str, start: bytes) -> str:
    ending = "." + name.lower().rpartition(".")[2]
    if _MARKUP.search(start):
        raise refuse("Web pages and SVG drawings are not taken, because they can carry scripts. Save it as a PDF.")
    if ending not in TEXTS or b"\x00" in start or not _is_utf8(start):
        raise refuse("This kind of file is not taken.")
    return TEXTS[ending]


def _is_utf8(start: bytes) -> bool:
    """The last sign may be cut."""
    try:
        start.decode()
    except UnicodeDecodeError as error:
        return len(start) == SNIFFED and error.start >= len(start) - 3
    return True


def _size(stream: IO[bytes]) -> int:
    stream.seek(0, io.SEEK_END)
    size = stream.tell()
    stream.seek(0)
    return size


def refuse(why: str) -> RuleBroken:
    sentence = f"{why} {TAKEN}"
    return RuleBroken(sentence, Problem("file", sentence, "file"))
