"""SVG as text: the few shapes the report draws. Every text is escaped, every drawing has words, nothing needs a style sheet."""

from collections.abc import Iterable
from html import escape

from governance.packs.tokens import COLOURS, Tone, shape

Point = tuple[float, float]
FONT = "Nimbus Sans, Liberation Sans, Arial, DejaVu Sans, sans-serif"


def drawing(width: int, height: int, in_words: str, parts: Iterable[str]) -> str:
    """A figure; `in_words` is what readers hear who cannot see it (PDF/UA-1, 7.3)."""
    opening = f'<svg role="img" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    return f"{opening}<title>{escape(in_words)}</title>{''.join(parts)}</svg>"


def at(point: Point) -> str:
    return f"{point[0]:g} {point[1]:g}"


def line(start: Point, end: Point, colour: str, width: float) -> str:
    ends = f'x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width:g}"/>'


def box(corner: Point, width: float, height: float, colour: str) -> str:
    return f'<rect x="{corner[0]:.1f}" y="{corner[1]:.1f}" width="{width:.1f}" height="{height:g}" fill="{colour}"/>'


def placed(tone: Tone, corner: Point, scale: float) -> str:
    """A mark, which is 12 units wide, with its upper left corner there."""
    return f'<g transform="translate({corner[0]:.1f} {corner[1]:.1f}) scale({scale:g})">{shape(tone)}</g>'


def text(point: Point, words: str, size: float, colour: str = COLOURS["ink"], *, bold: bool = False, anchor: str = "middle") -> str:
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{point[0]:.1f}" y="{point[1]:.1f}" font-family="{FONT}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"'
    return f"<text {place}{weight}>{escape(words)}</text>"
