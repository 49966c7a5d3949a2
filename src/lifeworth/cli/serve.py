"""`lifeworth serve`: the dashboard and the API of a workspace, on an address that is safe to listen on."""

from __future__ import annotations

import errno
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lifeworth.cli.job import WORKSPACE, Workspace

if TYPE_CHECKING:
    from lifeworth.api.options import ServeOptions

NEEDED = ("uvicorn", "fastapi", "dash", "dash_mantine_components", "dash_ag_grid", "plotly", "python_multipart")
APPLICATION = "lifeworth.dashboard.server:application"
PORT = 8321
VARIABLE = "LIFEWORTH_SERVE"
"""How the workers are told the options; the same name stands in `api/options.py`, which is loaded when they are."""
GRACE = 10
"""Seconds that requests in hand have to come to their end when the server is stopped."""

State = Annotated[
    str | None,
    typer.Option(
        envvar="LIFEWORTH_STATE",
        metavar="URL",
        help="Database of people, jobs and views; by default WORKSPACE/state.db.",
    ),
]


def serve(
    workspace: Workspace = WORKSPACE,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="NUMBER", help="Port to listen on; 0 takes a free one.")] = PORT,
    workers: Annotated[int, typer.Option(metavar="NUMBER", help="Processes that answer.")] = 1,
    tls_cert: Annotated[Path | None, typer.Option(metavar="FILE", help="Certificate, to speak TLS itself.")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Key of the certificate.")] = None,
    behind_proxy: Annotated[
        str | None, typer.Option(metavar="ORIGIN", help="A proxy does TLS; what people type: https://clv.example.com")
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS", help="Where the proxy speaks from; by default this machine. As often as needed."
        ),
    ] = None,
    state: State = None,
    idle_hours: Annotated[
        float | None, typer.Option(metavar="HOURS", help="A sign-in ends after so long without a request; 8.")
    ] = None,
    session_hours: Annotated[
        float | None, typer.Option(metavar="HOURS", help="A sign-in ends after so long in any case; 168.")
    ] = None,
    max_upload: Annotated[
        int | None, typer.Option(metavar="BYTES", help="Largest file that can be uploaded; 4000000000.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
) -> None:
    """Serve the dashboard and the API of a workspace.

    It listens on this machine alone unless told otherwise. At the first start it prints a link that opens once, for an admin.
    """
    _all_is_installed()
    from lifeworth.api.options import told

    options = told(
        workspace=workspace.absolute(), host=host, port=port, workers=workers, tls_cert=tls_cert, tls_key=tls_key,
        behind_proxy=behind_proxy, trusted_proxies=trusted_proxy, state=state, idle_hours=idle_hours,
        session_hours=session_hours, max_upload=max_upload,
    ).refuse_if_unsafe()  # fmt: skip
    _writable(options.workspace)
    server = _server(options)
    with closing(_listen(server.config, options)) as listening:
        options = options.model_copy(update={"port": listening.getsockname()[1]})
        link = _first_link(options)
        os.environ[VARIABLE] = options.model_dump_json()
        print(_greeting(options, link), flush=True)
        with _browser(link or options.origin, wanted=not no_browser):
            _answer(server, listening)


def _all_is_installed() -> None:
    from lifeworth.errors import LifeworthError

    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise LifeworthError(
            f"Serving needs what is not installed: {', '.join(missing)}.",
            hint='Install it with: pip install "lifeworth[serve]"',
        )


def _writable(folder: Path) -> None:
    """Make the workspace where there is none, and see that something can be kept in it."""
    from lifeworth.data.disk import writing

    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


def _server(options: ServeOptions) -> Any:
    import uvicorn

    from lifeworth.api.security.logs import configuration

    config = uvicorn.Config(
        APPLICATION,
        factory=True,
        host=options.host,
        port=options.port,
        workers=options.workers,
        ssl_certfile=options.tls_cert,
        ssl_keyfile=options.tls_key,
        # Only a proxy that was named may say who asks; without one nobody may.
        proxy_headers=options.behind_proxy is not None,
        forwarded_allow_ips=list(options.trusted_proxies),
        log_config=configuration("WARNING"),
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=GRACE,
        # A worker that loads libraries on a busy machine is no worker that hangs.
        timeout_worker_healthcheck=60,
    )
    return uvicorn.Server(config)


class _Heard(logging.Filter):
    """Keeps what uvicorn would say when it cannot listen; it is said in words of ours."""

    error: object = None

    def filter(self, record: logging.LogRecord) -> bool:
        self.error = record.msg
        return False


def _listen(config: Any, options: ServeOptions) -> Any:
    """A socket that listens already: who comes while the program is still loading waits, and is not turned away."""
    from lifeworth.errors import LifeworthError

    log, heard = logging.getLogger("uvicorn.error"), _Heard()
    log.addFilter(heard)
    fault: object = None
    try:
        socket = config.bind_socket()
        # asyncio sends small pieces at once only over sockets of a named protocol, which this one is not. What it accepts inherits the
        # setting; without it the body of an answer waits 40 ms for the client to acknowledge its head.
        socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    except SystemExit:
        fault = heard.error
    finally:
        log.removeFilter(heard)
    if fault is None:
        try:
            socket.listen(config.backlog)
        except OSError as error:
            socket.close()
            fault = error
        else:
            return socket
    why = fault.errno if isinstance(fault, OSError) else None
    where = f"{options.host}, port {options.port}"
    if why == errno.EADDRINUSE:
        raise LifeworthError(f"Something listens on {where} already.", hint=f"Another port: --port {options.port + 1}")
    if why == errno.EACCES:
        raise LifeworthError(
            f"This system does not let you listen on {where}.", hint=f"A port above 1023: --port {PORT}"
        )
    raise LifeworthError(f"Nothing can listen on {where}: {fault}.", hint="Is --host an address of this machine?")


def _first_link(options: ServeOptions) -> str | None:
    from lifeworth.access.doors import Doors
    from lifeworth.data.book import book_of

    book = book_of(options.workspace, options.state)
    try:
        key = Doors(book).first_link()
    finally:
        # Workers open connections of their own; one of SQLite must not be handed down to them.
        book.close()
    return None if key is None else f"{options.origin}/enter/{key}"


def _greeting(options: ServeOptions, link: str | None) -> str:
    lines = [f"Lifeworth serves {options.workspace} at {options.origin}"]
    if options.behind_proxy is not None:
        inside = f"[{options.host}]" if ":" in options.host else options.host
        lines.append(f"The proxy reaches it at {'https' if options.tls_cert else 'http'}://{inside}:{options.port}")
    lines.append("")
    if link is not None:
        lines += [
            "No admin has set a password yet. Come in as one by this link; it opens once, within 24 hours:",
            f"  {link}",
            "",
        ]
    return "\n".join([*lines, "Ctrl-C ends it."])


@contextmanager
def _browser(address: str, *, wanted: bool) -> Iterator[None]:
    """Open a browser where a person sits before one.

    It is sent to a file that only they can read, which leads on: what stands on a command line can be read by everybody on the machine.
    """
    screen = sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if not (wanted and screen and sys.stdout.isatty()):
        yield
        return
    import webbrowser

    handle, name = tempfile.mkstemp(prefix="lifeworth-", suffix=".html")
    page = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={address}">')
        with suppress(webbrowser.Error):
            webbrowser.open(page.as_uri())
        yield
    finally:
        page.unlink(missing_ok=True)


def _answer(server: Any, listening: Any) -> None:
    """Answer until somebody stops it; one process by itself, or several that are watched and replaced."""
    from uvicorn.supervisors import Multiprocess

    from lifeworth.errors import LifeworthError

    try:
        if server.config.workers > 1:
            Multiprocess(server.config, sockets=[listening]).run()
        else:
            server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    except SystemExit as end:
        if end.code:
            raise LifeworthError("The server could not start; the lines above say why.") from end


COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (serve, "The dashboard and the API of a workspace, for people and programs."),
)
"""The commands written here, each with its line in the list of commands."""
