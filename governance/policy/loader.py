"""A policy from a folder, or from the texts that were published: read, checked as a whole, and turned into domain values."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from governance.domain.policy import Policy
from governance.policy import lint
from governance.policy.build import build
from governance.policy.models import REQUIRED, FileModel
from governance.policy.problems import PolicyError, PolicyProblem
from governance.policy.reader import Document, read
from governance.policy.shape import shaped
from governance.policy.whole import Whole

SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    policy: Policy
    texts: Mapping[str, str]  # by file name, relative to the folder
    warnings: tuple[str, ...]


def load_policy(folder: Path) -> LoadedPolicy:
    """Read every `.yaml` file below a folder as one policy. Raises `PolicyError` with all faults at once."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if _is_meant(path, folder)}
    if not files:
        raise PolicyError([PolicyProblem(str(folder), 1, 1, f"no {SUFFIX} file here")])
    texts, problems = _texts(files)
    if problems:
        raise PolicyError([*problems, *_read(texts)[1]])
    policy = parse_policy(texts)
    return LoadedPolicy(policy, texts, tuple(_warnings(policy)))


def parse_policy(texts: Mapping[str, str]) -> Policy:
    """Turn the texts of a policy into domain values. Raises `PolicyError` with all faults at once."""
    files, problems = _read(texts)
    if not problems:
        problems = [*_doubled(files), *_absent(files)]
    if not problems:
        problems = list(lint.faults(Whole(files)))
    if problems:
        raise PolicyError(problems)
    return build([model for _, model in files], digest_of(texts))


def _read(texts: Mapping[str, str]) -> tuple[list[tuple[Document, FileModel]], list[PolicyProblem]]:
    """The files that have the shape of a policy file, and what is wrong with the others."""
    problems: list[PolicyProblem] = []
    files: list[tuple[Document, FileModel]] = []
    for name, text in sorted(texts.items()):
        try:
            document = read(name, text)
        except PolicyError as error:
            problems += error.problems
            continue
        model, faults = shaped(document, FileModel)
        problems += faults
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
        if path.suffix != SUFFIX:
            problems.append(PolicyProblem(name, 1, 1, f"name it {path.stem}{SUFFIX}: only files with this ending are read"))
            continue
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            problems.append(PolicyProblem(name, 1, 1, f"not UTF-8 at byte {error.start}"))
        except OSError as error:
            problems.append(PolicyProblem(name, 1, 1, f"cannot be read: {error.strerror}"))
    return texts, problems


def _doubled(files: list[tuple[Document, FileModel]]) -> list[PolicyProblem]:
    first: dict[str, str] = {}
    problems = []
    for document, model in files:
        for key in model.model_fields_set - {"gate"}:
            if key in first:
                problems.append(document.problem((key,), f"“{key}” stands in {first[key]} already", key=True))
            first.setdefault(key, document.file)
    return problems


def _absent(files: list[tuple[Document, FileModel]]) -> list[PolicyProblem]:
    given = {key for _, model in files for key in model.model_fields_set}
    where = files[0][0].file if files else ""
    problems = [PolicyProblem(where, 1, 1, f"the policy says nothing about “{key}”") for key in REQUIRED if key not in given]
    return problems if "gate" in given else [*problems, PolicyProblem(where, 1, 1, "the policy has no gate")]


def _warnings(policy: Policy) -> list[str]:
    """What is allowed but deserves a look: mappings to a catalogue that was superseded."""
    named = {(item.id, reference.split(":")[0]) for gate in policy.gates.values() for item in gate.items for reference in item.maps}
    old = {framework.id: framework.superseded_by for framework in policy.frameworks.values() if framework.superseded_by}
    return [
        f"{item} maps to {framework}, which was superseded by {old[framework]}" for item, framework in sorted(named) if framework in old
    ]
