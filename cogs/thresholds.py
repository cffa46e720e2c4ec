"""``/threshold``: from which score on the bot asks or answers. Whatever changes one shows first what it would do."""

from __future__ import annotations

from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.errors import BadInput
from bot.core.threshold_change import Scope, Target
from bot.core.threshold_words import (
    ORDER,
    asked_for,
    checked,
    explained,
    history_line,
    named,
    number,
    origin_line,
    override_lines,
    suggestion_lines,
)
from bot.core.tuning import suggest
from cogs._answers import Interaction, defer, show
from cogs._guards import Right, is_refused
from cogs._note_access import MAX_ID, NoteId, find_head, server_of
from cogs._note_parts import CuratorButton, Row, box, hold, paged, put
from cogs._threshold_access import (
    Watchable,
    find_target,
    require_watched,
    scored_in,
    standing_in,
    suggest_claims,
    suggest_places,
)
from cogs._threshold_confirm import Plan, confirm_view
from cogs._threshold_preview import ThresholdPreview

LOOK_BACK_DAYS = 180  # decisions older than this say little of the posts to come
KEPT_CHANGES = 100
NOTHING_TO_UNDO = "No threshold was changed here yet, so there is nothing to take back."
PlaceCode = app_commands.Range[str, 1, MAX_ID + 10]


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Thresholds(
    ThresholdPreview,
    commands.GroupCog,
    group_name="threshold",
    group_description="From which score on the bot asks a moderator or answers by itself",
):
    """Lets admins tune how sure the bot must be. Every change is kept with who made it."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot

    @app_commands.command(name="show")
    @app_commands.describe(forum="In this forum", claim="For this claim")
    @app_commands.autocomplete(claim=suggest_claims)
    async def show_(
        self, interaction: Interaction, forum: Watchable | None = None, claim: NoteId | None = None
    ) -> None:
        """Show the thresholds in force, what they mean, and where they come from."""
        if await is_refused(interaction, Right.ADMIN):
            return
        await defer(interaction)
        if claim is not None:
            await find_head(interaction, claim)
        if forum is not None:
            await require_watched(interaction, forum.id)
        standing = await standing_in(interaction)
        forum_id, claim_id = forum.id if forum else 0, claim or ""
        places = [Target(Scope.CLAIM, claim_id)] if claim else []
        places += [Target(Scope.FORUM, str(forum_id))] if forum else []
        where = " in ".join(named(place) for place in places or [Target()])
        lines = [f"### Thresholds for {where}", *explained(standing.in_force(forum_id, claim_id))]
        lines += [origin_line(standing, forum_id, claim_id), "", "**All that is set here**", *override_lines(standing)]
        await show(interaction, box("\n".join([*lines, f"-# {ORDER}"])))

    @app_commands.command(name="set")
    @app_commands.describe(
        scope="What the values are for: the server, a forum or a claim",
        review="From this score on a moderator is asked, such as 0.5; empty: stays",
        reply="From this score on the bot may answer by itself, such as 0.9; empty: stays",
    )
    @app_commands.autocomplete(scope=suggest_places)
    async def set_(
        self, interaction: Interaction, scope: PlaceCode, review: float | None = None, reply: float | None = None
    ) -> None:
        """Change thresholds; you see first what it would do. Without both values the scope's own are taken away."""
        if await is_refused(interaction, Right.ADMIN):
            return
        await defer(interaction)
        target = await find_target(interaction, scope)
        standing = await standing_in(interaction)
        plan = Plan(target, asked_for(standing, target, review, reply), standing)
        await show(interaction, await confirm_view(interaction, plan))

    @app_commands.command(name="suggest")
    @app_commands.describe(target="Of 100 replies, how many may be wrong at most? 5 is usual", forum="For this forum")
    async def suggest_(self, interaction: Interaction, target: float, forum: Watchable | None = None) -> None:
        """Ask which reply threshold the moderators' own decisions can vouch for."""
        if await is_refused(interaction, Right.ADMIN):
            return
        await defer(interaction)
        if forum is not None:
            await require_watched(interaction, forum.id)
        place = Target(Scope.FORUM, str(forum.id)) if forum else Target()
        standing = await standing_in(interaction)
        rows = standing.governed(await scored_in(interaction, LOOK_BACK_DAYS, place.forum_id or None), place)
        held = standing.at(place)
        found = suggest(rows, target / 100, lowest=held.review)
        text = "\n".join([f"### Suggestion for {named(place)}", *suggestion_lines(found, held)])
        if found.threshold is None or found.threshold == held.reply:
            await show(interaction, box(text))
            return
        plan = Plan(place, checked(held.review, found.threshold), standing)
        row: Row = discord.ui.ActionRow()
        look = partial(_look, plan=plan)
        row.add_item(CuratorButton(f"Use {number(found.threshold)}…", look, is_main=True, right=Right.ADMIN))
        await show(interaction, box(text, row))

    @app_commands.command()
    async def undo(self, interaction: Interaction) -> None:
        """Take back the last change; you see first what it was and what taking it back would do."""
        if await is_refused(interaction, Right.ADMIN):
            return
        await defer(interaction)
        changes = await self._bot.services.desk.threshold_changes(server_of(interaction), 1)
        if not changes:
            raise BadInput(NOTHING_TO_UNDO)
        last = changes[0]
        target = Target(Scope(last.scope), last.key)
        plan = Plan(target, last.before, await standing_in(interaction), undoes=last.id)
        line = history_line(discord.utils.format_dt(last.at), last.actor_id, target, last.before, last.after)
        await show(interaction, await confirm_view(interaction, plan, f"The last change: {line}", "Taking it back:"))

    @app_commands.command()
    async def history(self, interaction: Interaction) -> None:
        """List who changed which threshold, and when."""
        if await is_refused(interaction, Right.ADMIN):
            return
        await defer(interaction)
        changes = await self._bot.services.desk.threshold_changes(server_of(interaction), KEPT_CHANGES)
        lines = [
            history_line(
                discord.utils.format_dt(one.at), one.actor_id, Target(Scope(one.scope), one.key), one.before, one.after
            )
            for one in changes
        ]
        await show(interaction, paged("Changes of thresholds, the newest first", lines or ["None yet."]))


async def _look(interaction: Interaction, *, plan: Plan) -> None:
    """Show the confirm of a suggested change in place of the suggestion."""
    await hold(interaction)
    await put(interaction, await confirm_view(interaction, plan))
