"""Queries about claims that moderators snoozed in a forum. What a snooze keeps back is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, or_, select

from bot.store.rows import Transaction
from bot.store.schema_snoozes import snoozes


def snooze(
    tx: Transaction, guild_id: int, forum_id: int, claim_ids: Sequence[str], until: datetime, actor_id: int
) -> None:
    """Keep until when the claims are quiet in the forum, in place of what was kept before; forget what is over."""
    distinct = list(dict.fromkeys(claim_ids))
    here = (snoozes.c.guild_id == guild_id) & (snoozes.c.forum_id == forum_id)
    tx.connection.execute(
        delete(snoozes).where(or_(here & snoozes.c.claim_id.in_(distinct), snoozes.c.until <= tx.now))
    )
    for claim_id in distinct:
        tx.connection.execute(
            insert(snoozes).values(
                guild_id=guild_id, forum_id=forum_id, claim_id=claim_id, until=until, actor_id=actor_id
            )
        )
        tx.log(
            "claim-snoozed",
            guild_id=guild_id,
            subject_id=forum_id,
            actor_id=actor_id,
            detail=f"{claim_id} until {until.isoformat(timespec='minutes')}",
        )


def snoozed(tx: Transaction, guild_id: int, forum_id: int) -> frozenset[str]:
    """Return the claims that are quiet in the forum now."""
    place = (snoozes.c.guild_id == guild_id) & (snoozes.c.forum_id == forum_id) & (snoozes.c.until > tx.now)
    return frozenset(tx.connection.execute(select(snoozes.c.claim_id).where(place)).scalars())
