"""The sandbox: the real bot in the stand-in, its page's server, and what a killed process leaves behind."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import pytest
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.domain import Mode
from bot.core.errors import BadInput, BadSetting, StoreUnavailable
from bot.sandbox.journal import JOURNAL_FILE, Journal
from bot.sandbox.page import SandboxPage
from bot.sandbox.run import PORTS_TRIED, open_sandbox, page_key, watch_forum
from bot.sandbox.seed import SEED, START_TITLE
from bot.sandbox.world import World
from tests.memory_store import MemoryStore
from tests.sandbox_client import PageClient, words
from tests.sandbox_services import ASKED, ASSERTED, DENIED, UNSURE, open_test_services

START_S = 60


@asynccontextmanager
async def running(folder: Path, port: int = 0) -> AsyncIterator[SandboxPage]:
    """Start a sandbox over a folder, as a start of the program would."""
    async with (
        open_test_services(folder) as services,
        open_sandbox(FootnoteBot(services), services.store, data_dir=folder, port=port) as page,
    ):
        yield page


@pytest.fixture
async def page(tmp_path) -> AsyncIterator[SandboxPage]:
    """A running sandbox over an empty folder."""
    async with running(tmp_path) as page:
        yield page


@pytest.fixture
async def client(page) -> AsyncIterator[PageClient]:
    """A page opened as its address says."""
    async with PageClient(page.url) as client:
        await client.open()
        yield client


async def test_first_page_then_shows_a_newcomer_what_to_try(client):
    assert client.snapshot["channel"]["name"] == START_TITLE
    _, overview = await client.call("GET", "/sandbox/overview")
    assert [row["title"] for row in overview["threads"]] == [START_TITLE, SEED[1][1], SEED[0][1]]
    assert overview["channels"] == []
    assert [message["author"]["name"] for message in client.messages()] == ["Ada (admin)"]


async def test_new_thread_given_an_assertion_then_has_the_note_under_it(client):
    thread = await client.new_thread("Who made the Taliban?", ASSERTED)
    opener, note = client.messages()
    assert (opener["id"], opener["author"]["name"]) == (thread, "Ann")
    assert (note["author"]["name"], note["reply"]["state"]) == ("Footnote", "resolved")
    assert "The public record does not support this." in words(note)


@pytest.mark.parametrize("text", [DENIED, ASKED], ids=["denied", "asked"])
async def test_post_given_no_assertion_then_gets_no_answer(client, text):
    await client.act("send_message", content=text)
    assert [message["content"] for message in client.messages()][1:] == [text]


async def test_button_when_pressed_then_shows_the_full_note_to_that_person_alone(client):
    thread = await client.new_thread("Taliban", ASSERTED)
    receipt = await client.press(client.messages()[-1], "Full note")
    assert receipt["settlement"] == "settled"
    assert client.messages()[-1]["ephemeral"]
    await client.open(thread, client.viewer("Ben"))
    assert len(client.messages()) == 2


async def test_unsure_post_then_asks_the_moderators_who_can_release_it(client):
    thread = await client.new_thread("Taliban", UNSURE)
    assert len(client.messages()) == 1
    await client.open(thread, client.viewer("Mo"))
    _, overview = await client.call("GET", "/sandbox/overview")
    await client.open(overview["channels"][0]["id"], client.viewer("Mo"))
    receipt = await client.press(client.messages()[-1], "Post")
    assert receipt["settlement"] == "settled"
    await client.open(thread, client.viewer("Mo"))
    assert client.messages()[-1]["author"]["name"] == "Footnote"


async def test_moderators_channel_when_a_member_asks_for_it_is_not_shown(client, page):
    snapshot = await client.open(str(page.world.moderators.id), client.viewer("Ann"))
    assert snapshot["channelId"] != str(page.world.moderators.id)


async def test_page_when_the_revision_moved_meanwhile_still_takes_the_post(client):
    client.snapshot["publishedRevision"] -= 1
    receipt = await client.act("send_message", content="Late, but welcome.")
    assert (receipt["rejected"], receipt["settlement"]) == (False, "settled")


async def test_page_when_something_happens_elsewhere_then_shows_it_by_itself(client, page):
    world = page.world
    world.backend.create_message(int(client.snapshot["channelId"]), world.person("ben").id, "Hello from elsewhere.")
    await page.tick()
    _, client.snapshot = await client.call("GET", "/api/state")
    assert client.messages()[-1]["content"] == "Hello from elsewhere."
    assert world.backend.transcript == []


async def test_pages_when_too_many_are_open_then_the_oldest_makes_room(client, page):
    first = client.snapshot["context"]["id"]
    for _ in range(page._MAX_PAGES):
        await client.open()
    assert client.messages()
    client.snapshot = {"context": {"id": first}}
    assert (await client.call("GET", "/sandbox/overview"))[0] == 410


@pytest.mark.parametrize(
    ("title", "text", "sentence"),
    [
        (" ", "x", "A thread's title must have 1 to 100 characters."),
        ("t", " ", "A post must not be empty."),
        ("t", "x" * 4001, "A post may have at most 4,000 characters, this one has 4,001."),
    ],
)
async def test_new_thread_given_what_discord_refuses_says_why(client, title, text, sentence):
    assert await client.call("POST", "/sandbox/threads", {"title": title, "text": text}) == (400, {"error": sentence})


class MenuBot(commands.AutoShardedBot):
    """A bot with one message menu that opens a modal."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents(guilds=True), chunk_guilds_at_startup=False)

    async def setup_hook(self) -> None:
        self.tree.context_menu(name="Flag")(flag)
        await self.tree.sync()


