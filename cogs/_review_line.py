"""Edit and post: a moderator adds one line of their own to a reply and releases it. The record itself is not theirs."""

from __future__ import annotations

from bot.core.errors import BadInput
from bot.core.moderator_line import LINE_LIMIT, with_line
from bot.core.review import Outcome
from cogs._answers import Interaction, defer, tell
from cogs._guards import Right
from cogs._note_forms import Field, KeptForm, Typed
from cogs._review_buttons import deliver_now
from cogs._review_closing import CardButton, close_item, redraw_closed, reply_now, verdict_line, why_closed
from cogs._ui import template_for

NO_ITEM = "That card is not on record any more."


class EditAndPost(CardButton, template=template_for("fn:edit-post")):
    """Asks for a line and releases the reply with it."""

    prefix = "fn:edit-post"
    label = "Edit and post"

    async def act(self, interaction: Interaction) -> None:
        """Open the form, unless the item is closed already."""
        store = interaction.client.services.store
        if await store.review_result(self.subject_id) is not None:
            await tell(interaction, await why_closed(interaction.client, self.subject_id))
            return
        await interaction.response.send_modal(_form(self.subject_id))


def _form(item_id: int) -> KeptForm:
    async def take(interaction: Interaction, typed: Typed) -> None:
        await defer(interaction)
        await _post(interaction, item_id, typed["line"])

    hint = "Shown above the sources, after “From the moderators:”. The note itself stays as it is."
    line = Field("line", "Your line", hint, is_long=True, limit=LINE_LIMIT)
    return KeptForm("Add a line and post", [line], take, Right.MODERATOR)


async def _post(interaction: Interaction, item_id: int, words: str) -> None:
    """Release the reply with the line. Raises BadInput."""
    bot = interaction.client
    item = await bot.services.store.review(item_id)
    if item is None:
        raise BadInput(NO_ITEM)
    reply = await reply_now(bot, item_id) or item.reply
    closed = await close_item(interaction, item_id, Outcome.POSTED, with_line(reply, words))
    if closed is None:
        return
    await redraw_closed(interaction, closed, [f"{verdict_line(interaction, Outcome.POSTED)}, with a line of their own"])
    await deliver_now(bot, closed)
    await tell(interaction, "The reply is on its way, with your line above the sources.")
