"""What a newcomer finds in the sandbox: three threads that say what to try."""

from __future__ import annotations

from bot.sandbox.world import World

START_TITLE = "Start here"
# The examples stand in a code block, which the bot does not read: this post must not answer itself.
START_TEXT = """\
This is a practice server on your own machine. Nothing you write leaves it.

**Footnote** reads this forum. When a post states a claim that the record does not support, and there is a reviewed \
note on that claim, it answers with the note. Otherwise it stays silent. Post these one after the other, here or in \
a new thread:
```
Did the United States really create the Taliban? Has anybody looked into it?
The United States did not create the Taliban, whatever people say.
The United States created the Taliban, everybody knows that.
Russia fired the missile that hit Przewodow in Poland in November 2022.
```
Only the last two state a claim, so only they should get an answer. Then press the buttons under it.

When it is less sure, it asks in the moderators' channel first: choose Mo or Ada at the top to see that channel. \
Type `/` for commands, and open the ⋯ menu on a post for more."""

SEED = (
    (
        "ben",
        "Moscow talks on Afghanistan",
        (
            ("ben", "Has anybody read the communique of the Moscow talks? I would like to know who signed what."),
            ("chen", "I have not found the full text yet, only what the agencies quote from it."),
        ),
    ),
    (
        "chen",
        "What should be on our reading list?",
        (("chen", "Please name one book or report each, with a line on why it is worth the time."),),
    ),
    ("ada", START_TITLE, (("ada", START_TEXT),)),
)


async def seed(world: World) -> None:
    """Open the threads that are not there yet; safe to repeat after a start that was cut short."""
    present = {thread.title for thread in world.threads()}
    for owner, title, posts in SEED:
        if title in present:
            continue
        (_, opener), *replies = posts
        thread_id = await world.open_thread(world.person(owner), title, opener)
        for author, text in replies:
            await world.reply(world.person(author), thread_id, text)
