"""The product's words as frozen values: posts, claims, notes, findings, decisions, replies.

Holds data and small derived facts only; it judges nothing (``policy`` does) and knows neither Discord
nor SQL. Text offsets are character offsets into the text as the poster wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum


class Stance(StrEnum):
    """What a post does with a claim."""

    ASSERTS = "asserts"
    DENIES = "denies"
    REPORTS = "reports"
    UNRELATED = "unrelated"


class Status(StrEnum):
    """What the record says of a claim; the note gives the reasons."""

    UNSUPPORTED = "unsupported"
    CONTESTED = "contested"
    PARTLY_SUPPORTED = "partly-supported"


class Mode(StrEnum):
    """How far the bot may go in one forum by itself."""

    OFF = "off"
    SHADOW = "shadow"
    REVIEW = "review"
    AUTO = "auto"


class Action(StrEnum):
    """What is to be done with one post."""

    IGNORE = "ignore"
    REVIEW = "review"
    REPLY = "reply"


class NoteState(StrEnum):
    """Where a note stands in its life; only ``ACTIVE`` notes are matched."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    ACTIVE = "active"
    STALE = "stale"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Post:
    """One forum message as the product sees it.

    ``forum_id`` is the thread's parent, where settings live; ``title`` is set for a thread's opener only;
    ``parent_text`` is the message replied to, where known. Ids are Discord snowflakes, 0 outside Discord.
    """

    text: str
    id: int = 0
    guild_id: int = 0
    forum_id: int = 0
    thread_id: int = 0
    author_id: int = 0
    title: str | None = None
    parent_text: str | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    is_automated: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable sentence, with how people say it and what must not match it."""

    id: str
    text: str
    paraphrases: tuple[str, ...] = ()
    look_alikes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact can be read. ``url`` is None where the page was not seen.

    ``outlook`` says whose view the publisher stands for ("Russian state media"); it is shown with the link.
    """

    publisher: str
    title: str
    outlook: str
    date: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One sentence or two of a note, with the numbers of its sources (1-based; () for an attributed view)."""

    text: str
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """The balanced context for one claim (product: section 3). ``flatters`` serves audits, never display.

    ``neighbours`` are the notes whose claims come near to this one in meaning, ``opposed`` those that say the contrary.
    """

    claim: Claim
    status: Status
    documented: tuple[Point, ...]
    disputed: tuple[Point, ...]
    would_change: str
    sources: tuple[Source, ...]
    tags: tuple[str, ...]
    flatters: tuple[str, ...]
    reviewed_on: date
    review_due: date
    state: NoteState = NoteState.ACTIVE
    neighbours: tuple[str, ...] = ()
    opposed: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The claim's id, which names the note's file as well."""
        return self.claim.id


@dataclass(frozen=True, slots=True)
class StanceScores:
    """The judge's four probabilities for one (text, claim) pair; they sum to 1."""

    asserts: float
    denies: float
    reports: float
    unrelated: float

    @property
    def top(self) -> Stance:
        """The likeliest stance; the first named wins a tie."""
        return max(Stance, key=lambda stance: getattr(self, stance.value))

    def agreeing(self, p_asserts: float) -> StanceScores:
        """Return scores whose ``asserts`` is a calibrated probability; the others share what is left as before.

        ``StanceScores(0.5, 0.3, 0.1, 0.1).agreeing(0.0)`` denies with 0.6.
        """
        others = (self.denies, self.reports, self.unrelated)
        rest = sum(others)
        shares = [each / rest for each in others] if rest else [0.0, 0.0, 1.0]  # a judge may be sure to the last digit
        return StanceScores(p_asserts, *(each * (1.0 - p_asserts) for each in shares))


@dataclass(frozen=True, slots=True)
class Finding:
    """What one span of a post does with one claim. ``p_asserts`` is calibrated; ``scores`` are raw."""

    claim_id: str
    stance: Stance
    p_asserts: float
    similarity: float
    start: int
    end: int
    scores: StanceScores


@dataclass(frozen=True, slots=True)
class Reading:
    """What the judge read to come to one finding: for people who ask why. Never stored.

    ``sentence`` is the passage nearest to the claim, ``window`` all that was judged with it, title and parent included;
    ``evidence`` the numbers behind ``p_asserts``, by name.
    """

    finding: Finding
    claim: str
    sentence: str
    window: str
    evidence: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """At or above ``reply`` the bot may speak; between ``review`` and ``reply`` it asks. 0 < review <= reply <= 1."""

    review: float
    reply: float

    def __post_init__(self) -> None:
        """Refuse values that no post could be judged by."""
        if not 0.0 < self.review <= self.reply <= 1.0:
            raise ValueError("Thresholds must satisfy 0 < review <= reply <= 1.")


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one post and why.

    ``reasons`` are stable kebab-case codes (``policy`` lists them), most telling first. ``claim_ids`` are the claims
    the reply or the review card is about, best first, empty for ``IGNORE``. ``would_be`` is the action before
    the forum's mode was applied: what shadow mode logs.
    """

    action: Action
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    claim_ids: tuple[str, ...] = ()
    thresholds: Thresholds | None = None
    would_be: Action = Action.IGNORE


@dataclass(frozen=True, slots=True)
class ReplySection:
    """One block of a reply: a heading (plain text) and lines of Discord Markdown, already escaped."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """A context message ready to be drawn: text only, within Discord's limits, nothing that pings.

    ``lead`` is the opening line with the matched words; ``footer`` carries the review date.
    """

    post_id: int
    claim_ids: tuple[str, ...]
    lead: str
    sections: tuple[ReplySection, ...]
    footer: str


@dataclass(frozen=True, slots=True)
class ForumSettings:
    """One watched channel's settings."""

    guild_id: int
    forum_id: int
    mode: Mode = Mode.SHADOW
    moderators_channel_id: int | None = None
