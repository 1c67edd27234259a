"""The ledger in people's words: one sentence for every kind of entry, and the mark that stands beside it."""

from collections.abc import Callable, Mapping

from governance.domain.limits import amount, spoken
from governance.domain.vocabulary import (
    AnswerState,
    Decision,
    EvidenceKind,
    FindingSeverity,
    Function,
    PasswordWay,
    RequestState,
    Role,
    Stage,
    Standing,
    Tier,
    Visibility,
)
from governance.ledger.log import UNPROVED
from governance.ledger.read import Entry
from governance.reads.evidence_sentences import EVIDENCE_DEEDS
from governance.reads.exclusion_sentences import EXCLUSION_DEEDS
from governance.reads.telling import Facts, Names, brought_in, count, day, imported, ml_test_score, prior_approval, published, regularised
from governance.reads.waiver_sentences import WAIVER_DEEDS
from governance.words import word


def sentence(entry: Entry, names: Names, words: Mapping[str, str] | None = None) -> str:
    """What happened, as one sentence without a full stop. `names` are printed names by id; `words` are long words by digest, quoted."""
    return f"{who(entry, names)} {deed(entry, names)}{quoted(entry, words or {})}"


def who(entry: Entry, names: Names) -> str:
    """The printed name of whoever acted. A signature carries its own, as it was when it was given."""
    if entry.damage:
        return "Somebody"
    if entry.kind in ("gate.signed_off", "waiver.signed", "exclusion.decided"):
        return str(entry.body["name"])
    return names.get(entry.actor, "The program" if entry.actor == "system" else entry.actor)


def deed(entry: Entry, names: Names) -> str:
    """The same sentence without its subject: “approved gate G3 for compliance”."""
    if entry.damage:
        return f"recorded what cannot be believed any more: entry {entry.index} is damaged, {entry.damage}"
    told = DEEDS.get(entry.kind)
    said = told(Facts(entry.body, names)) if told else f"recorded “{entry.kind}”"
    return said if is_proved(entry) else f"{said} (named on the command line, without proof of identity)"


def is_proved(entry: Entry) -> bool:
    """Whether the program itself knows that it was this person: not where somebody at the server named them."""
    return not entry.damage and (entry.header.get("auth") or {}).get("method") != UNPROVED


def quoted(entry: Entry, words: Mapping[str, str]) -> str:
    """The words somebody wrote with it, in quotation marks after a colon; nothing where there are none or the record lost them."""
    text = words.get(digest_of_words(entry) or "")
    return f": “{text}”" if text else ""


def digest_of_words(entry: Entry) -> str | None:
    """The digest of the words that belong to an entry, if it has any."""
    named = (entry.body.get(field) for field in ("reason", "why", "note", "words"))
    return next((value for value in named if isinstance(value, str) and len(value) == _DIGEST), None)


def people_in(entry: Entry) -> set[str]:
    """The ids of everybody a sentence may name."""
    named = {entry.body.get(field) for field in ("person", "deputy", "owner", "lead", "proposed_by")}
    return {entry.actor, *(person for person in named if isinstance(person, str))}


_DIGEST = 64

_OUTCOMES = {
    RequestState.PASSED: "settled request {request}: it passed",
    RequestState.REJECTED: "closed request {request} as rejected",
    RequestState.WITHDRAWN: "withdrew request {request}",
}
_STANDINGS = {Standing.GOOD: "restored {}", Standing.ON_HOLD: "put {} on hold", Standing.SUSPENDED: "suspended {}"}
_SEEN_BY = {
    Visibility.ORGANISATION: "everybody in the organisation may see it",
    Visibility.UNIT: "its unit may see it",
    Visibility.NAMED: "only named people may see it",
}


def _function(body: Facts) -> str:
    return word(Function(body["function"])).past


def _evidence_added(body: Facts) -> str:
    return f"added the {word(EvidenceKind(body['evidence_kind'])).past} “{body['title']}” as evidence {body['evidence']}"


