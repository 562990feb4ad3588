"""Tables that say what was done: imports, the rows set aside, repairs, runs. Column name to Ibis type."""

from __future__ import annotations

#: One row per landed operation that the lake contains (an import, or a replay of repaired rows).
OPERATION = {"operation": "string", "kind": "string", "import_id": "string"}

#: One row per imported file or sheet. rows_read = rows_kept + rows_repaired + rows_quarantined + rows_already_there.
IMPORT = {
    "import_id": "string",
    "file_name": "string",
    "sheet": "string",
    "sha256": "string",
    "form": "string",
    "table_name": "string",
    "source": "string",
    "known_at": "timestamp(6)",
    "rows_read": "int64",
    "rows_kept": "int64",
    "rows_repaired": "int64",
    "rows_quarantined": "int64",
    "rows_already_there": "int64",
    "rows_blank": "int64",
    "rows_without_customer": "int64",
    "amount_without_customer": "decimal(18, 4)",
    "first_occurred_at": "timestamp(6)",
    "last_occurred_at": "timestamp(6)",
    "messages": "string",
    "mapping": "string",
}

#: One row per row of a file that waits, with its reason and its text as it stood.
QUARANTINE = {
    "import_id": "string",
    "source_row": "int64",
    "field": "string",
    "reason": "string",
    "params": "string",
    "raw_text": "string",
    "status": "string",
}

#: One row per cell that was mended (``repaired``) or left empty because it could not be read (``set_aside``).
CELL_ISSUE = {
    "import_id": "string",
    "source_row": "int64",
    "field": "string",
    "reason": "string",
    "handling": "string",
    "raw_value": "string",
}

#: One row per refresh: the day it was computed for and what it stood on. ``scope`` is ``full`` or ``increment``,
#: ``computed_count`` of how many customers the tags of their own were computed; null in runs of earlier programs.
RUN = {
    "run_id": "string",
    "kind": "string",
    "as_of": "date",
    "started_at": "timestamp(6)",
    "seconds": "float64",
    "definitions": "string",
    "ledger_position": "int64",
    "import_count": "int64",
    "customer_count": "int64",
    "scope": "string",
    "computed_count": "int64",
    "messages": "string",
}

OPERATION_TABLES = {
    "operation": OPERATION,
    "import": IMPORT,
    "quarantine": QUARANTINE,
    "cell_issue": CELL_ISSUE,
    "run": RUN,
}
