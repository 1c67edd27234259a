"""The evidence files of the demo: one page each, marked fictional, always the same bytes for the same words."""

import io
import textwrap
import unicodedata
from collections.abc import Sequence

import pydyf

WIDTH, HEIGHT, MARGIN = 595, 842, 64
LINE = 16


def paper(title: str, lines: Sequence[str]) -> bytes:
    """A one-page PDF with a title, the word FICTIONAL and some lines of text."""
    document = pydyf.PDF()
    font = pydyf.Dictionary({"Type": "/Font", "Subtype": "/Type1", "BaseFont": "/Helvetica", "Encoding": "/WinAnsiEncoding"})
    document.add_object(font)
    content = pydyf.Stream(compress=True)
    _write(content, "FICTIONAL: invented for a demonstration", 10, HEIGHT - MARGIN)
    _write(content, title, 18, HEIGHT - MARGIN - 40)
    wrapped = [part for line in lines for part in (textwrap.wrap(line, 86) or [""])]
    for number, line in enumerate(wrapped[:38]):
        _write(content, line, 11, HEIGHT - MARGIN - 80 - number * LINE)
    document.add_object(content)
    document.add_page(_page(document, font, content))
    out = io.BytesIO()
    document.write(out, identifier=False)
    return out.getvalue()


def _page(document: pydyf.PDF, font: pydyf.Object, content: pydyf.Object) -> pydyf.Dictionary:
    fonts = pydyf.Dictionary({"F1": font.reference})
    return pydyf.Dictionary(
        {
            "Type": "/Page",
            "Parent": document.pages.reference,
            "MediaBox": pydyf.Array([0, 0, WIDTH, HEIGHT]),
            "Resources": pydyf.Dictionary({"Font": fonts}),
            "Contents": content.reference,
        }
    )


def _write(content: pydyf.Stream, text: str, size: int, height: int) -> None:
    content.begin_text()
    content.set_font_size("F1", size)
    content.set_text_matrix(1, 0, 0, 1, MARGIN, height)
    content.show_text_string(_plain(text))
    content.end_text()


def _plain(text: str) -> str:
    """What the built-in font shows without further ado."""
    return unicodedata.normalize("NFKD", text.replace("–", "-")).encode("ascii", "ignore").decode("ascii")