def _item_answered(body: Facts) -> str:
    rests = [count(len(body["values"]), "value"), count(len(body["evidence"]), "piece") + (" of evidence" if body["evidence"] else "")]
    told = f"answered check {body['item']}: {word(AnswerState(body['claim'])).past}"
    found = " and ".join(part for part, there in zip(rests, (body["values"], body["evidence"]), strict=True) if there)
    return told + (f", with {found}" if found else "") + (", loaded as given" if body.get("carried") else "")


def _registered(body: Facts) -> str:
    return f"registered {body['initiative']} “{body['name']}”, led by {body.name('lead')}; {_SEEN_BY[Visibility(body['visibility'])]}"


def _described(body: Facts) -> str:
    return (
        f"described {body['initiative']} anew as “{body['name']}”, led by {body.name('lead')}; {_SEEN_BY[Visibility(body['visibility'])]}"
    )


def _team(body: Facts) -> str:
    deputy = f", with {body.name('deputy')} as deputy" if body.get("deputy") else ""
    return f"named {body.name('person')} for {_function(body)} in {body['initiative']}{deputy}"


def _tiering(body: Facts) -> str:
    if body.get("tier"):
        tier = word(Tier(body["tier"])).past
        return f"answered the tiering questions of {body['initiative']}: {tier} risk, {count(body['score'], 'point')}"
    return f"answered part of the tiering questions of {body['initiative']}; {len(body['missing'])} are open"


def _standing(body: Facts) -> str:
    told = _STANDINGS[Standing(body["standing"])]
    return told.format(body["initiative"]) + (f": {body['why']}" if body.get("why") else "")


def _submitted(body: Facts) -> str:
    again = " again" if body["revision"] > 1 else ""
    return f"submitted request {body['request']}{again}: revision {body['revision']}, put before {count(len(body['seats']), 'seat')}"


def _migrated(body: Facts) -> str:
    rules = f"moved request {body['request']} to other rules (policy {body['policy'][:8]} in the place of {body['before'][:8]})"
    return f"{rules}: revision {body['revision']}, before {count(len(body['seats']), 'seat')}"


def _signed(body: Facts) -> str:
    return f"signed request {body['request']} for {_function(body)}, revision {body['revision']}: {word(Decision(body['decision'])).past}"


def _finding(body: Facts) -> str:
    about = f" on check {body['item']}" if body.get("item") else ""
    severity, due = word(FindingSeverity(body["severity"])).past, day(body["due"])
    return f"raised finding {body['finding']} ({severity}){about}, owned by {body.name('owner')}, due {due}"


def _granted_role(body: Facts) -> str:
    until = f" until {day(str(body['until'])[:10])}" if body.get("until") else ""
    return f"gave {body.name('person')} the role {word(Role(body['role'])).past}{until}"


def _granted_function(body: Facts) -> str:
    return f"let {body.name('person')} sign for {_function(body)} in {_where(body)}"


def _withdrew_function(body: Facts) -> str:
    return f"withdrew the right of {body.name('person')} to sign for {_function(body)} in {_where(body)}"


def _password_set(body: Facts) -> str:
    way = PasswordWay(body["way"])
    whose = "changed their password" if way is PasswordWay.PROFILE else f"set the password of {body.name('person')}"
    return f"{whose} {word(way).past}"


def _where(body: Facts) -> str:
    return f"the unit {body['unit']}" if body.get("unit") else "all units"


def _pack(body: Facts) -> str:
    about = body.get("initiative") or "the organisation"
    return f"issued the evidence pack “{body['title']}” on {about}, up to entry {body['cut']}"


def _recovery(body: Facts) -> str:
    on = day(body["made_at"][:10])
    last = " and opened the record again" if body["confirmation"] >= body["needed"] else ""
    return (
        f"confirmed the recovery from the backup of {on} with {_entries(body['size'])}, "
        f"confirmation {body['confirmation']} of {body['needed']}{last}"
    )


def _entries(number: int) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'}"


def _key_changed(body: Facts) -> str:
    key = "+".join(body["verifier"].split("+")[:2])
    return f"named {key} as the key that signs heads of the ledger" + (", in the place of the one before" if body.get("previous") else "")


