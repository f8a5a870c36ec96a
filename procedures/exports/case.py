"""One case as an export's table sees it, folded from its entries."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from procedures import cells, records
from procedures.models import Entry, EntryContent
from procedures.reading import blobs_named, for_fold

Rows = Sequence[tuple[Entry, EntryContent]]


@dataclass(frozen=True)
class ExportedCase:
    """`cells` by column, as procedures.cells names them; `blobs` are the photographs that its entries name."""

    release: str
    cells: dict[str, str]
    blobs: set[str]


def exported(rows: Rows, *, made_ms: int, wards: Mapping[uuid.UUID, str], identified: bool) -> ExportedCase:
    """Fold a case for the table, judged at the export's moment. Without `identified`: no identity and no free text.

    `rows` are all entries of the case in log order; `wards` has the wards' names.
    """
    places = [row for row, _ in rows]
    written = for_fold(rows)
    view = records.view_of(written, now_ms=made_ms)
    told = {
        "case": str(places[0].case),
        "ward": cells.as_text(wards[records.home(places)]),
        **cells.of_case(view.opened, view.status, view.state["registers"], identified=identified),
    }
    return ExportedCase(view.opened["release"], told, blobs_named(written))
