"""How the curators' commands reach a server's notes: by id, by what is typed of it, and under test."""

from __future__ import annotations

from collections.abc import Iterator

from discord import app_commands

from bot.client import FootnoteBot
from bot.core.domain import Note
from bot.core.errors import AppError, BadInput
from bot.core.escape import clip, plain
from bot.core.note_lint import lint_note
from bot.core.note_neighbours import are_declared
from bot.core.note_ports import NoteHead, Revision
from bot.core.policy import thresholds_in_force
from bot.core.scope_test import ScopeReport, scope_test
from cogs._answers import Interaction
from cogs._guards import Right, why_refused

MAX_CHOICES = 25  # Discord's limit for suggestions
LONGEST_LINE = 600  # an example is at most 400 long where lint has nothing against it
MAX_ID = 80  # with a button's prefix within the 100 characters of a custom_id
NoteId = app_commands.Range[str, 1, MAX_ID]


def server_of(interaction: Interaction) -> int:
    """Return the server's id; the commands are not offered outside one."""
    return interaction.guild_id or 0


async def find_head(interaction: Interaction, note_id: str) -> NoteHead:
    """Return where a note stands. Raises BadInput when the server has none of that id, StoreUnavailable."""
    head = await interaction.client.services.library.head(server_of(interaction), note_id)
    if head is None:
        raise BadInput(
            "There is no note of that id here. Choose one that Discord suggests as you type, or see `/note list`."
        )
    return head


async def find_revision(interaction: Interaction, note_id: str, number: int | None = None) -> Revision:
    """Return one kept text, the newest without a number. Raises BadInput when it is not there, StoreUnavailable."""
    found = await interaction.client.services.library.revision(server_of(interaction), note_id, number)
    if found is None:
        await find_head(interaction, note_id)
        raise BadInput(f"The note {note_id} has no revision {number}. `/note history` lists them.")
    return found


async def suggest_ids(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Return the notes whose id or claim holds every word typed so far, for Discord to offer; [] on any failure."""
    try:
        if await why_refused(interaction, Right.CURATOR) is not None:
            return []
        heads = await interaction.client.services.library.heads(server_of(interaction))
    except AppError:
        return []
    words = typed.casefold().split()
    fitting = [head for head in heads if all(word in f"{head.note_id} {head.claim}".casefold() for word in words)]
    fitting.sort(key=lambda head: (not head.note_id.startswith(typed.casefold()), head.note_id))
    return [app_commands.Choice(name=_choice(head), value=head.note_id) for head in fitting[:MAX_CHOICES]]


def lint_lines(bot: FootnoteBot, note: Note) -> list[str]:
    """Return what lint finds wrong with a note, a line each."""
    today = bot.services.clock.now().date()
    return [
        f"{problem.message} {problem.mend}" for problem in lint_note(note, words=bot.services.lint_words, today=today)
    ]


async def near_lines(bot: FootnoteBot, guild_id: int, note: Note) -> list[str]:
    """Return the notes in use whose claims come near to this one's and that neither of the two declares, a line each.

    Raises ScreenerBusy, ScreenerUnavailable.
    """
    near = await bot.services.screening.nearest(note.claim.text, guild_id)
    return [
        f"Near to `{other.id}`, “{plain(clip(other.claim.text, 200))}”: if both are needed, name it as a neighbour"
        " or as opposed."
        for other in near
        if other.id != note.id and not are_declared(note, other)
    ]


async def test_scope(bot: FootnoteBot, guild_id: int, note: Note) -> ScopeReport:
    """Run one note's scope test among the notes in use here; takes seconds.

    Raises ScreenerBusy, ScreenerUnavailable, StoreUnavailable.
    """
    rows = await bot.services.store.threshold_rows(guild_id)
    default = bot.services.screening.defaults
    thresholds = thresholds_in_force(default, rows, forum_id=0, claim_id=note.id)
    notes = {**bot.services.notes.of(guild_id), note.id: note}
    return await scope_test(notes, bot.services.screener, thresholds, (note.id,))


async def put_in_use(bot: FootnoteBot) -> str:
    """Serve the notes as the library has them now; return a sentence where that must wait, else an empty text."""
    try:
        await bot.reload_notes()
    except AppError as error:
        return f" It is kept, and takes effect as soon as possible: {error}"
    return ""


def report_lines(report: ScopeReport, note_id: str) -> Iterator[str]:
    """Yield what a scope test found of one note, ready to be shown: the shares, then each miss with its numbers."""
    counts = report.counts
    yield (
        f"Claim found: {counts.claims_found} of {counts.claims}. Paraphrases found: {counts.paraphrases_found} of"
        f" {counts.paraphrases}. Look-alikes refused: {counts.look_alikes_refused} of {counts.look_alikes}."
    )
    for miss in report.of(note_id):
        yield f"- {plain(clip(miss.line(), LONGEST_LINE))}"


def _choice(head: NoteHead) -> str:
    name = f"{head.note_id} ({head.state}): {head.claim}"
    return name if len(name) <= 100 else name[:99] + "…"
