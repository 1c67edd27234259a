"""What each key of a policy file means: the words that stand below it in the models. Read from the source when somebody asks."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


@cache
def fields_of(model: type[BaseModel]) -> dict[str, str]:
    """The words for each key of a model, as the key is written in a file."""
    said: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, BaseModel) and kind.__module__.startswith("governance."):
            said |= dict(_said(ast.parse(inspect.getsource(kind)).body[0]))
    return {field.alias or name: said[name] for name, field in model.model_fields.items() if name in said}


def _said(kind: ast.AST) -> Iterator[tuple[str, str]]:
    body = kind.body if isinstance(kind, ast.ClassDef) else []
    for field, words in pairwise(body):
        named = field.target if isinstance(field, ast.AnnAssign) else None
        said = words.value if isinstance(words, ast.Expr) else None
        if isinstance(named, ast.Name) and isinstance(said, ast.Constant):
            yield named.id, str(said.value)


@cache
def models_below(model: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    """A model and every model that may stand in it, each once, in the order they are met."""
    found: dict[type[BaseModel], None] = {}
    _gather(model, found)
    return tuple(found)


def _gather(annotation: object, found: dict[type[BaseModel], None]) -> None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in found:
        found[annotation] = None
        for field in annotation.model_fields.values():
            _gather(field.annotation, found)
    for part in getattr(annotation, "__args__", ()):
        _gather(part, found)
