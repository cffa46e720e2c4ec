"""Discord's limits on what people may write."""

from __future__ import annotations

POST_LIMIT = 4000  # characters; members without Nitro may use half of it, but the bot must read both
TITLE_LIMIT = 100
NAME_LIMIT = 32
