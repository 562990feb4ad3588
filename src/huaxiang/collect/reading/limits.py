"""How much one file may ask of the machine before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Upper bounds for one file; all sizes in bytes, all bounds inclusive.

    The workbook bounds are far above what a person's spreadsheet needs and far below what hurts the machine.
    """

    max_file_bytes: int = 8 * 1024 * MEGABYTE
    """Size of the file, and of what a .gz file unpacks to."""
    max_record_bytes: int = 16 * MEGABYTE
    """One row of a text file, line breaks inside quotes included."""
    max_columns: int = 16_384
    max_rejected_rows: int = 200_000
    """More unreadable rows than this means that the file is not what it was taken for."""
    max_json_array_bytes: int = 256 * MEGABYTE
    """A JSON file that is one long list has to be held in memory whole; JSON lines do not."""
    max_workbook_members: int = 1_000
    """Files inside an .xlsx or .ods file."""
    max_workbook_unpacked_bytes: int = 200 * MEGABYTE
    max_workbook_ratio: int = 100
    """Unpacked to packed size; asked only of workbooks that unpack to more than 10 MB."""
    max_workbook_cells: int = 10_000_000
    """Cells of one sheet from its top to its last row and column with text, the empty ones between included."""
    workbook_memory_bytes: int = 1024 * MEGABYTE
    """Address space of the process that reads a workbook."""
    workbook_seconds: float = 60.0
    """Wall time of the process that reads a workbook."""
