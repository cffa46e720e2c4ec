"""The weights that are shipped, run as the bot runs them: they load, and tell a claim from its denial."""

import pytest

from bot.core.domain import Claim, Finding
from bot.core.text import clean
from models.batching import BatchedScreener
from models.loading import load_screener

DAESH = Claim(
    "daesh",
    "The US created Daesh in Afghanistan.",
    ("ISIS-K is an American creation.", "Washington set up the Islamic State in Afghanistan."),
)
OTHERS = [
    Claim("dam", "Ukraine blew up the Kakhovka dam itself."),
    Claim("gorbachev", "NATO gave Gorbachev a binding promise never to expand to the east."),
]
ASSERTED = [
    "The US created Daesh in Afghanistan.",
    "Everyone in Kabul knows that Daesh there was made by the Americans. They flew the fighters in themselves.",
]
NOT_ASSERTED = [
    "There is no evidence that the US created Daesh in Afghanistan; it fought them from the first day.",
    "Did the US really create Daesh in Afghanistan? Does anyone have a source for that?",
    "Daesh claimed the attack on the Kabul airport in August 2021.",
]


@pytest.fixture(scope="module")
def loaded() -> BatchedScreener:
    screener = load_screener()
    assert isinstance(screener, BatchedScreener), screener.problem
    return screener


async def chances(loaded: BatchedScreener, texts: list[str]) -> list[float]:
    async with loaded as screener:
        await screener.load_claims([DAESH, *OTHERS])
        found: list[tuple[Finding, ...]] = [await screener.assess(clean(text)) for text in texts]
    return [max((f.p_asserts for f in row if f.claim_id == DAESH.id), default=0.0) for row in found]


async def test_shipped_weights_rank_every_assertion_over_every_other_post(loaded: BatchedScreener) -> None:
    scored = await chances(loaded, ASSERTED + NOT_ASSERTED)
    plain, implied, *others = scored
    assert plain > 0.5
    assert implied > max(others), "said of a place and not by name: a moderator's case"
    assert max(others) < 0.15
