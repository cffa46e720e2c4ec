"""From gateway event to reply, in SimCord's Discord."""

from __future__ import annotations

from tests.cogs.conftest import ASSERTED, World, text_of


async def test_post_when_it_asserts_a_claim_in_auto_then_is_answered_once(world: World):
    """The one path that must work."""
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", "What do you think about this topic here?")
    post = await world.ann.send(thread, ASSERTED)
    (reply,) = world.ours(thread)
    assert reply.reference.message_id == post.id
    assert "No record shows it" in text_of(reply)
