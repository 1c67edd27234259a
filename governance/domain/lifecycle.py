"""The stages, and what has to hold to move between them."""

from collections.abc import Mapping

from governance.domain.errors import Problem, RuleBroken
from governance.domain.policy import Gate, Policy
from governance.domain.vocabulary import GateKind, Stage, Standing, Tier

NEXT: Mapping[Stage, Stage] = {
    Stage.PILOT: Stage.REVIEW,
    Stage.REVIEW: Stage.LIMITED_PRODUCTION,
    Stage.LIMITED_PRODUCTION: Stage.FULL_PRODUCTION,
}
"""A passage never skips a stage."""

ORDER: tuple[Stage, ...] = (*NEXT, Stage.FULL_PRODUCTION, Stage.RETIRED)


def gate_out_of(policy: Policy, stage: Stage) -> Gate | None:
    """The passage that leads out of a stage, or None where none does."""
    return next((gate for gate in policy.gates.values() if gate.kind is GateKind.PASSAGE and stage in gate.leaves), None)


def check_may_request(gate: Gate, stage: Stage, standing: Standing, tier: Tier | None) -> None:
    """Raise unless an initiative in this stage and standing may ask to pass this gate."""
    check_tier(tier)
    if gate.kind is not GateKind.PASSAGE:
        raise RuleBroken(f"Gate {gate.id} is not a passage between stages; requests for it cannot be made here yet.")
    if stage not in gate.leaves:
        raise RuleBroken(
            f"Gate {gate.id} cannot be asked for in this stage.", Problem("wrong_stage", f"The initiative is in {stage.value}.")
        )
    check_standing(standing)


def check_tier(tier: Tier | None) -> None:
    """Raise unless initiatives of this tier can pass a gate at all."""
    if tier is None:
        raise RuleBroken("Answer the tiering questions first: they decide which checks and which signatures this gate needs.")
    if tier is Tier.PROHIBITED:
        raise RuleBroken(
            "This use is prohibited by an answer to the tiering questions, so no gate can be passed. Compliance can explain which."
        )


def check_standing(standing: Standing) -> None:
    if standing is not Standing.GOOD:
        raise RuleBroken("The initiative is on hold or suspended: nothing new passes until that ends. Its overview says who can end it.")


def entered(gate: Gate, stage: Stage) -> Stage:
    """The stage a passed gate leads to. Raises `RuleBroken` where the gate does not follow on the stage."""
    if stage not in gate.leaves or gate.enters is None:
        raise RuleBroken(f"Gate {gate.id} does not lead out of this stage.")
    if gate.kind is GateKind.PASSAGE and NEXT.get(stage) is not gate.enters:
        raise RuleBroken(f"Gate {gate.id} would skip a stage.")
    return gate.enters
