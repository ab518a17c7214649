# ruff: noqa: E501 (a sentence stands on one line)
"""Sentences of the errors of releases, their rules and their ledger."""

from __future__ import annotations

RELEASES = {
    "threshold_weak": "A table cannot be published with a threshold of {least} and steps of {step}: expected at least 3 and 1.",
    "district_unknown": "The municipality {municipality} stands in no district: figures cannot be published for it.",
    "districts_wrong": "The table of districts is wrong at the municipality {municipality}: each stands once, in a district of its province.",
    "published_unreadable": "This is no release that this version can read: expected a file that Prossima has written.",
}
