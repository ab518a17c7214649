# ruff: noqa: E501 (a sentence stands on one line)
"""The sentence of every code: errors, and the reasons why a zone was left out.

A sentence says what was expected, what came and what to do. It never repeats the value
of a contact record. Translations stand in `data/locales`; a test holds every code raised
in the program to be here and its places to be among the fields.
"""

from __future__ import annotations


def N_(msgid: str) -> str:
    """Mark a text for the catalogue and give it back as it is."""
    return msgid


GEO = {
    "datetime_naive": "A time without its time zone cannot be used.",
    "night_unreadable": "“{got}” is no night: give tonight, tomorrow or a date such as 2026-05-03.",
    "clock_unreadable": "“{got}” is no time: give hours and minutes such as 21:30 (25:30 is 01:30).",
    "clock_skipped": "{got} does not exist on the night of {night}: the clocks go forward.",
    "zone_code": "“{got}” is no zone code: expected six digits of the municipality, a dash and a number, such as 048017-03.",
    "zone_municipality": "Zone {zone} does not begin with its municipality {got}.",
    "zone_service": "Zone {zone}: a visit of {got} minutes; expected between 1 and 240.",
    "zone_shortest": "Zone {zone}: the shortest visit ({got} minutes) is longer than the usual one, or less than 1.",
    "zone_revisit": "Zone {zone}: revisit after {got} days; expected 7, 14 or 28.",
    "zone_windows": "Zone {zone} has no presence window: give at least one, such as fri 22:00-01:00.",
    "coordinates_invalid": "The coordinates are no longitude and latitude in degrees (EPSG:4326).",
    "coordinates_swapped": "Latitude and longitude swapped? The place would lie in Tuscany the other way round: longitude comes first.",
    "zone_too_small": "Zone {zone} is shorter than {minimum} metres: a zone is never the point where a person stands. Draw a longer stretch.",
}

ROUTING = {
    "unit_code": "A unit has no code.",
    "unit_driving": "Unit {unit}: {got} minutes of driving; expected more than 0, or nothing for no limit.",
    "unit_kilometres": "Unit {unit}: {got} kilometres; expected more than 0, or nothing for no limit.",
    "shift_ends_before_start": "The shift of unit {unit} ends ({closes}) before it starts ({opens}): a night runs from noon to noon.",
}

LAYERS: dict[str, str] = {}

DATA = {
    "setting_wrong": "Setting {setting}: “{got}” cannot be used ({expected}).",
    "setting_unknown": "{setting} cannot be changed in the database: see `prossima settings` for those that can.",
    "not_allowed": "The role {role} may not do this ({action}).",
    "database_url": "The database URL cannot be read: expected something like postgresql://host/prossima.",
    "database_driver": "This kind of database needs the package {module}: install prossima[postgresql].",
    "database_unreachable": "The database cannot be read or written: check that it runs, that the folder may be written and that the disk is not full.",
    "database_broken": "The database file is damaged or is no database: restore it from a backup, or name another folder in PROSSIMA_HOME.",
    "database_newer": "The database was made by a later version of Prossima: update the program.",
    "database_busy": "Someone else is writing just now and it took too long: try again.",
    "synthetic_mixed": "Synthetic and real data never stand in one database: use another folder (PROSSIMA_HOME) for one of them.",
    "zone_unknown": "Zone {zone} is not known: import the zones first.",
    "unit_unknown": "Unit {unit} is not known.",
    "demo_over_real": "This database holds real data: the demo region would replace it. Name another folder in PROSSIMA_HOME.",
    "promise_missing": "Promise {promise} does not exist any more.",
    "file_kind": "A file of the kind {got} cannot be used: expected one of {expected}.",
    "file_missing": "The file {file} does not exist.",
    "file_empty": "There is nothing in the file {file}.",
    "file_broken": "The file {file} is damaged or cut off: export it again.",
    "file_without_crs": "The file {file} does not say its coordinate reference system: export it as EPSG:4326.",
    "encoding_unreadable": "Row {row} holds characters that cannot be read with certainty: save the file as CSV UTF-8.",
    "csv_cells": "Row {row} has {got} cells, expected {expected}: put cells that hold the dividing sign in double quotes.",
    "csv_quotes": "Row {row}: a double quote is opened and not closed.",
    "column_twice": "Column {column} stands twice in the file.",
    "column_missing": "Column {column} is missing. The columns are: {expected}.",
    "column_unknown": "Column {column} is not known. The columns are: {expected}.",
    "cell_unreadable": "Row {row}, column {column}: expected {expected}, got {got}.",
    "code_twice": "The same code stands in an earlier row.",
    "municipality_unknown": "{got} is the ISTAT code of no municipality of Tuscany.",
    "unit_end": "Unit {unit}: the end needs name, longitude and latitude together, or none of them to return to the start.",
    "plan_missing": "Plan {plan} does not exist any more.",
    "plan_changed": "Someone else has changed this plan meanwhile: nothing was overwritten. Load it again.",
    "plan_published": "Plan {plan} is published and stays as it is: save your changes as a new plan.",
    "unit_published": "The crew of {unit} already reads the itinerary of another plan for {night}: confirm to replace it.",
    "unit_without_route": "Unit {unit} has no route in this plan.",
    "itinerary_missing": "No itinerary is published for unit {unit} on the night of {night}.",
    "itinerary_foreign": "This is not the itinerary of your unit.",
    "itinerary_not_tonight": "The itinerary of {night} cannot be read tonight.",
    "itinerary_expired": "The shift is over: its itinerary can no longer be read.",
}

SCREENS: dict[str, str] = {}

SENTENCES = {**GEO, **ROUTING, **LAYERS, **DATA, **SCREENS}

WORDS: dict[tuple[str, str], str] = {
    ("PlaceType", "viale"): "avenue",
    ("PlaceType", "provinciale"): "provincial road",
    ("PlaceType", "area_industriale"): "industrial area",
    ("PlaceType", "stazione"): "station",
    ("PlaceType", "pineta"): "pine wood",
    ("PlaceType", "piazzola"): "lay-by",
    ("PlaceType", "indoor_area"): "indoor area",
    ("Access", "van"): "by van",
    ("Access", "foot"): "on foot",
    ("Kind", "zone"): "zone",
    ("Kind", "appointment"): "appointment",
    ("Kind", "accompaniment"): "accompaniment",
    ("Kind", "hotline"): "hotline request",
    ("Kind", "mediation"): "mediation visit",
}
