"""What a policy would change for every open request and every running initiative. Nothing is written.

A request that was submitted keeps its rules until it is moved: for it this is what moving it would do, found by the functions that judge
it. A draft, and what asks for nothing now, follow the policy in force at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.domain import checks, impact, lifecycle, signoffs
from governance.domain.errors import RuleBroken
from governance.domain.impact import Differences, Given, Impact, Stands, Subject
from governance.domain.policy import Policy
from governance.domain.tiering import Answers
from governance.domain.vocabulary import GateKind, RequestState, Stage, Tier
from governance.ledger import read
from governance.ledger.memo import forget
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative, Tiering
from governance.policy.assess import assess_initiative
from governance.reads import migrations, policies, reviews, together
from governance.reads.material import material
from governance.reads.reviews import OnTheTable

BATCH = 100
"""Initiatives that are read together."""

Progress = Callable[[int, int], object]
"""Told how many of how many are done."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An impact as it was worked out: for which policy, against which, from how many entries of the ledger, and when."""

    policy: str  # digest
    in_force: str  # digest
    size: int  # of the ledger
    at: datetime
    found: tuple[Impact, ...]


def foresee(session: Session, candidate: Policy, now: datetime, progress: Progress = lambda *_: None) -> Foreseen:
    """Everything that a policy would change, by key of the initiative."""
    size, current = read.size(session), policies.current(session)  # what is recorded while this is worked out makes it older, never newer
    keys = session.scalars(select(Initiative.key).where(Initiative.stage != Stage.RETIRED).order_by(Initiative.key)).all()
    found: list[Impact] = []
    for start in range(0, len(keys), BATCH):
        progress(start, len(keys))
        found += of(session, keys[start : start + BATCH], candidate, now)
        forget(session)
    progress(len(keys), len(keys))
    return Foreseen(candidate.digest, current.digest, size, now, tuple(found))


def of(session: Session, keys: Sequence[str], candidate: Policy, now: datetime) -> list[Impact]:
    """The same for some initiatives: the number of statements does not depend on how many they are."""
    seen = _Seen(session, together.read(session, keys, now), policies.current(session), candidate, _last_passed(session, keys), now)
    return [seen.impact(row) for row in seen.rows.initiatives]


def stands(session: Session, request_id: str, now: datetime) -> Stands:
    """How a request that was submitted stands as the record has it, in the terms of an impact."""
    return _on_the_table(reviews.on_the_table(session, request_id, now), now)


def _last_passed(session: Session, keys: Sequence[str]) -> Mapping[tuple[str, str], datetime]:
    """When each gate was passed last."""
    query = (
        select(GateRequest.initiative_key, GateRequest.gate, func.max(GateRequest.settled_at).label("at"))
        .where(GateRequest.initiative_key.in_(keys), GateRequest.state == RequestState.PASSED)
        .group_by(GateRequest.initiative_key, GateRequest.gate)
    )
    return {(row.initiative_key, row.gate): row.at for row in session.execute(query)}


