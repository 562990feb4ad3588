"""The application that the web server's worker processes run; the workspace comes by environment variable."""

from __future__ import annotations

import gc
import os
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from huaxiang.errors import WorkspaceError
from huaxiang.server.settings import LOOPBACK_HOSTS, configure

WORKSPACE_VARIABLE = "HUAXIANG_WORKSPACE"
HOSTS_VARIABLE = "HUAXIANG_ALLOWED_HOSTS"
HTTPS_VARIABLE = "HUAXIANG_HTTPS"


def application_from_environment() -> WSGIHandler:
    """The application for ``HUAXIANG_WORKSPACE``, answering to the comma-separated ``HUAXIANG_ALLOWED_HOSTS``.

    ``HUAXIANG_HTTPS=1`` says that a proxy in front speaks HTTPS. Raises :class:`WorkspaceError` without a workspace.
    """
    workspace = os.environ.get(WORKSPACE_VARIABLE, "")
    if not Path(workspace).is_dir() or not workspace:
        raise WorkspaceError("server.workspace_unset", given=workspace or "-", variable=WORKSPACE_VARIABLE)
    hosts = [host for host in os.environ.get(HOSTS_VARIABLE, "").split(",") if host]
    https = os.environ.get(HTTPS_VARIABLE) == "1"
    configure(Path(workspace), allowed_hosts=hosts or LOOPBACK_HOSTS, https=https)
    application = get_wsgi_application()
    settle()
    return application


def settle() -> None:
    """Load every page, and leave what is loaded by now to itself: the garbage collector would walk all of it in the
    middle of a page, which costs a tenth of a second each time."""
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
