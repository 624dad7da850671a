"""`wrapped serve`: the HTTP API and the pages from a terminal."""

from typing import Annotated

import typer

from wrapped_assets.settings import Settings


def serve(
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 for every interface.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8080,
    workers: Annotated[int, typer.Option(help="Worker processes; one a core.", min=1, max=256)] = 2,
    access_log: Annotated[
        bool, typer.Option("--access-log/--no-access-log", help="One JSON line for each request, to stdout.")
    ] = True,
) -> None:
    """Serve the API, the published documents and the pages until it is stopped.

    It answers from what `wrapped promote` made current, and follows the next promotion within some seconds by itself, without
    dropping a request. Ctrl-C or SIGTERM stops it once its requests have ended; SIGHUP replaces the workers one by one.

    Behind a proxy or under another name, set WRAPPED_PUBLIC_URL; WRAPPED_THEME names a look of your own for pages and cards.

    Examples: `wrapped serve`, `wrapped serve --host 0.0.0.0 --port 80 --workers 4`.
    """
    settings = Settings.load()
    from wrapped_assets.serving import server

    server.serve(settings, host, port, workers, access_log)
