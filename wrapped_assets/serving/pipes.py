"""`/v0/pipes`: endpoints by name, in four formats, with a token for them."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wrapped_assets.access.grants import Grant
from wrapped_assets.product import Endpoint, Parameter
from wrapped_assets.serving.api import parameters
from wrapped_assets.serving.api.answers import Answer
from wrapped_assets.serving.api.endpoints import ParameterRefused
from wrapped_assets.serving.api.formats import FORMATS, QUOTE_64BIT, Form
from wrapped_assets.serving.http.authentication import Door, scope_for
from wrapped_assets.serving.http.messages import NO_STORE, json_response, notes, query
from wrapped_assets.serving.http.problems import Problem
from wrapped_assets.serving.http.threads import Threads
from wrapped_assets.serving.live.live import OutsideYear
from wrapped_assets.serving.live.shelf import NoAnswers, Shelf

Step = Callable[[Answer, str], Awaitable[Answer]]

ROWS_WRITTEN_HERE = 500
"""More than these would hold up the other requests while they are written; fewer cost less than a thread."""


@dataclass(frozen=True)
class Pipes:
    """The endpoints, and what they are answered with."""

    endpoints: Mapping[str, Endpoint]
    shelf: Shelf
    door: Door
    threads: Threads
    steps: dict[str, Step] = field(default_factory=dict)
    """What further parameters do with an answer, by their names."""

    async def answer(self, request: Request) -> Response:
        """`GET` and `POST /v0/pipes/<name>.<format>`."""
        given = await parameters.sent(request, self.known(request.path_params["name"]))
        started = time.perf_counter()
        answer = await self.threads.run(self._answer, request, given)
        for name, step in self.steps.items():
            if asked := given.get(name, "").strip():
                answer = await step(answer, asked)
        notes(request).rows = len(answer.rows)
        form = Form(given.get(QUOTE_64BIT) == "1", time.perf_counter() - started)
        wanted = FORMATS[request.path_params["format"]]
        if len(answer.rows) > ROWS_WRITTEN_HERE:
            body = await self.threads.run(wanted.write, answer, form)
        else:
            body = wanted.write(answer, form)
        return Response(body, 200, NO_STORE, wanted.media_type)

    def _answer(self, request: Request, given: Mapping[str, str]) -> Answer:
        grant = self.door.admit(request)
        if request.path_params["format"] not in FORMATS:
            raise Problem(404, f"There is no such format; there are {', '.join(FORMATS)}")
        return self.ask(grant, request.path_params["name"], given, request)

    def ask(self, grant: Grant, name: str, given: Mapping[str, str], request: Request) -> Answer:
        """The rows that a grant gets from an endpoint. Blocks; called in a thread."""
        endpoint, noted = self._find(name), notes(request)
        noted.pipe = endpoint.name
        scope = scope_for(grant, endpoint.name)
        began = time.thread_time()
        try:
            decided = parameters.decide(endpoint.parameters, given, scope)
            year = self._year(decided)
            with self.shelf.using(year) as live:
                answer = live.run(endpoint, decided)
        except ParameterRefused as refused:
            raise Problem(400, str(refused)) from None
        except NoAnswers as none:
            raise Problem(404, str(none)) from None
        except OutsideYear as outside:
            raise Problem(
                400,
                f"The parameter '{outside.parameter}' is outside of the edition of {year}, expected a day"
                f" from {year}-01-01 up to {year + 1}-01-01",
            ) from None
        finally:
            noted.cpu_seconds = time.thread_time() - began
        noted.rows_read, noted.bytes_read = answer.rows_read, answer.bytes_read
        return answer

    def _year(self, decided: Mapping[str, object]) -> int:
        """The edition that was asked for, or the newest one."""
        years = self.shelf.years
        if not years:
            raise Problem(503, "Nothing is published yet", {"Retry-After": "5"})
        year = decided.get("year", years[-1])
        if year not in years:
            raise Problem(400, f"The parameter 'year' names no published year, expected one of {years}")
        assert isinstance(year, int)
        return year

    def known(self, name: str) -> set[str]:
        """What a request for this pipe may say; everything else is ignored."""
        endpoint = self.endpoints.get(name)
        own = (each.name for each in endpoint.parameters) if endpoint else ()
        return {*self.steps, QUOTE_64BIT, *own}

    def _find(self, name: str) -> Endpoint:
        if name not in self.endpoints:
            raise Problem(404, f"The pipe '{name[:100]}' does not exist")
        return self.endpoints[name]

    async def list(self, request: Request) -> Response:
        """`GET /v0/pipes`: the endpoints that the token may read."""
        grant = await self.threads.run(self.door.admit, request)
        return json_response({"pipes": [_asked(described(each), request) for each in self.readable(grant)]})

    async def describe(self, request: Request) -> Response:
        """`GET /v0/pipes/<name>`."""
        grant = await self.threads.run(self.door.admit, request)
        endpoint = self._find(request.path_params["name"])
        notes(request).pipe = endpoint.name
        scope_for(grant, endpoint.name)
        return json_response(_asked(described(endpoint), request))

    def readable(self, grant: Grant) -> Sequence[Endpoint]:
        """The endpoints that a grant may read."""
        return [each for name, each in self.endpoints.items() if grant.scope_for(name)]


def described(endpoint: Endpoint) -> dict[str, Any]:
    """An endpoint as `/v0/pipes` shows it."""
    return {
        "id": endpoint.name,
        "name": endpoint.name,
        "type": "endpoint",
        "description": endpoint.description,
        "endpoint": f"/v0/pipes/{endpoint.name}.json",
        "updated_at": None if endpoint.updated_at is None else f"{endpoint.updated_at:%Y-%m-%dT%H:%M:%SZ}",
        "nodes": [{"name": endpoint.name, "params": [_parameter(each) for each in endpoint.parameters]}],
    }


def _asked(shown: dict[str, Any], request: Request) -> dict[str, Any]:
    """The attributes that `attrs` names, of the endpoint, and `node_attrs`, of its nodes; all where they are not given."""
    given = dict(query(request))
    nodes = [_only(node, given.get("node_attrs")) for node in shown["nodes"]]
    return _only(shown | {"nodes": nodes}, given.get("attrs"))


def _only(shown: dict[str, Any], names: str | None) -> dict[str, Any]:
    wanted = {name.strip() for name in names.split(",")} if names else shown.keys()
    return {name: value for name, value in shown.items() if name in wanted}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "required": parameter.is_required,
        "default": parameter.default,
        "description": parameter.description,
    }
