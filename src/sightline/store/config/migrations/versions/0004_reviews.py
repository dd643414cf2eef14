"""What people are asked to label, and how judges have fared."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_UNIT = ("target", "trace_id", "span_id", "session_id")


def upgrade() -> None:
    """Create `review_plans`, `review_items`, `review_turns`, `anchors` and `calibrations`."""
    op.create_table(
        "review_plans",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("judge", sa.Text, nullable=False),
        sa.Column("weekly_labels", sa.Integer, nullable=False),
        sa.Column("raters_per_item", sa.Integer, nullable=False),
        sa.Column("core", sa.Double, nullable=False),
        sa.Column("due_days", sa.Integer, nullable=False),
        sa.Column("anchors_per_day", sa.Integer, nullable=False),
        sa.Column("filled", sa.DateTime(timezone=True)),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("project", "judge", name="one_plan_a_judge"),
    )
    op.create_table(
        "review_items",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("judge", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _UNIT),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn", sa.Text, nullable=False),
        sa.Column("probability", sa.Double, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("project", "judge", *_UNIT, name="one_item_a_unit"),
    )
    op.create_table(
        "review_turns",
        sa.Column("item_id", sa.String(32), sa.ForeignKey("review_items.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("rater", sa.Text, primary_key=True),
        sa.Column("did", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "anchors",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("judge", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _UNIT),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.Double, nullable=False),
        sa.Column("baseline", sa.Double, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("project", "judge", *_UNIT, name="one_anchor_a_unit"),
    )
    op.create_table(
        "calibrations",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project", sa.Text, nullable=False, index=True),
        sa.Column("judge", sa.Text, nullable=False, index=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("labelled", sa.Integer, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
    )
