"""Searching bytes that are text, alike on every engine."""

from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class TextOf(FunctionElement[str]):
    """The text that bytes are in UTF-8."""

    name = "text_of"
    type = Text()
    inherit_cache = True


@compiles(TextOf, "sqlite")
def _on_sqlite(element: TextOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS TEXT)"


@compiles(TextOf, "postgresql")
def _on_postgresql(element: TextOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"convert_from({compiler.process(element.clauses, **options)}, 'UTF8')"


def text_of(column: Any) -> ColumnElement[str]:
    """What a column of bytes says."""
    return TextOf(column)
