"""Whether a unit can come without signs"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.add_column(
        "units", sa.Column("unmarked", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
