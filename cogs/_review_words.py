"""What a review card says: why it is here, in plain words first, then the claim, the words and the place.

Whatever was written by a member is escaped here. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.compose import length
from bot.core.domain import Finding, Note, Reply, ReplySection, Stance, Thresholds
from bot.core.escape import clip, plain
from bot.core.ports import PostRef, ReviewItem, SentReply

WORDS_ROOM = 1_600  # of a card's 4,000 characters, for what members object; the reply must still be recognised
LEFT_OUT = "The rest does not fit on this card: `/note show` has the whole note."

_READINGS = {
    Stance.ASSERTS: "The post probably asserts this claim",
    Stance.DENIES: "The post may assert this claim, though it more likely denies it",
    Stance.REPORTS: "The post may assert this claim, though it more likely reports it",
    Stance.UNRELATED: "The post may assert this claim, though it is more likely about something else",
}


def screened_lines(item: ReviewItem, notes: Mapping[str, Note]) -> list[str]:
    """Return why a moderator is asked about a post, and about which words of it."""
    lines = _finding_lines(item, notes)
    if item.excerpt:
        lines.append(f"Matched words: “{plain(clip(item.excerpt, 300))}”")
    lines.append(f"Post: {post_link(item.post)} (review #{item.id})")
    lines.append("Below is the reply as it would look.")
    return lines


def contested_lines(
    item: ReviewItem, sent: SentReply | None, words: Sequence[str], notes: Mapping[str, Note]
) -> list[str]:
    """Return who many members contest a reply, in their words, and what led to the reply. ``words`` may be empty."""
    people = "A member contests" if len(words) < 2 else f"{len(words)} members contest"
    lines = [f"**{people} this reply.** Keep it or withdraw it."]
    lines += _objections(words)
    where = message_link(sent) if sent is not None else post_link(item.post)
    lines.append(f"Reply: {where} (review #{item.id})")
    lines += _finding_lines(item, notes)
    lines.append("Below is what it says.")
    return lines


def shortened(reply: Reply, room: int) -> Reply:
    """Return the reply with as many whole sections as fit into so many characters, and a word on the rest."""
    if length(reply) <= room:
        return reply
    rest = ReplySection("", (LEFT_OUT,))
    kept = replace(reply, sections=(rest,))
    for section in reply.sections:
        longer = replace(kept, sections=(*kept.sections[:-1], section, rest))
        if length(longer) > room:
            break
        kept = longer
    return kept


def note_names(claim_ids: Sequence[str]) -> str:
    """Return the notes' ids, with the command that shows one."""
    return f"{', '.join(f'`{claim_id}`' for claim_id in claim_ids)} (`/note show`)"


def post_link(post: PostRef) -> str:
    """Return the address of a post."""
    return f"https://discord.com/channels/{post.guild_id}/{post.thread_id}/{post.post_id}"


def message_link(sent: SentReply) -> str:
    """Return the address of a posted reply."""
    return f"https://discord.com/channels/{sent.post.guild_id}/{sent.post.thread_id}/{sent.message_id}"


def _objections(words: Sequence[str]) -> list[str]:
    """Return the objections as a list, oldest first, as many as there is room for, and how many more there are."""
    said = [f"- “{plain(text)}”" for text in words if text]
    shown: list[str] = []
    for line in said:
        if sum(map(len, shown)) + len(line) > WORDS_ROOM:
            break
        shown.append(line)
    left_out, wordless = len(said) - len(shown), len(words) - len(said)
    if left_out:
        shown.append(f"- and {left_out} more")
    if wordless:
        shown.append(f"- {wordless} without words")
    return shown


def _finding_lines(item: ReviewItem, notes: Mapping[str, Note]) -> list[str]:
    by_claim = {finding.claim_id: finding for finding in item.findings}
    lines: list[str] = []
    for claim_id in item.reply.claim_ids:
        if claim_id in by_claim:
            lines.append(_why(by_claim[claim_id], item.thresholds if not lines else None))
        claim = f" “{plain(clip(notes[claim_id].claim.text, 300))}”" if claim_id in notes else ""
        lines.append(f"Claim `{claim_id}`:{claim}")
    return lines


def _why(finding: Finding, thresholds: Thresholds | None) -> str:
    """Return the score in plain words, with the threshold it crossed where that is known: the leading claim's is."""
    hundred = round(finding.p_asserts * 100)
    score = f"{finding.p_asserts:.2f}: of 100 posts that score like this, about {hundred} assert the claim"
    return f"**{_READINGS[finding.stance]}.** {score}{_crossed(finding, thresholds)}."


def _crossed(finding: Finding, thresholds: Thresholds | None) -> str:
    if thresholds is None:
        return ""
    if finding.stance is Stance.ASSERTS and finding.p_asserts >= thresholds.reply:
        return f"; from {thresholds.reply:.2f} on the bot may answer by itself, but here a moderator decides"
    return f"; from {thresholds.review:.2f} on a moderator is asked"
