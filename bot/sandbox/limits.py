"""Discord's limits on what people may write."""

from __future__ import annotations

PLAIN_POST_LIMIT = 2000  # characters, for members without Nitro
POST_LIMIT = 4000  # with Nitro; the bot must read both
TITLE_LIMIT = 100
NAME_LIMIT = 32
