"""The table under a chart as a file; texts that a spreadsheet would run are made text."""

from __future__ import annotations

from io import BytesIO

import pyarrow as pa
from django.http import HttpResponse

from huaxiang.release.csv_format import write_csv_bytes
from huaxiang.server.tables import Table


def csv_of(table: Table, name: str) -> HttpResponse:
    """The answer that a browser saves as ``<name>.csv``."""
    columns = [[row[place].text for row in table.rows] for place in range(len(table.columns))]
    titles = [column.title for column in table.columns]
    stream = BytesIO()
    write_csv_bytes(pa.table([pa.array(cells, pa.string()) for cells in columns], names=titles), stream, machine=False)
    answer = HttpResponse(stream.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
