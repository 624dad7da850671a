"""From a path and a method to the function that answers, or the problem that is answered."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.routing import compile_path

from wrapped_assets.serving.http.messages import Call, Reply
from wrapped_assets.serving.http.problems import Problem

Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True)
class Route:
    """One way in. GET answers HEAD too."""

    methods: tuple[str, ...]
    pattern: str
    """As Starlette writes it: `/wrapped/{url_key}`."""
    handler: Handler


class Routes:
    """Every way in, the first that matches counts."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.all = tuple(routes)
        self._compiled = [(compile_path(route.pattern)[0], route) for route in routes]

    def find(self, call: Call) -> Handler:
        """The handler of a call, which learns its route and the parts of its path; 404 or 405 when there is none."""
        method = "GET" if call.method == "HEAD" else call.method
        allowed: list[str] = []
        path = _without_slash(call)
        for regex, route in self._compiled:
            match = regex.match(path)
            if match is None:
                continue
            if method in route.methods:
                call.params = match.groupdict()
                call.notes.route = route.pattern
                return route.handler
            call.notes.route = route.pattern
            allowed += route.methods
        if not allowed:
            raise Problem(404, "There is no such path")
        names = sorted({*allowed, *(["HEAD"] if "GET" in allowed else []), "OPTIONS"})
        raise Problem(405, f"This path takes {', '.join(names)}", {"Allow": ", ".join(names)})


def _without_slash(call: Call) -> str:
    """The path; some clients end those of the API with a slash. One that was percent-encoded is a part of a name."""
    is_api, ends = call.path.startswith(("/v0/", "/mcp/")), call.scope.get("raw_path", b"/").endswith(b"/")
    return call.path.removesuffix("/") if is_api and ends else call.path
