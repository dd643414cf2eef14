"""Markers and service level objectives."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create `markers` and `slos`."""
    op.create_table(
        "markers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project", sa.Text, nullable=False, index=True),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("service", sa.Text),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "slos",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project", sa.Text, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("of", sa.Text, nullable=False),
        sa.Column("good", sa.Text, nullable=False),
        sa.Column("among", sa.Text, nullable=False),
        sa.Column("objective", sa.Double, nullable=False),
        sa.Column("window_days", sa.Integer, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
    )
