"""Published files back into figures, whichever of their kinds they are, to be attacked."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyogrio
from openpyxl import load_workbook
from pyogrio.errors import DataSourceError

from data.conflict_figures import CODES, NAMES
from data.count_files import figure_code, figure_named
from data.release_files import COLUMNS
from geo.errors import InputError
from geo.month_facts import Figure
from geo.privacy import Kind, Published, restored
from geo.release_rules import Rules
from geo.release_tables import PLACE

FIGURES = (".json", ".csv", ".xlsx", ".geojson", ".gpkg")
"""Endings of files that hold figures; any other file is only searched."""


def published_in(name: str, data: bytes) -> list[Published]:
    """The releases in a file, one a month and subject, as far as it holds them.

    Raises InputError `release_file` (file) for a file of figures that cannot be read.
    """
    kind = Path(name).suffix.lower()
    try:
        match kind:
            case ".json":
                found = [one["published"] for one in json.loads(data)["releases"]]
            case ".csv":
                found = _from_rows(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
            case ".xlsx":
                found = _from_rows(_data_sheet(data))
            case ".geojson":
                features = json.loads(data)["features"]
                found = _from_features(one["properties"] for one in features)
            case ".gpkg":
                found = _from_features(_layer(data))
            case _:
                return []
        return [restored(one) for one in found]
    except (
        AttributeError, DataSourceError, IndexError, KeyError, OSError, StopIteration, TypeError,
        ValueError, csv.Error, zipfile.BadZipFile,
    ) as error:  # fmt: skip
        raise InputError("release_file", file=f"*{kind}") from error


def _layer(data: bytes) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "release.gpkg"
        file.write_bytes(data)
        frame = pyogrio.read_dataframe(file, read_geometry=False)
    records: list[dict[str, Any]] = (
        frame.astype(object).where(frame.notna(), None).to_dict("records")
    )
    return records


def _data_sheet(data: bytes) -> Iterable[Sequence[object]]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    for sheet in book:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        if rows and tuple(rows[0]) == COLUMNS:
            return rows
    raise ValueError


def _from_rows(rows: Iterable[Sequence[object]]) -> list[dict[str, Any]]:
    """The long table (`data.release_files.COLUMNS`) as documents of releases."""
    table = [*rows]
    if tuple(table[0]) != COLUMNS:
        raise ValueError
    found: dict[str, dict[str, Any]] = {}
    for row in table[1:]:
        one = {name: _text(value) for name, value in zip(COLUMNS, row, strict=True)}
        by_place = one["part"] in NAMES
        subject = one["part"] if by_place else ""
        document = found.setdefault(f"{one['month']} {one['kind']} {subject}", _empty(one))
        count = None if one["count"] == "" else int(one["count"])
        step, figure = int(one["step"]), one["figure"]
        if one["part"] == "cell":
            cell = _cell(document, one["place"], one["municipalities"])
            known = figure_named(figure)
            cell["figures"][known.value] = count
            document["rules"] |= {_rule(known): int(one["least"]), "step": step}
        elif one["part"] == "total":
            document["totals"][figure_named(figure).value] = count
        else:
            kept = _table(document, one["part"], step, int(one["least"]))
            key = figure.split()
            if by_place:
                key = [one["place"], *key]
                kept["keys"] = [PLACE, NAMES[subject]]
                document["rules"] |= {"category": kept["least"], "step": step}
                if one["place"]:
                    _cell(document, one["place"], one["municipalities"])
            kept["rows"].append([key, count])
    return [*found.values()]


def _from_features(features: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in features:
        subject, step, least = one["subject"], int(one["step"]), int(one["least"])
        document = found.setdefault(f"{one['month']} {subject}", _empty(one))
        cell = _cell(document, one["place"], one["municipalities"])
        document["rules"]["step"] = step
        if subject in NAMES:
            document["rules"]["category"] = least
            kept = _table(document, subject, step, least)
            kept["keys"] = [PLACE, NAMES[subject]]
            kept["rows"] += [[[one["place"], code], _count(one[code])] for code in CODES[subject]]
            continue
        kind = Kind(one["kind"])
        for figure in [Figure.CONTACTS] if kind is Kind.NIGHT else Figure:
            if (code := figure_code(kind, figure)) in one:
                cell["figures"][figure.value] = _count(one[code])
    return [*found.values()]


def _empty(one: Mapping[str, Any]) -> dict[str, Any]:
    """A release of which only this is known: kind, month, and whose it is."""
    noisy = Kind(one["kind"]) is Kind.NOISY
    return {
        "kind": one["kind"],
        "month": f"{one['month']}-01",
        "place": one["territory"],
        "cells": [],
        "masked": [],
        "totals": {},
        "tables": [],
        "rules": Rules().to_dict(),
        "districts": "",
        "synthetic": False,
        "epsilon": "?" if noisy else None,
        "nights": None,
    }


def _cell(document: dict[str, Any], key: str, members: str) -> dict[str, Any]:
    wanted = {"key": key, "members": members.split()}
    for cell in document["cells"]:
        if {"key": cell["key"], "members": cell["members"]} == wanted:
            found: dict[str, Any] = cell
            return found
    document["cells"].append(wanted | {"figures": {}})
    last: dict[str, Any] = document["cells"][-1]
    return last


def _table(document: dict[str, Any], subject: str, step: int, least: int) -> dict[str, Any]:
    for table in document["tables"]:
        if table["subject"] == subject:
            found: dict[str, Any] = table
            return found
    new = {"subject": subject, "keys": [subject], "rows": [], "least": least, "step": step}
    document["tables"].append(new)
    return new


def _rule(figure: Figure) -> str:
    """The rule that a figure's least is of."""
    names = {Figure.CONTACTS: "contacts", Figure.OUTINGS: "outings"}
    return names.get(figure, "category")


def _count(value: Any) -> int | None:
    return None if value is None else int(value)


def _text(value: object) -> str:
    return "" if value is None else str(value)
