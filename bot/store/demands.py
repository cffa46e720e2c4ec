"""Queries about questions that found no note. Which of them mean the same is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from bot.core.note_ports import Demand
from bot.store.rows import Transaction
from bot.store.schema import requests


def record(tx: Transaction, guild_id: int, question: str, asker_id: int) -> None:
    """Keep a question, sealed; the asker's digest differs from server to server."""
    tx.connection.execute(
        insert(requests).values(
            guild_id=guild_id,
            question=tx.vault.seal(question),
            created_at=tx.now,
            asker=asker(tx, guild_id, asker_id),
        )
    )


def asker(tx: Transaction, guild_id: int, member_id: int) -> str:
    """Return the digest that stands for who asked, in one server."""
    return tx.vault.digest("request", guild_id, member_id)


def list_open(tx: Transaction, guild_id: int, limit: int) -> tuple[Demand, ...]:
    """Return the server's questions that are neither closed nor erased, newest first.

    Those from before askers were told apart have an empty ``asker``: they count as one person, never as a crowd.
    """
    rows = tx.connection.execute(
        select(requests)
        .where(requests.c.guild_id == guild_id, requests.c.closed_at.is_(None), requests.c.question.is_not(None))
        .order_by(requests.c.id.desc())
        .limit(limit)
    )
    pairs = ((row, tx.vault.unseal(row.question)) for row in rows)
    return tuple(Demand(row.id, text, row.asker or "", row.created_at) for row, text in pairs if text is not None)


def close(tx: Transaction, guild_id: int, ids: Sequence[int], actor_id: int) -> int:
    """Take the server's questions off the list and erase them: they have served; return how many were open."""
    closed = tx.connection.execute(
        update(requests)
        .where(requests.c.guild_id == guild_id, requests.c.id.in_(ids), requests.c.closed_at.is_(None))
        .values(closed_at=tx.now, question=None, asker=None)
    ).rowcount
    if closed:
        tx.log("requests-closed", guild_id=guild_id, actor_id=actor_id, detail=f"{closed} questions")
    return closed
