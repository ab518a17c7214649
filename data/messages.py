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
    "mode_unknown": "“{got}” is no way of moving: expected one of {expected}.",
    "place_off_network": "No road comes near the place: the nearest is {metres} away. Import a road network that covers it.",
    "no_way": "No road leads from one place to the other.",
    "limit_negative": "A time limit of {got} cannot be used: expected more than 0.",
    "window_empty": "The window from {opens} to {closes} holds no time on that night.",
    "window_reversed": "{field}: the window ends ({closes}) before it begins ({opens}).",
    "presence_columns": "The presence table lacks the columns {missing}.",
    "presence_value": "Column {column}: expected a number that is not negative; weekdays go from 0 to 6, hours from 0 to 23.",
    "presence_interval": "The expected presence must lie between low and high.",
    "presence_twice": "Presence of zone {zone} on weekday {weekday} at hour {hour} is given twice.",
    "network_missing": "The road network {file} does not exist: import one with `prossima network import`.",
    "network_file_format": "The road network {file} was written by another version of the program: import it again.",
    "network_file_broken": "The road network {file} is damaged or cut off: import it again.",
    "network_invalid": "The road network cannot be right: {field} ({reason}). Import it again.",
    "skeleton_tables_missing": "The packaged road tables are missing ({pattern}): install the program again.",
    "skeleton_columns": "The road table {file} lacks the columns {missing}.",
    "skeleton_place_twice": "The place {place} stands twice in the road tables.",
    "skeleton_class_unknown": "The road {road} is of the unknown class {road_class}.",
    "skeleton_place_unknown": "The road {road} passes the unknown place {place}.",
    "skeleton_course_unreadable": "The course of the road {road} cannot be read at “{item}”.",
    "zone_too_small": "Zone {zone} is shorter than {minimum} metres: a zone is never the point where a person stands. Draw a longer stretch.",
}

ROUTING = {
    "unit_code": "A unit has no code.",
    "unit_driving": "Unit {unit}: {got} minutes of driving; expected more than 0, or nothing for no limit.",
    "unit_kilometres": "Unit {unit}: {got} kilometres; expected more than 0, or nothing for no limit.",
    "shift_ends_before_start": "The shift of unit {unit} ends ({closes}) before it starts ({opens}): a night runs from noon to noon.",
    "need_weight": "The weight {weight} of the need cannot be {got}: see `prossima settings` for its limits.",
    "visit_after_night": "Zone {zone} was last visited after the night of {night}.",
    "zone_window_reversed": "Zone {zone}: a presence window ends ({closes}) before it begins ({opens}).",
    "night_past": "The night of {night} is over: plan tonight ({tonight}) or a later night.",
    "units_missing": "No unit goes out on the night of {night}: choose at least one.",
    "unit_other_night": "The outing of {unit} is of another night ({night}).",
    "unit_off_duty": "{unit} does not go out on the night of {night}: leave it out or change its weekdays.",
    "shift_over": "The shift of {unit} is over (it ended at {closes}).",
    "base_off_network": "The base of {unit} lies {metres} from the nearest road: check its coordinates, or import a road network that covers it.",
    "zone_forced_and_excluded": "Zone {zone} is both to be visited and left out: decide on one.",
    "zone_forced_impossible": "Zone {zone} cannot be visited tonight. {reason}",
    "promise_kind": "Promise {promise}: {got} is no kind of promise.",
    "promise_place": "Promise {promise} needs either a zone or a place.",
    "promise_minutes": "Promise {promise}: a stay of {got} minutes; expected between 1 and 240.",
    "promise_window": "Promise {promise}: the hours {opens}–{closes} are none of that night.",
    "promise_other_night": "Promise {promise} is of another night ({night}).",
    "promise_off_network": "The place of promise {promise} lies {metres} from the nearest road.",
    "promise_zone_closed": "Promise {promise} cannot be kept: zone {zone} is closed tonight.",
    "promise_too_late": "Promise {promise} can no longer be kept: it was to begin by {closes}.",
    "promise_impossible": "{visit} cannot be kept tonight. {reason}",
    "promises_conflict": "These cannot all be kept on one night, whatever else is left out: {visits}. Move one of them or send another unit.",
    "locked_infeasible": "Unit {unit} cannot finish in time what it has already begun: lengthen its shift or take a stop back.",
    "route_infeasible": "The route of unit {unit} cannot be driven as given.",
    "visit_missing": "{visit} is not part of this night.",
    "plan_format": "The plan was written in the form {got}, expected {expected}: plan the night again.",
    "plan_unreadable": "The plan cannot be read ({reason}): plan the night again.",
    "plan_breaks_rules": "The plan found breaks a rule ({rule}) and was thrown away: plan again, and report it.",
    "itinerary_format": "The itinerary was written in the form {got}, expected {expected}: publish it again.",
    "itinerary_unreadable": "The itinerary cannot be read ({reason}): publish it again.",
    "itinerary_disagrees": "The way of unit {unit} to {visit} is not the one that was planned: the road network has changed. Plan again.",
    "empty": "{field} is empty.",
    "unknown": "{field}: {got} does not exist.",
    "not_whole": "{field}: {got} is no whole number.",
    "out_of_range": "{field}: {got} is not between {least} and {most}.",
    "matrix_shape": "{field}: expected a matrix of {expected}, got {got}.",
    "twice": "{field}: {got} stands twice.",
}

REASONS = {
    "crew_alone": "A crew of one does not go out: at least two are needed.",
    "mode": "No unit on duty moves the way that this place asks for (by van or on foot).",
    "language": "No crew on duty speaks the language that is asked for.",
    "skill": "No crew on duty has the role that is asked for, such as a mediator.",
    "discreet": "No unit on duty can come unmarked.",
    "materials": "No unit has enough materials on board.",
    "forbidden": "The units that could go there are kept away from it.",
    "fixed_elsewhere": "It belongs to units that are not out tonight.",
    "no_shift": "No unit goes out.",
    "no_option": "There is no hour at which it can be visited.",
    "unreachable": "No road leads there and back.",
    "outside_every_shift": "Its hours lie outside every shift, with the way there and back.",
    "beyond_limits": "The way there and back is longer than the units' limits of minutes or kilometres.",
    "zone_excluded": "It was left out by hand.",
    "zone_closed": "It is closed tonight.",
    "zone_outside_territory": "It lies outside the territory of the units that go out.",
    "zone_not_tonight": "It has no presence window on this weekday.",
    "zone_nobody_expected": "Nobody is expected there in its hours.",
    "zone_off_network": "No road of the network comes near it.",
    "promise_unit_not_out": "The unit that promised it does not go out tonight.",
}

LAYERS = {
    "asset_not_vendored": "The map asks for a file that does not come with the program: {link}.",
    "asset_remote": "{file} would load something from outside the program.",
    "asset_absent": "{file} is not in the package {package}.",
}

DATA = {
    "demo_network": "The road network has no room for the demo zones of {province} ({missing} too few): use the packaged network.",
    "network_projected": "The graph {file} is in {crs}: expected EPSG:4326 (save it with osmnx before projecting).",
    "network_empty": "There is no road for a van in {file}.",
    "network_source_broken": "{file} cannot be read ({reason}): it is damaged, cut off or of another kind. The network in use was not changed.",
    "network_other_area": "Only {percent} % of these roads lie in Tuscany: choose another area. The network in use was not changed.",
    "import_cancelled": "The import was cancelled. The network in use was not changed.",
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

SCREENS = {
    "page_refused": "This page is not for your role.",
}

SENTENCES = {**GEO, **ROUTING, **REASONS, **LAYERS, **DATA, **SCREENS}

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