class WhyModal(discord.ui.Modal, title="Why?"):
    """Asks for one line."""

    why = discord.ui.TextInput(label="Why?", custom_id="why")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Flagged: {self.why}", ephemeral=True)


async def flag(interaction: discord.Interaction, message: discord.Message) -> None:
    """Open the modal."""
    await interaction.response.send_modal(WhyModal())


async def test_menu_that_opens_a_form_when_filled_in_then_answers(tmp_path):
    async with (
        open_sandbox(MenuBot(), MemoryStore(), data_dir=tmp_path, port=0) as page,
        PageClient(page.url) as client,
    ):
        await client.open()
        menu = {"message_id": client.messages()[0]["id"], "name": "Flag"}
        assert await client.call("POST", "/sandbox/menu", menu) == (200, {"done": True})
        _, client.snapshot = await client.call("GET", "/api/state")
        await client.act("modal_submit", modal_handle=client.snapshot["modal"]["handle"], values={"why": "because"})
        assert client.messages()[-1]["content"] == "Flagged: because"
        refused = {"error": "Discord would not allow that here."}
        assert await client.call("POST", "/sandbox/menu", menu | {"name": "none"}) == (400, refused)


@pytest.mark.parametrize("path", ["/api/pages", "/sandbox/threads", "/sandbox/menu"])
async def test_server_given_no_object_then_refuses(client, path):
    assert (await client.call("POST", path, ["x"]))[0] == 400


async def test_server_when_called_by_a_stranger_refuses(client, page):
    port = page.url.split(":")[2].split("/")[0]
    async with client.session.get(client.origin, headers={"Host": f"evil.example:{port}"}) as response:
        assert response.status == 403
    async with client.session.get(f"{client.origin}/sandbox/overview") as response:
        assert response.status == 401
    client.snapshot = {"context": {"id": "p_unknown"}}
    assert (await client.call("GET", "/sandbox/overview"))[0] == 410


