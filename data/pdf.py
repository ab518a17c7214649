"""PDF documents: one maker for all of them, tagged for screen readers, with nothing hidden.

A document is a Typst template in `data/documents` and a JSON value; the template knows the
layout, the value every word. What comes out is PDF/UA-1 (ISO 14289-1: tagged, with title and
language). It carries no author and no date, and no fonts or files but the packaged ones
take part. Equal arguments give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import typst

from geo.errors import InputError

DOCUMENTS = Path(__file__).parent / "documents"
"""Templates (`*.typ`) and the typeface that they are set in (Inter, SIL Open Font Licence)."""


def pdf(
    document: str, data: Mapping[str, object], images: Mapping[str, bytes] | None = None
) -> bytes:
    """The document as PDF/UA-1.

    `document` names a template, `data` is what it reads by `data`, `images` are files that
    it may show by name (SVG or PNG); a picture needs an `alt` in the template. Raises
    InputError `document_broken` (document, reason) when it cannot be set.
    """
    files: dict[str, bytes] = {"main.typ": _template(document), "house.typ": _template("house")}
    files |= dict(images or {})
    try:
        made: bytes = typst.compile(  # type: ignore[call-overload]
            files,
            format="pdf",
            font_paths=[DOCUMENTS],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=0,
        )
    except typst.TypstError as error:
        raise InputError("document_broken", document=document, reason=error.message) from error
    return made


@cache
def _template(name: str) -> bytes:
    return (DOCUMENTS / f"{name}.typ").read_bytes()
