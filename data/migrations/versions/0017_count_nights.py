"""Count nights, their weather and what each pass saw"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.create_table(
        "counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("reserve", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opens", sa.String(), nullable=False),
        sa.Column("closes", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("spacing", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=True),
        sa.Column("owners", sa.JSON(), nullable=False),
        sa.Column("bound", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=True),
        sa.Column("released", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan"], ["plans.id"], name="fk_counts_plan_plans", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_counts"),
        sa.UniqueConstraint("night", name="uq_counts_night"),
    )
    op.create_table(
        "count_weather",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("entered", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rain", sa.Float(), nullable=False),
        sa.Column("wind", sa.Float(), nullable=False),
        sa.Column("fog", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("most_rain", sa.Float(), nullable=False),
        sa.Column("most_wind", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["count"], ["counts.id"], name="fk_count_weather_count_counts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_count_weather"),
    )
    op.create_index("ix_count_weather_count", "count_weather", ["count"])
    op.create_table(
        "count_passes",
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["count"], ["counts.id"], name="fk_count_passes_count_counts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("count", "zone", "number", "unit", name="pk_count_passes"),
    )
