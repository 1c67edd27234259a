"""How templates write moments, numbers and words. Pure functions; markup is built with escape."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, request, url_for
from markupsafe import Markup, escape

from governance.domain import limits
from governance.domain.text import day_in_words
from governance.web import current
from governance.words import Word
from governance.words import word as word_of


def register(app: Flask) -> None:
    app.jinja_env.filters.update(moment=moment, day=day, ago=ago, number=number, amount=amount)
    app.jinja_env.filters.update(word=word_of, plain=plain, counted=counted, spoken=limits.spoken, first_upper=first_upper)
    app.jinja_env.globals.update(same_page=same_page)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def moment(at: datetime | None, zone: ZoneInfo | None = None) -> Markup:
    """A moment in the viewer's zone, with its UTC form for machines: “Mon 7 Sep 2026, 11:00 CEST”."""
    if at is None:
        return Markup("")
    local = at.astimezone(zone or current.zone())
    written = f"{day_in_words(local.date())}, {local:%H:%M} {zone_in_words(local)}"
    return Markup('<time datetime="{}">{}</time>').format(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), written)


def day(on: date | None) -> Markup:
    """A day: “Mon 7 Sep 2026”."""
    return Markup("") if on is None else Markup('<time datetime="{}">{}</time>').format(on.isoformat(), day_in_words(on))


def zone_in_words(local: datetime) -> str:
    """“CET”; where a zone has no letters, its distance: “UTC−03”."""
    name = local.tzname() or "UTC"
    return f"UTC{name.replace('-', limits.MINUS)}" if name[0] in "+-" else name


def ago(since: datetime, now: datetime) -> str:
    """How long something has waited, rounded down: “2 days”."""
    seconds = max(0, int((now - since).total_seconds()))
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(seconds // size, name)
    return "less than a minute"


def number(value: Any) -> str:
    """Thousands with commas, U+2212 for minus; text that is no number stays as it is."""
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return f"{exact:,f}".replace("-", limits.MINUS)


def amount(value: Any, unit: str) -> Markup:
    """A number with its unit; shares in percent."""
    return escape(limits.amount(str(value), unit))


def first_upper(text: str) -> str:
    """The start of a sentence. Unlike Jinja's `capitalize` it leaves the other letters, such as those of “AI”, as they are."""
    return text[:1].upper() + text[1:]


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """“1 check”, “2 checks”."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def plain(member: StrEnum) -> str:
    """The word of a member inside a sentence."""
    said: Word = word_of(member)
    return said.label if said.label[:2].isupper() else said.label[0].lower() + said.label[1:]


def same_page(endpoint: str | None = None, /, **changes: object) -> str:
    """This page, or another one at the same place, with some query values changed; None takes one away.

    The query goes into the address as text: as arguments of `url_for`, names such as `endpoint` or `_method` would steer it.
    """
    kept: dict[str, object] = {**request.args.to_dict(flat=False), **changes}
    query = urlencode({name: value for name, value in kept.items() if value is not None}, doseq=True)
    path = url_for(endpoint or request.endpoint or "", **(request.view_args or {}))
    return f"{path}?{query}" if query else path
