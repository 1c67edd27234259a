"""Colours and marks of the report, once for the style sheet and the drawings: SVG attributes and `data:` addresses cannot read
custom properties. Every text colour has a contrast of at least 6:1 on white, and every state differs in shape too."""

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import quote

COLOURS: Mapping[str, str] = {
    "ink": "#17212b",
    "muted": "#566270",
    "rule": "#c8cfd6",
    "wash": "#eff3f7",
    "accent": "#1f4e79",
    "ok": "#17633a",
    "bad": "#9c1b30",
    "warn": "#7d5200",
    "shade": "#fbf1f2",
    "hanger": "#8ea3b8",
}


class Tone(StrEnum):
    """How a state looks: a shape and a colour, always beside its word."""

    OK = "ok"  # circle with a tick
    BAD = "bad"  # square with a cross
    WAITS = "waits"  # open diamond
    UNSURE = "unsure"  # triangle
    IDLE = "idle"  # ring
    PLAIN = "plain"  # dot


SHAPES: Mapping[Tone, str] = {
    Tone.OK: '<circle cx="6" cy="6" r="6" fill="{ok}"/><path d="M3.1 6.1L5.2 8.3L9 3.7" fill="none" stroke="#fff" stroke-width="1.6"/>',
    Tone.BAD: '<path d="M.4.4h11.2v11.2H.4z" fill="{bad}"/><path d="M3.3 3.3L8.7 8.7M8.7 3.3L3.3 8.7" stroke="#fff" stroke-width="1.7"/>',
    Tone.WAITS: '<path d="M6 .8L11.2 6L6 11.2L.8 6z" fill="#fff" stroke="{warn}" stroke-width="1.3"/>'
    '<path d="M6 3.2V6.8M6 7.8V9.2" stroke="{warn}" stroke-width="1.5"/>',
    Tone.UNSURE: '<path d="M6 .6L11.8 11.2H.2z" fill="{warn}"/><path d="M6 4.2V7.6M6 8.5V9.9" stroke="#fff" stroke-width="1.4"/>',
    Tone.IDLE: '<circle cx="6" cy="6" r="5.2" fill="#fff" stroke="{muted}" stroke-width="1.3"/>'
    '<path d="M3.4 6H8.6" stroke="{muted}" stroke-width="1.4"/>',
    Tone.PLAIN: '<circle cx="6" cy="6" r="2.2" fill="{muted}"/>',
}


def shape(tone: Tone) -> str:
    """The mark as SVG elements on a 12 × 12 grid."""
    return SHAPES[tone].format(**COLOURS)


def addresses() -> Mapping[str, str]:
    """The marks as `data:` addresses for the style sheet, by tone."""
    opening = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12">'
    return {tone.value: "data:image/svg+xml," + quote(f"{opening}{shape(tone)}</svg>") for tone in Tone}
