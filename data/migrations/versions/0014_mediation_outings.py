"""What an outing is for"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.add_column(
        "outings", sa.Column("kind", sa.String(), server_default="contatto", nullable=False)
    )
