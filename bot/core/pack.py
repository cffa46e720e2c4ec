"""The starter pack: notes that are shipped with the bot and offered to each server, which may start without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.domain import Note
from bot.core.note_ports import Library, Pack

REASON = "Starter pack"


async def take_pack(library: Library, guild_id: int, pack: Sequence[Note], *, actor_id: int = 0) -> int:
    """Put the pack's notes in force in one server and keep that it has them; return how many changed.

    Safe to repeat after a stop in between. Raises StoreUnavailable.
    """
    changed = await library.take_in(guild_id, pack, actor_id=actor_id, reason=REASON)
    await answer_pack(library, guild_id, Pack.TAKEN, actor_id=actor_id)
    return changed


async def answer_pack(library: Library, guild_id: int, answer: Pack, *, actor_id: int) -> None:
    """Keep what a server decided about the pack. Raises StoreUnavailable."""
    await library.put_rules(replace(await library.rules(guild_id), pack=answer), actor_id=actor_id)


async def take_waiting_packs(library: Library, pack: Sequence[Note]) -> None:
    """Give the pack to each server that had it before servers had notes of their own. Raises StoreUnavailable."""
    for guild_id in await library.servers(Pack.TAKE):
        await take_pack(library, guild_id, pack)


async def start_with_pack(library: Library, guild_id: int, pack: Sequence[Note]) -> None:
    """Give the pack to a server that did not decide: for one of our own, where nobody is asked."""
    if (await library.rules(guild_id)).pack in (Pack.UNDECIDED, Pack.TAKE):
        await take_pack(library, guild_id, pack)
