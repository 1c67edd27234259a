"""How this program logs: one line an event on standard error, as text for people or as JSON for machines."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor

TEXT, JSON = "text", "json"
FORMATS = (TEXT, JSON)


def _one_line(_: object, __: str, event: EventDict) -> EventDict:
    """What somebody typed may be part of a message: it writes no lines of its own, and nothing that a terminal obeys."""
    event["event"] = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in str(event["event"]))
    return event


COMMON: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _one_line,
]


structlog.configure(
    processors=[*COMMON, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
"""Whatever is logged goes to the standard library's loggers, which say nothing of it until they are set up."""


def set_up(form: str, level: int = logging.INFO) -> None:
    """For the whole process; what libraries log comes out the same way."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=COMMON,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(form)],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.WARNING
    logging.getLogger("governance").setLevel(level)
    logging.getLogger("weasyprint").propagate = False  # whoever prints listens to it, and says what matters


def _last(form: str) -> list[Processor]:
    if form == JSON:
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True)]
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
