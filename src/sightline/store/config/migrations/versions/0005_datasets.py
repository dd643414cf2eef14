"""Datasets with their versions, experiments, and comparisons of live traffic."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create `datasets`, `dataset_versions`, `experiments` and `live_tests`."""
    time = sa.DateTime(timezone=True)
    op.create_table(
        "datasets",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project", sa.Text, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("created", time, nullable=False),
        sa.UniqueConstraint("project", "name"),
    )
    op.create_table(
        "dataset_versions",
        sa.Column("dataset_id", sa.String(32), sa.ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("committed", sa.Boolean, nullable=False),
        sa.Column("created", time, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("removed", sa.Integer, nullable=False),
        sa.Column("items", sa.Integer, nullable=False),
    )
    op.create_table(
        "experiments",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project", sa.Text, nullable=False, index=True),
        sa.Column("dataset_id", sa.String(32), nullable=False, index=True),
        sa.Column("dataset_version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("repeats", sa.Integer, nullable=False),
        sa.Column("items", sa.Integer, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created", time, nullable=False),
        sa.Column("finished", time),
    )
    op.create_table(
        "live_tests",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project", sa.Text, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("filter", sa.Text, nullable=False),
        sa.Column("arm", sa.Text, nullable=False),
        sa.Column("first", sa.Text, nullable=False),
        sa.Column("second", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("smallest_effect", sa.Double, nullable=False),
        sa.Column("expected_share", sa.Double, nullable=False),
        sa.Column("before_days", sa.Integer, nullable=False),
        sa.Column("started", time, nullable=False),
        sa.Column("ended", time),
        sa.Column("created", time, nullable=False),
    )
