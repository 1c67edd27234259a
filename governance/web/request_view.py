"""The page of a gate request, put together for one reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import url_for

from governance.domain import checks, rights, signoffs
from governance.domain.checks import Checked
from governance.domain.dossier import Material
from governance.domain.errors import Problem, RuleBroken
from governance.domain.policy import Gate, Policy, Seat
from governance.domain.text import listed
from governance.domain.vocabulary import OPEN_STATES, AnswerState, RequestState, Role, Section, Stage
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative
from governance.permissions import Permission, allows
from governance.reads import gate_pages, moving_in, people, policies, readiness, reviews, words
from governance.reads.gate_pages import Card, Changes
from governance.reads.ledger_pages import Line
from governance.reads.material import material
from governance.reads.reviews import OnTheTable
from governance.web import check_rows, current, origin_view
from governance.web.check_rows import Group
from governance.web.filters import plain
from governance.words import word


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that stands in the way of submitting, and where to do it."""

    code: str
    message: str
    link: str
    shape: str = "flag"
    tone: str = "warn"


@dataclass(frozen=True, slots=True)
class RequestView:
    request: GateRequest
    initiative: Initiative
    gate: Gate
    policy: Policy
    material: Material | None
    table: OnTheTable | None
    lead: str
    title: str
    heading: str
    cards: tuple[Card, ...] = ()
    changed: Changes | None = None
    unsubmitted: Changes | None = None
    groups: tuple[Group, ...] = ()
    met: int = 0
    tally: str = ""
    missing: tuple[Missing, ...] = ()
    story: tuple[Line, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)  # of the checks, by id
    waived_words: Mapping[str, str] = field(default_factory=dict)  # what waivers say, by digest
    submit_note: str = ""
    settled_why: str = ""
    passage: str = ""
    as_found: str = ""  # that it was approved before this system, where it was
    in_force: Policy | None = None  # where an open request runs under other rules than these
    may_read_impact: bool = False
    may_submit: bool = False
    may_withdraw: bool = False
    may_close: bool = False
    may_comment: bool = False

    @property
    def your_seats(self) -> list[Seat]:
        return [view.seat for card in self.cards for view in card.seats if view.state == "yours"]

    @property
    def seat_count(self) -> int:
        return sum(len(card.seats) for card in self.cards)

    @property
    def signed(self) -> int:
        """How many seats have a decision that counts."""
        return sum(view.state in ("approve", "request_changes", "reject") for card in self.cards for view in card.seats)

    @property
    def applicable(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def evidence_count(self) -> int:
        return len({piece.id for group in self.groups for row in group.rows for piece in row.evidence})

    @property
    def can_pass(self) -> bool:
        return self.table is None or signoffs.can_still_pass(self.table.review)

    @property
    def sections(self) -> list[tuple[Section, str]]:
        return list(reviews.frozen_sections(self.table.revision).items()) if self.table else []


def visible_request(request_id: str) -> GateRequest:
    """Raises `NotThere`, in the same words where it does not exist and where this reader may not see it."""
    found = reviews.request(current.session(), request_id)
    rights.check_may_see(current.doer(), people.ties(current.session(), found.initiative_key))
    return found


def build(request_id: str) -> RequestView:
    """Everything the page shows. Raises `NotThere`."""
    session, now = current.session(), current.now()
    request = reviews.request(session, request_id)
    initiative = session.get_one(Initiative, request.initiative_key)  # held, so that the next line finds it without asking again
    rights.check_may_see(current.doer(), people.ties(session, request.initiative_key))
    table = reviews.on_the_table(session, request.id, now) if request.revision else None
    policy = table.policy if table else policies.of_request(session, request)
    found = table.material if table else _working(request, policy)
    checked = table.checks if table else checks.evaluated(policy, found, now) if found else ()
    names = _names(initiative, checked)
    cards = gate_pages.cards(session, table, current.doer(), now) if table else ()
    missing = _missing(request, policy)
    return RequestView(
        request=request,
        initiative=initiative,
        gate=policy.gates[request.gate],
        policy=policy,
        material=found,
        table=table,
        lead=names[initiative.lead_id],
        title=title(policy.gates[request.gate], initiative),
        heading=_heading(request, table, cards, names[initiative.lead_id], len(missing)),
        cards=cards,
        changed=gate_pages.since_before(session, table) if table else None,
        unsubmitted=gate_pages.unsubmitted(session, table) if table else None,
        groups=_groups(checked, cards, names, table),
        met=sum(1 for check in checked if check.applies and check.evaluated.state is AnswerState.MET),
        tally=check_rows.tally(checked),
        missing=missing,
        story=tuple(gate_pages.conversation(session, request)),
        names=names,
        waived_words=check_rows.waived_words(checked),
        titles={item.id: item.title for item in policy.gates[request.gate].items},
        submit_note=(words.text(session, table.revision.note) if table else None) or "",
        settled_why=words.text(session, request.settled_why) or "",
        passage=passage(policy.gates[request.gate], initiative.stage if request.state in OPEN_STATES else None),
        as_found=_as_found(request.initiative_key),
        in_force=_in_force(request, policy),
        may_read_impact=allows(Permission.READ_IMPACT, current.doer()),
        **_rights(request, initiative, table),
    )


def _in_force(request: GateRequest, policy: Policy) -> Policy | None:
    found = policies.current(current.session()) if request.state in OPEN_STATES else policy
    return found if found.digest != policy.digest else None


def _as_found(key: str) -> str:
    origin = moving_in.origin(current.session(), key)
    return f"Found in {plain(origin.stage)}. {origin_view.brief(origin)}" if origin else ""


def title(gate: Gate, initiative: Initiative) -> str:
    return f"{word(gate.enters).label if gate.enters else gate.name} for {initiative.name}"


def passage(gate: Gate, stage: Stage | None) -> str:
    """“from limited production to full production”."""
    leaves = stage if stage in gate.leaves else min(gate.leaves, default=None)
    start = f"from {word(leaves).past} " if leaves is not None else ""
    return f"{start}to {word(gate.enters).past}" if gate.enters else f"through {gate.name}"


def _working(request: GateRequest, policy: Policy) -> Material | None:
    try:
        return material(current.session(), request.initiative_key, request.gate, policy)
    except RuleBroken:
        return None


def _names(initiative: Initiative, checked: Sequence[Checked]) -> Mapping[str, str]:
    answers = [check.answer for check in checked if check.answer]
    authors = [piece.added_by for answer in answers for piece in answer.evidence]
    return people.names(current.session(), [initiative.lead_id, *(answer.by for answer in answers), *authors])


def _rights(request: GateRequest, initiative: Initiative, table: OnTheTable | None) -> dict[str, bool]:
    doer, open_now = current.doer(), request.state in OPEN_STATES
    leads = doer.id == initiative.lead_id
    moved = table is None or request.state is RequestState.CHANGES_REQUESTED or table.review.frozen != table.review.live
    rejected = table is not None and not signoffs.can_still_pass(table.review)
    closes = Role.COMPLIANCE_OFFICER in doer.roles and request.state is RequestState.IN_REVIEW
    return {
        "may_submit": leads and open_now and moved and not rejected,
        "may_withdraw": leads and open_now and not rejected,
        "may_close": closes and rejected and table is not None and doer.id not in table.around.submitters,
        "may_comment": bool(doer.roles - {Role.AUDITOR, Role.ADMIN}),
    }


def _missing(request: GateRequest, policy: Policy) -> tuple[Missing, ...]:
    """What is missing before the next submission, while there can be one."""
    if request.state not in (RequestState.DRAFT, RequestState.CHANGES_REQUESTED):
        return ()
    found = _working(request, policy)
    if found is None:
        sentence = "Answer the tiering questions: they decide which checks and which signatures this gate needs."
        return (Missing("tier", sentence, url_for("facts.tiering", key=request.initiative_key)),)
    points = readiness.open_points(current.session(), request, policy, found, current.now())
    return tuple(linked(request, point) for point in points)


def linked(request: GateRequest, problem: Problem) -> Missing:
    """A problem with the page that solves it."""
    key = request.initiative_key
    match problem.code:
        case "finding":
            return Missing(problem.code, problem.message, url_for("findings.listing", key=key))
        case "model_version":
            return Missing(problem.code, problem.message, url_for("initiatives.overview", key=key))
        case "seat":
            return Missing(problem.code, problem.message, url_for("facts.tiering", key=key))
        case _:
            link = url_for("checklists.checklist", key=key, gate=request.gate, open=problem.about, _anchor=problem.about)
            said = word(AnswerState(problem.code))
            return Missing(problem.code, problem.message, link, said.shape, said.tone)


def _groups(checked: Sequence[Checked], cards: Sequence[Card], names: Mapping[str, str], table: OnTheTable | None) -> tuple[Group, ...]:
    yours = {card.function for card in cards if card.state == "yours"}
    before = gate_pages.earlier_answers(current.session(), table) if table else {}
    return check_rows.groups(checked, yours, names, before)


def _heading(request: GateRequest, table: OnTheTable | None, cards: Sequence[Card], lead: str, missing: int) -> str:
    you = "you" if current.doer().name == lead else lead
    match request.state:
        case RequestState.DRAFT:
            points = "one point is open" if missing == 1 else f"{missing} points are open"
            return f"Not submitted yet: {points}" if missing else "Ready to submit"
        case RequestState.CHANGES_REQUESTED:
            return f"Changes are asked for: {you} can submit again"
        case RequestState.PASSED:
            return "Every seat approved, and the gate is passed"
        case RequestState.REJECTED:
            return "Rejected: a new request has to answer its findings"
        case RequestState.WITHDRAWN:
            return f"{lead} withdrew this request"
    assert table is not None
    return _review_heading(table, cards, you)


def _review_heading(table: OnTheTable, cards: Sequence[Card], lead: str) -> str:
    if not signoffs.can_still_pass(table.review):
        return "A seat rejected it, so it can no longer pass; the others may still decide"
    if table.review.frozen != table.review.live:
        ask = "submit it again" if lead == "you" else f"{lead} has to submit it again"
        return f"The record changed after the dossier was frozen: {ask}"
    waiting = [card for card in cards if card.state in ("yours", "waiting", "barred", "fallen", "later")]
    if not waiting:
        return f"Every seat has decided, but {signoffs.keeps_shut(table.review)}"
    functions = listed([word(card.function).past for card in waiting])
    if len(waiting) > 1:
        return f"Waiting for {functions}"
    able = list(dict.fromkeys(name for view in waiting[0].seats if view.state != "approve" for name in view.can))
    named = ["you" if name == current.doer().name else name for name in able]
    who = listed(named, "or")
    return (
        f"Waiting for {functions}: {who}"
        if who
        else f"Waiting for {functions}, and nobody can sign: an administrator can grant the function"
    )
