"""The ledger of releases, which only grows, and what its rules need of expired months"""

import sqlalchemy as sa
from alembic import op

from data.chain import append_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.create_table(
        "releases",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_releases"),
        sa.UniqueConstraint("subject", "month", name="uq_releases_subject"),
    )
    for statement in append_only("releases", op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "place_months",
        sa.Column("municipality", sa.String(length=6), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("first_contacts", "outings", "materials", "referrals", "most")
        ),
        sa.PrimaryKeyConstraint("municipality", "month", name="pk_place_months"),
    )
    op.create_table(
        "place_zone_months",
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("zone", "month", name="pk_place_zone_months"),
    )
