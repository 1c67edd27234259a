"""The story of one case as acts in time: who does what, through which service."""

from collections.abc import Iterator
from datetime import date, timedelta

from governance.demo.answering import answer_acts
from governance.demo.cases import Case, moment
from governance.demo.fill import LIMITS
from governance.demo.papers import paper
from governance.demo.stage import Act, Beyond, Scene
from governance.demo.waiving import waiver_acts
from governance.domain.findings import NewFinding
from governance.domain.moving_in import AsFound
from governance.domain.vocabulary import Decision, FindingSeverity, Function, Good, Stage, Visibility
from governance.ledger.log import Log
from governance.models.directory import Person
from governance.reads import reviews
from governance.reads.reviews import OnTheTable
from governance.services import gates, initiatives, moving_in, signoffs
from governance.services.moving_in import Paper
from governance.words import word

BETWEEN = timedelta(minutes=1)


def acts(scene: Scene) -> Iterator[Act]:
    """Every act of a case, in the order of the file; the loader sorts them by time."""
    case = scene.case
    yield from _opening(scene)
    if found := case.get("brought_in"):
        yield Act(moment(found["at"]) + 4 * BETWEEN, found["by"], "brought in", lambda log: _bring_in(scene, found, log))
    for request in case["requests"]:
        yield from _request(scene, request)
    yield from _later(case)


def _opening(scene: Scene) -> Iterator[Act]:
    case, lead = scene.case, scene.case["lead"]
    start = moment(case["registered_at"])
    yield Act(start, lead, "registered", lambda log: _register(scene, log))
    yield Act(start + BETWEEN, lead, "named the team", lambda log: _team(scene, log))
    yield Act(start + 2 * BETWEEN, lead, "answered the tiering questions", lambda log: _tier(scene, log))
    yield Act(start + 3 * BETWEEN, lead, "stated the limits", lambda log: _limits(scene, log))


def _register(scene: Scene, log: Log) -> None:
    case = scene.case
    visibility = Visibility.UNIT if case["visibility"] == "unit" else Visibility.ORGANISATION
    ends = date.fromisoformat(case["pilot"]["ends"]) if case.get("pilot") else None
    intake = initiatives.Description(case["name"], case["summary"], case["unit"], case["lead"], visibility, ends)
    initiatives.register(log, intake, key=scene.key)


def _team(scene: Scene, log: Log) -> None:
    for function in Function:
        seat = scene.case["team"][function.value]
        initiatives.name_team(log, scene.key, function, seat["person"], seat.get("deputy"), seat["hours_a_week"])


def _tier(scene: Scene, log: Log) -> None:
    case = scene.case
    initiatives.answer_tiering(log, scene.key, case["tiering_answers"], case["stop_and_floor_answers"], case["asked_facts"])


def _limits(scene: Scene, log: Log) -> None:
    stated = scene.case.get("limits")
    if stated is None:
        for limit in LIMITS:
            initiatives.state_limit(log, scene.key, limit.name, limit.value, limit.unit, Good(limit.good) if limit.good else None)
        return
    for name, limit in stated.items():
        initiatives.state_limit(log, scene.key, name, str(limit["value"]), limit["unit"], Good(limit["good"]) if "good" in limit else None)


def _bring_in(scene: Scene, found: Case, log: Log) -> None:
    since = date.fromisoformat(found["in_use_since"])
    vouches = log.session.get_one(Person, found["on_word_of"])
    until = date.fromisoformat(found["regularise_by"])
    papers = [_historic(scene, told, since, vouches.name) for told in found["papers"]]
    as_found = AsFound(Stage(found["stage"]), since, vouches.name, vouches.title, until)
    moving_in.bring_in(log, scene.key, as_found, f"In use since {since:%Y}; {found['label']}.", papers)


def _historic(scene: Scene, told: Case, on: date, by: str) -> Paper:
    page = paper(told["title"], [f"{scene.key} {scene.case['name']}", told["generate"]])
    return Paper(told["title"], on, by, scene.store(page, f"{told['title'].lower().replace(' ', '-')}.pdf"))


