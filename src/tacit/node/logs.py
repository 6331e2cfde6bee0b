"""Structured logs: one JSON object per line in logs/node.log, short lines on stderr. Never data, keys or tokens."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path
from typing import Any

import structlog

MAX_BYTES = 10_000_000
KEPT = 5


def configure(path: Path, level: str) -> None:
    """For the whole process. Other libraries' warnings go the same way; their chatter does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    file = logging.handlers.RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8")
    file.setFormatter(_formatter(shared, structlog.processors.JSONRenderer(ensure_ascii=False)))
    console = logging.StreamHandler(sys.stderr)
    console.setFormatter(_formatter(shared, structlog.dev.ConsoleRenderer(colors=False)))
    root = logging.getLogger()
    root.handlers = [file, console]
    root.setLevel(logging.WARNING)
    for name in ("node", "job", "driver", "outbox", "mail", "watch", "recovery", "peer", "api", "server", "doctor"):
        logging.getLogger(name).setLevel(level.upper())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _formatter(shared: list[Any], renderer: Any) -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
