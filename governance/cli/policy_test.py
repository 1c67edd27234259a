"""`governance policy test`: the test cases beside a policy, what is not as they say, and what none of them looks at."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click

from governance.domain.policy import Policy
from governance.policy.codes import Code
from governance.policy.loader import load_policy
from governance.policy.problems import PolicyError, PolicyProblem, near
from governance.policy.testing.coverage import Coverage, coverage
from governance.policy.testing.reading import FOLDER, Case, load_cases
from governance.policy.testing.running import Result, run


@dataclass(frozen=True, slots=True)
class Tested:
    """A policy with its cases: what came of them, or what kept them from being tried."""

    folder: Path
    policy: Policy | None = None
    results: tuple[Result, ...] = ()
    coverage: Coverage | None = None
    problems: tuple[PolicyProblem, ...] = ()

    @property
    def failed(self) -> list[Result]:
        return [result for result in self.results if not result.passed]

    @property
    def gaps(self) -> list[str]:
        return [str(goal) for goal in self.coverage.gaps] if self.coverage else []


@click.command(name="test")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--case", "only", metavar="ID", multiple=True, help="Only this case; can be given more than once.")
@click.option("--format", "form", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True)
@click.option("--coverage", "shows_gaps", is_flag=True, help="Name everything that no case looks at.")
@click.option("--require-coverage", is_flag=True, help="Fail where a case is missing; names what is missing.")
def test(paths: tuple[Path, ...], only: tuple[str, ...], form: str, shows_gaps: bool, require_coverage: bool) -> None:
    """Try the test cases beside policies. PATH is the folder of a policy, or a file of cases in it.

    Ends with 0 where everything is as the cases say, 1 where it is not or cannot be tried, 2 for a wrong command line.
    """
    if only and require_coverage:
        raise click.UsageError("--require-coverage asks all cases, and --case only some: leave one of them out.")
    loaded = [_loaded(path) for path in paths]
    _check_known(only, loaded)
    tested = [_tested(*one, only) if one[1] is not None else Tested(one[0], problems=one[3]) for one in loaded]
    for line in WRITERS[form](tested, shows_gaps or require_coverage):
        click.echo(line)
    missing = require_coverage and any(one.gaps for one in tested)
    sys.exit(missing or any(one.problems or one.failed for one in tested))


Loaded = tuple[Path, Policy | None, Sequence[Case], tuple[PolicyProblem, ...]]


def _loaded(path: Path) -> Loaded:
    """The policy a path belongs to, and the cases that are meant."""
    folder = path if path.is_dir() else _folder_of(path)
    try:
        policy = load_policy(folder).policy
        cases = load_cases(folder, policy)
    except PolicyError as error:
        return folder, None, (), error.problems
    if path != folder:
        cases = tuple(case for case in cases if case.file == path.relative_to(folder).as_posix())
    if not cases:
        return (
            folder,
            None,
            (),
            (PolicyProblem(FOLDER if path == folder else path.relative_to(folder).as_posix(), 1, 1, "no cases here", Code.NO_FILES),),
        )
    return folder, policy, cases, ()


def _folder_of(path: Path) -> Path:
    """The folder of the policy beside which a file of cases lies."""
    for parent in path.parents:
        if parent.name == FOLDER:
            return parent.parent
    raise click.BadParameter(f"{path} is neither the folder of a policy nor a file in its folder “{FOLDER}”.", param_hint="PATH")


def _check_known(only: tuple[str, ...], loaded: Sequence[Loaded]) -> None:
    if any(problems for *_, problems in loaded):
        return
    known = {case.id for _, _, cases, _ in loaded for case in cases}
    for name in only:
        if name not in known:
            raise click.BadParameter(f"there is no case “{name[:100]}”{near(name[:100], known)}.", param_hint="--case")


def _tested(folder: Path, policy: Policy | None, cases: Sequence[Case], _: object, only: tuple[str, ...]) -> Tested:
    assert policy is not None
    results = tuple(run(policy, case) for case in cases if not only or case.id in only)
    return Tested(folder, policy, results, None if only else coverage(policy, results))


def _text(tested: Sequence[Tested], shows_gaps: bool) -> Iterator[str]:
    for one in tested:
        yield from (f"{one.folder}/{problem}" for problem in one.problems)
        for result in one.failed:
            yield from _diff(one.folder, result)
        if one.policy is None:
            yield f"{one.folder}: nothing was tried, {_counted(len(one.problems), 'fault')}."
            continue
        failed = f"{len(one.failed) or 'none'} failed"
        yield f"{one.folder}: {one.policy.title} {one.policy.version}, {_counted(len(one.results), 'case')}, {failed}."
        yield from _covered(one, shows_gaps)


def _diff(folder: Path, result: Result) -> Iterator[str]:
    case = result.case
    yield f"{folder}/{case.file}:{case.line}: {case.id}: {case.title}"
    for difference in result.differences:
        yield f"    {difference.field}"
        yield f"      expected  {difference.expected}"
        yield f"      found     {difference.found}"


def _covered(one: Tested, shows_gaps: bool) -> Iterator[str]:
    if one.coverage is None:
        return
    counts = ", ".join(f"{kind} {reached} of {goals}" for kind, (reached, goals) in one.coverage.counted().items())
    yield f"Covered: {counts}."
    if shows_gaps:
        yield from (f"  not covered: {gap}" for gap in one.gaps)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _json(tested: Sequence[Tested], _: bool) -> Iterator[str]:
    policies = [_plain(one) for one in tested]
    passed = not any(one.problems or one.failed for one in tested)
    yield json.dumps({"passed": passed, "policies": policies}, ensure_ascii=False, indent=2)


def _plain(one: Tested) -> Mapping[str, Any]:
    return {
        "folder": str(one.folder),
        "policy": {"id": one.policy.id, "version": one.policy.version, "digest": one.policy.digest} if one.policy else None,
        "problems": [
            {"file": problem.file, "line": problem.line, "column": problem.column, "code": problem.code.value, "message": problem.message}
            for problem in one.problems
        ],
        "cases": [_plain_case(result) for result in one.results],
        "coverage": {kind: {"reached": reached, "of": goals} for kind, (reached, goals) in one.coverage.counted().items()}
        if one.coverage
        else None,
        "not_covered": [goal._asdict() for goal in one.coverage.gaps] if one.coverage else None,
    }


def _plain_case(result: Result) -> Mapping[str, Any]:
    case = result.case
    found = [{"field": one.field, "expected": one.expected, "found": one.found} for one in result.differences]
    return {"id": case.id, "title": case.title, "file": case.file, "line": case.line, "passed": result.passed, "differences": found}


def _junit(tested: Sequence[Tested], _: bool) -> Iterator[str]:
    suites = ElementTree.Element("testsuites")
    for one in tested:
        counts = {"tests": str(len(one.results)), "failures": str(len(one.failed)), "errors": str(len(one.problems))}
        suite = ElementTree.SubElement(suites, "testsuite", {"name": str(one.folder), **counts})
        for problem in one.problems:
            broken = ElementTree.SubElement(
                suite, "testcase", name=f"{problem.file}:{problem.line}:{problem.column}", classname=problem.file
            )
            ElementTree.SubElement(broken, "error", message=_printable(str(problem)))
        for result in one.results:
            _junit_case(suite, one.folder, result)
    ElementTree.indent(suites)
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield ElementTree.tostring(suites, encoding="unicode")


def _junit_case(suite: ElementTree.Element, folder: Path, result: Result) -> None:
    case = result.case
    where = {"classname": case.file, "file": f"{folder}/{case.file}", "line": str(case.line)}
    told = ElementTree.SubElement(suite, "testcase", {"name": _printable(f"{case.id}: {case.title}"), **where})
    if not result.passed:
        first = result.differences[0]
        failure = ElementTree.SubElement(
            told, "failure", message=_printable(f"{first.field}: expected {first.expected}, found {first.found}")
        )
        failure.text = _printable("\n".join(list(_diff(folder, result))[1:]))


def _printable(words: str) -> str:
    """Without the signs that XML cannot hold."""
    return "".join(sign if sign >= " " or sign in "\n\t" else "\N{REPLACEMENT CHARACTER}" for sign in words)


WRITERS: Mapping[str, Callable[[Sequence[Tested], bool], Iterator[str]]] = {"text": _text, "json": _json, "junit": _junit}
"""How the outcome is written, by format."""
