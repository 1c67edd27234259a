"""What a dossier says of limits and measured values, one line for each metric, by the label that the policy declares."""

from collections.abc import Collection, Mapping
from typing import Any

from governance.domain.limits import name_in_words, spoken
from governance.domain.metrics import Metrics

_LIMIT = ("window", "min_n", "bound", "factor", "margin", "allow", "for_each", "least", "good", "also_called", "compared_also_called")


def limits(rule: Mapping[str, Any], metrics: Metrics) -> dict[str, str]:
    """What each limit says, by metric; the second of the same metric gets a number."""
    found: dict[str, str] = {}
    for part in rule["limits"]:
        name = _next(name_in_words(part["metric"], metrics), found)
        value = " to ".join(part["value"]) if isinstance(part["value"], list) else part["value"] or part["compare_with"] or ""
        rest = [f"{key.replace('_', ' ')} {text(part[key])}" for key in _LIMIT if part.get(key) is not None]
        found[name] = f"{part['comparator'].replace('_', ' ')} {value} {part['unit']}, {', '.join(rest)}"
    return found


def values(answer: Mapping[str, Any], metrics: Metrics) -> dict[str, str]:
    """One line per metric; the second value of the same metric gets the name of its KPI or a number."""
    found: dict[str, str] = {}
    for value in answer.get("values", []):
        name = _next(name_in_words(value["metric"], metrics) + (f" ({spoken(value['kpi'])})" if value.get("kpi") else ""), found)
        interval = f", 95 %: {value['low']} to {value['high']}" if value.get("low") else ""
        found[name] = (
            f"{value['value']} {value['unit']}{interval}, n {value['n']:,}, measured {value['measured_at'][:10]}, {value['source']}"
        )
    return found


def _next(name: str, found: Collection[str]) -> str:
    return name if name not in found else f"{name} {len(found) + 1}"


def text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value))
        case {"value": stated, "unit": unit}:
            return f"{stated} {unit}"
        case _:
            return str(value)
