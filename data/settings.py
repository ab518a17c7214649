"""Every setting of the program, in one table.

A setting comes from the environment (`PROSSIMA_` and its name in capitals), else from
the database where someone who may has changed it (only those marked `kept`), else from
its default here. `docs/settings.md` is printed from this table by
`prossima settings --markdown`, and a test compares the two.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.count_weather import WeatherRule
from geo.errors import InputError
from geo.night import MINUTE
from geo.release_rules import Rules
from routing.means import Means
from routing.need import NeedWeights
from routing.prepare_week import WeekWeights

PREFIX = "PROSSIMA_"
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


def _kept(default: object, description: str, **limits: Any) -> Any:
    """A field that may also be changed in the database, while the program runs."""
    return Field(default, description=description, json_schema_extra={"kept": True}, **limits)


class Settings(BaseSettings):
    """The settings, immutable. Raises through `load` an InputError for a wrong value."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid"
    )

    home: Annotated[Path, Field(validate_default=True)] = Field(
        Path("var"),
        description="Folder that holds everything the program keeps, downloads and caches.",
    )
    database_url: str | None = Field(
        None,
        description="Database by SQLAlchemy URL, for instance `postgresql://host/prossima`; "
        "without it an SQLite file `prossima.db` in the home folder.",
    )
    database_key: SecretStr | None = Field(
        None,
        description="Key of the embedded database, which is then kept encrypted (SQLCipher): 64 "
        "hexadecimal digits or a passphrase; the word `keyring` takes it from the system's "
        "keyring.",
    )
    language: Literal["it", "en"] = Field(
        "it", description="Language of help and messages, and of a page until it is switched."
    )
    port: int = Field(
        8501,
        ge=1,
        le=65535,
        description="Port that `prossima serve` listens on, on this machine only.",
    )
    profile: Literal["network", "municipality"] = Field(
        "network",
        description="`municipality`: the program for the municipalities, over a database that "
        "holds releases and nothing of the field (`prossima serve --profile municipality`).",
    )
    municipal_url: str | None = Field(
        None,
        description="That database, which `prossima release push` fills; without it an SQLite file "
        "`municipal.db` in the home folder.",
    )
    address: str = Field(
        "127.0.0.1",
        description="Address that `prossima serve` listens on; another than this machine's own "
        "only with an identity provider.",
    )
    oidc_metadata_url: str | None = Field(
        None,
        description="Identity provider (OpenID Connect) that people sign in with: the address of "
        "its `.well-known/openid-configuration`.",
    )
    oidc_client_id: str | None = Field(
        None, description="What the provider calls this program (client id)."
    )
    oidc_client_secret: SecretStr | None = Field(
        None, description="The secret that the provider gave this program."
    )
    idle_minutes: int = Field(
        30,
        description="Minutes without doing anything after which one is signed out.",
        ge=1,
        le=720,
    )
    overpass_url: str = Field(
        "https://overpass-api.de/api",
        description="Overpass server that `prossima network import --place` downloads roads from.",
    )
    nominatim_url: str = Field(
        "https://nominatim.openstreetmap.org/",
        description="Nominatim server that the same command finds the place with.",
    )
    hotline_regional: str = _kept("800 600 500", "Number of the regional anti-trafficking hotline.")
    hotline_national: str = _kept("800 290 290", "Number of the national anti-trafficking hotline.")
    coordinator_number: str = _kept(
        "", "Number of the coordination at night, for the crews; without it none is shown."
    )
    check_in_minutes: int = _kept(
        60,
        "Minutes without a sign of a crew that is out after which it and the coordination are "
        "reminded; 0 reminds nobody.",
        ge=0,
        le=240,
    )
    public_url: str = Field(
        "",
        description="Address under which browsers reach this program, such as "
        "`https://prossima.example.org`; sign-in from another computer and links for the phone "
        "need it.",
    )
    contact_days: int = _kept(
        90, "Days after which contact records become monthly totals by zone.", ge=7, le=366
    )
    contact_zone_metres: int = _kept(
        300,
        "Metres within which a coordinate of a contact file belongs to a zone; it is used in "
        "memory and never kept.",
        ge=50,
        le=2000,
    )
    contact_far_metres: int = _kept(
        20_000,
        "Metres from every zone beyond which a coordinate of a contact file is a mistake.",
        ge=2000,
        le=200_000,
    )
    planner_seconds: float = _kept(
        2.0, "Seconds that the planner searches for a night's routes.", gt=0, le=600
    )
    planner_seed: int = _kept(1, "Seed of the planner's random choices.", ge=0)
    planner_walk_minutes: int = _kept(
        45, "Minutes of the longest way between two stops of a unit on foot.", ge=1, le=180
    )
    planner_van_walk_minutes: int = _kept(
        8,
        "Minutes of the longest way that a crew goes on foot from its parked van to the next "
        "zone; 0: the crew stays with its van.",
        ge=0,
        le=60,
    )
    planner_kits: float = _kept(
        1.0,
        "Kits that a crew hands out for each contact expected, where those on board of its "
        "unit are counted.",
        ge=0,
        le=20,
    )
    need_points: int = _kept(100, "Points that one expected contact is worth.", ge=1)
    need_exploration: float = _kept(
        0.25,
        "Share of the way from the expected to the highest presence that counts too, so that "
        "little-known zones are visited.",
        ge=0,
        le=1,
    )
    need_least: float = _kept(
        0.1, "Least coverage debt: what a zone is worth that was visited last night.", gt=0, le=1
    )
    need_most: float = _kept(
        2.0, "Most coverage debt: what a zone is worth that was never visited.", ge=1, le=10
    )
    need_shortening: float = _kept(
        0.6,
        "How much a shortened visit loses: 0 nothing, 1 as much as the minutes it lacks.",
        ge=0,
        le=1,
    )
    need_diminishing: float = _kept(
        0.6, "Share of its value that each further visit to a zone in one week keeps.", ge=0, le=1
    )
    need_thin: float = _kept(
        1.0,
        "A zone is thinly observed where the highest presence exceeds the expected by more than "
        "this many times the expected.",
        gt=0,
    )

    conflict_half_life: int = _kept(
        180, "Days after which a conflict report presses half as much.", ge=30, le=1825
    )
    mediation_opens: str = _kept(
        "10:00",
        "Wall clock from which a mediation visit may begin.",
        pattern=CLOCK,
    )
    mediation_closes: str = _kept(
        "20:00",
        "Wall clock until which a mediation visit may begin.",
        pattern=CLOCK,
    )
    mediation_minutes: int = _kept(60, "Minutes of a mediation visit.", ge=10, le=240)
    week_seconds: float = _kept(
        40.0, "Seconds that the planner searches for the routes of a week.", gt=0, le=3600
    )
    week_regular: int = _kept(
        50,
        "Points that a visit earns in a week at the time at which the zone is used to a unit.",
        ge=0,
        le=10_000,
    )
    week_regular_minutes: int = _kept(
        20, "Minutes before and after a zone's usual time that still keep it.", ge=0, le=120
    )
    week_due: int = _kept(
        300,
        "Points for the first visit of a week to a zone that would be behind at its end.",
        ge=0,
        le=10_000,
    )
    week_share: int = _kept(
        200, "Points for a visit of a week in every province that has zones.", ge=0, le=10_000
    )
    week_explore: int = _kept(
        40,
        "Points for each quarter of an hour of a week in thinly observed zones.",
        ge=0,
        le=10_000,
    )
    week_explore_minutes: int = _kept(
        120, "Minutes of a week up to which thinly observed zones earn these points.", ge=0, le=6000
    )

    count_seconds: float = _kept(
        45.0, "Seconds that the planner searches for the routes of a count night.", gt=0, le=3600
    )
    count_rain: float = _kept(
        1.0,
        "Most rain (mm in an hour, at its heaviest) in which a count night is held.",
        ge=0,
        le=50,
    )
    count_wind: float = _kept(
        40.0, "Most wind (gusts, km/h) in which a count night is held.", ge=0, le=150
    )

    release_contacts: int = _kept(
        10, "Least persons met in a municipality and month for its figures to be shown.", ge=10
    )
    release_persons: int = _kept(
        5, "Least of the largest number of persons met there on one night.", ge=5
    )
    release_zones: int = _kept(3, "Least number of zones that the figures rest on.", ge=3)
    release_top_percent: int = _kept(
        50, "Most of the contacts, in percent, that a single zone may have.", ge=10, le=50
    )
    release_step: int = _kept(5, "What published counts are rounded to.", ge=5, le=50)
    release_category: int = _kept(
        10, "Least of any other count of persons, and of a category of the region.", ge=10
    )
    release_outings: int = _kept(5, "Least number of outings that is shown.", ge=5)
    release_epsilon: float = _kept(
        1.0, "Epsilon of a month that is published with noise.", ge=0.05, le=2
    )
    release_epsilon_year: float = _kept(
        12.0, "Epsilon that all noisy months of a year may spend together.", ge=0.05, le=24
    )
    release_nights: int = _kept(
        8,
        "Nights of a month on which one person may be met: the noise hides them all.",
        ge=8,
        le=31,
    )

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @property
    def url(self) -> str:
        """The database in use, as an SQLAlchemy URL."""
        if self.profile == "municipality":
            return self.municipal_url or f"sqlite:///{self.home / 'municipal.db'}"
        return self.database_url or f"sqlite:///{self.home / 'prossima.db'}"

    @property
    def need_weights(self) -> NeedWeights:
        """What the terms of the need weigh."""
        return NeedWeights(
            points=self.need_points,
            exploration=self.need_exploration,
            least=self.need_least,
            most=self.need_most,
            shortening=self.need_shortening,
            diminishing=self.need_diminishing,
            thin=self.need_thin,
        )

    @property
    def means(self) -> Means:
        """How far crews walk and what they hand out."""
        return Means(
            walking=self.planner_walk_minutes * MINUTE,
            van_walk=self.planner_van_walk_minutes * MINUTE,
            kits=self.planner_kits,
        )

    @property
    def week_weights(self) -> WeekWeights:
        """What a week weighs besides the value of its visits."""
        return WeekWeights(
            regular=self.week_regular,
            regular_minutes=self.week_regular_minutes,
            due=self.week_due,
            share=self.week_share,
            explore=self.week_explore,
            explore_minutes=self.week_explore_minutes,
        )

    @property
    def count_rule(self) -> WeatherRule:
        """In which weather a count night is held."""
        return WeatherRule(self.count_rain, self.count_wind)

    @property
    def release_rules(self) -> Rules:
        """The rules of the way out."""
        return Rules(
            contacts=self.release_contacts,
            persons=self.release_persons,
            zones=self.release_zones,
            top_percent=self.release_top_percent,
            step=self.release_step,
            category=self.release_category,
            outings=self.release_outings,
        )

    def with_kept(self, kept: Mapping[str, object]) -> Settings:
        """These settings with the database's values where the environment says nothing."""
        return load(**{**self.model_dump(), **unsaid(kept)})


def unsaid(kept: Mapping[str, object]) -> dict[str, object]:
    """The database's values of which the environment says nothing."""
    return {k: v for k, v in kept.items() if PREFIX + k.upper() not in os.environ}


def load(**values: Any) -> Settings:
    """Settings from the environment and `values`, which win.

    Raises InputError `setting_wrong` (setting, got, expected) for the first wrong one.
    """
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).removeprefix(PREFIX.lower())
        raise InputError(
            "setting_wrong",
            setting=PREFIX + name.upper(),
            got=str(first["input"]),
            expected=first["msg"],
        ) from error


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return load()


def kept_names() -> frozenset[str]:
    """Settings that may be changed in the database."""
    return frozenset(
        name
        for name, field in Settings.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("kept")
    )
