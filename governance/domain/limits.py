"""How limits, amounts and the names of measures are said. One way for every page, list and report."""

import re
from decimal import Decimal

from governance.domain.metrics import Metrics
from governance.domain.numbers import is_decimal
from governance.domain.policy import Threshold, Value
from governance.domain.vocabulary import Comparator

AS_THE_METRIC = ("as the metric", "units of the KPI")
"""A policy's unit that leaves it to the metric."""

UNSAID = ("count", "level", "as the metric", "units of the")
"""How units begin that only name what a bare number is."""

SHARE = "share"
THIN = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

WORDS = {
    Comparator.LT: "under",
    Comparator.LTE: "at most",
    Comparator.GT: "over",
    Comparator.GTE: "at least",
    Comparator.EQ: "exactly",
    Comparator.BETWEEN: "from",
    Comparator.REACHES: "at least as good as",
    Comparator.BEATS: "better than",
}
CAPITALS = {name.lower(): name for name in ("AI", "EU", "KPI", "ML", "PSI")}


def spoken(name: str) -> str:
    """A name of the policy as people read it: `limits.p95_latency_s` is “the limit p95 latency”. Its unit stands at the number."""
    named = name.removeprefix("measured.").replace("limits.", "the limit ").replace("approved.", "the approved ").replace(".", " ")
    named = re.sub(r"(?<=\d)_(?=\d)", ".", named).replace("_per_s", "_per_second")
    named = re.sub(r"_(?:eur_year|eur|s|h)(?=_|$)", "", named)
    return " ".join(CAPITALS.get(word, word) for word in named.replace("_", " ").split())


def metric_in_words(threshold: Threshold) -> str:
    """What a threshold measures, as people call it: the label that the policy declares, else its name in words."""
    return threshold.declared.label if threshold.declared else spoken(threshold.metric)


def reference_in_words(threshold: Threshold) -> str:
    """What the limit of a threshold is taken from, likewise. Only of one that compares with a reference."""
    assert threshold.compare_with is not None
    return taken_from(threshold.compare_with, threshold.beside.label if threshold.beside else None)


def taken_from(reference: str, label: str | None) -> str:
    """What a limit is taken from, in words; `label` is that of the metric in it, where the policy declares one."""
    if label is None:
        return spoken(reference)
    return f"the approved {label}" if reference.startswith("approved.") else label


def name_in_words(name: str, metrics: Metrics) -> str:
    """What was measured, as people call it, whichever of its names came with the value."""
    return metrics[name].label if name in metrics else spoken(name)


def amount(value: Value | str, unit: str) -> str:
    """A number with its unit: “99 %” for the share 0.99, “2.5 hours”, “3” for a count."""
    number, said = parts(value, unit)
    return number + (THIN if said.startswith("%") else " ") + said if said else number


def parts(value: Value | str, unit: str) -> tuple[str, str]:
    """The number and the unit apart. Shares are in percent; a count or a level says no unit."""
    if isinstance(value, tuple):
        return f"{parts(value[0], unit)[0]} to {parts(value[1], unit)[0]}", parts(value[0], unit)[1]
    if isinstance(value, str) and not is_decimal(value):
        return value, ""
    is_share = unit == SHARE or unit.startswith(f"{SHARE} of ")
    number = (Decimal(value) * 100).normalize() if is_share else Decimal(value)
    shown = f"%{unit.removeprefix(SHARE)}" if is_share else "" if unit.startswith(UNSAID) else unit
    return f"{number:,f}".replace("-", MINUS), shown


def in_words(comparator: Comparator, limit: Value | str, unit: str = "") -> str:
    """A limit as a person says it: “at most 5 points”."""
    return f"{WORDS[comparator]} {amount(limit, unit)}"


def limit_in_words(threshold: Threshold, unit: str | None = None, reference: str | None = None) -> str:
    """The limit of a threshold in words, with what it is compared with, and the sample it needs.

    `unit` is that of the measured value where the policy leaves it to the metric; `reference` the number the value had to keep to.
    """
    unit = threshold.unit if unit is None or threshold.unit not in AS_THE_METRIC else unit
    if threshold.compare_with is not None:
        words = _compared(threshold, unit) + (f" ({amount(reference, unit)})" if reference is not None else "")
    elif threshold.value is not None:
        words = in_words(threshold.comparator, threshold.value, unit)
    else:
        tiers = ", ".join(f"{parts(value, unit)[0]} for {tier.value}" for tier, value in threshold.per_tier.items())
        words = f"{WORDS[threshold.comparator]} {tiers} risk{f', in {said}' if (said := parts('0', unit)[1]) else ''}"
    return f"{words}, n at least {threshold.min_n:,}" if threshold.min_n > 1 else words


def _compared(threshold: Threshold, unit: str) -> str:
    """Differences of percentages are points; an allowance is part of what it is taken from, and makes the limit easier to keep."""
    eased = "plus" if threshold.comparator in (Comparator.LT, Comparator.LTE) else "less"
    times = f"{parts(threshold.factor.normalize(), '')[0]} times " if threshold.factor else ""
    words = f"{WORDS[threshold.comparator]} {times}{reference_in_words(threshold)}"
    if threshold.margin:
        words += f", {eased} {amount((threshold.margin * 100).normalize(), 'points') if unit == SHARE else amount(threshold.margin, unit)}"
    if threshold.allow:
        words += f", {eased} {amount(threshold.allow, SHARE)} of it"
    return words
