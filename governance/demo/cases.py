"""The cases as written, with every date moved by whole weeks so that the portfolio never ages."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import yaml

FILE = Path(__file__).with_name("cases.yaml")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")

Case: TypeAlias = Mapping[str, Any]
"""One initiative as the file tells it. The file is ours and tested against the policy, so it is read as it is."""


def cases(today: date) -> Case:
    """The whole file. The reference date lands 0 to 6 days before `today`; weekdays stay."""
    told = yaml.load(FILE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader, the fast one where there is one
    moved: Case = _moved(told, weeks(date.fromisoformat(told["reference_date"]), today))
    return moved


def weeks(reference: date, today: date) -> timedelta:
    """How far to move: whole weeks, none into the past."""
    return timedelta(weeks=max(0, (today - reference).days // 7))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _moved(value: Any, by: timedelta) -> Any:
    match value:
        case dict():
            return {_moved(key, by): _moved(inner, by) for key, inner in value.items()}
        case list():
            return [_moved(inner, by) for inner in value]
        case str() if MOMENT.fullmatch(value):
            return (datetime.fromisoformat(value) + by).isoformat().replace("+00:00", "Z")
        case str() if DAY.fullmatch(value):
            return (date.fromisoformat(value) + by).isoformat()
        case _:
            return value
