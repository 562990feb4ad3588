"""The process of one job: ``python -m huaxiang.server.jobs.run WORKSPACE JOB``."""

from __future__ import annotations

import sys
from pathlib import Path

from huaxiang.server.settings import configure


def main(workspace: str, number: str) -> None:
    """Run the job of that number in that workspace."""
    # Its models can be imported only once Django knows the workspace.
    configure(Path(workspace))
    from huaxiang.server.jobs.turn import take_turn

    take_turn(int(number))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
