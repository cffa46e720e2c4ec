"""Queries about contested replies: a member's words, sealed, and the review item that brings them to moderators."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from bot.core.errors import BadInput
from bot.store import outbox, reviews
from bot.store.rows import Transaction
from bot.store.schema import ContestState, contests


def contest(tx: Transaction, message_id: int, member_id: int, words: str) -> bool:
    """Keep one objection a member and message, and ask the moderators about the reply again.

    False where the member had objected before: their new words replace the old ones, and moderators are asked again
    only if they did not decide on the old ones. Raises BadInput where the reply does not stand.
    """
    sent = outbox.find_sent(tx, None, message_id)
    if sent is None:
        raise BadInput("That reply does not stand any more, so there is nothing to contest.")
    member = tx.vault.digest("contest", message_id, member_id)
    place = (contests.c.message_id == message_id) & (contests.c.member == member)
    values = {"words": tx.vault.seal(words), "at": tx.now}
    earlier = tx.connection.execute(update(contests).where(place).values(**values).returning(contests.c.state)).first()
    if earlier is None or earlier.state == ContestState.OPEN:
        reviews.reopen(tx, sent)
    if earlier is not None:
        return False
    tx.connection.execute(
        insert(contests).values(
            message_id=message_id,
            member=member,
            guild_id=sent.post.guild_id,
            post_id=sent.post.post_id,
            state=ContestState.OPEN,
            **values,
        )
    )
    tx.log("reply-contested", guild_id=sent.post.guild_id, subject_id=sent.post.post_id)
    return True


def words_of(tx: Transaction, post_id: int) -> tuple[str, ...]:
    """Return the words of the open objections to the post's reply, oldest first; erased ones are left out."""
    rows = tx.connection.execute(
        select(contests.c.words)
        .where(contests.c.post_id == post_id, contests.c.state == ContestState.OPEN, contests.c.words.is_not(None))
        .order_by(contests.c.at, contests.c.member)
    ).scalars()
    return tuple(text for text in map(tx.vault.unseal, rows) if text is not None)
