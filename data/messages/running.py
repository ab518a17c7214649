# ruff: noqa: E501 (a sentence stands on one line)
"""Sentences of the running night."""

from __future__ import annotations

RUNNING = {
    "night_over": "The night of {night} can no longer be added to: its entries close at noon. Tell the coordination.",
    "outing_closed": "The records of the night of {night} have become monthly totals: nothing can be added to them.",
    "night_moved_on": "The night has gone on since this was worked out: work it out again.",
    "replan_too_late": "The shift of {unit} ends at {closes}: there is nothing left to plan.",
    "event_wrong": "An entry cannot be read and was not taken; it is still on the phone.",
    "event_zone_unknown": "An entry is for a zone that does not exist and was not taken; it is still on the phone.",
    "tally_value": "A contact was not taken: {field} is none of the list.",
    "link_unknown": "This link opens nothing: ask the coordination for a new one.",
    "return_unreadable": "This is not what a phone gives back at the end of a night: expected its file or pictures of its codes.",
    "return_too_large": "What came back is larger than {most} kB and was not read.",
    "return_codes_missing": "Only {have} of {count} codes were read: add the pictures of the others.",
    "picture_unreadable": "A file is no picture that can be read: expected PNG, JPEG or WebP.",
    "picture_without_code": "No code was found in a picture: take it closer, with the whole code in it.",
    "pack_ending": "A night is not written as {got}: expected {expected}.",
}
