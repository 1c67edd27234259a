"""A policy from a folder, or from the texts that were published: read, checked as a whole, and turned into domain values."""

import errno
import hashlib
import json
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from governance.domain.policy import Policy
from governance.policy import lint, lint_translations
from governance.policy.build import build
from governance.policy.codes import Code
from governance.policy.models import REQUIRED, FileModel
from governance.policy.problems import PolicyError, PolicyProblem, one_reading
from governance.policy.reader import LARGEST, Document, read_on
from governance.policy.recovery import recovered
from governance.policy.shape import MOST_FAULTS
from governance.policy.whole import Whole

SUFFIX = ".yaml"

IN_SEVERAL_FILES = frozenset({"gate", "checklist", "metrics", "frameworks", "translation"})
"""A gate, a checklist and a language have files of their own, and so may an imported catalogue; a checklist brings its metrics along.

Every other section stands in one file.
"""


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    policy: Policy
    texts: Mapping[str, str]  # by file name, relative to the folder


@dataclass(frozen=True, slots=True)
class Reading:
    """A policy as far as it could be read: every file that has a model, and every fault."""

    whole: Whole
    problems: list[PolicyProblem]


def load_policy(folder: Path) -> LoadedPolicy:
    """Read every `.yaml` file below a folder as one policy. Raises `PolicyError` with all faults at once."""
    texts, problems = texts_in(folder)
    if problems:
        raise PolicyError([*problems, *reading(texts, unread=True).problems])
    return loaded(texts)


def texts_in(folder: Path) -> tuple[dict[str, str], list[PolicyProblem]]:
    """The texts of a policy by their names below its folder, and what keeps the others from being read."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if _is_meant(path, folder)}
    return _texts(files) if files else ({}, [PolicyProblem(str(folder), 1, 1, f"no {SUFFIX} file here", Code.NO_FILES)])


def loaded(texts: Mapping[str, str]) -> LoadedPolicy:
    """A policy with its texts. Raises `PolicyError` with all faults at once."""
    return LoadedPolicy(parse_policy(texts), texts)


def parse_policy(texts: Mapping[str, str]) -> Policy:
    """Turn the texts of a policy into domain values. Raises `PolicyError` with all faults at once."""
    found = reading(texts)
    if found.problems:
        raise PolicyError(found.problems)
    return build([model for _, model in found.whole.files], digest_of(texts))


@one_reading()
def reading(texts: Mapping[str, str], *, unread: bool = False) -> Reading:
    """The texts as a whole, and everything that is wrong. `unread` says that the policy has more files than these."""
    files, problems = _read(texts)
    whole = Whole(files, unread or len(files) < len(texts))
    if files or not texts:
        problems += [*_doubled(files), *(_absent(files) if not whole.unread else []), *few(lint.faults(whole))]
        problems += few(lint_translations.faults(whole, {problem.file for problem in problems}))
    return Reading(whole, problems)


def few(problems: Iterator[PolicyProblem]) -> list[PolicyProblem]:
    """The first faults of very many."""
    return list(islice(problems, MOST_FAULTS * 5))


def _read(texts: Mapping[str, str]) -> tuple[list[tuple[Document, FileModel]], list[PolicyProblem]]:
    """The files that have, or could be given, the shape of a policy file, and what is wrong with each."""
    problems: list[PolicyProblem] = []
    files: list[tuple[Document, FileModel]] = []
    for name, text in sorted(texts.items()):
        try:
            document, faults = read_on(name, text)
        except PolicyError as error:
            problems += error.problems
            continue
        document, model, misshapen = recovered(document, FileModel)
        problems += [*faults, *misshapen]
        if model is not None:
            files.append((document, model))
    return files, problems


def digest_of(texts: Mapping[str, str]) -> str:
    """What identifies a policy: the SHA-256 of its manifest, which names the SHA-256 of every file."""
    manifest = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    return hashlib.sha256(json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def _is_meant(path: Path, folder: Path) -> bool:
    """Whether a file is part of the policy, or was meant to be: a link that leads nowhere, an ending that nobody reads."""
    is_yaml = path.suffix.lower() in (SUFFIX, ".yml")
    return is_yaml and (path.is_file() or path.is_symlink()) and "tests" not in path.relative_to(folder).parts


def _texts(files: Mapping[str, Path]) -> tuple[dict[str, str], list[PolicyProblem]]:
    """The texts, and the files that cannot be read: without them the policy would silently ask for less."""
    texts, problems = {}, []
    for name, path in files.items():
        if fault := _misnamed(path, name):
            problems.append(PolicyProblem(name, 1, 1, *fault))
            continue
        try:
            texts[name] = _text(path)
        except UnicodeDecodeError as error:
            problems.append(PolicyProblem(name, 1, 1, f"not UTF-8 at byte {error.start}", Code.NOT_UTF8))
        except OSError as error:
            code = Code.TOO_LARGE if error.errno == errno.EFBIG else Code.UNREADABLE_FILE
            problems.append(PolicyProblem(name, 1, 1, f"cannot be read: {error.strerror}", code))
    return texts, problems


def _misnamed(path: Path, name: str) -> tuple[str, Code] | None:
    if path.suffix != SUFFIX:
        return f"name it {path.stem}{SUFFIX}: only files with this ending are read", Code.FILE_ENDING
    if any("\ud800" <= sign <= "\udfff" for sign in name):
        return "rename it: its name is not UTF-8", Code.UNREADABLE_FILE
    return None


def _text(path: Path) -> str:
    """What a file says. One byte more than it may have is enough to see that it has more: a link may lead to what never ends."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a folder" if stat.S_ISDIR(mode) else "it is no file")
    with path.open("rb") as file:
        found = file.read(LARGEST + 1)
    if len(found) > LARGEST:
        raise OSError(errno.EFBIG, f"it is larger than {LARGEST:,} bytes")
    return re.sub(r"\r\n?", "\n", found.decode())


def _doubled(files: list[tuple[Document, FileModel]]) -> list[PolicyProblem]:
    first: dict[str, str] = {}
    problems = []
    for document, model in files:
        for key in sorted(model.model_fields_set - IN_SEVERAL_FILES):
            if key in first:
                problems.append(document.problem((key,), f"“{key}” stands in {first[key]} already", Code.SECTION_TWICE, key=True))
            first.setdefault(key, document.file)
    return problems


def _absent(files: list[tuple[Document, FileModel]]) -> list[PolicyProblem]:
    """Sections that no file has. One that is wrong is there."""
    given = {key for document, model in files for key in (*model.model_fields_set, *(place[0] for place in document.broken if place))}
    where = files[0][0].file if files else ""
    missing = {key: (f"the policy says nothing about “{key}”", Code.MISSING_SECTION) for key in REQUIRED}
    missing["gate"] = ("the policy has no gate", Code.NO_GATE)
    return [PolicyProblem(where, 1, 1, *said) for key, said in missing.items() if key not in given]
