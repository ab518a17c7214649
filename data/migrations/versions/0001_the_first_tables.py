"""The first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one version forward."""
    op.create_table(
        "desks",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(length=6), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("opening_hours", sa.String(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("itinerant", sa.Boolean(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_desks"),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
    )
    op.create_index("ix_plans_night", "plans", ["night"], unique=False)
    op.create_table(
        "settings",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settings"),
    )
    op.create_table(
        "units",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("territory", sa.JSON(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("start", sa.JSON(), nullable=False),
        sa.Column("end", sa.JSON(), nullable=False),
        sa.Column("shift_opens", sa.String(), nullable=False),
        sa.Column("shift_closes", sa.String(), nullable=False),
        sa.Column("crew", sa.JSON(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("pause", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("driving_minutes", sa.Integer(), nullable=True),
        sa.Column("kilometres", sa.Double(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_units"),
    )
    op.create_table(
        "zones",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("municipality", sa.String(length=6), nullable=False),
        sa.Column("place_type", sa.String(), nullable=False),
        sa.Column("geometry", sa.LargeBinary(), nullable=False),
        sa.Column("windows", sa.JSON(), nullable=False),
        sa.Column("service_minutes", sa.Integer(), nullable=False),
        sa.Column("shortest_minutes", sa.Integer(), nullable=True),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("mediator", sa.Boolean(), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.Column("revisit_days", sa.Integer(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_zones"),
    )
    op.create_index("ix_zones_municipality", "zones", ["municipality"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone"], ["zones.code"], name="fk_contacts_zone_zones", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    op.create_index("ix_contacts_night", "contacts", ["night"], unique=False)
    op.create_index("ix_contacts_zone", "contacts", ["zone"], unique=False)
    op.create_table(
        "itineraries",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan"], ["plans.id"], name="fk_itineraries_plan_plans", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["unit"], ["units.code"], name="fk_itineraries_unit_units", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("night", "unit", name="pk_itineraries"),
    )
    op.create_table(
        "outings",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("crew", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit"], ["units.code"], name="fk_outings_unit_units", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("night", "unit", name="pk_outings"),
    )
    op.create_table(
        "presence",
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone"], ["zones.code"], name="fk_presence_zone_zones", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("zone", "weekday", "hour", name="pk_presence"),
    )
    op.create_table(
        "promises",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("opens", sa.String(), nullable=False),
        sa.Column("closes", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=10), nullable=True),
        sa.Column("place", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("mediator", sa.Boolean(), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit"], ["units.code"], name="fk_promises_unit_units", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["zone"], ["zones.code"], name="fk_promises_zone_zones", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_promises"),
    )
    op.create_index("ix_promises_night", "promises", ["night"], unique=False)
    op.create_table(
        "visits",
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone"], ["zones.code"], name="fk_visits_zone_zones", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("zone", "night", name="pk_visits"),
    )
    op.bulk_insert(
        sa.table("meta", sa.column("name", sa.String), sa.column("value", sa.String)),
        [{"name": "revision", "value": "0"}, {"name": "synthetic", "value": "no"}],
    )
