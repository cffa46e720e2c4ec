"""Posts that were judged and decided, put in through the store: what tuning, previews and reports count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import discord

from bot.client import Pictures
from bot.core.domain import Action, Decision, Mode, Reply, Thresholds
from bot.core.ports import PostRef
from bot.core.review import Outcome
from tests.cogs.conftest import World
from tests.fakes import finding

IN_FORCE = Thresholds(0.5, 0.8)
RIGHT, WRONG = Outcome.POSTED, Outcome.FALSE_MATCH
USUAL = [(0.90, RIGHT), (0.92, RIGHT), (0.94, RIGHT), (0.96, RIGHT), (0.60, WRONG), (0.62, WRONG)]
"""Six decided posts: whatever scored high was right."""


PNG = b"\x89PNG\r\n\x1a\n"


def draw_nothing(world: World) -> None:
    """Let pictures be blank where a test is not about them: a real one takes a moment."""
    world.bot.services = replace(world.bot.services, pictures=Pictures(lambda *_: PNG, lambda *_: PNG))


async def decide(
    world: World, decided: Sequence[tuple[float, Outcome]] = USUAL, claim_id: str = "moon-base"
) -> list[PostRef]:
    """Let posts be screened in threads of their own, with a moderator's decision on each; a minute passes."""
    now, places = world.clock.now(), []
    for number, (score, outcome) in enumerate(decided):
        post_id = discord.utils.time_snowflake(now) + number
        place = PostRef(post_id, world.guild.id, world.forum.id, post_id)
        found = (finding(claim_id, score),)
        judged = Decision(Action.REVIEW, ("above-review",), found, (claim_id,), IN_FORCE, Action.REVIEW)
        reply = Reply(post_id, (claim_id,), "On these words:", (), "Reviewed")
        await world.store.claim_post(place, f"hash {post_id}")
        item = await world.store.record(place, judged, mode=Mode.REVIEW, reply=reply, excerpt=None)
        await world.store.resolve_review(item.id, actor_id=world.mod.id, outcome=outcome)
        places.append(place)
    for due in await world.store.outbox_due(now, limit=len(places) + 1):  # nothing is sent: the threads are not there
        await world.store.mark_sent(due.id, due.post.post_id + 1)
    world.clock.ahead += timedelta(minutes=1)
    return places
