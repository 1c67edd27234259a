"""Test cases from the folder `tests` of a policy: read strictly, each made whole from what it is like."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from governance.domain.policy import Policy
from governance.policy.codes import Code
from governance.policy.problems import PolicyError, PolicyProblem, near, one_reading
from governance.policy.reader import Document, Location, read
from governance.policy.shape import shaped
from governance.policy.testing.models import CaseModel, CasesModel, ExpectModel, GivenModel
from governance.policy.testing.references import Names, faults

FOLDER = "tests"
SUFFIX = ".yaml"
DAY = date(2026, 1, 1)
"""The day of a case that names none. Only ages count, and they are counted from it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case, made whole: what is given, and what has to come of it."""

    id: str
    title: str
    file: str
    line: int
    given: GivenModel
    expect: ExpectModel

    @property
    def now(self) -> datetime:
        day = date.fromisoformat(self.given.at) if self.given.at else DAY
        return datetime.combine(day, time(12), UTC)


@dataclass(frozen=True, slots=True)
class _Told:
    """A case or a starting point as its file tells it."""

    document: Document
    at: Location
    model: GivenModel


def load_cases(folder: Path, policy: Policy) -> tuple[Case, ...]:
    """Every case beside a policy, in the order of the files. Raises `PolicyError` with all faults at once."""
    files = {
        f"{FOLDER}/{path.relative_to(folder / FOLDER).as_posix()}": path for path in sorted((folder / FOLDER).rglob("*")) if _is_meant(path)
    }
    texts, problems = _texts(files)
    try:
        cases = parse_cases(texts, policy)
    except PolicyError as error:
        raise PolicyError([*problems, *error.problems]) from None
    if problems:
        raise PolicyError(problems)
    return cases


@one_reading()
def parse_cases(texts: Mapping[str, str], policy: Policy) -> tuple[Case, ...]:
    """The cases of these texts, by file name. Raises `PolicyError` with all faults at once."""
    files, problems = _files(texts)
    told, doubled = _named(files)
    problems += doubled
    if not problems:
        problems += _circles(told)
    names = Names(policy)
    cases = []
    for name, one in told.items():
        problems += faults(one.document, one.at, one.model, names)
        if isinstance(one.model, CaseModel) and not problems:
            given = _whole(one.model, told)
            problems += names.misfits(one.document, one.at, given, one.model.expect)
            cases.append(Case(name, one.model.title, one.document.file, one.document.values[one.at][0], given, one.model.expect))
    if problems:
        raise PolicyError(problems)
    return tuple(cases)


def _is_meant(path: Path) -> bool:
    return path.suffix.lower() in (SUFFIX, ".yml") and (path.is_file() or path.is_symlink())


def _texts(files: Mapping[str, Path]) -> tuple[dict[str, str], list[PolicyProblem]]:
    texts, problems = {}, []
    for name, path in files.items():
        if path.suffix != SUFFIX:
            problems.append(
                PolicyProblem(name, 1, 1, f"name it {path.stem}{SUFFIX}: only files with this ending are read", Code.FILE_ENDING)
            )
            continue
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            problems.append(PolicyProblem(name, 1, 1, f"not UTF-8 at byte {error.start}", Code.NOT_UTF8))
        except OSError as error:
            problems.append(PolicyProblem(name, 1, 1, f"cannot be read: {error.strerror}", Code.UNREADABLE_FILE))
    return texts, problems


def _files(texts: Mapping[str, str]) -> tuple[list[tuple[Document, CasesModel]], list[PolicyProblem]]:
    problems: list[PolicyProblem] = []
    files = []
    for name, text in sorted(texts.items()):
        try:
            document = read(name, text)
        except PolicyError as error:
            problems += error.problems
            continue
        model, wrong = shaped(document, CasesModel)
        problems += wrong
        if model is not None:
            files.append((document, model))
    return files, problems


def _named(files: list[tuple[Document, CasesModel]]) -> tuple[dict[str, _Told], list[PolicyProblem]]:
    """Everything that has a name: starting points and cases share them."""
    told: dict[str, _Told] = {}
    problems = []
    for document, model in files:
        bases = [(name, _Told(document, ("bases", name), base)) for name, base in model.bases.items()]
        cases = [(case.id, _Told(document, ("cases", number), case)) for number, case in enumerate(model.cases)]
        for name, one in [*bases, *cases]:
            if name in told:
                first = told[name]
                where = f"{first.document.file}:{first.document.values[first.at][0]}"
                problems.append(one.document.problem((*one.at, "id"), f"duplicate case “{name}” (first at {where})", key=True))
            told.setdefault(name, one)
    return told, problems


def _circles(told: Mapping[str, _Told]) -> Iterator[PolicyProblem]:
    """A case that is like nothing, or in the end like itself."""
    for name, one in told.items():
        like = one.model.like
        if like is not None and like not in told:
            yield one.document.problem((*one.at, "like"), f"there is no case “{like}”{near(like, told)}")
        elif name in _ancestors(name, told):
            yield one.document.problem((*one.at, "like"), f"“{name}” is in the end like itself")


def _ancestors(name: str, told: Mapping[str, _Told]) -> list[str]:
    """What a case is like, the nearest first; ends where a name comes again or is not there."""
    found: list[str] = []
    like = told[name].model.like
    while like is not None and like in told and like not in found:
        found.append(like)
        like = told[like].model.like
    return found


def _whole(case: CaseModel, told: Mapping[str, _Told]) -> GivenModel:
    """Everything that is given: the farthest starting point first, each put over the one before; `null` takes away."""
    found: dict[str, object] = {}
    for model in [*(told[name].model for name in reversed(_ancestors(case.id, told))), case]:
        for key in model.model_fields_set & GivenModel.model_fields.keys():
            value, before = getattr(model, key), found.get(key)
            found[key] = {**before, **value} if isinstance(value, dict) and isinstance(before, dict) else value
    kept = {
        key: {name: inner for name, inner in value.items() if inner is not None} if isinstance(value, dict) else value
        for key, value in found.items()
    }
    return GivenModel.model_construct(**kept)  # type: ignore[arg-type]
