"""Who wrote what a dossier rests on: nobody judges what only they wrote."""

from collections.abc import Iterator, Sequence

from governance.domain.dossier import ML_TEST_SCORE, Evidence, Material
from governance.domain.vocabulary import SECTION_OF, Function, Section


def sole_authors(material: Material, section: Section) -> frozenset[str]:
    """Who wrote all that a function's section rests on: evidence, and answers that carry none.

    One at most, but that a piece of another initiative is of whoever wrote it and of whoever brought it here.
    """
    written = list(_written(material, section))
    return frozenset.intersection(*written) if written else frozenset()


def of_piece(piece: Evidence) -> frozenset[str]:
    return frozenset({piece.added_by, *({piece.reuse.author} if piece.reuse else ())})


def _written(material: Material, section: Section) -> Iterator[frozenset[str]]:
    """For each piece, each answer without one and each form, whose it is."""
    functions = [function for function in Function if SECTION_OF[function] is section]
    answers = [material.answers.get(planned.item.id) for function in functions for planned in material.of(function)]
    for answer in answers:
        if answer is not None:
            yield from [of_piece(piece) for piece in answer.evidence] or [frozenset({answer.by})]
    yield from _filled_in(material, functions)


def _filled_in(material: Material, functions: Sequence[Function]) -> Iterator[frozenset[str]]:
    """Who filled in a form that answers a check of these functions."""
    asked = any(planned.item.source == ML_TEST_SCORE for function in functions for planned in material.of(function))
    if asked and material.ml_test_score:
        yield frozenset({material.ml_test_score.by})
