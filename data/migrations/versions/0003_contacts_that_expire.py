"""Whole contact records by outing, effort, and the monthly totals that they become"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CODES = {"outing": "contatto", "gender": "nr", "macro_area": "nr", "age_class": "nr", "known": "nr"}
MATERIALS = ("profilattici", "lubrificante", "opuscolo", "bevanda", "kit_igiene", "biglietto_nv")


def _zone(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["zone"], ["zones.code"], name=f"fk_{table}_zone_zones", ondelete="CASCADE"
    )


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.create_table(
        "contact_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contact_entries"),
        sa.UniqueConstraint(
            "organisation", "unit", "night", name="uq_contact_entries_organisation"
        ),
    )
    op.create_index("ix_contact_entries_night", "contact_entries", ["night"], unique=False)
    with op.batch_alter_table("contacts") as contacts:
        contacts.alter_column("zone", existing_type=sa.String(length=10), nullable=True)
        contacts.add_column(sa.Column("entry", sa.Integer(), nullable=True))
        contacts.add_column(sa.Column("hour", sa.Integer(), nullable=True))
        contacts.add_column(sa.Column("place_type", sa.String(), nullable=True))
        for name, default in CODES.items():
            column = sa.Column(name, sa.String(), nullable=False, server_default=default)
            contacts.add_column(column)
        for code in MATERIALS:
            name = f"materials_{code}"
            contacts.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        for name in ("requests", "referrals", "signals"):
            contacts.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        contacts.create_foreign_key(
            "fk_contacts_entry_contact_entries",
            "contact_entries",
            ["entry"],
            ["id"],
            ondelete="CASCADE",
        )
    op.create_index("ix_contacts_entry", "contacts", ["entry"], unique=False)
    op.create_table(
        "effort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry"],
            ["contact_entries.id"],
            name="fk_effort_entry_contact_entries",
            ondelete="CASCADE",
        ),
        _zone("effort"),
        sa.PrimaryKeyConstraint("id", name="pk_effort"),
    )
    op.create_index("ix_effort_entry", "effort", ["entry"], unique=False)
    op.create_index("ix_effort_night", "effort", ["night"], unique=False)
    op.create_table(
        "zone_months",
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        _zone("zone_months"),
        sa.PrimaryKeyConstraint("zone", "month", "kind", name="pk_zone_months"),
    )
    op.create_table(
        "effort_months",
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("hours", sa.Double(), nullable=False),
        _zone("effort_months"),
        sa.PrimaryKeyConstraint("zone", "month", name="pk_effort_months"),
    )
    op.create_table(
        "region_months",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "field", "code", name="pk_region_months"),
    )
    op.create_table(
        "contact_mappings",
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", name="pk_contact_mappings"),
    )