def _attested(body: Facts) -> str:
    shown = f", shown by {body['file_name'] or body['address']}" if body.get("file_name") or body.get("address") else ""
    until = day(body["valid_until"])
    return f"attested {body['framework']} {body['version']}, clause {body['clause']}, until {until} ({body['attestation']}){shown}"


DEEDS: Mapping[str, Callable[[Facts], str]] = {
    "clause.attested": _attested,
    "clause.attestation_confirmed": lambda body: (
        f"confirmed attestation {body['attestation']} for {body['framework']}, clause {body['clause']}"
    ),
    "clause.attestation_withdrawn": lambda body: (
        f"withdrew attestation {body['attestation']} for {body['framework']}, clause {body['clause']}"
    ),
    "evidence.added": _evidence_added,
    "item.answered": _item_answered,
    "ml_test_score.filled": ml_test_score,
    "settings.changed": lambda body: f"set the organisation to “{body['name']}”, time zone {body['time_zone']}",
    "unit.opened": lambda body: f"opened the unit “{body['name']}”",
    "unit.renamed": lambda body: f"renamed the unit {body['unit']} to “{body['name']}”",
    "person.registered": lambda body: f"registered {body['name']}, {body['title']}",
    "person.changed": lambda body: f"changed the entry of {body['name']}, {body['title']}",
    "person.disabled": lambda body: f"disabled the account of {body.name('person')}",
    "person.enabled": lambda body: f"enabled the account of {body.name('person')}",
    "person.locked": lambda body: f"locked the account of {body.name('person')} after too many wrong passwords",
    "person.link_made": lambda body: f"made a link by which a new password of {body.name('person')} can be set",
    "person.password_set": _password_set,
    "role.granted": _granted_role,
    "role.withdrawn": lambda body: f"withdrew the role {word(Role(body['role'])).past} from {body.name('person')}",
    "function.granted": _granted_function,
    "function.withdrawn": _withdrew_function,
    "finding.raised": _finding,
    "finding.answered": lambda body: f"answered finding {body['finding']} with evidence {body['evidence']}",
    "finding.closed": lambda body: f"accepted the answer to finding {body['finding']} and closed it",
    "gate.opened": lambda body: f"started request {body['request']} to pass gate {body['gate']}",
    "gate.submitted": _submitted,
    "gate.migrated": _migrated,
    "gate.signed_off": _signed,
    "gate.changes_requested": lambda body: f"gave request {body['request']} back to its lead: changes are asked for",
    "gate.settled": lambda body: _OUTCOMES[RequestState(body["outcome"])].format(request=body["request"]),
    "gate.commented": lambda body: f"commented on request {body['request']}",
    "initiative.registered": _registered,
    "initiative.described": _described,
    "initiative.model_named": lambda body: f"named “{body['version']}” as the model version of {body['initiative']} to be judged",
    "initiative.viewer_named": lambda body: f"let {body.name('person')} see {body['initiative']}",
    "initiative.viewer_removed": lambda body: f"took {body.name('person')} off the readers of {body['initiative']}",
    "team.named": _team,
    "tiering.answered": _tiering,
    "limit.stated": lambda body: f"set the limit {spoken(body['name'])} of {body['initiative']} to {amount(body['value'], body['unit'])}",
    "standing.changed": _standing,
    "initiative.brought_in": brought_in,
    "initiative.regularised": regularised,
    "initiative.imported": imported,
    "prior_approval.attached": prior_approval,
    "initiative.advanced": lambda body: f"moved {body['initiative']} to {word(Stage(body['entered'])).past}",
    "ledger.recovery_confirmed": _recovery,
    "ledger.key_changed": _key_changed,
    "pack.issued": _pack,
    **EVIDENCE_DEEDS,
    **WAIVER_DEEDS,
    **EXCLUSION_DEEDS,
    "policy.proposed": lambda body: f"proposed the policy “{body['title']}”, version {body['version']}, as {body['proposal']}",
    "policy.proposal_closed": lambda body: f"{body['outcome']} proposal {body['proposal']} of policy version {body['version']}",
    "policy.published": published,
}
