"""A policy of 500 items: checking it beside the bare parse of its YAML, and judging 500 answers beside parsing them from JSON."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

import yaml

from governance.domain import checklist
from governance.domain.policy import Plan, PlannedItem
from governance.domain.tiering import Answers
from governance.domain.vocabulary import Function, Tier
from governance.paths import policies_directory
from governance.policy import reader
from governance.policy.assess import assess_initiative
from governance.policy.checking import check
from governance.policy.loader import load_policy, parse_policy
from governance.policy.plan import decide_plan
from governance.reads import frozen
from tests.benchmarks.table import heading, row
from tests.services.conftest import ASKED, LOW, STATEMENTS

EACH = 100
"""Items of each of the five gates."""

ROUNDS = 9
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ITEM = re.compile(r"(?m)^(?=    - id: )")
AFTER_ITEMS = re.compile(r"(?m)^  \w+:")


def main(folder: Path) -> None:
    texts = {name: grown(text) if name.startswith("gates/") else text for name, text in shipped().items()}
    size = sum(map(len, texts.values()))
    heading(f"A policy of {EACH * 5} items, {size:,} bytes of YAML")
    checking(folder, texts)
    judging(texts)


def shipped() -> Mapping[str, str]:
    return load_policy(policies_directory() / "stage-gates").texts


def grown(gate: str) -> str:
    """The gate with its own items again and again, under other ids."""
    head, rest = gate.split("  items:\n", 1)
    after = AFTER_ITEMS.search(rest)
    items, tail = (rest[: after.start()], rest[after.start() :]) if after else (rest, "")
    many = islice(cycle(ITEM.split(items)[1:]), EACH)
    numbered = (re.sub(r"(?<=id: )(\w+)-\S+", rf"\1-{number:03}", item, count=1) for number, item in enumerate(many, 1))
    return f"{head}  items:\n{''.join(numbered)}{tail}"


def checking(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    assert check(folder).items == EACH * 5
    assert not check(folder).problems
    bare = least_ms(lambda: [yaml.load(text, yaml.CSafeLoader) for text in texts.values()])

    def anew() -> None:
        reader._kept.cache_clear()  # somebody checks a policy with every file changed
        check(folder)

    whole = least_ms(anew)
    row("PyYAML's C parser alone, without checks", f"{bare:.0f} ms", "")
    row("policy check: errors and warnings", f"{whole:.0f} ms", f"{whole / bare:.1f} of it (aim under 4): its own walk, for the places")


def judging(texts: Mapping[str, str]) -> None:
    policy = parse_policy(texts)
    facts = assess_initiative(policy, Answers(LOW, STATEMENTS, ASKED)).facts

    def planned() -> list[Plan]:
        return [decide_plan(policy, gate, facts, Tier.HIGH) for gate in policy.gates]

    plans = planned()
    said = json.dumps([dict(stated(plan)) for plan in plans])
    given = [frozen.answers({Function.DATA_SCIENCE: section}) for section in json.loads(said)]  # type: ignore[dict-item] # no common one

    def judged() -> None:
        for plan, answers in zip(plans, given, strict=True):
            for item in plan.items:
                checklist.evaluate(item, answers.get(item.item.id), {}, NOW, policy.max_age_days)

    bare = least_ms(lambda: json.loads(said))
    values = least_ms(lambda: [frozen.answers({Function.DATA_SCIENCE: section}) for section in json.loads(said)])  # type: ignore[dict-item]
    deciding, judging = least_ms(planned), least_ms(judged)
    row("500 answers from JSON: json.loads alone", f"{bare:.1f} ms", f"{len(said):,} bytes")
    row("500 answers from JSON, as values", f"{values:.1f} ms", "")
    row("which of 500 items apply, with which limits", f"{deciding:.1f} ms", "CEL")
    row("judging 500 answers", f"{judging:.1f} ms", "decimals")
    total = deciding + judging
    row("both", f"{total:.1f} ms", f"{total / values:.2f} of the answers as values (aim under 1), {total / bare:.1f} of json.loads alone")


def stated(plan: Plan) -> Iterator[tuple[str, dict[str, object]]]:
    """An answer for every item, as dossiers keep them."""
    for planned in plan.items:
        evidence = {
            "id": "EV-000123",
            "kind": planned.item.evidence.value,
            "title": f"{planned.item.title} of the pilot",
            "digest": "a" * 64,
            "effective": "2026-10-28",
            "by": "lena",
            "at": NOW.isoformat(),
            "expires": None,
            "file": "report.pdf",
            "size": 48_211,
            "address": None,
        }
        values = list(measured(planned))
        answer = {"claim": "met", "by": "lena", "at": NOW.isoformat(), "note": "", "values": values, "evidence": [evidence]}
        yield planned.item.id, {**answer, "carried": False}


def measured(planned: PlannedItem) -> Iterator[dict[str, object]]:
    for threshold in planned.thresholds.parts if planned.thresholds else ():
        value = str(threshold.value) if threshold.value is not None else "1"
        yield {
            "metric": threshold.metric,
            "value": value,
            "unit": threshold.unit,
            "window": threshold.window,
            "n": 2 * threshold.min_n,
            "measured_at": NOW.isoformat(),
            "source": f"https://evidence.example/{threshold.metric}",
        }


def least_ms(work: Callable[[], object]) -> float:
    """The least CPU time of several rounds, in milliseconds: what else the machine does is left out."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        took.append((time.process_time() - began) * 1000)
    return min(took)
