# ruff: noqa: E501 (a sentence stands on one line)
"""Sentences of the errors of releases, their rules and their ledger."""

from __future__ import annotations

RELEASES = {
    "threshold_weak": "A table cannot be published with a threshold of {least} and steps of {step}: expected at least 3 and 1.",
    "district_unknown": "The municipality {municipality} stands in no district: figures cannot be published for it.",
    "districts_wrong": "The table of districts is wrong at the municipality {municipality}: each stands once, in a district of its province.",
    "published_unreadable": "This is no release that this version can read: expected a file that Prossima has written.",
    "release_month_open": "The month {month} is not over yet: it can be published once its last night is past.",
    "release_month_empty": "There is nothing to publish of {month}: nobody was met, or the records expired before this version kept what the rules ask for.",
    "release_month_unreadable": "“{got}” is no month: expected something like 2026-03.",
    "release_other_kind": "The month {month} has been published the other way: the figures by the rules and those with noise are never both published.",
    "release_districts_changed": "The districts are not those of the first release. Figures by two divisions of the land can be subtracted from each other: bring back the table districts.csv that was in use.",
    "release_epsilon_spent": "The epsilon of {year} is spent: {left} are left, less than a month takes. Publish the month by the rules, or not at all.",
    "release_none": "Nothing has been published yet.",
    "release_missing": "The month {month} has not been published.",
    "territory_missing": "No municipality is set for this access.",
    "territory_foreign": "A municipality sees its own territory and the regional total, nothing else.",
    "release_file": "{file} cannot be read as a release: expected a file that `prossima release export` has written.",
    "release_exposed": "The attack on the release of {month} finds {count} hidden figures too well known: nothing was published. Make the rules stricter in the settings.",
}
