"""Writes docs/settings.md from the settings that the program knows: `make docs`."""

from pathlib import Path

from governance.settings import NAMES, PREFIX, SHORT

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"

HEAD = f"""# Settings

Every setting is a variable of the environment. An unknown one, or a value that is not understood, stops the start-up with one
sentence: nothing is guessed. {", ".join(f"`{name}`" for name in SHORT)} are also read without `{PREFIX}`, as hosting services set them.

This page is written from the code (`make docs`).

| variable | meaning |
|---|---|
"""


def page() -> str:
    return HEAD + "".join(f"| `{PREFIX}{name}` | {meaning} |\n" for name, meaning in NAMES.items())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
