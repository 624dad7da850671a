"""What can be left out. To take one out, delete its module (and what only that imports) and its line here: nothing else names it.

A module of assets has a list `assets`. One of serving has a function `add_to`, which adds to what is answered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.routing import Route

    from wrapped_assets.serving.http.messages import Notes
    from wrapped_assets.serving.http.metrics import Metrics
    from wrapped_assets.serving.page_routes import Pages
    from wrapped_assets.serving.pipes import Pipes
    from wrapped_assets.settings import Settings

OPTIONAL = (
    "wrapped_assets.assets.wrapped_announcement",
    "wrapped_assets.serving.api.mcp_tools",
    "wrapped_assets.serving.api.sandbox",
    "wrapped_assets.serving.film_routes",
    "wrapped_assets.serving.request_log",
)


def modules(package: str) -> list[ModuleType]:
    """Those below this package, such as `wrapped_assets.serving`."""
    return [import_module(name) for name in OPTIONAL if name.startswith(f"{package}.")]


@dataclass
class Additions:
    """What `add_to` finds of a worker, and what it can add to beside the parts of a page and the steps of an answer."""

    settings: Settings
    shared: Path
    """The folder of all workers of this server."""

    metrics: Metrics
    pipes: Pipes
    pages: Pages

    routes: list[Route] = field(default_factory=list)
    paths: dict[str, Any] = field(default_factory=dict)
    """The routes' part of the OpenAPI document."""

    parameters: list[dict[str, Any]] = field(default_factory=list)
    """Of every endpoint, as OpenAPI has them."""

    answered: list[Callable[[Notes, int, float, datetime], None]] = field(default_factory=list)
    """Told of each request: its status, its seconds, and when it came."""

    starting: list[Callable[[], None]] = field(default_factory=list)
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
