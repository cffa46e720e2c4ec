"""What ``/privacy`` says: what is stored of a member, for how long, and what each choice does. Counts nothing."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: dict[str, str] = {
    "posts": "where your posts in watched forums are, and what the judge made of each: ids, scores, dates; no words",
    "reviews": "the words of your posts that a moderator was asked about, encrypted",
    "replies": "my replies to your posts, with the words they are about, encrypted",
    "ratings": "your ratings of my replies",
    "contests": "your objections to my replies, encrypted",
    "requests": "your questions that found no note, encrypted",
}

OPTED_OUT = "You opted out: I never reply to your posts here by myself. That you did is kept until you opt in again."
OPTED_IN = "You have not opted out, so I may reply to your posts in watched forums. `/privacy opt-out` changes that."
NOW_OUT = (
    "Done. From now on I never reply to your posts in this server by myself. Moderators can still do so. What I said "
    "before stays; `/privacy forget` erases it. `/privacy opt-in` takes this back."
)
NOW_IN = "Done. From now on I may reply to your posts in this server again."
ASK_FORGET = (
    "This erases everything that is stored of you in this server, and my replies to your posts. It cannot be undone. "
    "If you opted out, that alone is kept: without it I would start to reply again."
)
CARD_ERASED = "Closed: what stood here was erased on a member's wish."
FORGOTTEN = "Done. Nothing of you is stored here any more."
NO_PROFILE = "I keep no score, history of opinions or profile of anybody, and nobody is shown who rated or contested."
EXPORT = "This is everything that is stored of you in this server. Only you can see it."
EXPORT_NAME = "footnote-my-data.json"


def show_lines(data: Mapping[str, object], *, is_opted_out: bool, retention_days: int) -> list[str]:
    """Return what is stored of a member here, kind by kind. ``data`` is what an export holds."""
    held = [name for name, value in data.items() if value and name != "opted_out"]
    lines = ["**What I can hold of you here**", *(f"- {sentence}" for sentence in KINDS.values())]
    lines.append("Something of you is stored now." if held else "Nothing of you is stored now.")
    lines += [
        "You are known here by a code that is made from your id and differs in each server, not by your name.",
        f"Words are erased after {retention_days} days, ids and scores stay to show how often I am wrong. Where you "
        "delete a post, its words are erased at once.",
        NO_PROFILE,
        OPTED_OUT if is_opted_out else OPTED_IN,
        "`/privacy export` gives you a copy of it, `/privacy forget` erases it.",
    ]
    return lines


def forgotten(deleted: int, left: int) -> str:
    """Return what was done, with how many replies were deleted now and how many follow."""
    if not deleted and not left:
        return FORGOTTEN
    replies = f" {deleted} of my replies to you {'was' if deleted == 1 else 'were'} deleted." if deleted else ""
    rest = f" {left} more {'follows' if left == 1 else 'follow'} in the next minutes." if left else ""
    return f"{FORGOTTEN}{replies}{rest}"
