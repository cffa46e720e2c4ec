"""Logging: structlog's rendering over the standard library's loggers. Carries ids, never post text; masks secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# A Discord bot token: three base64url parts (https://discord.com/developers/docs/reference#authentication).
TOKEN_PATTERN = re.compile(r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}")
MASK = "[token]"

# Their news is of no use to an admin; their warnings are.
QUIET_LOGGERS = ("discord.gateway", "httpx", "asyncio", "urllib3", "alembic")


def mask_tokens(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401  # structlog's processor signature
    """Replace whatever looks like a bot token in any field of a log event."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = TOKEN_PATTERN.sub(MASK, value)
    return event


def configure_logs(level: str = "INFO", style: str = "console") -> None:
    """Send all loggers to standard error in one style, ``console`` or ``json``; a second call replaces the first."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_tokens,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # discord.py warns of missing voice libraries and of the sandbox's intents check; neither is of use to anybody here.
    for name in ("discord.client", "discord.state"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
