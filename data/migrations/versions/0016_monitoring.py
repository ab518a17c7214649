"""Weather of nights, planned visits, zones that changed, and hours looked behind presence"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.create_table(
        "night_weather",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("province", sa.String(length=3), nullable=False),
        sa.Column("weather", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("night", "province", name="pk_night_weather"),
    )
    op.create_table(
        "planned_visits",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("thin", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("night", "unit", "zone", name="pk_planned_visits"),
    )
    op.create_table(
        "zone_ties",
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("other", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("zone", "other", name="pk_zone_ties"),
    )
    op.add_column("presence", sa.Column("effort", sa.Float(), nullable=True))
