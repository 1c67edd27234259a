"""Changing the policy on a draft of one's own: gather changes, undo them, and hand the finished texts on to be proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from governance.domain import rights
from governance.domain.drafting import MOST_EDITS, together
from governance.domain.errors import Conflict, NotAllowed, Problem, RuleBroken
from governance.domain.rights import Doer
from governance.domain.vocabulary import Role
from governance.ledger.log import Log
from governance.models.drafts import PolicyDraft
from governance.policy.guided_fields import is_changeable
from governance.policy.places import Edit, edit, edited, value_at
from governance.reads import people, policy_drafts

LONGEST_VERSION = 40


def change(log: Log, edits: Sequence[Edit]) -> None:
    """Add changes to the draft of whoever acts; one at the same place takes the place of the one before.

    Raises `NotAllowed` for what is not changed this way, `RuleBroken` for what cannot be changed safely.
    """
    _check_may_change(log)
    for one in edits:
        if not is_changeable(one.place):
            raise NotAllowed("This part of the policy is changed in its files, and proposed from there.")
    published, texts = policy_drafts.in_force(log.session)
    kept = policy_drafts.edits(log.session, log.by)
    for one in edits:
        kept = _with(kept, one, texts)
    if len(kept) > MOST_EDITS:
        raise RuleBroken(f"A draft holds at most {MOST_EDITS} changes. Propose these, or change the files.")
    _check_can_be_made(edits, kept, texts)
    _keep(log, published.digest, kept)


def undo(log: Log, place: str) -> None:
    """Take one change back, with what was changed within it."""
    _check_may_change(log)
    kept = policy_drafts.edits(log.session, log.by)
    staying = set(together([one.place for one in kept], place))
    _keep(log, None, [one for one in kept if one.place in staying])


def discard(log: Log) -> None:
    """Throw the whole draft away."""
    _check_may_change(log)
    _keep(log, None, [])


def go_on(log: Log) -> None:
    """Keep the changes over the text that is in force by now, after looking at them against it."""
    _check_may_change(log)
    published, _ = policy_drafts.in_force(log.session)
    row = policy_drafts.row(log.session, log.by)
    if row is not None:
        row.base = published.digest


@dataclass(frozen=True, slots=True)
class Made:
    """The texts that a draft makes of those in force, and what they were made of."""

    texts: Mapping[str, str]
    base: str  # digest of the policy in force
    edits: tuple[Edit, ...]


def made(session: Session, doer: Doer, version: str) -> Made:
    """The changed texts under the name of a new version, to be read and proposed; made before anybody's turn to write.

    Raises `Conflict` where another text was published since the changes were looked at, `RuleBroken` where there is nothing to propose.
    """
    _check_may(doer)
    published, texts = policy_drafts.in_force(session)
    row, kept = policy_drafts.row(session, doer.id), policy_drafts.edits(session, doer.id)
    if row is None or not kept:
        raise RuleBroken("Nothing is changed yet, so there is nothing to propose.")
    if row.base != published.digest:
        raise _overtaken(published.version)
    _check_version(version, published.version)
    found = edited(texts, [*kept, edit("policy/version", version)])
    if found.refused:
        raise RuleBroken(next(iter(found.refused.values())))
    return Made(found.texts, published.digest, tuple(kept))


def finish(log: Log, given: Made) -> None:
    """Throw away the draft of which these texts were made, to propose them in the same transaction.

    Raises `Conflict` where it is another draft by now, or another text is in force.
    """
    _check_may_change(log)
    published, _ = policy_drafts.in_force(log.session)
    if published.digest != given.base:
        raise _overtaken(published.version)
    row = policy_drafts.row(log.session, log.by)
    if row is None or tuple(policy_drafts.edits(log.session, log.by)) != given.edits:
        raise Conflict("Your draft changed while it was being proposed. Look at it again, then propose it.")
    log.session.delete(row)


def _overtaken(version: str) -> Conflict:
    return Conflict(f"Version {version} was published since you made these changes. Look at them against it, then propose them.")


def _with(kept: Sequence[Edit], new: Edit, texts: Mapping[str, str]) -> list[Edit]:
    """The changes with one more; one that leaves what is in force is none."""
    staying = set(together([one.place for one in kept], new.place))
    others = [one for one in kept if one.place in staying]
    now = value_at(texts, new.place)
    return others if now == new.value and type(now) is type(new.value) else [*others, new]


def _check_can_be_made(edits: Sequence[Edit], kept: Sequence[Edit], texts: Mapping[str, str]) -> None:
    refused = edited(texts, kept).refused
    if problems := [Problem("not_safe", refused[one.place], one.place) for one in edits if one.place in refused]:
        raise RuleBroken(problems[0].message, *problems)


def _check_version(version: str, before: str) -> None:
    if not version or len(version) > LONGEST_VERSION:
        sentence = f"Enter what this version is called, in at most {LONGEST_VERSION} signs."
        raise RuleBroken(sentence, Problem("version", sentence, "version"))
    if version == before:
        sentence = f"Version {before} is in force. Give this one another name, so that people can tell them apart."
        raise RuleBroken(sentence, Problem("version", sentence, "version"))


def _keep(log: Log, base: str | None, edits: Sequence[Edit]) -> None:
    row = policy_drafts.row(log.session, log.by)
    if not edits:
        if row is not None:
            log.session.delete(row)
        return
    if row is None:
        row = PolicyDraft(person_id=log.by, base=base or policy_drafts.in_force(log.session)[0].digest)
        log.session.add(row)
    row.edits, row.changed_at = [[one.place, one.written] for one in edits], log.now


def _check_may_change(log: Log) -> None:
    _check_may(people.doer(log.session, log.by, log.now))


def _check_may(doer: Doer) -> None:
    rights.check_role(doer, [Role.COMPLIANCE_OFFICER], "change the policy")
