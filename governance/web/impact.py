"""What a policy would change for every open request and every running initiative; and moving running requests to the policy in force."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from governance.domain.errors import Conflict, RuleBroken
from governance.domain.impact import Impact
from governance.models.jobs import PolicyJob
from governance.reads import candidates, people, policies, policy_jobs
from governance.reads.impact import Foreseen
from governance.services import foreseeing, gates
from governance.web import csvs, current, impact_view
from governance.web.forms import Form

bp = Blueprint("impact", __name__, url_prefix="/policies")

HEADER = ("request", "moved", "sign-offs that lapsed", "why not, or what there is to say")
SHOWN = 20


class MoveForm(Form):
    scope = HiddenField()
    chosen = HiddenField()  # ids, with spaces between
    reason = TextAreaField("Why are they moved?", [Length(max=gates.LONGEST_COMMENT, message="Write at most 10,000 signs.")])


@bp.get("/<digest>/impact")
def page(digest: str) -> str | Response:
    """What was worked out last. It is read as it was kept, never worked out here."""
    candidate = candidates.policy(current.session(), digest)
    if request.args.get("format") == "csv":
        return impact_view.export(candidate)
    return impact_view.page(candidate)


@bp.post("/<digest>/impact")
def ask(digest: str) -> Answer:
    """Have it worked out by the worker, from the record as it stands then."""
    candidates.texts(current.session(), digest)
    with current.writing() as log:
        foreseeing.ask(log, digest)
    return redirect(url_for(".page", digest=digest), 303)


@bp.get("/<digest>/move")
def choose(digest: str) -> str:
    """What lapses for those that were chosen, before anybody confirms it."""
    scope = request.args.get("scope", "")
    form = MoveForm(formdata=None, scope=scope, chosen=" ".join(request.args.getlist("request")))
    return _confirm(digest, form)


@bp.post("/<digest>/move")
def move(digest: str) -> Answer | tuple[str, int]:
    """Let the worker move them, one after another."""
    form = MoveForm()
    if form.validate_on_submit():
        chosen = [one.request for one in _chosen(_foreseen(digest), form) if one.request]
        try:
            with current.writing() as log:
                job = foreseeing.ask_to_move(log, digest, chosen, form.reason.data or "")
        except RuleBroken as refused:
            form.accept(refused)
        else:
            return redirect(url_for(".moved", job_id=job), 303)
    return _confirm(digest, form), 422


@bp.get("/moves")
def moves() -> str:
    """The latest moves of requests, by whomever."""
    rows = policy_jobs.migrations(current.session(), SHOWN)
    names = people.names(current.session(), {row.asked_by for row in rows})
    return render_template("impact/moves.html", rows=rows, names=names, in_force=policies.current(current.session()))


@bp.get("/moves/<job_id>")
def moved(job_id: str) -> str | Response:
    """How far the worker is, then what became of each request."""
    session = current.session()
    row = policy_jobs.migration(session, job_id)
    names = people.names(session, {row.asked_by})
    if row.done_at is None:
        return render_template("impact/moving.html", job=row, names=names, **impact_view.progress(row, "request", "done"))
    became = policy_jobs.outcomes(session, row)
    if request.args.get("format") == "csv":
        cells = ([one.request, "yes" if one.is_moved else "no", ", ".join(one.lapsed), one.why] for one in became)
        return csvs.answer("moved-requests", HEADER, cells)
    return render_template("impact/moved.html", job=row, names=names, became=became, **_page_of(row, became))


def _page_of(row: PolicyJob, became: tuple[policy_jobs.Moved, ...]) -> dict[str, object]:
    """One page of the outcomes: those that were refused first."""
    ordered = sorted(became, key=lambda one: (one.is_moved, one.request))
    pages = max(1, -(-len(ordered) // impact_view.PAGE))
    number = min(max(1, current.number("page") or 1), pages)
    some = ordered[(number - 1) * impact_view.PAGE : number * impact_view.PAGE]
    done = sum(1 for one in became if one.is_moved)
    return {"rows": some, "done": done, "number": number, "pages": pages, "size": impact_view.PAGE, "policy": row.policy}


def _foreseen(digest: str) -> Foreseen:
    """Raises `Conflict` where the policy is not in force, or nobody had its impact worked out."""
    session = current.session()
    if policies.current(session).digest != digest:
        raise Conflict("Requests are moved to the policy in force only, and this one is not in force.")
    done = policy_jobs.latest(session, digest, done=True)
    if done is None:
        raise Conflict("Have it worked out first what this policy changes; then choose what is moved.")
    return policy_jobs.foreseen(session, done)


def _chosen(found: Foreseen, form: MoveForm) -> list[Impact]:
    """Of the requests that can be moved: those that were chosen, all of them, or those that nothing changes for."""
    some = impact_view.movable(found)
    match form.scope.data:
        case "unaffected":
            return impact_view.unaffected(some)
        case "all":
            return some
        case _:
            asked = set((form.chosen.data or "").split())
            return [one for one in some if one.request in asked]


def _confirm(digest: str, form: MoveForm) -> str:
    found = _foreseen(digest)
    meant = _chosen(found, form)
    lapses = [(one, lapse) for one in meant for lapse in one.changes.lapses]
    return render_template(
        "impact/choose.html",
        policy=policies.current(current.session()),
        form=form,
        found=found,
        meant=meant,
        lines=impact_view.lines(meant[: impact_view.PAGE]),
        lapses=len(lapses),
        lapsing=len({one.key for one, _ in lapses}),
        seats=sum(len(one.changes.seats_added) for one in meant),
        blocked=sum(1 for one in meant if one.changes.is_blocked_anew),
        is_behind=policy_jobs.is_behind(current.session(), found),
        size=impact_view.PAGE,
        problems=form.problems(),
    )
