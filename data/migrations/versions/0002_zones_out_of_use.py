"""Zones that are no longer in use keep their row, so that their code never comes back"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.add_column("zones", sa.Column("archived", sa.Date(), nullable=True))