def _request(scene: Scene, request: Case) -> Iterator[Act]:
    submitted = request.get("submitted_at") or request["created_at"]
    by = request.get("submitted_by") or request["created_by"]
    at = moment(submitted)
    request_id = f"{scene.key}.{request['id']}"
    yield from answer_acts(scene, request, by, at)
    for told in request.get("waivers", ()):
        yield from waiver_acts(scene, told, by)
    opened = at if request.get("state") == "draft" else at - 2 * BETWEEN
    yield Act(opened, by, f"opened {request['id']}", lambda log: _open(scene, request, log))
    if request.get("state") != "draft":
        yield Act(at, by, f"submitted {request['id']}", lambda log: _submit(log, request_id, request.get("note", "")))
    for signed in request["signoffs"]:
        yield _signed(scene, request, signed)
    yield from _ending(request, request_id)


def _open(scene: Scene, request: Case, log: Log) -> None:
    if scene.policy.gates[request["gate"]].enters is None or request["gate"].startswith("C"):
        raise Beyond(f"gate {request['gate']} is no passage, and only passages can be asked for yet")
    initiatives.name_model(log, scene.key, str(request["model"]))
    gates.open_request(log, scene.key, request["gate"])


def _submit(log: Log, request_id: str, note: str) -> None:
    gates.submit(log, request_id, note)


def _signed(scene: Scene, request: Case, signed: Case) -> Act:
    what = f"{signed['decision'].replace('_', ' ')} on {request['id']} as {signed['seat'].replace('_', ' ')}"
    return Act(moment(signed["at"]), signed["person"], what, lambda log: _sign(scene, request, signed, log), proof=True)


def _sign(scene: Scene, request: Case, signed: Case, log: Log) -> None:
    if signed["decision"] not in set(Decision):
        raise Beyond(f"the decision “{signed['decision'].replace('_', ' ')}” is not known yet")
    decision = Decision(signed["decision"])
    request_id = f"{scene.key}.{request['id']}"
    table = reviews.on_the_table(log.session, request_id, log.now)
    reason = signed.get("reason") or ("" if decision is Decision.APPROVE else "see the findings")
    ticked = _ticked(table, signed["seat"]) if decision is Decision.APPROVE else []
    judgement = signoffs.Judgement(
        decision, word(decision).meaning, table.revision.digest, reason, _named(request, signed, decision), ticked
    )
    signoffs.sign_off(log, request_id, signed["seat"], judgement)


def _ticked(table: OnTheTable, seat_id: str) -> list[str]:
    """Everything that a seat looks at: the cases were approved with care."""
    return [look.id for seat in table.review.seats if seat.id == seat_id for look in seat.looks_at]


def _named(request: Case, signed: Case, decision: Decision) -> list[NewFinding]:
    if decision is not Decision.REJECT:
        return []
    mine = [told for told in request.get("findings", []) if told["raised_by"] == signed["person"]]
    return [
        NewFinding(FindingSeverity(told["severity"]), told["text"], told["owner"], told["item"], date.fromisoformat(told["due"]))
        for told in mine
    ]


def _ending(request: Case, request_id: str) -> Iterator[Act]:
    if request.get("outcome") == "withdrawn":
        reason = request["withdrawn_reason"]
        yield Act(
            moment(request["decided_at"]),
            request["submitted_by"],
            f"withdrew {request['id']}",
            lambda log: gates.withdraw(log, request_id, reason),
        )
    if closed := request.get("closed"):
        yield Act(moment(closed["at"]), closed["by"], f"closed {request['id']}", lambda log: gates.close(log, request_id, closed["reason"]))
    for told in request.get("findings", []):
        if "closed_at" in told:
            yield _beyond(told["closed_at"], told["owner"], f"answered {told['id']}", "its request was not replayed that far")


def _later(case: Case) -> Iterator[Act]:
    """Acts of kinds that later versions add."""
    if stop := case.get("stop"):
        yield _beyond(stop["at"], stop["by"], "stopped the pilot", "a pilot cannot be stopped with lessons yet")
    for signed in case.get("model_version_signoffs", []):
        first = signed["signoffs"][0]
        why = "a new model version cannot be signed off on a passed gate yet"
        yield _beyond(first["at"], first["person"], f"signed off model {signed['model']}", why)
    for incident in case.get("incidents", []):
        yield _beyond(incident["detected_at"], case["lead"], f"reported {incident['id']}", "incidents are not recorded yet")


def _beyond(at: str, by: str, what: str, why: str) -> Act:
    def refuse(log: Log) -> None:  # noqa: ARG001 - the form of an act
        raise Beyond(why)

    return Act(moment(at), by, what, refuse)
