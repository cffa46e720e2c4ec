"""What ``/threshold`` says, in words for an admin who does not know what 0.82 means. Counts nothing itself."""

from __future__ import annotations

import math

from bot.core.domain import Thresholds
from bot.core.errors import BadInput
from bot.core.threshold_change import Scope, Standing, Target
from bot.core.tuning import Suggestion
from bot.core.tuning_preview import DAYS, Level, Preview, WhatIf

LONGEST_ALT = 256  # of a picture's description, as discord.py allows
TABLE_FROM = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)

ORDER = "A claim's own values win over a forum's, a forum's over the server's, and those over the default."
NO_POSTS = (
    "No post came near a claim in that time, so there is nothing to draw. Let forums be watched for a while first."
)
ASK_SELDOM = (
    "Do not ask every day until an answer pleases: some answer then comes by luck, and the promise is worth less. Ask"
    " again after some weeks, or with many new decisions."
)
CONFIDENCE_WORDS = (
    "“95 % confidence” means: if 100 servers asked once, at most about 5 would get an answer that promises too much. It"
    " counts on posts to come being like those that moderators decided."
)
AT_MOST = "At most so many: posts that a forum's mode held back, or that were answered in the thread before, count too."
UNDO_HINT = "`/threshold undo` takes it back."

_ORIGINS = {
    Scope.CLAIM: "this claim's own values",
    Scope.FORUM: "this forum's own values",
    Scope.GUILD: "the server's values",
}


def number(value: float) -> str:
    """Return a threshold with two digits, or more where it has more: ``0.50``, ``0.825``."""
    return f"{value:.2f}" if math.isclose(value, round(value, 2), abs_tol=1e-9) else f"{value:.6g}"


def pair(thresholds: Thresholds) -> str:
    """Return two thresholds as short as possible."""
    return f"review from {number(thresholds.review)}, reply from {number(thresholds.reply)}"


def meaning(value: float) -> str:
    """Return what a score says about the posts that have it."""
    return f"Of 100 posts that score {number(value)}, about {round(value * 100)} assert the claim."


def explained(thresholds: Thresholds) -> list[str]:
    """Return what the bot does at each of the two lines, and what its score means."""
    review, reply = thresholds.review, thresholds.reply
    return [
        f"**Review from {number(review)}**: from this score on, the bot asks a moderator. {meaning(review)}",
        f"**Reply from {number(reply)}**: from this score on, the bot answers by itself where the forum's mode is"
        f" `auto`; elsewhere it asks. {meaning(reply)}",
    ]


def named(target: Target) -> str:
    """Return the place that thresholds are for, as Discord shows it."""
    match target.scope:
        case Scope.CLAIM:
            return f"the claim `{target.key}`"
        case Scope.FORUM:
            return f"<#{target.key}>"
    return "the whole server"


def origin_line(standing: Standing, forum_id: int = 0, claim_id: str = "") -> str:
    """Return where the thresholds in force come from."""
    origin = standing.origin(forum_id, claim_id)
    if origin is None:
        return "They are the default that comes with the bot; nobody set others here."
    return f"They are {_ORIGINS[origin.scope]}, set with `/threshold set`."


def override_lines(standing: Standing) -> list[str]:
    """Return every place that has thresholds of its own, the default last."""
    own = sorted(standing.rows, key=lambda row: (-list(Scope).index(Scope(row.scope)), row.key))
    lines = [f"- {named(Target(Scope(row.scope), row.key))}: {pair(row.thresholds)}" for row in own]
    return [*lines, f"- the default, where nothing else is set: {pair(standing.default)}"]


def asked_for(standing: Standing, target: Target, review: float | None, reply: float | None) -> Thresholds | None:
    """Return the thresholds that an admin asks for; one left out stays, both left out takes the place's own away.

    Raises BadInput for values that cannot be, and where nothing would be another.
    """
    own, held = standing.own(target), standing.at(target)
    if review is None and reply is None:
        if own is None:
            raise BadInput(f"There are no values for {named(target)} alone, so there is nothing to take away.")
        return None
    wanted = checked(held.review if review is None else review, held.reply if reply is None else reply)
    if wanted == own:
        raise BadInput(f"For {named(target)} it is set so already: {pair(wanted)}.")
    return wanted


