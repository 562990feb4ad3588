"""``serve``: the pages."""

from __future__ import annotations

from typing import Annotated

import typer

from huaxiang.cli.desk import Desk
from huaxiang.workspace import Workspace

HOST, PORT = "127.0.0.1", 8000


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="cli.option.host")] = HOST,
    port: Annotated[int, typer.Option(help="cli.option.port")] = PORT,
    public: Annotated[bool, typer.Option("--public", help="cli.option.public")] = False,
) -> None:
    """Serve the pages of the workspace."""
    desk = Desk.of(context)
    serve_pages(desk, desk.workspace(), host, port, public=public)


def serve_pages(desk: Desk, workspace: Workspace, host: str, port: int, *, public: bool = False) -> None:
    """Serve until interrupted; prints the address and one sign-in link."""
    # Django is loaded only by those who serve: every other command starts faster without it.
    from huaxiang.server.serve import serve as run

    run(workspace.folder, host, port, public=public, tell=lambda message: desk.tell(message.code, **message.params))
