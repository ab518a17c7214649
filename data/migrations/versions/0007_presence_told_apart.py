"""Presence tells persons seen, contacted and unapproachable apart"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    for name in ("seen", "contacted", "unapproachable"):
        op.add_column("presence", sa.Column(name, sa.Float(), nullable=True))