def checked(review: float, reply: float) -> Thresholds:
    """Return two values as thresholds. Raises BadInput with one sentence where they cannot be."""
    try:
        return Thresholds(round(review, 6), round(reply, 6))
    except ValueError:
        raise BadInput(
            "Both values must be above 0 and at most 1, and review must not be higher than reply; this would be"
            f" review {number(review)} and reply {number(reply)}."
        ) from None


def change_lines(before: Standing, after: Standing, target: Target) -> list[str]:
    """Return what a change would make of one place, before it is confirmed."""
    old, new = before.at(target), after.at(target)
    lines = [f"Now: {pair(old)}.", f"Then: {pair(new)}."]
    if after.own(target) is None:
        lines[1] += f" The values of {named(target)} alone are taken away; what holds more widely counts again."
    lines += explained(new)
    wider = [row for row in after.rows if target.scope is Scope.GUILD and row.scope != Scope.GUILD]
    if wider:
        lines.append(f"Forums and claims with values of their own keep them: {len(wider)}.")
    return lines


def effect_lines(found: WhatIf, posts: int) -> list[str]:
    """Return what would have changed in the last days; ``posts`` came near a claim that the change is for."""
    if not posts:
        return [f"**Last {DAYS} days**: no post came near a claim that this is for, so no change can be foretold."]
    return [f"**Last {DAYS} days** ({posts} posts that came near a claim): {found.sentence}", f"-# {AT_MOST}"]


def suggestion_lines(found: Suggestion, held: Thresholds) -> list[str]:
    """Return the answer to ``suggest`` with what it means."""
    lines = [found.sentence]
    if found.threshold is not None:
        lines += [meaning(found.threshold), f"Now the bot answers by itself from {number(held.reply)} on."]
        if found.threshold == held.reply:
            lines.append("So this is what is set already.")
    lines += [f"-# {CONFIDENCE_WORDS}", f"-# {ASK_SELDOM}"]
    return lines


def preview_lines(found: Preview, thresholds: Thresholds) -> list[str]:
    """Return what the picture shows, for those who cannot see it: the two lines, then the curve as a table."""
    review, reply = found.at(thresholds.review), found.at(thresholds.reply)
    return [
        f"**Review line {number(thresholds.review)}**: {review.flagged:.1f} posts a day score that high. "
        f"{_verdicts(review)}",
        f"**Reply line {number(thresholds.reply)}**: {reply.answerable:.1f} posts a day could be answered by the bot"
        f" itself. {_verdicts(reply)}",
        preview_table(found),
        "-# Flagged: posts a day from that score up. Answers: those of them that the bot could answer by itself. Right"
        " and wrong: what moderators said of posts from that score up.",
    ]


def preview_table(found: Preview) -> str:
    """Return the curve as a code block, narrow enough for a phone."""
    rows = [
        f"{level.threshold:4.2f} {level.flagged:8.1f} {level.answerable:8.1f} {level.right:6} {level.wrong:6}"
        for level in map(found.at, TABLE_FROM)
    ]
    return "\n".join(["```", f"from {'flagged':>8} {'answers':>8} {'right':>6} {'wrong':>6}", *rows, "```"])


def preview_alt(found: Preview, thresholds: Thresholds) -> str:
    """Return the picture's description for screen readers."""
    review, reply = found.at(thresholds.review), found.at(thresholds.reply)
    text = (
        f"Curve of posts a day by score, last {found.days} days. Review line at {number(thresholds.review)}:"
        f" {review.flagged:.1f} a day. Reply line at {number(thresholds.reply)}: {reply.answerable:.1f} a day."
        f" Verdicts: {review.right} right, {review.wrong} wrong. The table below has the numbers."
    )
    return text[:LONGEST_ALT]


def _verdicts(level: Level) -> str:
    decided = level.right + level.wrong
    if not decided:
        return "Moderators decided none of them."
    return f"Moderators decided {decided} from there up: {level.right} right, {level.wrong} wrong."


def history_line(when: str, actor_id: int, target: Target, before: Thresholds | None, after: Thresholds | None) -> str:
    """Return one change: who, what, and ``when`` as Discord shows it."""
    sides = (pair(side) if side is not None else "nothing of its own" for side in (before, after))
    return f"{when}, <@{actor_id}>, {named(target)}: {' → '.join(sides)}"
