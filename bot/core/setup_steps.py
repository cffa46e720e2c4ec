"""The steps of ``/setup`` and where to take it up again: told from what is stored, so that it can be left anywhere.

Also what each permission is for, in plain words. Knows no Discord and stores nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum


class Step(IntEnum):
    """The pages of the walk-through, in their order."""

    CHECKS = 1
    FORUMS = 2
    MODERATORS = 3
    CURATORS = 4
    NOTES = 5
    START = 6


TITLES: dict[Step, str] = {
    Step.CHECKS: "What I can do here",
    Step.FORUMS: "Which forums to watch",
    Step.MODERATORS: "Where moderators are asked",
    Step.CURATORS: "Who writes the notes",
    Step.NOTES: "Notes to start with",
    Step.START: "Start",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """What was chosen so far: whether there is a watched forum, a moderators' channel, an answer about the notes."""

    has_forums: bool
    has_channel: bool
    has_answered_pack: bool

    @property
    def missing(self) -> tuple[Step, ...]:
        """The steps without which the bot would have nothing to do or nobody to ask."""
        needed = ((self.has_forums, Step.FORUMS), (self.has_channel, Step.MODERATORS))
        return tuple(step for is_done, step in needed if not is_done)

    @property
    def resume_at(self) -> Step:
        """The step to open: the checks for a beginner, else the first one that is not done."""
        if not self.has_forums:
            return Step.CHECKS
        if not self.has_channel:
            return Step.MODERATORS
        return Step.START if self.has_answered_pack else Step.NOTES


PURPOSES: dict[str, str] = {
    "View Channel": "to see what is posted",
    "Read Message History": "to find a post again after a pause",
    "Send Messages in Threads": "to answer below a post",
    "Send Messages": "to write there",
    "Embed Links": "to show sources as links",
    "Attach Files": "to show figures as pictures",
}

INTENT_OFF = (
    "Message content is switched off, so I do not see what people post: `/context`, the message menus and a mention of "
    "me in a reply work, watching forums does not. To get it: whoever runs the bot opens Discord's Developer Portal, "
    "this application, Bot, switches on Message Content Intent, sets FOOTNOTE_BOT__MESSAGE_CONTENT=true and starts the "
    "bot again."
)


def ticks(names: Collection[str], missing: Collection[str]) -> str:
    """Return each permission with a tick, or a cross where it is missing."""
    return ", ".join(f"{'✗' if name in missing else '✓'} {name}" for name in names)


def mend(where: str, missing: Collection[str]) -> str:
    """Return how to give the permissions that are missing in a channel."""
    wanted = " and ".join(f"{name} ({PURPOSES[name]})" for name in missing)
    return f"In {where} open Edit Channel, Permissions, add my role and allow {wanted}."
