"""Entries of a list that a person adds by their words alone: what each is called in the files, and the change that adds it."""

import re
from collections.abc import Collection, Iterable, Iterator

from governance.policy.places import Edit, edit

LONGEST_NAME = 40
"""Of an entry, in signs."""


def additions(place: str, words: Iterable[str], taken: Collection[str]) -> Iterator[Edit]:
    """One change for each entry that is new in the list at a place, named after its words."""
    names = list(taken)
    for said in words:
        names.append(named_after(said, names))
        yield edit(f"{place}/{names[-1]}", {"id": names[-1], "text": said})


def named_after(said: str, taken: Collection[str]) -> str:
    """The name of an entry: its first words, without “I have” in front."""
    words = slug(said).removeprefix("i_have_")
    short = words if len(words) <= LONGEST_NAME else words[: LONGEST_NAME + 1].rpartition("_")[0] or words[:LONGEST_NAME]
    return free(short, taken, "entry")


def free(wanted: str, taken: Collection[str], otherwise: str) -> str:
    """A name that nothing else there has; `otherwise` stands before what is no name by itself."""
    name = wanted if wanted[:1].isalpha() else f"{otherwise}_{wanted}".rstrip("_")
    return next(one for number in range(1, len(taken) + 2) if (one := name if number == 1 else f"{name}_{number}") not in taken)


def slug(words: str) -> str:
    """The letters and digits of some words, as a name can hold them."""
    return re.sub("[^a-z0-9]+", "_", words.lower()).strip("_")