@dataclass(frozen=True, slots=True)
class _Seen:
    """Some initiatives between the policy in force and another one."""

    session: Session
    rows: together.Together
    current: Policy
    candidate: Policy
    passed: Mapping[tuple[str, str], datetime]
    now: datetime

    def impact(self, row: Initiative) -> Impact:
        request = self.rows.requests.get(row.key)
        subject = Subject(request.state.value) if request is not None else Subject.RUNNING
        submitted = request if request is not None and request.revision else None
        gate = request.gate if request is not None else self._ahead(self.current, row)
        stays = migrations.keeps_its_rules(self.session, submitted, self.candidate) if submitted is not None else None
        changes, unknown = self._known(row, request, submitted, stays)
        return Impact(
            key=row.key,
            name=row.name,
            stage=row.stage,
            standing=row.standing,
            subject=subject,
            request=request.id if request is not None else None,
            gate=gate,
            runs_under=submitted.policy if submitted is not None else self.current.digest,
            gate_gone=request is not None and request.gate not in self.candidate.gates,
            stays=stays,
            changes=changes,
            unknown=unknown,
        )

    def _known(
        self, row: Initiative, request: GateRequest | None, submitted: GateRequest | None, stays: str | None
    ) -> tuple[Differences, str | None]:
        """A damaged record is told as such, and keeps nobody from seeing the others."""
        try:
            return self._changes(row, request, submitted, stays), None
        except RuleBroken as refused:
            return Differences(), refused.message

    def _changes(self, row: Initiative, request: GateRequest | None, submitted: GateRequest | None, stays: str | None) -> Differences:
        if submitted is None:
            before, after = (self._working(row, request, policy) for policy in (self.current, self.candidate))
            return impact.compare(before, after)
        table = reviews.on_the_table(self.session, submitted.id, self.now)
        moves = stays is None and submitted.policy != self.candidate.digest
        moved = reviews.under(self.session, table, self.candidate, self.now) if moves else table
        before, after = _on_the_table(table, self.now), _on_the_table(moved, self.now)
        return impact.compare(self._with_tier(before, row, self.current), self._with_tier(after, row, self.candidate))

    def _working(self, row: Initiative, request: GateRequest | None, policy: Policy) -> Stands:
        """A draft, or what asks for nothing: the answers as they stand, at the gate that is ahead."""
        gate = request.gate if request is not None else self._ahead(policy, row)
        if gate is None or gate not in policy.gates:
            return self._with_tier(Stands(state=request.state if request is not None else None), row, policy)
        try:
            found = material(self.session, row.key, gate, policy)
        except RuleBroken:  # no tier yet: nobody knows what applies
            return self._with_tier(Stands(state=request.state if request is not None else None), row, policy)
        checked = checks.evaluated(policy, found, self.now)
        stands = Stands(
            state=request.state if request is not None else None,
            checks={check.item.id: impact.stands(check) for check in checked},
            seats={seat.id: seat.label for seat in found.plan.seats},
            shut_by=(*_shut(checked), *checks.undecided_seats(found.plan)),
        )
        return self._with_tier(stands, row, policy)

    def _ahead(self, policy: Policy, row: Initiative) -> str | None:
        gate = lifecycle.gate_out_of(policy, row.stage)
        return gate.id if gate is not None else None

    def _with_tier(self, found: Stands, row: Initiative, policy: Policy) -> Stands:
        tiering = self.rows.tierings.get(row.key)
        due = self._due(row, tiering.tier, policy) if tiering is not None else {}
        return Stands(found.state, found.checks, found.seats, found.counting, found.fallen, found.shut_by, self._tier(tiering, policy), due)

    def _tier(self, tiering: Tiering | None, policy: Policy) -> Tier | None:
        """What the answers come to when they are given again: a policy reaches a tier that way, and not by itself."""
        if tiering is None:
            return None
        answers = Answers(questions=tiering.questions, statements=tiering.statements, asked=tiering.asked)
        found = assess_initiative(policy, answers)
        return None if found.missing else found.tier

    def _due(self, row: Initiative, tier: Tier | None, policy: Policy) -> dict[str, str]:
        """By when recurring gates are to be passed again, counted from the last time, else from when the stage was entered."""
        recurring = [gate for gate in policy.gates.values() if gate.kind is GateKind.RECURRING and row.stage in gate.leaves]
        return {
            gate.id: (self.passed.get((row.key, gate.id), row.stage_since) + timedelta(days=gate.every_days[tier])).date().isoformat()
            for gate in recurring
            if tier is not None and tier in gate.every_days
        }


def _on_the_table(table: OnTheTable, now: datetime) -> Stands:
    labels = {seat.id: seat.label for seat in table.review.seats}
    given = {one.leaf: Given(one.leaf, one.seat, labels.get(one.seat, one.seat), one.by) for one in table.review.given}
    moved = table.review.frozen != table.review.live and signoffs.can_still_pass(table.review)
    return Stands(
        state=signoffs.verdict(table.review, now),
        checks={check.item.id: impact.stands(check) for check in table.checks},
        seats=labels,
        counting={leaf: given[leaf] for leaf in reviews.counting(table, now)},
        fallen={one.leaf: (why.reason.value, why.sections) for one, why in _falls(table, now)},
        shut_by=(*table.review.obstacles, *([impact.REVISION_NEEDED] if moved else [])),
    )


def _falls(table: OnTheTable, now: datetime) -> Iterator[tuple[signoffs.SignOff, signoffs.Fall]]:
    for one in table.review.given:
        if (why := signoffs.fall(table.review, one, now)) is not None:
            yield one, why


def _shut(checked: Sequence[checks.Checked]) -> Iterator[str]:
    return (f"{check.item.id} {check.evaluated.state.value}" for check in checks.keep_shut(tuple(checked)))
