"""What crews say while a night runs, and the versions of what they read"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.create_table(
        "crew_events",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stop", sa.String(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit"], ["units.code"], name="fk_crew_events_unit_units", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_crew_events"),
        sa.UniqueConstraint("id", name="uq_crew_events_id"),
    )
    op.create_index("ix_crew_events_night", "crew_events", ["night", "unit"], unique=False)
    with op.batch_alter_table("itineraries") as itineraries:
        itineraries.add_column(
            sa.Column("version", sa.Integer(), nullable=False, server_default="1")
        )
        itineraries.add_column(sa.Column("changes", sa.JSON(), nullable=True))
    with op.batch_alter_table("contacts") as contacts:
        contacts.add_column(sa.Column("event", sa.String(length=64), nullable=True))
        contacts.create_unique_constraint("uq_contacts_event", ["event"])
