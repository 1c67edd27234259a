"""What can be measured, as a policy declares it: one thing with a label and several names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from governance.domain.vocabulary import Good


@dataclass(frozen=True, slots=True)
class Metric:
    """What can be measured, as a policy declares it: what people call it, and under which other names its values arrive."""

    key: str
    label: str
    unit: str | None = None
    good: Good | None = None  # None: the policy does not say which way is better
    also_called: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.key, *self.also_called)


Metrics: TypeAlias = Mapping[str, Metric]
"""Those that a policy declares, by each of their names."""
