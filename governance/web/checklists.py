"""The checklist of a gate: what is expected, what was answered, and the forms to answer it."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from governance.domain import checks, rights
from governance.domain.dossier import ML_TEST_SCORE, Evidence, Material
from governance.domain.errors import NotThere, RuleBroken
from governance.domain.policy import Gate, Policy
from governance.domain.vocabulary import Function
from governance.models.exclusions import Exclusion
from governance.models.gates import GateRequest
from governance.models.initiatives import Initiative
from governance.reads import checklist_pages, exclusions, exemption_rules, people, policies, reviews, waiver_pages
from governance.reads.checklist_pages import ItemPage
from governance.reads.material import evidence, material
from governance.services import answers
from governance.services.answers import StoredFile
from governance.web import check_rows, current, loading, uploads
from governance.web.answer_forms import FILES, ItemForm, Pieces, missing_kind
from governance.web.initiative_frame import frame

bp = Blueprint("checklists", __name__)

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A gate's items as one initiative stands to them."""

    initiative: Initiative
    gate: Gate
    policy: Policy
    material: Material
    request: GateRequest | None
    pages: tuple[ItemPage, ...]
    may_answer: bool
    leads: bool

    @property
    def may_ask(self) -> bool:
        """Whether the reader could open a request for this gate now."""
        return self.leads and self.request is None and self.initiative.stage in self.gate.leaves

    @property
    def applicable(self) -> list[ItemPage]:
        return [page for page in self.pages if page.check.applies]

    @property
    def groups(self) -> list[tuple[Function, list[ItemPage], int]]:
        """Per function: its items, and how many of them pass."""
        grouped = [(function, checklist_pages.of_function(self.pages, function)) for function in Function]
        return [(function, pages, sum(page.check.passes for page in pages)) for function, pages in grouped if pages]


@bp.get("/initiatives/<key>/checklist/<gate>")
def checklist(key: str, gate: str) -> Answer:
    return _render(_load(key, gate), opened=request.args.get("open", ""))


@bp.post("/initiatives/<key>/checklist/<gate>/<item>")
def answer(key: str, gate: str, item: str) -> Answer:
    """Save the answer to an item, and new evidence where some was given."""
    return _save(key, gate, item, needs_evidence=False)


@bp.post("/initiatives/<key>/checklist/<gate>/<item>/evidence")
def add_evidence(key: str, gate: str, item: str) -> Answer:
    """Add a piece of evidence and let the answer rest on it."""
    return _save(key, gate, item, needs_evidence=True)


def _save(key: str, gate: str, item: str, *, needs_evidence: bool) -> Answer:
    found = _load(key, gate)
    rights.check_may_work_on(current.doer(), people.ties(current.session(), key), "answer its checks")
    page = next((page for page in found.applicable if page.check.item.id == item and not page.from_record), None) or abort(404)
    form = _form(found, page)
    brings = needs_evidence or form.brings_evidence
    if not form.is_right(needs_evidence=needs_evidence):
        return _render(found, opened=item, failed=form), 422
    try:
        if needs_evidence and not form.brings_evidence:
            raise RuleBroken("There is no evidence yet.", missing_kind(form.kind))
        _record(key, form, _stored(form) if brings and form.kind in FILES else None, brings=brings)
    except RuleBroken as refused:
        form.accept_about(refused)
        return _render(_load(key, gate), opened=item, failed=form), 422
    after = _after(found, item) if "next" in request.form else item
    return redirect(url_for(".checklist", key=key, gate=gate, open=after, saved=item, _anchor=after), 303)


def _stored(form: ItemForm) -> StoredFile:
    return uploads.keep(current.parts().content, form.file.data)


def _record(key: str, form: ItemForm, stored: StoredFile | None, *, brings: bool) -> None:
    """The evidence and the answer that rests on it, together or not at all."""
    with current.writing() as log:
        added = answers.add_evidence(log, key, form.new_evidence(stored, current.today())) if brings else None
        answers.answer_item(log, key, form.page.check.item.id, form.answer(log.now, added))


