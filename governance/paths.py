"""Where the templates and the shipped policies lie: beside the package in a checkout, inside it in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def templates_directory() -> Path:
    return _folder("templates")


def policies_directory() -> Path:
    return _folder("policies")


def _folder(name: str) -> Path:
    """Raises `FileNotFoundError` where an installation lost it."""
    for place in (PACKAGE / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the folder {name} is missing: install the program again")
