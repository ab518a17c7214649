"""Kits on board of a unit, and of an outing that differs"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.add_column("units", sa.Column("kits", sa.Integer(), nullable=True))
    op.add_column("outings", sa.Column("kits", sa.Integer(), nullable=True))
