"""Starts the web application: prepares its database, prints one sign-in link, then serves until stopped."""

from __future__ import annotations

import ipaddress
import multiprocessing
import os
import socket
from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command
from granian.constants import Interfaces
from granian.log import LogLevels

from huaxiang.errors import InputError
from huaxiang.server.clock import now
from huaxiang.server.page_processes import PageProcesses
from huaxiang.server.settings import LOOPBACK_HOSTS, configure
from huaxiang.server.stopping import GRACE
from huaxiang.server.webhooks.supervising import delivering
from huaxiang.server.wsgi import HOSTS_VARIABLE, WORKSPACE_VARIABLE
from huaxiang.words import Message

#: At most so many processes make pages, as there are cores: each has an interpreter of its own, with which only one of
#: its threads works at a time. And at most so many threads of all together, for each may open the tables.
PROCESSES, THREADS = 2, 8


def serve(
    workspace: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    public: bool = False,
    allowed_hosts: tuple[str, ...] = LOOPBACK_HOSTS,
    tell: Callable[[Message], None],
) -> None:
    """Serve the workspace at ``http://host:port`` until the process is interrupted or terminated.

    All that it started has ended when it returns, which takes a few seconds while pages are open.
    ``tell`` receives what to show to the person who started it: the address and a one-time sign-in link.
    A host that other computers can reach raises :class:`InputError` unless ``public`` is true; so does a port in use.
    """
    _check_host(host, public)
    _check_port(host, port)
    link = prepare(workspace, allowed_hosts)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    tell(Message("server.serving", {"address": address}))
    tell(Message("server.open_this_link", {"address": address + link}))
    os.environ[WORKSPACE_VARIABLE] = str(workspace.resolve())
    os.environ[HOSTS_VARIABLE] = ",".join(allowed_hosts)
    # A forked worker would share its parent's database connections.
    multiprocessing.set_start_method("spawn", force=True)
    processes, threads = crew(os.cpu_count() or 1)
    pages = PageProcesses(
        "huaxiang.server.wsgi:application_from_environment",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=processes,
        blocking_threads=threads,
        workers_kill_timeout=GRACE,
        # An open page keeps its connection, so that a process is ended after its grace as a matter of course.
        log_level=LogLevels.error,
    )
    with delivering(workspace.resolve()):
        pages.serve()


def crew(cores: int) -> tuple[int, int]:
    """How many processes make pages on so many cores, and with how many threads each."""
    processes = min(PROCESSES, cores)
    return processes, -(-min(THREADS, 2 * cores + 1) // processes)


def prepare(workspace: Path, allowed_hosts: tuple[str, ...] = LOOPBACK_HOSTS) -> str:
    """Bring the accounts database up to date and give the path of a fresh one-time sign-in link."""
    set_up(workspace, allowed_hosts)
    # Its models can be imported only once Django knows the workspace.
    from huaxiang.server.accounts.links import start_link

    call_command("clearsessions", verbosity=0)
    return start_link(now())


def set_up(workspace: Path, allowed_hosts: tuple[str, ...] = LOOPBACK_HOSTS) -> None:
    """Let this process use the accounts database, brought up to date; once in a process."""
    configure(workspace, allowed_hosts=allowed_hosts)
    call_command("migrate", verbosity=0, interactive=False)


def _check_host(host: str, public: bool) -> None:
    if public or host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise InputError("server.host_not_local", host=host)


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise InputError("server.port_taken", port=port) from None
