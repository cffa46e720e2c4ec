"""Flag for context: a moderator puts one post into the review queue with a note of their choice, whatever was judged.

The queue decides as for any other post; nothing is posted by flagging.
"""

from __future__ import annotations

from bot.core import policy
from bot.core.compose import compose_reply
from bot.core.domain import Action, Decision, Mode, Post
from bot.core.errors import BadInput
from bot.core.policy import Reason
from bot.core.ports import Clock, ReviewItem, Store
from bot.core.screening import Screening, matched_words, ref, text_hash

NOT_TAKEN = (
    "This post is not put in the queue: it was answered, or decided by a moderator, or taken back before. `/context` "
    "has its note all the same."
)
NOT_IN_USE = "That note is no longer in use. Open the menu again for those that are."


async def flag(screening: Screening, store: Store, clock: Clock, post: Post, note_id: str) -> ReviewItem:
    """Ask the moderators about a post with this note, and return the open item, which may have been there before.

    Raises BadInput where the note is not in use or the post is not to be asked about, ScreenerBusy or
    ScreenerUnavailable, StoreUnavailable.
    """
    rows = await store.threshold_rows(post.guild_id)
    judged = await screening.judge(post, mode=Mode.REVIEW, rows=rows)
    note = screening.notes.of(post.guild_id).get(note_id)
    if note is None:
        raise BadInput(NOT_IN_USE)
    waiting = await store.open_review(post.id)
    if waiting is not None and note_id in waiting.reply.claim_ids:
        return waiting
    found = tuple(finding for finding in judged.findings if finding.claim_id == note_id)
    standing = policy.thresholds_in_force(screening.defaults, rows, forum_id=post.forum_id, claim_id=note_id)
    decision = Decision(
        Action.REVIEW, (Reason.FLAGGED,), found, (note_id,), thresholds=standing, would_be=Action.REVIEW
    )
    words = matched_words(post, found[0]) if found else ""
    reply = compose_reply(post.id, [(note, words)], is_overdue=policy.is_overdue(note, clock.now().date()))
    await store.claim_post(ref(post), text_hash(post), author_id=post.author_id)
    item = await store.record(ref(post), decision, mode=Mode.REVIEW, reply=reply, excerpt=words or None)
    if not isinstance(item, ReviewItem):
        raise BadInput(NOT_TAKEN)
    return item
