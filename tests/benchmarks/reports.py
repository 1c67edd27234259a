"""Reports beside bare WeasyPrint on the same HTML; loading the demo."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session
from weasyprint import CSS, HTML

from governance.demo.loader import load
from governance.packs import render
from governance.packs.pdf import Printed
from governance.reads import reports
from governance.services.opening import ledger_of, open_engines
from governance.storage.content import content_of
from tests.benchmarks.table import heading, ratio, row

LARGEST = "AI-0006"


def main(folder: Path) -> None:
    heading("Reports")
    engines = open_engines(folder)
    start = time.perf_counter()
    load(ledger_of(engines), content_of(folder), folder, date(2026, 11, 23), lambda _: None)
    row("loading the demo portfolio, durable", f"{time.perf_counter() - start:.1f} s", "one transaction per act")
    with Session(engines.reader) as session:
        record = reports.initiative_record(session, LARGEST)
    engines.close()
    laid_out: list[tuple[str, str]] = []
    ours = pages_a_second(lambda: render.render_initiative(record, lambda *_: None))
    original = render.to_pdf
    render.to_pdf = lambda html, css, attached, *rest: _note(laid_out, html, css, original(html, css, attached, *rest))  # type: ignore[assignment]
    render.render_initiative(record, lambda *_: None)
    render.to_pdf = original
    html, css = laid_out[0]
    theirs = pages_a_second(lambda: bare(html, css))
    row("bare WeasyPrint, PDF/A-3a with tags, same HTML", f"{theirs:.1f} pages/s", "layout in Python")
    row("evidence report, with its record and both claims", f"{ours:.1f} pages/s", ratio(ours, theirs, 0.9, "the same"))


def _note(laid_out: list[tuple[str, str]], html: str, css: str, printed: Printed) -> Printed:
    laid_out.append((html, css))
    return printed


def bare(html: str, css: str) -> Printed:
    document = HTML(string=html).render(stylesheets=[CSS(string=css)], pdf_variant="pdf/a-3a", pdf_tags=True)
    return Printed(document.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True), len(document.pages))


def pages_a_second(do: Callable[[], Printed]) -> float:
    start = time.perf_counter()
    pages = do().pages
    return pages / (time.perf_counter() - start)
