"""What people, scripts and broken programs put into fields, addresses and files. Nothing here is meant to be accepted or refused as such."""

from collections.abc import Iterator

HUGE = "x" * 100_000

TEXTS = {
    "nothing": "",
    "spaces only": " \t\r\n ",
    "a huge text": HUGE,
    "controls": "a\x01\x08\x1b[31m\x7fb",
    "NUL": "a\x00b",
    "reversed": "a\u202egnp.exe\u2066\ufeffb",
    "half a sign": "a\ud800b",
    "a header": "a\r\nSet-Cookie: session=stolen",
    "a script": "<script>alert('1')</script>",
    "an attribute": "\" onfocus=alert(1) x='",
    "a template": "{{7*7}}${7*7}{% raw %}%(name)s%n",
    "a formula": "=cmd|' /C calc'!A0",
    "a path": "../../etc/passwd",
    "a link": "javascript:alert(1)",
    "SQL": "'; DROP TABLE leaf; --",
    "many marks": "a" + "\u0301" * 300,
    "a long word of emoji": "\U0001f469\u200d\U0001f4bb" * 90,
}
NUMBERS = {
    "beyond floats": "1e999",
    "a giant in few signs": "1e999999999",
    "a dwarf in few signs": "1e-999999999",
    "no number": "NaN",
    "without end": "-Infinity",
    "minus nothing": "-0",
    "four hundred digits": "1" + "0" * 400,
    "five thousand digits": "9" * 5_000,
    "other digits": "١٢",
    "wide digits": "１２",
    "with underscores": "1_000",
    "hexadecimal": "0x10",
    "below nothing": "-1",
    "beyond what JSON holds": "9007199254740993",
    "words": "many",
}
DAYS = {
    "no day": "0000-00-00",
    "the first of all": "0001-01-01",
    "the last of all": "9999-12-31",
    "30 February": "2026-02-30",
    "a week": "2026-W01-1",
    "other digits": "٢٠٢٦-٠١-٠١",
    "a moment": "2026-01-01T00:00:00Z",
    "a huge text": HUGE,
    "a script": "<script>alert('1')</script>",
    "NUL": "2026-01-0\x00",
}
MEMBERS = {
    "no member": "no-such-thing",
    "nothing": "",
    "a huge text": HUGE,
    "NUL": "\x00",
    "half a sign": "\ud800",
    "a script": "<script>alert('1')</script>",
}
"""For fields that offer a closed set."""

QUERIES = {
    **{
        name: TEXTS[name]
        for name in ("nothing", "NUL", "reversed", "half a sign", "a header", "a script", "an attribute", "SQL", "many marks")
    },
    **{
        name: NUMBERS[name] for name in ("beyond floats", "five thousand digits", "other digits", "below nothing", "beyond what JSON holds")
    },
    **{name: DAYS[name] for name in ("no day", "the first of all", "the last of all", "30 February", "a week")},
    "beyond 64 bits": str(10**30),
    "a long text": HUGE[:20_000],
}
"""For addresses, after the question mark."""

WORST = ("the last of all", "beyond 64 bits")
STEERING = "endpoint=x&_method=POST&_external=1&_anchor=x&_scheme=javascript&values=1&self=2&key=AI-0002"
"""Names that mean something to whoever builds addresses."""

IDS = [
    "nope",
    str(10**30),
    "-1",
    "%00",
    "..%2f..%2fetc%2fpasswd",
    "%ed%a0%80",
    "%3Cscript%3E",
    "%0d%0aSet-Cookie:x=1",
    "x" * 5_000,
    "AI-0001'--",
]
"""For the parts of an address, as they stand in it."""

MASS = {"stage": "full_production", "state": "passed", "signed_by": "omar", "status": "met", "role": "admin", "by": "omar", "tier": "low"}
"""What nobody asked for: fields of the tables, sent along."""

PDF = b"%PDF-1.7\n%\xe2\xe3\n"
PNG = b"\x89PNG\r\n\x1a\n"
FILES = {
    "an empty file": ("report.pdf", b""),
    "a picture under another name": ("report.pdf", PNG + b"IHDR"),
    "a page": ("report.pdf", b"<!doctype html><script>alert(1)</script>"),
    "a drawing": ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "a program": ("report.exe", b"MZ\x90\x00\x03"),
    "half an archive": ("report.zip", b"PK\x03\x04 and no more"),
    "signs that are no text": ("values.csv", b"\xff\xfe\x00a"),
    "a path": ("../../../etc/passwd", b"root:x:0:0"),
    "a NUL in the name": ("report\x00.exe", b"MZ"),
    "no ending": ("report", b"words"),
    "only an ending": (".pdf", PDF),
    "a name without end": ("x" * 3_000 + ".exe", b"MZ"),
    "a device": ("CON", b"words"),
}
"""Refused wherever a file is taken: name and content."""

BROKEN_LOGOS = {"half a picture": ("logo.png", PNG + b"\x00\x00\x00\x0dIHDR"), "only its start": ("logo.png", PNG)}

ODD_NAMES = {
    "a path": "../../etc/report.pdf",
    "a path of Windows": "C:\\temp\\report.pdf",
    "a NUL": "re\x00port.pdf",
    "without end": "a" * 300 + ".pdf",
    "a device": "NUL.pdf",
    "a script": "<script>.pdf",
    "reversed": "a\u202efdp.pdf",
}
"""Of a file that is what it says: taken, under a name that harms nobody."""


def fitting(kind: str) -> Iterator[tuple[str, str]]:
    """(what it is, value) for a field of this kind."""
    match kind:
        case "number":
            yield from {**NUMBERS, **MEMBERS}.items()
        case "date":
            yield from DAYS.items()
        case "choice" | "button" | "secret":
            yield from MEMBERS.items()
        case _:
            yield from TEXTS.items()
