"""The sandbox's page: SimCord's preview, taught to show every channel of the server instead of one.

Each browser page is bound to one channel and one person. Only one thing happens at a time: a person's action and the
background tick take turns, because SimCord settles the bot after each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from simcord import ChannelHandle
from simcord.backend.access import can_access_channel
from simcord.enums import AppCommandType
from simcord.preview import Preview
from simcord.preview._pages import _Page
from simcord.results import ResponseMessage

from bot.sandbox.seed import START_TITLE
from bot.sandbox.server import SandboxServer
from bot.sandbox.world import World

# Which channel the request at hand is about; the preview's own code asks ``self.channel``.
_CHANNEL_ID: ContextVar[int | None] = ContextVar("sandbox_channel", default=None)


# How long a tick may hold up a person's action while the bot is at work.
TICK_SETTLE_S = 2.0


class SandboxPage(Preview):  # type: ignore[misc]  # simcord ships no types that mypy follows here
    """The browser side of one ``World``. Enter it as an async context; ``url`` is where people open it."""

    _PAGE_LEASE_SECONDS = 12 * 3600.0  # a tab left open over a working day still works

    def __init__(self, world: World, *, port: int, capability: str) -> None:
        """Prepare the page on a port of this machine; ``capability`` is the secret part of its address."""
        self._home_id = int(world.forum.id)
        self.world = world
        self.turn = asyncio.Lock()
        self.is_stale = False
        super().__init__(
            world.env,
            world.forum,
            tuple(world.people.values()),
            layout="channel",
            display="responsive",
            width=960,
            height=720,
            locale="en-GB",
            timezone="UTC",
            presentation_time=None,
            assets=None,
            port=port,
        )
        self.capability = capability
        self._server = SandboxServer(self, port)
        world.backend.subscribers.append(self._note_change)

    @property
    def channel(self) -> ChannelHandle:
        """The channel that the request at hand is about."""
        return self.world.channel(_CHANNEL_ID.get() or self._home_id)

    @channel.setter
    def channel(self, value: ChannelHandle) -> None:
        self._home_id = int(value.id)

    async def tick(self) -> None:
        """Show what changed and let the bot's timers run; called about twice a second."""
        if self.is_stale:
            self.is_stale = False
            self._advance_presentation_time()
            self._publish_message_pages(reason="refresh")
        if not self.turn.locked():
            async with self.turn:
                await self.env.settle(timeout=TICK_SETTLE_S)
            self.world.forget_traffic()

    def open_page(self, channel_id: int | None, viewer_id: object) -> dict[str, Any]:
        """Register a browser page for one channel and person; falls back to what that person may see."""
        viewer = self._viewer(viewer_id) if viewer_id else self.viewers[0]
        if channel_id is None or not can_access_channel(self.env, channel_id, viewer, history=True):
            channel_id = self.first_channel_id()
        self._make_room()
        with _about(channel_id):
            page = self._open_page(viewer.id)
        return dict(self._page_payload(page))

    def _make_room(self) -> None:
        """Give up the page that was idle longest when there are too many: a closed tab does not always say so."""
        open_pages = [page for page in self._pages.values() if page is not self._python]
        if len(open_pages) >= self._MAX_PAGES:
            self._close_page(min(open_pages, key=lambda page: page.last_activity).id)

    def show_times_in(self, timezone: str) -> None:
        """Show times as the browser's clock does; an unknown zone changes nothing."""
        with suppress(ZoneInfoNotFoundError, ValueError):
            self.timezone = ZoneInfo(timezone).key

    def first_channel_id(self) -> int:
        """Return the thread to show first: the newest one, or the moderators' channel in an empty world."""
        threads = self.world.threads()
        return threads[0].id if threads else int(self.world.moderators.id)

    def overview(self, context_id: str) -> dict[str, Any]:
        """Return what the list beside the conversation shows to the page's person."""
        page = self._get_page(context_id)
        moderators = self.world.moderators
        return {
            "forum": self.world.forum.name,
            "current": str(page.channel_id),
            "threads": [
                {"id": str(row.id), "title": row.title, "posts": row.posts, "last": str(row.last_id)}
                for row in sorted(self.world.threads(), key=lambda row: row.title != START_TITLE)
            ],
            "channels": [{"id": str(moderators.id), "name": moderators.name}]
            if can_access_channel(self.env, moderators.id, page.viewer, history=True)
            else [],
            "menus": [
                command["name"]
                for command in self.env.backend.visible_commands(
                    user_id=page.viewer.id, channel_id=page.channel_id, type=AppCommandType.MESSAGE
                )
            ],
        }

    async def open_thread(self, context_id: str, title: str, text: str) -> int:
        """Let the page's person open a thread; returns its id."""
        page = self._get_page(context_id)
        async with self.turn:
            thread_id = await self.world.open_thread(page.viewer, title, text)
        self._publish_message_pages()
        return thread_id

    async def use_menu(self, context_id: str, message_id: int, name: str) -> None:
        """Let the page's person choose a message menu's command on one message."""
        page = self._get_page(context_id)
        message = self._target_message(page, message_id)
        async with self.turn:
            with _about(page.channel_id):
                result = await page.viewer.context_menu(self.channel, name, ResponseMessage(self.env, message))
        if result.modal is not None:
            page.modal = result
            page.modal_handle = f"m_{result._interaction.id}"
        self._publish_message_pages()

    async def _action(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        page = self._get_page(context_id)
        async with self.turn:
            with _about(page.channel_id):
                return dict(await super()._action(context_id, self._at_present(page, body)))

    def _at_present(self, page: _Page, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Bring an action to the page's present state: a bot that answers meanwhile must not void a click."""
        if isinstance(body, Mapping) and isinstance(body.get("published_revision"), int):
            return {**body, "published_revision": page.revision}
        return body

    def _initial_target(self, viewer: object, channel_id: int) -> int | None:
        """Single out no message: a conversation opens at its newest one."""
        return None

    def _note_change(self, event: str, payload: Mapping[str, Any]) -> None:
        self.is_stale = True


@contextmanager
def _about(channel_id: int) -> Iterator[None]:
    token = _CHANNEL_ID.set(channel_id)
    try:
        yield
    finally:
        _CHANNEL_ID.reset(token)
