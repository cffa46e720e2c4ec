"""Queries that change threshold overrides and keep the history of it, so that a change can be undone.

Which override wins is ``policy``'s; every way to change one comes through ``change``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select

from bot.core.desk_ports import ThresholdChange
from bot.core.domain import Thresholds
from bot.store.rows import Transaction, thresholds_from_json, thresholds_to_json
from bot.store.schema import thresholds
from bot.store.schema_desk import threshold_changes

Override = tuple[int, str, str]
"""Whose override it is: server, scope and key."""


def change(tx: Transaction, override: Override, after: Thresholds | None, actor_id: int) -> ThresholdChange:
    """Set the override, or remove it with None, with a row in the history and the audit.

    Where that is what stands already nothing is kept, and the change returned has the id 0.
    """
    guild_id, scope, key = override
    before = _in_force(tx, override)
    if before == after:
        return ThresholdChange(0, tx.now, actor_id, scope, key, before, after)
    tx.connection.execute(delete(thresholds).where(_place(override)))
    detail = f"{scope} {key}"
    if after is not None:
        values = {"guild_id": guild_id, "scope": scope, "key": key, "review": after.review, "reply": after.reply}
        tx.connection.execute(insert(thresholds).values(**values))
        detail = f"{detail} review {after.review} reply {after.reply}"
    what = "threshold-removed" if after is None else "threshold-set"
    tx.log(what, guild_id=guild_id, actor_id=actor_id, detail=detail)
    return _keep(tx, override, before, after, actor_id)


def changes(tx: Transaction, guild_id: int, limit: int) -> tuple[ThresholdChange, ...]:
    """Return the server's changes, newest first."""
    rows = tx.connection.execute(
        select(threshold_changes)
        .where(threshold_changes.c.guild_id == guild_id)
        .order_by(threshold_changes.c.id.desc())
        .limit(limit)
    )
    return tuple(_change(row) for row in rows)


def undo(tx: Transaction, guild_id: int, change_id: int, actor_id: int) -> ThresholdChange | None:
    """Put back what stood before a change, as a change of its own, which can be undone in turn.

    None where the override was changed since, and where the server knows of no such change.
    """
    columns = threshold_changes.c
    row = tx.connection.execute(
        select(threshold_changes).where(columns.id == change_id, columns.guild_id == guild_id)
    ).first()
    if row is None:
        return None
    same = (columns.guild_id == guild_id) & (columns.scope == row.scope) & (columns.key == row.key)
    newest = tx.connection.execute(select(func.max(columns.id)).where(same)).scalar_one()
    override = (guild_id, row.scope, row.key)
    if newest != change_id or _in_force(tx, override) != thresholds_from_json(row.after):
        return None
    return change(tx, override, thresholds_from_json(row.before), actor_id)


def _keep(
    tx: Transaction, override: Override, before: Thresholds | None, after: Thresholds | None, actor_id: int
) -> ThresholdChange:
    guild_id, scope, key = override
    change_id = tx.connection.execute(
        insert(threshold_changes)
        .values(
            guild_id=guild_id,
            at=tx.now,
            actor_id=actor_id,
            scope=scope,
            key=key,
            before=thresholds_to_json(before),
            after=thresholds_to_json(after),
        )
        .returning(threshold_changes.c.id)
    ).scalar_one()
    return ThresholdChange(change_id, tx.now, actor_id, scope, key, before, after)


def _in_force(tx: Transaction, override: Override) -> Thresholds | None:
    row = tx.connection.execute(select(thresholds.c.review, thresholds.c.reply).where(_place(override))).first()
    return None if row is None else Thresholds(row.review, row.reply)


def _place(override: Override) -> ColumnElement[bool]:
    guild_id, scope, key = override
    return (thresholds.c.guild_id == guild_id) & (thresholds.c.scope == scope) & (thresholds.c.key == key)


def _change(row: Row[Any]) -> ThresholdChange:
    before, after = thresholds_from_json(row.before), thresholds_from_json(row.after)
    return ThresholdChange(row.id, row.at, row.actor_id, row.scope, row.key, before, after)
