"""Desks have an address, and say who is there"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.add_column("desks", sa.Column("address", sa.String(), nullable=False, server_default=""))
    for name in ("operator", "mediator"):
        op.add_column(
            "desks", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true())
        )
