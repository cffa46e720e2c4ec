"""``/threshold preview``: the picture of what each threshold would have let through, and posts on either side of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.domain import Finding
from bot.core.errors import BadInput
from bot.core.ports import PostRef
from bot.core.threshold_change import Scope, Target
from bot.core.threshold_words import NO_POSTS, named, number, preview_alt, preview_lines
from bot.core.tuning_preview import DAYS, preview
from cogs._answers import Interaction, defer
from cogs._guards import Right, is_refused
from cogs._note_access import server_of
from cogs._report_picture import Drawn, show_drawn
from cogs._review_words import post_link
from cogs._threshold_access import Watchable, require_watched, scored_in, standing_in

MOST_DAYS = 90
BAND = 0.1  # how far from a line an example may lie
LOOKED_AT = 50  # the newest posts there, of which the nearest are shown
EXAMPLES = 3  # on each side of each line


class ThresholdPreview(commands.Cog):
    """The part of ``/threshold`` that shows instead of telling."""

    _bot: FootnoteBot

    @app_commands.command(name="preview")
    @app_commands.describe(days="How many past days; 30 without it", forum="Only this forum")
    async def preview_(
        self,
        interaction: Interaction,
        days: app_commands.Range[int, 1, MOST_DAYS] = DAYS,
        forum: Watchable | None = None,
    ) -> None:
        """Draw what each threshold would have flagged, with examples just above and below both lines."""
        if await is_refused(interaction, Right.ADMIN):
            return
        await defer(interaction)
        if forum is not None:
            await require_watched(interaction, forum.id)
        place = Target(Scope.FORUM, str(forum.id)) if forum else Target()
        rows = await scored_in(interaction, days, place.forum_id or None)
        if not rows:
            raise BadInput(NO_POSTS)
        thresholds = (await standing_in(interaction)).at(place)
        found = preview(rows, self._bot.services.clock.now(), days=days)
        png = await asyncio.to_thread(self._bot.services.pictures.preview, found, thresholds)
        lines = preview_lines(found, thresholds)
        for name, value in (("review", thresholds.review), ("reply", thresholds.reply)):
            lines += await self._examples(interaction, name, value, place.forum_id or None)
        drawn = Drawn(f"Thresholds for {named(place)}, last {days} days", png, preview_alt(found, thresholds), lines)
        await show_drawn(interaction, drawn)

    async def _examples(self, interaction: Interaction, name: str, value: float, forum_id: int | None) -> list[str]:
        """Return links to posts just above and below one line, a line each. Raises StoreUnavailable."""
        desk, server = self._bot.services.desk, server_of(interaction)
        bands = {True: (value, min(value + BAND, 1.0)), False: (max(value - BAND, 0.0), value)}
        lines = [f"**Posts near the {name} line {number(value)}**"]
        for is_above, band in bands.items():
            found = await desk.examples(server, band, forum_id=forum_id, limit=LOOKED_AT)
            kept = [(post, best) for post, best in found if (best.p_asserts >= value) is is_above]
            kept.sort(key=lambda each: abs(each[1].p_asserts - value))
            lines += _example_lines("above" if is_above else "below", kept[:EXAMPLES])
        return lines


def _example_lines(side: str, found: Sequence[tuple[PostRef, Finding]]) -> Iterator[str]:
    if not found:
        yield f"- just {side}: none"
    for post, best in found:
        yield f"- just {side}, scored {number(round(best.p_asserts, 3))} on `{best.claim_id}`: {post_link(post)}"
