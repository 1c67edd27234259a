"""HTML to PDF/A-3a that is PDF/UA-1 too, with one file attached. The only module that knows WeasyPrint, and loads it for the first report.

The same HTML, style, attachment and fonts give the same bytes. Whatever would make the file incomplete or invalid stops it.
"""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Protocol

ONE_AT_A_TIME = Lock()
"""WeasyPrint complains through one logger, and the garbage collector is one per process; a second report waits."""

CLAIM = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA part</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
"""PDF/UA-1 (ISO 14289-1, 5), and the extension schema PDF/A-3 (ISO 19005-3, 6.6.2.3) asks for beside it."""


class CannotPrint(Exception):
    """The report would be incomplete or invalid; the message says why, one complaint a line."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished report."""

    pdf: bytes
    pages: int


@dataclass(frozen=True, slots=True)
class Attached:
    """The file inside the PDF. `at` is its date there: part of the bytes, so never the time of rendering."""

    name: str
    description: str
    content: bytes
    at: datetime


class _Written(Protocol):
    """What a finisher is handed: WeasyPrint's PDF just before it is serialised."""

    catalog: dict[str, bytes]
    objects: list["_Stream"]


class _Stream(Protocol):
    stream: list[bytes]


def to_pdf(html: str, css: str, attached: Attached, identifier: bytes, progress: Callable[[str], None]) -> Printed:
    """The finished report. Nothing but `data:` addresses is fetched; any complaint of the renderer raises `CannotPrint`."""
    from weasyprint import CSS, HTML, Attachment  # noqa: PLC0415 - half a second and the memory: processes that never print do without
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 - the same

    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    attachment = Attachment(
        string=attached.content,
        name=attached.name,
        description=attached.description,
        created=attached.at,
        modified=attached.at,
        relationship="Source",
        url_fetcher=fetcher,
    )
    options = {"pdf_variant": "pdf/a-3a", "pdf_tags": True, "pdf_identifier": identifier, "attachments": [attachment]}
    with ONE_AT_A_TIME, _listening(progress) as complaints, _collector_off():
        page = HTML(string=html, url_fetcher=fetcher)
        document = page.render(stylesheets=[CSS(string=css, url_fetcher=fetcher)], **options)
        pdf = document.write_pdf(finisher=_claim_accessible, **options)
    if complaints:
        raise CannotPrint("\n".join(sorted(set(complaints))))
    return Printed(pdf, len(document.pages))


def _claim_accessible(_document: object, pdf: _Written) -> None:
    """Put the PDF/UA-1 identification inside the one rdf:RDF of the XMP packet; validators ignore a second one."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    head, tail = metadata.stream[0].rsplit(b"</rdf:RDF>", 1)
    metadata.stream[0] = head + CLAIM + b"</rdf:RDF>" + tail


class _Ear(logging.Handler):
    """Hands every message of a logger on."""

    def __init__(self, level: int, tell: Callable[[str], None]) -> None:
        super().__init__(level)
        self.tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self.tell(record.getMessage())


@contextmanager
def _listening(progress: Callable[[str], None]) -> Iterator[list[str]]:
    """WeasyPrint warns and goes on: collect what it says, since a report that lost a glyph, a link or a style must not be issued."""
    complaints: list[str] = []
    warnings, steps = logging.getLogger("weasyprint"), logging.getLogger("weasyprint.progress")
    ears = ((warnings, _Ear(logging.WARNING, complaints.append)), (steps, _Ear(logging.INFO, progress)))
    level = steps.level
    steps.setLevel(logging.INFO)
    for logger, ear in ears:
        logger.addHandler(ear)
    try:
        yield complaints
    finally:
        for logger, ear in ears:
            logger.removeHandler(ear)
        steps.setLevel(level)


@contextmanager
def _collector_off() -> Iterator[None]:
    """The layout tree is large and has no cycles worth collecting: a seventh faster, and no more memory."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
