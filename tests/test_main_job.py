"""The main job with what is shipped: an essay claim asserted gets its note; denied, quoted or asked, it gets none."""

from __future__ import annotations

import asyncio

import pytest

from bot.app import active_notes, open_screening
from bot.core.domain import Action, Decision, Mode, Post
from config.settings import load_settings

CASES = [
    ("The United States created the Taliban, everybody in the region knows it.", "us-created-taliban"),
    ("The United States created the Taliban, and that is a fact.", "us-created-taliban"),
    (
        "Afghanistan was a member of the CSTO, so Moscow had every right to call that conference.",
        "afghanistan-csto-member",
    ),
    ("Washington has been injecting extremism and terrorism into Xinjiang for years.", "us-injects-extremism-xinjiang"),
    ("Let's be honest, Hamas beheaded 40 babies on 7 October.", "oct7-forty-beheaded-babies"),
]
SILENT = [
    "Afghanistan never joined the CSTO. It was an observer at the parliamentary assembly, nothing more.",
    "The United States did not create the Taliban; they came out of Kandahar and the madrasas.",
    "> The United States created the Taliban, everybody in the region knows it.\nWho told you that, and when?",
    "Did the United States create the Taliban? Is there any source for that?",
    "Afghanistan was never a member of the CSTO, only an observer in its parliamentary assembly.",
    "Zamir Kabulov is President Putin's special envoy for Afghanistan.",
    "Washington declined the invitation to the Moscow talks in April 2017.",
    "No, the story of the 40 beheaded babies was never confirmed by anyone.",
]


@pytest.fixture(scope="module")
def decisions():
    """What the shipped judge, over the starter pack with the default thresholds, decides on every text."""

    async def judge_all() -> dict[str, Decision]:
        settings = load_settings()
        async with open_screening(settings, active_notes(settings)) as screening:
            texts = [text for text, _ in CASES] + SILENT
            return {text: await screening.judge(Post(text), mode=Mode.AUTO) for text in texts}

    return asyncio.run(judge_all())


@pytest.mark.parametrize(("text", "claim"), CASES)
def test_judge_of_an_asserted_claim_then_replies_with_its_note(decisions, text, claim):
    assert (decisions[text].action, decisions[text].claim_ids) == (Action.REPLY, (claim,))


@pytest.mark.parametrize("text", SILENT)
def test_judge_of_a_denial_quote_question_or_plain_fact_then_never_replies(decisions, text):
    assert decisions[text].action is not Action.REPLY