async def test_port_when_taken_then_the_next_free_one_is_used(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with running(tmp_path, port) as page:
            used = int(page.url.split(":")[2].split("/")[0])
    assert port < used < port + PORTS_TRIED


async def test_ports_when_all_taken_then_one_sentence_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.sandbox.run.PORTS_TRIED", 1)
    sentence = r"^No port from (\d+) to \1 can be used here\. Choose another with --port\.$"
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(BadSetting, match=sentence):
        async with running(tmp_path, taken.getsockname()[1]):
            pytest.fail("must not start")


async def start_process(folder: Path) -> tuple[asyncio.subprocess.Process, str]:
    """Start the sandbox as its own process; returns it and the page's address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.sandbox_process", str(folder), stdout=asyncio.subprocess.PIPE
    )
    line = (await asyncio.wait_for(process.stdout.readline(), START_S)).decode()
    return process, line.split()[1]


async def test_process_when_killed_and_started_again_then_all_is_as_before(tmp_path):
    """Same threads, same ids, no second answer, and the buttons under the old reply still work."""
    process, address = await start_process(tmp_path)
    async with PageClient(address) as before:
        await before.open()
        thread = await before.new_thread("Taliban", ASSERTED)
        ids = [message["id"] for message in before.messages()]
        process.kill()
        await process.wait()
    process, address = await start_process(tmp_path)
    try:
        async with PageClient(address) as after:
            await after.open(thread)
            assert address.split("#")[1] == before.secret
            assert [message["id"] for message in after.messages()] == ids
            assert (await after.press(after.messages()[-1], "Full note"))["settlement"] == "settled"
            await after.act("send_message", content=ASSERTED)
            assert [message["author"]["name"] for message in after.messages() if not message["ephemeral"]][2:] == [
                "Ann"
            ]
    finally:
        process.kill()
        await process.wait()


async def test_world_given_a_post_the_journal_kept_and_the_bot_never_saw_then_answers_after_the_start(tmp_path):
    """Killed between the post and the bot: the post is caught up on, once."""
    async with running(tmp_path) as page:
        thread_id = await page.world.open_thread(
            page.world.person("ann"), "Taliban", "Let us talk about the Taliban here."
        )
        page.world.backend.subscribers.remove(page.world.env._gateway_feed)
        page.world.backend.create_message(thread_id, page.world.person("ann").id, ASSERTED)
        page.world.backend.subscribers.append(page.world.env._gateway_feed)
    for _ in range(2):
        async with running(tmp_path) as page:
            await page.world.settle()
            post = page.world.messages(thread_id)[1]
            assert (post.content, len(page.world.answers_to(post.id, thread_id))) == (ASSERTED, 1)


async def test_journal_given_edits_deletions_and_a_torn_line_restores_what_stood(tmp_path):
    async with running(tmp_path) as page:
        world, ann = page.world, page.world.person("ann")
        thread_id = await world.open_thread(ann, "Notes", "The first words of all.")
        kept = await world.reply(ann, thread_id, "The second words of all.")
        gone = await world.reply(ann, thread_id, "The third words of all.")
        world.backend.edit_message(thread_id, kept, {"content": "Changed words."})
        world.backend.delete_message(thread_id, gone)
    journal = tmp_path / JOURNAL_FILE
    with journal.open("ab") as out:
        out.write(b'{"op":"message","id":12')
    async with running(tmp_path) as page:
        assert [m.content for m in page.world.messages(thread_id)] == ["The first words of all.", "Changed words."]
    assert len(journal.read_bytes().splitlines()) == sum(1 + len(posts) for _, _, posts in SEED) + 3


async def test_folder_when_another_sandbox_runs_over_it_then_one_sentence_says_so(tmp_path, page):
    with pytest.raises(StoreUnavailable, match="already running"):
        async with running(tmp_path):
            pytest.fail("must not start")


async def test_journal_when_the_folder_cannot_be_used_says_so(tmp_path):
    (tmp_path / "file").write_text("x")
    async with open_test_services(tmp_path) as services:
        journal = Journal(tmp_path / "file", World(FootnoteBot(services)).backend)
    with pytest.raises(StoreUnavailable, match="cannot be used: "):
        journal.open()


async def test_watch_forum_when_an_admin_chose_a_mode_then_leaves_it(tmp_path):
    async with open_test_services(tmp_path) as services:
        world = World(FootnoteBot(services))
        await watch_forum(world, services.store, Mode.SHADOW)
        await watch_forum(world, services.store, Mode.AUTO)
        kept = await services.store.forum(int(world.guild.id), int(world.forum.id))
    assert kept.mode is Mode.SHADOW


async def test_world_built_twice_then_has_the_same_ids(tmp_path):
    async with open_test_services(tmp_path) as services:
        one, other = (World(FootnoteBot(services)) for _ in range(2))
    assert (one.guild.id, one.forum.id, one.moderators.id) == (other.guild.id, other.forum.id, other.moderators.id)
    assert {name: who.id for name, who in one.people.items()} == {name: who.id for name, who in other.people.items()}


async def test_open_thread_given_a_long_title_refuses(page):
    with pytest.raises(BadInput, match="title"):
        await page.world.open_thread(page.world.admin, "x" * 101, "text")


def test_page_key_when_asked_twice_is_the_same_and_private(tmp_path):
    key = page_key(tmp_path)
    assert (page_key(tmp_path), (tmp_path / "sandbox-page.key").stat().st_mode & 0o777) == (key, 0o600)
