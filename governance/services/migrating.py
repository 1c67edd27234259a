"""Moving a running request to the policy in force. Nothing else ever changes the rules under a request."""

from governance.domain import dossier, rights, signoffs
from governance.domain.errors import Conflict, NotAllowed
from governance.domain.rights import Doer
from governance.domain.vocabulary import Role, Section
from governance.events import streams
from governance.events.gates import GateMigrated
from governance.ledger.log import Log
from governance.models.gates import GateRequest
from governance.reads import migrations, people, policies, reviews
from governance.reads.reviews import OnTheTable
from governance.services import gates


def migrate(log: Log, request_id: str, reason: str, expected: str | None = None) -> list[str]:
    """Put a request that was submitted under the policy in force: the dossier as submitted, its rules, its seats. Returns the labels of the
    seats whose sign-off lapses.

    What lapses follows by the rules of signing: exactly the sign-offs of which a section changed. Seats that are new are asked, seats that
    are gone are asked no more, and what anybody signed stays on record. `expected` is the digest of the policy that was looked at before.
    A compliance officer does it who has no hand in the request: who leads it, is on its team or submitted it has one; who signs it, not.
    """
    request = reviews.request(log.session, request_id)
    doer = people.doer(log.session, log.by, log.now)
    _check_may(log, doer, request)
    gates.check_words(reason, "Say why the request is moved to other rules.")
    policy = policies.current(log.session)
    if expected is not None and policy.digest != expected:
        raise Conflict("Another policy is in force by now. Look at what it changes before you move a request to it.")
    migrations.check_can_be_moved(log.session, request, policy)
    before = reviews.on_the_table(log.session, request_id, log.now)
    after = reviews.under(log.session, before, policy, log.now)
    lapsed = signoffs.standing(before.review, log.now).keys() - signoffs.standing(after.review, log.now).keys()
    log.record(_migrated(log, before, after, reason), streams.initiative(request.initiative_key))
    return [seat.label for seat in before.review.seats if seat.id in lapsed]


def _check_may(log: Log, doer: Doer, request: GateRequest) -> None:
    ties = people.ties(log.session, request.initiative_key)
    rights.check_may_see(doer, ties)
    rights.check_role(doer, [Role.COMPLIANCE_OFFICER], "move a request to other rules")
    if rights.on_team(doer, ties) or doer.id in reviews.submitters(log.session, request.id):
        raise NotAllowed("You have a hand in this request. A compliance officer who does not work on the initiative can move it.")


def _migrated(log: Log, before: OnTheTable, after: OnTheTable, reason: str) -> GateMigrated:
    for section in dossier.sections(after.material).values():
        log.keep_text(dossier.canonical(section))
    asked = [gates.asked_of(seat) for seat in after.review.seats]
    gone = {seat.id for seat in before.review.seats} - {seat.seat for seat in asked}
    return GateMigrated(
        request=before.request.id,
        revision=before.request.revision + 1,
        before=before.policy.digest,
        policy=after.policy.digest,
        dossier=dossier.dossier_digest(after.review.frozen),
        sections={section.value: after.review.frozen[section] for section in Section},
        seats=asked,
        gone=sorted(gone),
        why=log.keep_words(reason.strip()),
    )
