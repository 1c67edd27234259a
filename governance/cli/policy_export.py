"""`governance policy export`: a published policy back into a folder, as the record has it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import click
from sqlalchemy.orm import Session

from governance.cli.main import Context, shortened
from governance.domain.errors import Conflict
from governance.domain.proposals import ENDING, NOT_RULES, misnamed
from governance.domain.text import tidy
from governance.policy.loader import digest_of, load_policy
from governance.reads import policies, policy_history

MOST_NAMED = 5


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--version", "name", default=policy_history.IN_FORCE, help="A version, a digest or its first signs; else what is in force.")
@click.option("--overwrite", is_flag=True, help="Replace files of the policy that say something else.")
@click.pass_obj
def export(context: Context, folder: Path, name: str, *, overwrite: bool) -> None:
    """Write a published policy into a folder, byte for byte as it was published.

    The folder is new or empty, or holds files of this policy, and beside them its `tests` and hidden files, which stay as they are.
    """
    with Session(context.engines.reader) as session:
        row = policy_history.named(session, tidy(name))
        texts = policies.texts(session, row)
    _check_names(folder, texts)
    _check_nothing_else(folder, texts)
    differing = [name for name, text in texts.items() if (folder / name).exists() and _said(folder / name) != text.encode()]
    if differing and not overwrite:
        raise Conflict(f"{_listed(differing)} in {shortened(str(folder))} would be replaced. Nothing was written; --overwrite does that.")
    for file, text in texts.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(text.encode())
    _check_written(folder, row.digest)
    click.echo(f"{row.title} {row.version} is in {shortened(str(folder))}: {len(texts)} files, {row.digest}")


def _check_names(folder: Path, texts: Mapping[str, str]) -> None:
    """No name of the record leads out of the folder, nor a link that lies in it."""
    here = folder.resolve()
    outside = [name for name in texts if misnamed(name) or not (folder / name).resolve().is_relative_to(here)]
    if outside:
        raise Conflict(f"{_listed(outside)} would not be written inside {shortened(str(folder))}. Choose another folder.")


def _check_nothing_else(folder: Path, texts: Mapping[str, str]) -> None:
    found = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if not path.is_dir()] if folder.exists() else []
    foreign = [path.as_posix() for path in found if path.as_posix() not in texts and not _is_beside(path)]
    if foreign:
        raise Conflict(
            f"{shortened(str(folder))} holds {_listed(foreign)}, which the policy does not have. Nothing was written: choose another one."
        )


def _is_beside(path: Path) -> bool:
    """What may lie beside a policy: its test cases, and hidden files such as those of git, unless they would be read as rules."""
    is_hidden = any(part.startswith(".") for part in path.parts) and path.suffix.lower() not in (ENDING, ".yml")
    return NOT_RULES in path.parts[:-1] or is_hidden


def _said(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _check_written(folder: Path, digest: str) -> None:
    """Read back: what is there now is what was published, and nothing more."""
    if digest_of(load_policy(folder).texts) != digest:
        raise Conflict(f"What is in {shortened(str(folder))} now is not what was published. Export it to an empty folder.")


def _listed(names: Iterable[str]) -> str:
    given = [shortened(name) for name in names]
    more = f" and {len(given) - MOST_NAMED} more" if len(given) > MOST_NAMED else ""
    return ", ".join(given[:MOST_NAMED]) + more
