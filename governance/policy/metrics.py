"""The metrics that files declare, and what a threshold says of a metric beside the one that it measures."""

from collections.abc import Iterable

from governance.domain.metrics import Metric
from governance.policy.models import FileModel

OF_METRICS = ("measured.", "approved.")
"""How references to a metric begin: beside the value, or in the dossier of a gate that was passed."""


def metrics_in(models: Iterable[FileModel]) -> dict[str, Metric]:
    """What the files declare to be measured, by each of its names. A name that stands for two metrics is that of the first."""
    declared = [
        Metric(key, model.label, model.unit, model.good, tuple(model.also_called))
        for file in models
        for key, model in (file.metrics or {}).items()
    ]
    return {name: metric for metric in reversed(declared) for name in metric.also_called} | {metric.key: metric for metric in declared}


def family_of(reference: str | None) -> tuple[str, str]:
    """Of what a threshold compares with: `measured.` or `approved.` with the metric; nothing where it is no metric."""
    family = next((family for family in OF_METRICS if (reference or "").startswith(family)), "")
    return family, (reference or "").removeprefix(family)
