"""Requests that the hotline passes on, and the monthly totals that they become"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.create_table(
        "hotline_requests",
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("municipality", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("opens", sa.String(), nullable=False),
        sa.Column("closes", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("mediator", sa.Boolean(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("entered", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit"], ["units.code"], name="fk_hotline_requests_unit_units", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_hotline_requests"),
    )
    op.create_index("ix_hotline_requests_night", "hotline_requests", ["night"])
    op.create_table(
        "hotline_months",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "kind", "outcome", name="pk_hotline_months"),
    )
