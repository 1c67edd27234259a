"""What the thousands of applications and engines of the tests share within a process, because it is the same for each of them.

Nothing here changes what is worked out: a template, a URL rule or a statement is compiled once, and not again for each test.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import sqlalchemy
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

MOST_STATEMENTS = 4_000


class Templates(BytecodeCache):
    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


def share() -> None:
    Flask.jinja_options = {"bytecode_cache": Templates()}
    Rule._parse_rule = _parts(Rule._parse_rule)  # type: ignore[method-assign]
    Rule._compile_builder = _builders(Rule._compile_builder)  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign] # as a key of what was compiled
    DefaultDialect.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign]
    sqlalchemy.create_engine = _engines(sqlalchemy.create_engine)


def _parts(parsing: Callable[[Rule, str], Iterable[Any]]) -> Callable[[Rule, str], list[Any]]:
    """What an address is made of rests on how it is written, and on the converters of where it is bound."""
    kept: dict[Hashable, tuple[list[Any], list[tuple[bool, str]], dict[str, Any]]] = {}

    def parsed(rule: Rule, text: str) -> list[Any]:
        key = (text, *rule.map.converters.items())
        if key not in kept:
            before = len(rule._trace)
            parts = list(parsing(rule, text))
            trace = rule._trace[before:]
            kept[key] = parts, trace, {name: rule._converters[name] for is_name, name in trace if is_name}
            return parts
        parts, trace, converters = kept[key]
        rule._trace += trace
        rule._converters |= converters
        rule.arguments |= converters.keys()
        return parts

    return parsed


def _builders(compiling: Callable[..., Any]) -> Callable[..., Any]:
    """The function that builds an address from a rule rests on what the rule says, and takes its converters from where it is bound."""
    kept: dict[Hashable, Any] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        key = (tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = compiling(rule, append_unknown)
        return kept[key]

    return compiled


def _engines(creating: Callable[..., Engine]) -> Callable[..., Engine]:
    statements: LRUCache[Any, Any] = LRUCache(MOST_STATEMENTS)

    def created(*args: Any, **options: Any) -> Engine:
        engine = creating(*args, **options)
        engine._compiled_cache = statements
        return engine

    return created