def _load(key: str, gate: str) -> Checklist:
    """Raises `NotThere`, or `RuleBroken` while the tiering questions are open: they decide what applies."""
    session, loaded = current.session(), loading.initiative(key)
    request_row = reviews.open_request(session, key)
    here = request_row if request_row is not None and request_row.gate == gate else None
    policy = policies.of_request(session, here)
    if gate not in policy.gates:
        raise NotThere("There is no such gate in the policy.")
    found = material(session, key, gate, policy)
    checked = checks.evaluated(policy, found, current.now())
    return Checklist(
        initiative=loaded.initiative,
        gate=policy.gates[gate],
        policy=policy,
        material=found,
        request=here,
        pages=checklist_pages.items(session, policy, checked),
        may_answer=loaded.works_on_it,
        leads=loaded.leads,
    )


def _proposed(key: str) -> dict[str, Exclusion]:
    """By check: the proposal that it does not apply, where one waits for compliance or counts."""
    rows = exclusions.live(current.session(), [key]).get(key, [])
    rows = [row for row in rows if exemption_rules.shown(current.session(), row) is row.state]
    return {row.item: row for row in sorted(rows, key=lambda row: row.decided_at or row.proposed_at)}


def _form(found: Checklist, page: ItemPage, **given: object) -> ItemForm:
    ready = request.args.get("ready", "") if request.args.get("open") == page.check.item.id else ""
    return ItemForm(page, Pieces(_pieces(found), found.material.model_version, frozenset({ready} - {""})), current.today(), **given)


def _pieces(found: Checklist) -> list[Evidence]:
    """All evidence of the initiative, the newest first."""
    return list(evidence(current.session(), found.initiative.key).values())[::-1]


def _after(found: Checklist, item: str) -> str:
    """The next item that still needs somebody, after this one and then from the start."""
    ids = [page.check.item.id for page in found.applicable]
    turned = found.applicable[ids.index(item) + 1 :] + found.applicable[: ids.index(item)]
    return next((page.check.item.id for page in turned if page.check.blocks and not page.from_record), item)


def _record_links(key: str) -> dict[str, str]:
    """Where the records are that answer an item by themselves."""
    return {
        "tier": url_for("facts.tiering", key=key),
        "team": url_for("initiatives.overview", key=key),
        "open_points": url_for("findings.listing", key=key),
        ML_TEST_SCORE: url_for("ml_test_score.form", key=key),
    }


def _render(found: Checklist, opened: str, failed: ItemForm | None = None) -> str:
    writable = [page for page in found.applicable if found.may_answer and not page.from_record]
    forms = {page.check.item.id: _form(found, page, formdata=None) for page in writable}
    if failed is not None:
        forms[failed.page.check.item.id] = failed
    around = frame(loading.initiative(found.initiative.key), "checklist")
    return render_template(
        "checklists/checklist.html",
        found=found,
        initiative_tabs=around["tabs"],
        origin_notice=around["origin_notice"],
        forms=forms,
        opened=opened,
        problems=failed.all_problems() if failed else [],
        saved_item=next((page for page in found.applicable if page.check.item.id == request.args.get("saved")), None),
        known=evidence(current.session(), found.initiative.key),
        record_links=_record_links(found.initiative.key),
        passing=sum(page.check.passes for page in found.applicable),
        blocking=[page for page in found.applicable if page.check.blocks],
        not_applicable=checklist_pages.why_not(found.policy, found.material),
        signers=checklist_pages.signers(current.session(), found.material),
        ways_out=checklist_pages.WAYS_OUT,
        tally=check_rows.tally([page.check for page in found.applicable]),
        waived_words=check_rows.waived_words([page.check for page in found.pages]),
        proposed=_proposed(found.initiative.key),
        waivers=waiver_pages.of_item(current.session(), found.initiative.key),
        waivable=found.policy.waivers.only_for if found.policy.waivers and found.may_answer else None,
        files=FILES,
        taken=uploads.TAKEN,
    )
