"""Budgets."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create `budgets`."""
    op.create_table(
        "budgets",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project", sa.Text, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("filter", sa.Text, nullable=False),
        sa.Column("group_by", sa.Text),
        sa.Column("group_value", sa.Text),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("amount_usd", sa.Double, nullable=False),
        sa.Column("starts", sa.Date, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
    )
