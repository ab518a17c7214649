"""The published totals of a count night as a file."""

from __future__ import annotations

import csv
import io

from data.messages import N_
from data.release_words import place_name, subject_name, table_name
from data.texts import Texts
from geo.month_facts import Figure
from geo.privacy import ESTIMATE, Published

ENDS = {
    "low": N_("at least, with 95 %"),
    "middle": N_("estimate"),
    "high": N_("at most, with 95 %"),
}
"""Rows of the estimate (msgids)."""


def count_csv(one: Published, t: Texts) -> bytes:
    """Places and tables of a count, UTF-8 with its mark and divided by `;`: list, code, count
    (empty where it is not shown), and both in words."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(("list", "code", "count", "list_name", "code_name"))
    for cell in one.cells:
        seen = cell.figures.get(Figure.CONTACTS)
        writer.writerow(["seen", cell.key, seen, t("Persons seen"), place_name(t, cell)])
    for table in one.tables:
        for key, count in table.rows:
            if table.subject == ESTIMATE:
                names = t("Persons there, estimated"), t(ENDS[key[0]])
            else:
                names = subject_name(t, table.subject), table_name(t, table.subject, key)
            writer.writerow([table.subject, " ".join(key), count, *names])
    if one.synthetic:
        writer.writerow(["synthetic", "", "", t("Synthetic data"), ""])
    return text.getvalue().encode("utf-8-sig")
