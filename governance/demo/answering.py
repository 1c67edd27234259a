"""Answers and evidence of a case: what the file tells, or what it leaves to the loader."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from governance.demo import fill
from governance.demo.cases import Case, moment
from governance.demo.papers import paper
from governance.demo.stage import Act, Scene
from governance.domain.checks import KEPT_RECORDS
from governance.domain.dossier import ML_TEST_SCORE, StatedValue
from governance.domain.policy import Item
from governance.domain.vocabulary import CLAIMS, AnswerState, Applies, EvidenceKind
from governance.ledger.log import Log
from governance.models.initiatives import Tiering
from governance.policy.plan import decide_plan
from governance.reads.material import approved, limits
from governance.services import ml_test_score
from governance.services.answers import NewAnswer, NewEvidence, add_evidence, answer_item, carry_answer

KEPT_ELSEWHERE = KEPT_RECORDS - {ML_TEST_SCORE}
"""Records that other acts of a case fill."""

LOADED = "Loaded as given: the record of this app that will answer it comes with a later version."


def answer_acts(scene: Scene, request: Case, by: str, at: datetime) -> Iterator[Act]:
    """The acts that answer the checks of a request, before it is submitted."""
    if isinstance(request["answers"], dict):
        yield from _filled(scene, request, at)
        return
    told = [answer for answer in request["answers"] if answer.get("source") not in KEPT_ELSEWHERE]
    placed = sorted(((_moment(answer, at), _author(answer, by), answer) for answer in told), key=lambda place: (place[0], place[1]))
    for (when, who), group in groupby(placed, key=lambda place: (place[0], place[1])):
        answers = [answer for _, _, answer in group]
        yield _act(when, who, request, lambda log, answers=answers: _tell(scene, log, answers))


def _tell(scene: Scene, log: Log, answers: list[Case]) -> None:
    for answer in answers:
        _told(scene, log, answer)


def _moment(answer: Case, at: datetime) -> datetime:
    return moment(answer["evidence"]["added_at"]) if "evidence" in answer else at - timedelta(minutes=30)


def _author(answer: Case, by: str) -> str:
    return str(answer["evidence"]["added_by"]) if "evidence" in answer else by


def _act(when: datetime, who: str, request: Case, do: object) -> Act:
    return Act(when, who, f"answered checks of {request['id']}", do)  # type: ignore[arg-type]


def _told(scene: Scene, log: Log, answer: Case) -> None:
    item = scene.policy.item(answer["item"])
    values = tuple(_value(row) for row in answer.get("measurements", []))
    if item.source == ML_TEST_SCORE:
        _fill_in(scene, log, values)
        return
    if item.source is not None:
        carry_answer(log, scene.key, item.id, NewAnswer(_carried(answer), f"{LOADED} {answer.get('note', '')}".strip(), values))
        return
    pieces = [_piece(scene, log, item, answer["evidence"], values)] if "evidence" in answer else []
    answer_item(log, scene.key, item.id, NewAnswer(_claim(answer), answer.get("note", ""), values, pieces))


def _fill_in(scene: Scene, log: Log, values: tuple[StatedValue, ...]) -> None:
    """The form with the score that the case tells."""
    form = fill.ml_test_score(Decimal(values[0].value), f"https://evidence.nordhaven.example/{scene.case['slug']}/ml-test-score")
    ml_test_score.fill_in(log, scene.key, form)


def _claim(answer: Case) -> AnswerState:
    """People claim; the program computes. A state that only the program gives was claimed as met."""
    stated = AnswerState(answer["state"])
    return stated if stated in (AnswerState.IN_PROGRESS, AnswerState.NOT_MET) and not answer.get("measurements") else AnswerState.MET


def _carried(answer: Case) -> AnswerState:
    """What is loaded as given is never recomputed, so it is claimed as it is; what is waived, as it would be without its waiver."""
    stated = AnswerState(answer.get("state_by_evidence", answer["state"]))
    return stated if stated in CLAIMS else AnswerState.MET


def _value(row: Case) -> StatedValue:
    low, high = row.get("ci95", (None, None))
    return StatedValue(
        metric=row["metric"],
        value=str(row["value"]),
        unit=row["unit"],
        window=row["window"],
        n=row["n"],
        measured_at=moment(row["measured_at"]),
        source=row["source"],
        good=row.get("good"),
        low=None if low is None else str(low),
        high=None if high is None else str(high),
        kpi=row.get("kpi"),
    )


def _piece(scene: Scene, log: Log, item: Item, told: Case, values: tuple[StatedValue, ...]) -> str:
    kind = EvidenceKind(told["kind"])
    new = NewEvidence(
        kind=kind,
        title=told["title"],
        effective=date.fromisoformat(told["effective"]),
        file=scene.store(_page(scene, item, told["title"], told["added_by"], told["effective"], values), told["file"])
        if "file" in told
        else None,
        address=told.get("url"),
        statement=f"I confirm: {item.requirement}" if kind is EvidenceKind.ATTESTATION else None,
    )
    scene.evidence[told["id"]] = add_evidence(log, scene.key, new)
    return scene.evidence[told["id"]]


def _page(scene: Scene, item: Item, title: str, author: str, day: str, values: tuple[StatedValue, ...]) -> bytes:
    measured = [f"{value.metric}: {value.value} {value.unit}, n {value.n}, {value.window}" for value in values]
    head = [f"{scene.key} {scene.case['name']}", f"Check {item.id}: {item.title}", f"Author: {author}   Date: {day}", ""]
    body = [item.question, "", f"What was asked for: {item.requirement}.", "", f"Why it matters: {item.why}.", ""]
    return paper(title, [*head, *body, *measured])


def _filled(scene: Scene, request: Case, at: datetime) -> Iterator[Act]:
    """One act per function of the team, three days before the request."""
    when = at - timedelta(days=3)
    people = {seat["person"] for seat in scene.case["team"].values()}
    for person in sorted(people):
        yield _act(when, person, request, lambda log, person=person: _fill(scene, request, log, person, when))


def _fill(scene: Scene, request: Case, log: Log, person: str, when: datetime) -> None:
    tiering = log.session.get_one(Tiering, scene.key)
    assert tiering.tier is not None
    stated = {limit.name: limit for limit in limits(log.session, scene.key)}
    before = approved(log.session, scene.key)
    told = {answer["item"]: AnswerState(answer["state"]) for answer in request["answers"].get("except", [])}
    usual = AnswerState(request["answers"]["fill"])
    for planned in decide_plan(scene.policy, request["gate"], tiering.facts, tiering.tier).items:
        item, state = planned.item, told.get(planned.item.id, usual)
        mine = scene.case["team"][item.owner.value]["person"] == person
        if (
            mine
            and planned.applicability.applies is Applies.YES
            and item.source not in KEPT_ELSEWHERE
            and state is not AnswerState.NOT_STARTED
        ):
            values = tuple(fill.values(planned, stated, before, when - timedelta(hours=1)))
            _answer_light(scene, log, item, state, person, when, values)


def _answer_light(
    scene: Scene, log: Log, item: Item, state: AnswerState, person: str, when: datetime, values: tuple[StatedValue, ...]
) -> None:
    if item.source == ML_TEST_SCORE:
        _fill_in(scene, log, values)
        return
    if item.source is not None:
        carry_answer(log, scene.key, item.id, NewAnswer(state, LOADED))
        return
    told = {
        "id": f"{scene.case['slug']}/{item.id}/{when:%Y%m%d}",
        "kind": item.evidence.value,
        "title": item.title,
        "added_by": person,
        "effective": (when - timedelta(days=1)).date().isoformat(),
        **_content(scene, item),
    }
    pieces = [_piece(scene, log, item, told, values)] if state is not AnswerState.IN_PROGRESS else []
    answer_item(log, scene.key, item.id, NewAnswer(state, "", values if state is AnswerState.MET else (), pieces))


def _content(scene: Scene, item: Item) -> dict[str, str]:
    match item.evidence:
        case EvidenceKind.LINK:
            return {"url": f"https://evidence.nordhaven.example/{scene.case['slug']}/{item.id.lower()}"}
        case EvidenceKind.ATTESTATION:
            return {}
        case _:
            return {"file": f"{item.id.lower()}.pdf"}
