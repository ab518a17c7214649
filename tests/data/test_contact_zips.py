"""Exports of ODK Central: a zip with a CSV of the submissions and one of each repeat."""

import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from data.contact_import import ContactFile
from geo.errors import InputError
from tests.data.contact_samples import codes, read

SUBMISSIONS = """SubmissionDate,today,stop-notte,stop-zona,meta-instanceID,KEY,SubmitterName
2026-11-06T01:00:00.000Z,2026-11-06,2026-11-05,048017-01,uuid:a,uuid:a,Somebody
2026-11-06T01:00:00.000Z,2026-11-06,2026-11-05,048017-02,uuid:b,uuid:b,Somebody
"""
PERSONS = """tipo,genere,PARENT_KEY,KEY
contattata,donna,uuid:a,uuid:a/persone[1]
osservata,trans,uuid:a,uuid:a/persone[2]
contattata,uomo,uuid:b,uuid:b/persone[1]
"""


def zipped(parts):
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return ContactFile("export.zip", target.getvalue())


def test_a_repeat_is_joined_to_its_submission():
    found = read(zipped({"uscite-persone.csv": PERSONS, "uscite.csv": SUBMISSIONS}))
    assert codes(found) == []
    rows = found.contacts[["zone", "kind", "gender"]].astype(str).to_numpy().tolist()
    assert rows == [
        ["048017-01", "contattata", "donna"],
        ["048017-01", "osservata", "trans"],
        ["048017-02", "contattata", "uomo"],
    ]


def test_a_person_without_submission_is_refused_by_its_row():
    lost = PERSONS.replace("uuid:b,uuid:b/", "uuid:z,uuid:z/")
    with pytest.raises(InputError) as caught:
        read(zipped({"uscite.csv": SUBMISSIONS, "uscite-persone.csv": lost}))
    assert (caught.value.code, caught.value.fields["row"]) == ("contact_repeat", 4)


def test_an_identifier_in_a_repeat_refuses_the_whole():
    named = PERSONS.replace("contattata,uomo", "3471234567,uomo")
    found = read(zipped({"uscite.csv": SUBMISSIONS, "uscite-persone.csv": named}))
    assert codes(found)
    assert "347" not in str([error.fields for error in found.refusals.first])
    assert found.contacts.empty


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"uscite.csv": SUBMISSIONS, "media/foto.jpg": b"\xff\xd8"}, "file_zip_part"),
        ({"uscite.csv": SUBMISSIONS, "altro.zip": b"PK"}, "file_zip_part"),
        ({"uscite.csv": "zona\n" + "x" * 20_000_000}, "file_bomb"),
        ({f"{number}.csv": "a" for number in range(600)}, "file_bomb"),
        ({}, "file_broken"),
    ],
)
def test_what_else_a_zip_may_be_is_refused(parts, code):
    with pytest.raises(InputError) as caught:
        read(zipped(parts))
    assert caught.value.code == code


def test_a_cut_off_zip_is_refused():
    whole = zipped({"uscite.csv": SUBMISSIONS})
    with pytest.raises(InputError) as caught:
        read(ContactFile("export.zip", whole.data[:200]))
    assert caught.value.code == "file_broken"
