"""A report on a contact file in words, for the terminal and the screens."""

from __future__ import annotations

from collections.abc import Iterator

from data.contact_import import Report
from data.texts import Texts


def sentences(report: Report, t: Texts) -> Iterator[str]:
    """What a file would bring or brought, a sentence each; refusals first."""
    for error in report.refusals:
        yield t.sentence(error)
    if report.wrong:
        more = report.wrong - len(report.refusals)
        if more > 0:
            yield t.plural("One more cell is wrong.", "{count} more cells are wrong.", more)
        yield t("Nothing of the file is taken.")
        return
    yield t(
        "{records} with {persons} in {zones}.",
        records=t.plural("{count} record", "{count} records", report.records),
        persons=t.plural("{count} person", "{count} persons", report.persons),
        zones=t.plural("{count} zone", "{count} zones", report.zones),
    )
    if report.first and report.last:
        yield t("Nights from {first} to {last}.", first=report.first, last=report.last)
    if not report.known:
        yield t("There are no records of “{key}” yet.", key=report.organisation)
    for count, said in (
        (report.new, t.plural("{count} new outing.", "{count} new outings.", report.new)),
        (
            report.same,
            t.plural(
                "{count} outing is as it was.", "{count} outings are as they were.", report.same
            ),
        ),
        (
            report.expired,
            t.plural(
                "{count} outing is so old that it is only counted into the monthly totals.",
                "{count} outings are so old that they are only counted into the monthly totals.",
                report.expired,
            ),
        ),
        (
            report.closed,
            t.plural(
                "{count} outing has already become part of the monthly totals and is left out.",
                "{count} outings have already become part of the monthly totals and are left out.",
                report.closed,
            ),
        ),
    ):
        if count:
            yield said
    if report.replaced:
        yield t(
            "{outings}: {before} are replaced by {after}.",
            outings=t.plural(
                "{count} corrected outing", "{count} corrected outings", report.replaced
            ),
            before=t.plural("{count} record", "{count} records", report.before),
            after=t.plural("{count} record", "{count} records", report.after),
        )
    if report.frozen:
        yield t(
            "Already published and frozen: {months}. The records are kept and count in the yearly "
            "totals; the published figures stay as they are.",
            months=t.list(f"{month:%m/%Y}" for month in report.frozen),
        )
    if report.crow:
        yield t.plural(
            "{count} record is given to the nearest zone as the crow flies: no road of the network "
            "passes there.",
            "{count} records are given to the nearest zone as the crow flies: no road of the "
            "network passes there.",
            report.crow,
        )
    if report.left_out:
        rows = t.list(report.unplaced[:10])
        yield t.plural(
            "{count} record lies near no zone and is not taken (rows {rows}).",
            "{count} records lie near no zone and are not taken (rows {rows}).",
            report.left_out,
            rows=f"{rows} …" if report.left_out > 10 else rows,
        )
