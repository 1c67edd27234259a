"""What the acts of the demo are made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from governance.demo.cases import Case
from governance.domain.policy import Policy
from governance.ledger.log import Log
from governance.services.answers import StoredFile


class Beyond(Exception):
    """An act that this version cannot do. The replay of its case stops there."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something one person does at one moment, in one transaction."""

    at: datetime
    by: str
    what: str
    do: Callable[[Log], None]
    proof: bool = False  # whether it takes a proof of identity


@dataclass(slots=True)
class Scene:
    """What the acts of one case share: the policy, the file store, and which evidence of the story got which id."""

    case: Case
    policy: Policy
    store: Callable[[bytes, str], StoredFile]
    evidence: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return str(self.case["key"])
