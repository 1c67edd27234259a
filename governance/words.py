"""The words, shapes and tones of every closed set: pages, reports, mail and command line all read them here."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from governance.domain.attestations import AttestationState
from governance.domain.frameworks import CatalogueState, ClauseState
from governance.domain.impact import Mark, Subject
from governance.domain.importing import ImportState, Outcome
from governance.domain.limits import spoken
from governance.domain.ml_test_score import Practice
from governance.domain.policy_changes import Effect
from governance.domain.vocabulary import (
    AnswerState,
    Applies,
    Comparator,
    Confirmation,
    Decision,
    EvidenceKind,
    ExclusionState,
    FindingSeverity,
    Function,
    GateKind,
    Good,
    PasswordWay,
    ProofMethod,
    ProposalState,
    Regularity,
    RequestState,
    Role,
    Section,
    Severity,
    Stage,
    Standing,
    Tier,
    Undecided,
    Visibility,
    WaiverDecision,
    WaiverSeat,
    WaiverState,
)


class Word(NamedTuple):
    """How a member of a closed set is said and shown. `shape` names a symbol of `static/icons.svg`, `tone` a colour."""

    label: str
    past: str
    meaning: str
    shape: str = "ahead"
    tone: str = "idle"


def _plain(label: str, meaning: str = "", shape: str = "ahead", tone: str = "idle") -> Word:
    return Word(label, label.lower(), meaning, shape, tone)


WORDS: Mapping[type[StrEnum], Mapping[StrEnum, Word]] = {
    Stage: {
        Stage.PILOT: _plain("Pilot", "a team tries it under favourable conditions, with an end date; nobody depends on the result"),
        Stage.REVIEW: _plain("Review", "the idea is accepted; pipelines, controls and evidence for real use are built; no live effect yet"),
        Stage.LIMITED_PRODUCTION: _plain("Limited production", "a small, watched share of real work, in steps, with a way back"),
        Stage.FULL_PRODUCTION: _plain("Full production", "the process runs on it; recertified at fixed intervals"),
        Stage.RETIRED: _plain("Retired", "switched off or stopped; the records are kept", "na"),
    },
    Standing: {
        Standing.GOOD: _plain("Good", "nothing speaks against using what was approved", "met", "ok"),
        Standing.ON_HOLD: _plain("On hold", "what runs may run on; nothing new passes", "hold", "warn"),
        Standing.SUSPENDED: _plain("Suspended", "must not run", "hold", "bad"),
    },
    ProposalState: {
        ProposalState.OPEN: _plain("Waits for a decision", "another compliance officer publishes or declines it", "waiting", "warn"),
        ProposalState.PUBLISHED: Word("Published", "published", "it became the rules in force", "met", "ok"),
        ProposalState.DECLINED: _plain("Declined", "another compliance officer said no, and why", "not-met", "bad"),
        ProposalState.WITHDRAWN: _plain("Withdrawn", "whoever made it took it back", "na"),
        ProposalState.OVERTAKEN: _plain("Overtaken", "another policy was published since it was made", "stale", "warn"),
    },
    Outcome: {
        Outcome.IMPORTED: Word("Import", "imported", "a new initiative", "up", "ok"),
        Outcome.UPDATED: Word("Update", "updated", "what changed in the file is taken over", "changes", "you"),
        Outcome.UNCHANGED: _plain("Unchanged", "it stands here as the file says", "met"),
        Outcome.REFUSED: _plain("Refused", "it is not taken, and the reason stands beside it", "not-met", "bad"),
    },
    Subject: {
        Subject.DRAFT: _plain("Draft", "it follows the policy in force until it is submitted", "todo"),
        Subject.IN_REVIEW: _plain("In review", "it keeps its rules until it is moved to others", "progress"),
        Subject.CHANGES_REQUESTED: _plain("Changes requested", "it keeps its rules until it is moved to others", "changes", "warn"),
        Subject.RUNNING: _plain("No request", "it asks for nothing now; the gate ahead follows the policy in force", "ahead"),
    },
    Mark: {
        Mark.BLOCKED: _plain("Blocked anew", "something would keep the gate shut that does not now", "not-met", "bad"),
        Mark.LAPSES: _plain("Sign-offs lapse", "sign-offs that count now would count no more", "stale", "warn"),
        Mark.SEATS: _plain("Seats added", "a seat would be asked that is not asked now", "waiting", "warn"),
        Mark.GATE_GONE: _plain("Gate gone", "the policy has no such gate", "not-met", "bad"),
        Mark.LOSES: _plain("Asks for more", "something would be asked that is not, or count no more", "up", "warn"),
        Mark.GAINS: _plain("Asks for less", "something would be asked no more, or count that does not", "met", "ok"),
        Mark.UNCHANGED: _plain("No change", "nothing would change", "na"),
        Mark.UNKNOWN: _plain("Cannot be worked out", "the record of it is damaged", "inconclusive", "warn"),
    },
    ImportState: {
        ImportState.BEING_READ: _plain("Being read", "the worker is at it or will be, and nothing is written", "progress"),
        ImportState.PREVIEWED: _plain("Previewed", "nothing is written until whoever handed it over confirms it", "you", "you"),
        ImportState.UNDER_WAY: _plain("Being imported", "it was confirmed, and the worker is at it or will be", "progress"),
        ImportState.DONE: _plain("Imported", "everything that was confirmed is on record", "met", "ok"),
        ImportState.REFUSED: _plain("Not imported", "nothing of it was imported, and why is said", "not-met", "bad"),
    },
    Regularity: {
        Regularity.DUE: _plain("To be regularised", "approved before this system; it passes a gate here until a day", "waiting", "warn"),
        Regularity.OVERDUE: _plain("Overdue to be regularised", "the day is past on which it should have been regular here", "flag", "bad"),
        Regularity.REGULARISED: _plain("Regularised here", "it passed a gate here since, or compliance recorded the evidence", "met", "ok"),
        Regularity.KEPT: _plain("Kept for the record", "it was retired before this system", "na"),
    },
    Function: {one: Word(one.spoken[0].upper() + one.spoken[1:], one.spoken, "") for one in Function},
    Section: {
        Section.COMMON: _plain("Common section", "initiative, facts, tier, model version, policy and plan; belongs to every seat"),
        Section.DATA_SCIENCE: _plain("Data science"),
        Section.IT_OPS: Word("IT operations", "IT operations", ""),
        Section.BUSINESS: _plain("Business"),
        Section.COMPLIANCE: _plain("Compliance"),
    },
    Tier: {
        Tier.LOW: _plain("Low"),
        Tier.MEDIUM: _plain("Medium"),
        Tier.HIGH: _plain("High"),
        Tier.PROHIBITED: _plain("Prohibited", "the law or the organisation forbids it", "not-met", "bad"),
    },
    GateKind: {
        GateKind.PASSAGE: _plain("Passage", "leads from one stage to the next"),
        GateKind.RECURRING: _plain("Recurring", "comes back at fixed intervals"),
        GateKind.EXIT: _plain("Exit", "leads out of use"),
    },
    RequestState: {
        RequestState.DRAFT: _plain("Draft", "the lead and the team are preparing it", "todo"),
        RequestState.IN_REVIEW: _plain("In review", "the seats decide", "progress", "you"),
        RequestState.CHANGES_REQUESTED: _plain("Changes requested", "a seat asked for changes; the lead is next", "changes", "warn"),
        RequestState.PASSED: _plain("Passed", "every seat approved; the initiative advanced", "met", "ok"),
        RequestState.REJECTED: _plain("Rejected", "a seat rejected it; a new request has to answer the findings", "not-met", "bad"),
        RequestState.WITHDRAWN: _plain("Withdrawn", "the lead took it back", "na"),
    },
    Decision: {
        Decision.APPROVE: Word(
            "Approve",
            "approved",
            "I reviewed the sections of the dossier that my seat covers, and agree that this gate is passed.",
            "met",
            "ok",
        ),
        Decision.REQUEST_CHANGES: Word(
            "Request changes", "requested changes", "I cannot agree before the changes that I name are made.", "changes", "warn"
        ),
        Decision.REJECT: Word(
            "Reject", "rejected", "I do not agree that this gate is passed; the findings I name say why.", "not-met", "bad"
        ),
    },
    Undecided: {
        Undecided.YOURS: _plain("Your turn", "you can decide now", "you", "you"),
        Undecided.FALLEN: _plain("Lapsed", "a decision was given and counts no longer", "stale", "warn"),
        Undecided.BARRED: _plain("You cannot sign", "you hold the function, and a rule keeps you from this seat", "na"),
        Undecided.WAITING: _plain("Waiting", "somebody else can decide now", "waiting"),
        Undecided.LATER: _plain("Not asked yet", "seats of a lower order decide first", "todo"),
        Undecided.CLOSED: _plain("Not signed", "the request is not in review", "na"),
    },
    Severity: {
        Severity.BLOCKING: _plain("Blocking", "must be met"),
        Severity.WAIVABLE: _plain("Waivable", "must be met, or carry a waiver in force"),
        Severity.ADVISORY: _plain("Advisory", "shown and recorded; never blocks"),
    },
    Practice: {
        Practice.NOT_DONE: _plain("Not done", "gives no point", "todo"),
        Practice.MANUAL: _plain("Done by hand, and documented", "gives half a point", "progress"),
        Practice.AUTOMATED: _plain("Runs by itself, again and again", "gives a whole point", "met", "ok"),
    },
    AnswerState: {
        AnswerState.NOT_STARTED: _plain("Not started", "nobody has answered it", "todo"),
        AnswerState.IN_PROGRESS: _plain("In progress", "somebody is at it", "progress"),
        AnswerState.MET: _plain("Met", "the evidence is there and every value keeps to its limit", "met", "ok"),
        AnswerState.NOT_MET: _plain("Not met", "a value misses its limit, or the team says so", "not-met", "bad"),
        AnswerState.NOT_APPLICABLE: _plain("Not applicable", "the facts say that it does not apply", "na"),
        AnswerState.WAIVED: _plain("Waived", "a dated exception is in force", "waived", "warn"),
        AnswerState.INCONCLUSIVE: _plain("Inconclusive", "it cannot be decided from what is there", "inconclusive", "warn"),
        AnswerState.STALE: _plain("Stale", "the evidence is too old", "stale", "warn"),
    },
    WaiverState: {
        WaiverState.ASKED: _plain("Asked for", "it waits for its two signatures", "waiting"),
        WaiverState.IN_FORCE: _plain("In force", "both signed; the check is waived until its last day", "waived", "warn"),
        WaiverState.OVERDUE: _plain("Overdue", "it expired, and nobody has confirmed that its check is met", "flag", "bad"),
        WaiverState.EXPIRED: _plain("Expired", "its last day is over", "stale"),
        WaiverState.DECLINED: _plain("Declined", "one of its two seats declined it", "not-met", "bad"),
        WaiverState.WITHDRAWN: _plain("Withdrawn", "it was taken back before it was decided", "na"),
    },
    WaiverSeat: {WaiverSeat.OWNER: _plain("Owning function"), WaiverSeat.COMPLIANCE: _plain("Compliance")},
    WaiverDecision: {
        WaiverDecision.GRANT: Word(
            "Grant", "granted", "I reviewed reason and control, and agree to waive this check until its last day.", "met", "ok"
        ),
        WaiverDecision.DECLINE: Word("Decline", "declined", "I do not agree that this check is waived.", "not-met", "bad"),
    },
    ExclusionState: {
        ExclusionState.PROPOSED: _plain("Proposed", "compliance decides whether the check does not apply", "waiting"),
        ExclusionState.CONFIRMED: _plain("Confirmed", "the check does not apply while the facts stay as they are", "met", "ok"),
        ExclusionState.DECLINED: _plain("Declined", "compliance declined: the check applies", "not-met", "bad"),
        ExclusionState.WITHDRAWN: _plain("Withdrawn", "it was taken back: the check applies", "na"),
        ExclusionState.LAPSED: _plain("Lapsed", "the facts, or the check itself, changed: the check applies", "stale", "warn"),
    },
    Confirmation: {
        Confirmation.CONFIRM: Word("Confirm", "confirmed", "I reviewed the reason, and confirm that it does not apply.", "met", "ok"),
        Confirmation.DECLINE: Word("Decline", "declined", "I do not confirm that this check does not apply.", "not-met", "bad"),
    },
    EvidenceKind: {
        EvidenceKind.DOCUMENT: _plain("Document", "a file that a person wrote or signed", "doc"),
        EvidenceKind.METRIC: _plain("Metric", "measured values, with the report that shows them", "metric"),
        EvidenceKind.ATTESTATION: _plain("Attestation", "a named person's statement", "attest"),
        EvidenceKind.LINK: _plain("Link", "an https address, with what is expected behind it", "link"),
        EvidenceKind.AUTOMATED_REPORT: _plain("Automated report", "made by a pipeline or a tool", "report"),
    },
    FindingSeverity: {
        FindingSeverity.HIGH: _plain("High", tone="bad"),
        FindingSeverity.MEDIUM: _plain("Medium", tone="warn"),
        FindingSeverity.LOW: _plain("Low"),
    },
    Role: {
        Role.PROJECT_LEAD: _plain("Project lead", "registers initiatives and asks to pass gates"),
        Role.REVIEWER: _plain("Reviewer", "signs off for the functions they hold"),
        Role.COMPLIANCE_OFFICER: _plain("Compliance officer", "owns policies, sees every initiative, closes rejected requests"),
        Role.AUDITOR: _plain("Auditor", "reads everything and downloads evidence packs"),
        Role.ADMIN: _plain("Administrator", "keeps people and settings; signs nothing by that right"),
    },
    Visibility: {
        Visibility.ORGANISATION: _plain("Everybody in the organisation"),
        Visibility.UNIT: _plain("The unit, its reviewers and the team"),
        Visibility.NAMED: _plain("Only the team and named people"),
    },
    ProofMethod: {ProofMethod.PASSWORD: Word("Password", "by password", "the server checked the signer's password")},
    PasswordWay: {
        PasswordWay.LINK: Word("Set-up link", "through a set-up link", "whoever had the link chose it"),
        PasswordWay.PROFILE: Word("Own profile", "after entering the one before", "its owner proved the one before"),
        PasswordWay.FOUNDING: Word("Set-up of the instance", "when the instance was set up", "the first administrator chose it"),
        PasswordWay.DEMO: Word("Demo portfolio", "with the demo portfolio", "all demo people share it"),
    },
    Applies: {
        Applies.YES: _plain("Applies"),
        Applies.NO: _plain("Does not apply"),
        Applies.UNDECIDED: _plain("Undecided", tone="warn", shape="inconclusive"),
    },
    Comparator: {
        Comparator.LT: _plain("Under"),
        Comparator.LTE: _plain("At most"),
        Comparator.GT: _plain("Over"),
        Comparator.GTE: _plain("At least"),
        Comparator.EQ: _plain("Exactly"),
        Comparator.BETWEEN: _plain("Between"),
        Comparator.REACHES: _plain("At least as good as"),
        Comparator.BEATS: _plain("Better than"),
    },
    Effect: {
        Effect.STRICTER: _plain("Stricter", "more is asked than before", "up", "you"),
        Effect.LOOSER: _plain("Looser", "less is asked than before", "flag", "warn"),
        Effect.NEITHER: _plain("Neither", "what is asked stays the same", "na"),
        Effect.UNCLEAR: _plain("Unclear", "whether more or less is asked cannot be told", "inconclusive", "warn"),
    },
    CatalogueState: {
        CatalogueState.CURRENT: _plain("Current", "it applies", "met"),
        CatalogueState.AHEAD: _plain("Ahead", "it applies from a day to come", "todo", "warn"),
        CatalogueState.SUPERSEDED: _plain("Superseded", "another catalogue took its place", "na", "warn"),
    },
    ClauseState: {
        ClauseState.EVIDENCED: _plain("Evidenced", "a check that serves it is met by an initiative", "met", "ok"),
        ClauseState.SERVED: _plain("Served", "a rule serves it, and no initiative that you see evidences it", "progress"),
        ClauseState.ATTESTED: _plain("Attested", "the organisation states it; no initiative evidences it", "attest", "you"),
        ClauseState.OPEN: _plain("Open", "no rule serves it, and nothing is attested", "todo", "warn"),
    },
    AttestationState: {
        AttestationState.AWAITED: _plain("Awaited", "a second compliance officer has to confirm it", "waiting", "warn"),
        AttestationState.IN_FORCE: _plain("In force", "two officers signed it, and its last day is not over", "attest", "ok"),
        AttestationState.EXPIRED: _plain("Expired", "its last day is over", "not-met", "bad"),
        AttestationState.OUTDATED: _plain("Outdated", "it was given for another version of the catalogue", "stale", "warn"),
        AttestationState.WITHDRAWN: _plain("Withdrawn", "an officer took it back", "na"),
    },
    Good: {Good.UP: _plain("Higher is better"), Good.DOWN: _plain("Lower is better")},
}


def word(member: StrEnum) -> Word:
    """The word of a member. Every member of every closed set has one; a test says so."""
    return WORDS[type(member)][member]


def named(name: str) -> str:
    """A name of the policy, such as a fact's, as people read it: `eu_role` is “EU role”."""
    words = spoken(name)
    return words[0].upper() + words[1:]
