"""A portfolio of open requests in many states, and a policy that asks some of them for more, some for less, and some for nothing."""

from collections.abc import Sequence

from governance.demo import fill
from governance.domain import checks
from governance.domain.findings import NewFinding
from governance.domain.vocabulary import AnswerState, Applies, Decision, FindingSeverity, Function, Visibility
from governance.ledger.log import Log
from governance.reads import policies
from governance.reads.material import material
from governance.services import answers, gates, initiatives, signoffs
from governance.storage.engines import Engines
from tests.services.conftest import ASKED, LOW, REVIEWERS, STATEMENTS, TEAM, TEXTS, House, evidence, founded, judged

OPEN = 110
"""Requests of the portfolio that are open at its end, at least."""

SIZE, TOGETHER = 150, 10
LIMITS = {limit.name: limit for limit in fill.LIMITS}
EVERY = tuple(Function)
THREE = EVERY[:3]


def new_item(number: int, owner: str, severity: str, when: str) -> str:
    return (
        f'    - id: G1-{number}\n      title: "New check {number}"\n      owner: {owner}\n      severity: {severity}\n'
        f'      question: "Is it so?"\n      evidence: {{kind: document, requirement: "a page"}}\n      when: "{when}"\n'
        f'      why: "it was missed"\n      maps: ["NIST-AI-RMF:MAP-1.1"]\n'
    )


def seat_of(gate: str, seat_id: str) -> str:
    """A seat as the file of its gate writes it."""
    return "    - id: " + next(part for part in gate.partition("  items:\n")[0].split("    - id: ") if part.startswith(f"{seat_id}\n"))


def _stricter() -> dict[str, str]:
    gate = TEXTS["gates/G1.yaml"]
    seat = seat_of(gate, "compliance")
    second = seat.replace("id: compliance\n", 'id: second\n      when: "!facts.batch_only"\n').replace("label: Compliance", "label: Second")
    gate = gate.replace(seat, seat + second)
    log = gate.index("    - id: G1-10\n")
    gate = gate[:log] + gate[log:].replace('when: "true"', 'when: "!facts.financial_sector"', 1)
    new = new_item(40, "it_ops", "blocking", "facts.legacy_integration") + new_item(41, "business", "advisory", "!facts.structured_inputs")
    gate = gate.rstrip("\n") + "\n" + new
    bands = TEXTS["tiering.yaml"].replace("low, from: 0, to: 10", "low, from: 0, to: 4").replace("medium, from: 11", "medium, from: 5")
    recurring = TEXTS["gates/C1.yaml"].replace("low: 365", "low: 300")
    return {**TEXTS, "gates/G1.yaml": gate, "tiering.yaml": bands, "gates/C1.yaml": recurring}


STRICTER = _stricter()


def filled(engines: Engines) -> House:
    house = founded(engines)
    fill_up(house, SIZE)
    return house


def fill_up(house: House, size: int) -> None:
    """Initiatives of every kind, some together in one transaction."""
    for start in range(1, size + 1, TOGETHER):
        numbers = range(start, min(start + TOGETHER, size + 1))
        house.act("lena", lambda log, some=numbers: [_begin(log, number) for number in some])
        submitted = [number for number in numbers if number % 10 > 1]
        for function in Function:
            house.act(REVIEWERS[function], lambda log, f=function, some=submitted: [_decide(log, number, f) for number in some], proof=True)
        house.act("lena", lambda log, some=submitted: [_after(log, number) for number in some])


def key(number: int) -> str:
    return f"AI-{number:04}"


def _begin(log: Log, number: int) -> None:
    """Up to where a request is submitted; of ten, one asks for nothing and one stays a draft."""
    intake = initiatives.Description(f"Triage {number}", "Scores new claims for the adjusters.", "claims", "lena", Visibility.ORGANISATION)
    made = initiatives.register(log, intake)
    assert made == key(number)
    for function, person in TEAM.items():
        initiatives.name_team(log, made, function, person, None, 8)
    asked = {
        **ASKED,
        "legacy_integration": number % 3 == 0,
        "batch_only": number % 9 != 0,
        "structured_inputs": number % 11 != 0,
        "financial_sector": number % 7 == 0,
    }
    initiatives.answer_tiering(log, made, {**LOW, "Q3": "hard"} if number % 6 == 0 else LOW, STATEMENTS, asked)
    for limit in fill.LIMITS:
        initiatives.state_limit(log, made, limit.name, limit.value, limit.unit)
    initiatives.name_model(log, made, "1.0")
    if number % 10 > 0:
        request = gates.open_request(log, made, "G1")
        complete(log, made, half=number % 20 == 1, failing="G1-09" if number % 10 == 9 else "")
        if number % 10 > 1:
            gates.submit(log, request)


def complete(log: Log, of: str, *, half: bool = False, failing: str = "") -> None:
    policy = policies.current(log.session)
    found = checks.evaluated(policy, material(log.session, of, "G1", policy), log.now)
    for check in found[: len(found) // 2] if half else found:
        if check.planned.applicability.applies is Applies.YES and check.item.source not in checks.KEPT_RECORDS:
            pieces = [answers.add_evidence(log, of, evidence(check.item.evidence, log.now))] if check.item.source is None else []
            claim = AnswerState.NOT_MET if check.item.id == failing else AnswerState.MET
            given = answers.NewAnswer(claim, "looked at", tuple(fill.values(check.planned, LIMITS, {}, log.now)), pieces)
            answers.answer_item(log, of, check.item.id, given)


DECIDES: dict[int, Sequence[Function]] = {2: (), 3: EVERY[:1], 4: THREE, 5: THREE, 6: THREE, 7: EVERY[:2], 8: EVERY, 9: EVERY}
"""Who decides, by the last digit of the number."""


def _decide(log: Log, number: int, function: Function) -> None:
    """Approved; but the third of the sixes asks for changes, and the second of the sevens rejects."""
    if function not in DECIDES[number % 10]:
        return
    decision, new = Decision.APPROVE, list[NewFinding]()
    if number % 10 == 6 and function is Function.BUSINESS:
        decision = Decision.REQUEST_CHANGES
    if number % 10 == 7 and function is Function.IT_OPS:
        decision, new = Decision.REJECT, [NewFinding(FindingSeverity.MEDIUM, "the drill failed", "lena")]
    request = f"{key(number)}.G1-1"
    signoffs.sign_off(log, request, function.value, judged(log.session, request, function.value, decision, "because", new))


def _after(log: Log, number: int) -> None:
    """The record of the fives moves after they were signed; what passed asks for the next gate, every other time."""
    if number % 10 == 5:
        initiatives.name_model(log, key(number), "2.0")
    if number % 20 == 8:
        gates.open_request(log, key(number), "G2")
