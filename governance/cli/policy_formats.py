"""The problems of policies for people, programs, code scanners and the annotations of a pull request."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from governance import __version__
from governance.policy.checking import Checked
from governance.policy.codes import MEANINGS, Code, Level
from governance.policy.problems import PolicyProblem

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
WARNINGS = frozenset(
    {
        Code.ALWAYS_TRUE,
        Code.ALWAYS_FALSE,
        Code.ITEM_UNREACHED,
        Code.NEVER_PASSES,
        Code.SUPERSEDED_FRAMEWORK,
        Code.UNUSED_METRIC,
        Code.UNTRANSLATED,
    }
)


def line(found: Checked, problem: PolicyProblem) -> str:
    """`file:line:column: message`, on one line whatever the file is called."""
    mark = "warning: " if problem.severity is Level.WARNING else ""
    return f"{shown(_file(found, problem))}:{problem.line}:{problem.column}: {mark}{problem.message}"


def shown(name: str) -> str:
    """A name in signs that every terminal has a place for."""
    return name if name.isprintable() else ascii(name)[1:-1]


def as_json(found: Sequence[Checked]) -> str:
    return json.dumps({"policies": [_policy(one) for one in found]}, indent=2)


def _policy(found: Checked) -> dict[str, Any]:
    return {
        "path": str(found.folder),
        "id": found.head and found.head.id,
        "version": found.head and found.head.version,
        "digest": found.digest,
        "gates": found.gates,
        "items": found.items,
        "errors": found.errors,
        "warnings": found.warnings,
        "problems": [
            {
                "file": _file(found, problem),
                "line": problem.line,
                "column": problem.column,
                "severity": problem.severity.value,
                "code": problem.code.value,
                "message": problem.message,
            }
            for problem in found.problems
        ],
    }


def as_sarif(found: Sequence[Checked]) -> str:
    """SARIF 2.1.0 (OASIS), with every code as a rule."""
    driver = {"name": "governance policy check", "version": __version__, "rules": [_rule(code) for code in Code]}
    results = [_result(one, problem) for one in found for problem in one.problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(code: Code) -> dict[str, Any]:
    level = Level.WARNING if code in WARNINGS else Level.ERROR
    return {"id": code.value, "shortDescription": {"text": MEANINGS[code]}, "defaultConfiguration": {"level": level.value}}


def _result(found: Checked, problem: PolicyProblem) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": _address(_file(found, problem))},
        "region": {"startLine": problem.line, "startColumn": problem.column},
    }
    return {
        "ruleId": problem.code.value,
        "ruleIndex": list(Code).index(problem.code),
        "level": problem.severity.value,
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": place}],
    }


def _address(file: str) -> str:
    """A file as a URI, relative to where the command runs unless it was named by its whole path."""
    return f"{'file://' if Path(file).is_absolute() else ''}{quote(os.fsencode(file))}"


def as_github(found: Sequence[Checked]) -> str:
    """Workflow commands: each problem becomes a note beside the line of a pull request."""
    return "\n".join(_commands(found))


def _commands(found: Sequence[Checked]) -> Iterator[str]:
    for one in found:
        for problem in one.problems:
            file = _escaped(shown(_file(one, problem)))
            where = f"file={file},line={problem.line},col={problem.column},title={problem.code.value}"
            yield f"::{problem.severity.value} {where}::{_escaped(problem.message, data=True)}"


def _escaped(text: str, *, data: bool = False) -> str:
    """What would end a command, or a value of it, written as the runner reads it back."""
    for sign in "%\r\n" if data else "%\r\n:,":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def _file(found: Checked, problem: PolicyProblem) -> str:
    return problem.file if problem.file == str(found.folder) else str(found.folder / problem.file)
