"""Two policies side by side."""

from collections.abc import Mapping
from dataclasses import dataclass

from governance.domain import strictness
from governance.domain.policy import Policy
from governance.domain.policy_changes import Change, Kind
from governance.policy.differences import clocks, metrics, rest, tiering
from governance.policy.differences.fields import Fields, Place, differing
from governance.policy.differences.gates import Gates
from governance.policy.differences.rest import Rest
from governance.policy.loader import parse_policy
from governance.policy.models import FileModel
from governance.policy.problems import PolicyError
from governance.policy.reader import read
from governance.policy.shape import shaped

HEAD: Fields = {
    "id": (Kind.POLICY_ID, strictness.neither),
    "version": (Kind.POLICY_VERSION, strictness.neither),
    "title": (Kind.POLICY_TITLE, strictness.neither),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """A policy, and whatever else its files say."""

    policy: Policy
    rest: Rest


def rules_of(texts: Mapping[str, str]) -> Rules:
    """Raises `PolicyError` with all faults at once."""
    return Rules(parse_policy(texts), rest.rest_of([_model(name, text) for name, text in sorted(texts.items())]))


def _model(name: str, text: str) -> FileModel:
    model, problems = shaped(read(name, text), FileModel)
    if model is None:
        raise PolicyError(problems)
    return model


def differences(before: Rules, after: Rules) -> tuple[Change, ...]:
    """Every change of meaning, in the order of the policy; none where only comments, layout or file names differ."""
    old, new = before.policy, after.policy
    gates = Gates(old, new)
    return (
        *differing(Place(), old, new, HEAD),
        *gates.changes(),
        *tiering.changes(old.tiering, new.tiering),
        *tiering.facts(old, new),
        *metrics.changes(old, new),
        *tiering.limits(old, new),
        *clocks.changes(old, new),
        *clocks.frameworks(old, new),
        *rest.changes(before.rest, after.rest, {**gates.old_gate, **gates.new_gate}),
    )
