"""The bot's cogs: each receives Discord's events, checks rights, translates, makes one call, and responds.

Importing this package has no effect; ``load_all`` adds the cogs and the persistent buttons to a client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.client import FootnoteBot


async def load_all(bot: FootnoteBot) -> None:
    """Add every cog and every persistent button, so that buttons sent before a restart still work."""
    from cogs._cursors import Cursors  # not at import time: they import bot.client, which imports this package
    from cogs.breakers import Breakers
    from cogs.context import Context
    from cogs.explain import Explain
    from cogs.forum import Forum
    from cogs.notes import Notes
    from cogs.privacy import Privacy
    from cogs.ratings import Ratings
    from cogs.reports import Reports
    from cogs.requests import Requests
    from cogs.review import Review
    from cogs.setup import Setup
    from cogs.status import StatusCog
    from cogs.thresholds import Thresholds
    from cogs.upkeep import Upkeep
    from cogs.watch import Watch

    cursors = Cursors(bot)
    members = (Ratings(bot), Review(bot), Context(bot), Privacy(bot))
    moderators = (Explain(bot), Breakers(bot))
    curators = (Notes(bot), Requests(bot))
    admins = (Setup(bot), Forum(bot, cursors), Thresholds(bot), Reports(bot), StatusCog(bot))
    for cog in (*members, *moderators, *curators, *admins, Watch(bot, cursors), Upkeep(bot, cursors)):
        await bot.add_cog(cog)
