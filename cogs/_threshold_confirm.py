"""A change of thresholds before it is made: what it would have done, and the click that makes exactly that change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.core.domain import Thresholds
from bot.core.errors import BadInput
from bot.core.ports import ThresholdRow
from bot.core.threshold_change import Standing, Target, effect
from bot.core.threshold_words import UNDO_HINT, change_lines, effect_lines, named, pair
from bot.core.tuning_preview import DAYS
from cogs._answers import Interaction
from cogs._guards import Right
from cogs._note_access import server_of
from cogs._note_parts import CuratorButton, Row, View, box, hold, put
from cogs._threshold_access import scored_in, standing_in

MOVED_ON = "The thresholds were changed meanwhile, so nothing was done. Give the command again to see what it does now."
UNCHANGED = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Plan:
    """One change as it was shown: the place, its new thresholds (None: none of its own), and how all stood then.

    ``undoes`` is the kept change that it takes back, None for a new one.
    """

    target: Target
    thresholds: Thresholds | None
    standing: Standing
    undoes: int | None = None

    @property
    def after(self) -> Standing:
        """How all would stand after it."""
        return self.standing.changed(self.target, self.thresholds)


async def confirm_view(interaction: Interaction, plan: Plan, *above: str) -> View:
    """Return what the change would have done in the last days, with the buttons to make it or leave it.

    Raises StoreUnavailable.
    """
    before, after = plan.standing, plan.after
    rows = before.governed(await scored_in(interaction, DAYS), plan.target)
    concerned = len({row.post_id for row in rows})
    lines = [*change_lines(before, after, plan.target), *effect_lines(effect(rows, before, after), concerned)]

    async def apply(then: Interaction) -> None:
        await hold(then)
        async with then.client.posts.hold(server_of(then)):  # ids are unique over all of Discord: no post's lock
            await _make(then, plan)
        await put(then, box(f"### Done\n{_outcome(plan)} {UNDO_HINT}"))

    async def cancel(then: Interaction) -> None:
        await put(then, box(UNCHANGED))

    row: Row = discord.ui.ActionRow()
    row.add_item(CuratorButton("Apply", apply, is_main=True, right=Right.ADMIN))
    row.add_item(CuratorButton("Cancel", cancel, right=Right.ADMIN))
    return box(_text(f"Thresholds for {named(plan.target)}", [*above, *lines]), row)


async def _make(interaction: Interaction, plan: Plan) -> None:
    """Make the change where all stands as it was shown. Raises BadInput where it does not, StoreUnavailable."""
    if await standing_in(interaction) != plan.standing:
        raise BadInput(MOVED_ON)
    desk, server, actor = interaction.client.services.desk, server_of(interaction), interaction.user.id
    if plan.undoes is not None:
        if await desk.undo_threshold(server, plan.undoes, actor_id=actor) is None:
            raise BadInput(MOVED_ON)
        return
    target = plan.target
    row = ThresholdRow(target.scope, target.key, plan.thresholds) if plan.thresholds is not None else None
    await desk.change_threshold(server, row, scope=target.scope, key=target.key, actor_id=actor)


def _outcome(plan: Plan) -> str:
    own = "" if plan.thresholds is not None else " again, with no values of its own"
    return f"For {named(plan.target)}: {pair(plan.after.at(plan.target))}{own}. It holds for posts from now on."


def _text(heading: str, lines: Sequence[str]) -> str:
    return "\n".join([f"### {heading}", *lines])
