"""The mark that stands beside an entry of the ledger in a timeline or a list."""

from enum import StrEnum
from typing import NamedTuple

from governance.domain.vocabulary import Confirmation, Decision, RequestState, Standing, WaiverDecision
from governance.ledger.read import Entry
from governance.words import word


class Mark(NamedTuple):
    """An icon of `static/icons.svg`, and the tone it is shown in: ok, warn, bad, idle or you."""

    shape: str
    tone: str


def state_of(entry: Entry) -> Mark:
    """The mark for a timeline or a list."""
    if entry.damage:
        return Mark("not-met", "bad")
    match entry.kind:
        case "gate.signed_off":
            return _mark(Decision(entry.body["decision"]))
        case "gate.settled":
            return _mark(RequestState(entry.body["outcome"]))
        case "exclusion.decided":
            return _mark(Confirmation(entry.body["decision"]))
        case "waiver.signed":
            return _mark(WaiverDecision(entry.body["decision"]))
        case "standing.changed":
            return _mark(Standing(entry.body["standing"]))
    return MARKS.get(entry.kind, Mark("doc", "idle"))


def _mark(member: StrEnum) -> Mark:
    said = word(member)
    return Mark(said.shape, said.tone)


MARKS = {
    "clause.attested": Mark("attest", "idle"),
    "clause.attestation_confirmed": Mark("met", "ok"),
    "clause.attestation_withdrawn": Mark("na", "warn"),
    "gate.opened": Mark("todo", "idle"),
    "gate.submitted": Mark("up", "idle"),
    "gate.migrated": Mark("changes", "warn"),
    "gate.changes_requested": Mark("changes", "warn"),
    "gate.commented": Mark("comment", "idle"),
    "initiative.advanced": Mark("met", "ok"),
    "initiative.brought_in": Mark("attest", "warn"),
    "initiative.regularised": Mark("met", "ok"),
    "initiative.model_named": Mark("metric", "idle"),
    "item.answered": Mark("progress", "idle"),
    "ml_test_score.filled": Mark("metric", "idle"),
    "finding.raised": Mark("flag", "bad"),
    "exclusion.proposed": Mark("na", "idle"),
    "exclusion.withdrawn": Mark("na", "idle"),
    "waiver.asked": Mark("waived", "idle"),
    "waiver.withdrawn": Mark("na", "idle"),
    "waiver.granted": Mark("waived", "warn"),
    "waiver.end_moved": Mark("waived", "warn"),
    "waiver.reminded": Mark("waived", "warn"),
    "waiver.expired": Mark("not-met", "bad"),
    "waiver.took_effect": Mark("hold", "warn"),
    "waiver.ended": Mark("met", "ok"),
    "finding.closed": Mark("met", "ok"),
    "person.locked": Mark("lock", "bad"),
    "person.disabled": Mark("lock", "warn"),
    "person.link_made": Mark("lock", "warn"),
    "person.password_set": Mark("lock", "idle"),
    "ledger.key_changed": Mark("lock", "warn"),
    "pack.issued": Mark("report", "idle"),
    "ledger.recovery_confirmed": Mark("flag", "warn"),
}
