"""Rows <-> the core's values, and the transaction that every query gets. Holds no queries except the audit's insert."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert

from bot.core.domain import Finding, Reply, ReplySection, Stance, StanceScores, Thresholds
from bot.core.ports import PostRef
from bot.store import schema
from bot.store.encryption import Vault

_DETAIL_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Transaction:
    """One open transaction: its connection, the keys, and the one moment that all its rows carry."""

    connection: Connection
    vault: Vault
    now: datetime

    def log(self, what: str, *, guild_id: int = 0, subject_id: int = 0, actor_id: int = 0, detail: str = "") -> None:
        """Append an audit row: ids and codes only, never what somebody wrote."""
        self.connection.execute(
            insert(schema.audit).values(
                at=self.now,
                what=what,
                guild_id=guild_id or None,
                subject_id=subject_id or None,
                actor_id=actor_id or None,
                detail=detail[:_DETAIL_CHARACTERS],
            )
        )


def post_ref(row: Row[Any]) -> PostRef:
    """Return where a post is from a row that holds the ``posts`` columns."""
    return PostRef(row.post_id, row.guild_id, row.forum_id, row.thread_id)


def findings_to_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as plain values: offsets and numbers, no text."""
    return [asdict(finding) for finding in findings]


def findings_from_json(values: Sequence[dict[str, Any]]) -> tuple[Finding, ...]:
    """Undo ``findings_to_json``."""
    return tuple(
        Finding(**{**value, "stance": Stance(value["stance"]), "scores": StanceScores(**value["scores"])})
        for value in values
    )


def thresholds_to_json(thresholds: Thresholds | None) -> dict[str, float] | None:
    """Return both numbers by name, None for none."""
    return None if thresholds is None else asdict(thresholds)


def thresholds_from_json(value: dict[str, float] | None) -> Thresholds | None:
    """Undo ``thresholds_to_json``."""
    return None if value is None else Thresholds(**value)


def seal_reply(vault: Vault, reply: Reply) -> bytes:
    """Return the whole reply sealed, because its lead quotes the post."""
    return vault.seal(json.dumps(asdict(reply), ensure_ascii=False))


def unseal_reply(vault: Vault, token: bytes | None) -> Reply | None:
    """Undo ``seal_reply``; None where the text was erased or cannot be opened."""
    text = vault.unseal(token)
    if text is None:
        return None
    value = json.loads(text)
    sections = tuple(ReplySection(section["heading"], tuple(section["lines"])) for section in value["sections"])
    return Reply(value["post_id"], tuple(value["claim_ids"]), value["lead"], sections, value["footer"])


def erased_reply(post_id: int, claim_ids: Sequence[str]) -> Reply:
    """Return what is left of a reply once its text was erased."""
    return Reply(post_id, tuple(claim_ids), "", (), "")
