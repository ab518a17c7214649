"""Passages to the services, counted by month, and free places"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.create_table(
        "handovers",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("municipality", sa.String(length=6), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month", "municipality", "receiver", "organisation", name="pk_handovers"
        ),
    )
    op.create_table(
        "free_places",
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("free", sa.String(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("entered", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("area", "target", name="pk_free_places"),
    )
