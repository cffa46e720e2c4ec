"""The audit can only grow: the database itself refuses to change or remove a row of it."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Guard the table with what each database has for it."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("UPDATE", "DELETE"):
        op.execute(_sqlite_trigger(verb) if is_sqlite else _postgres_rule(verb))


def _sqlite_trigger(verb: str) -> str:
    return (
        f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    )


def _postgres_rule(verb: str) -> str:
    return f"CREATE RULE audit_no_{verb.lower()} AS ON {verb} TO audit DO INSTEAD NOTHING"
