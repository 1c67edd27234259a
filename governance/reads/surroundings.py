"""What the state of many initiatives rests on, read together: some statements for all of them instead of some for each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain.errors import RuleBroken
from governance.domain.policy import Policy
from governance.domain.vocabulary import OPEN_STATES
from governance.models.exclusions import Exclusion
from governance.models.findings import Finding
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative, Tiering
from governance.models.moving_in import Origin
from governance.models.sharing import ReusedEvidence
from governance.models.waivers import Waiver
from governance.reads import evidence_turns, exclusions, people, policies, waivers


@dataclass(frozen=True, slots=True)
class Surroundings:
    """By key of the initiative; what an initiative has none of is not there."""

    initiatives: Mapping[str, Initiative]
    requests: Mapping[str, GateRequest]  # the open one
    tierings: Mapping[str, Tiering]
    origins: Mapping[str, Origin]
    findings: Mapping[str, Sequence[Finding]]  # the open ones
    waivers: Mapping[str, Sequence[Waiver]]  # that wait for somebody or for time
    exclusions: Mapping[str, Sequence[Exclusion]]  # proposed or confirmed
    reused: Mapping[str, Sequence[tuple[ReusedEvidence, date | None]]]  # whose source ended it, or that expires some day
    current: Policy | None  # the policy in force
    names: Mapping[str, str]  # of leads, by id

    def policy(self, session: Session, request: GateRequest | None) -> Policy | None:
        """The rules an initiative is judged by; None where there are none, or the record lost them."""
        if request is None or (not request.revision and self.current is not None and request.gate in self.current.gates):
            return self.current
        try:
            return policies.of_request(session, request)
        except RuleBroken:
            return None

    def names_of(self, session: Session, ids: Iterable[str | None]) -> Mapping[str, str]:
        """Printed names by id; only those that are not known yet are looked up."""
        wanted = {person for person in ids if person}
        return self.names if wanted <= self.names.keys() else {**self.names, **people.names(session, wanted - self.names.keys())}


def of(session: Session, keys: Sequence[str]) -> Surroundings:
    initiatives = {row.key: row for row in session.scalars(select(Initiative).where(Initiative.key.in_(keys)))}
    findings: dict[str, list[Finding]] = {}
    for row in session.scalars(select(Finding).where(Finding.initiative_key.in_(keys), Finding.closed_at.is_(None))):
        findings.setdefault(row.initiative_key, []).append(row)
    requests = select(GateRequest).where(GateRequest.initiative_key.in_(keys), GateRequest.state.in_(OPEN_STATES))
    return Surroundings(
        initiatives=initiatives,
        requests={row.initiative_key: row for row in session.scalars(requests)},
        tierings={row.initiative_key: row for row in session.scalars(select(Tiering).where(Tiering.initiative_key.in_(keys)))},
        origins={row.initiative_key: row for row in session.scalars(select(Origin).where(Origin.initiative_key.in_(keys)))},
        findings=findings,
        waivers=waivers.live(session, keys),
        exclusions=exclusions.live(session, keys),
        reused=evidence_turns.at_risk(session, keys),
        current=_current(session),
        names=people.names(session, {row.lead_id for row in initiatives.values()}),
    )


def _current(session: Session) -> Policy | None:
    try:
        return policies.current(session)
    except RuleBroken:
        return None
