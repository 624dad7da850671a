"""Whether the scopes of a new token can be used at all: a misspelt name would else be told only to whoever holds it, by a 403 or 404."""

from collections.abc import Iterable, Mapping

from wrapped_assets.access.grants import Scope
from wrapped_assets.serving.api.endpoints import Endpoint, ParameterRefused

LONGEST_NAME = 100
"""Characters of an unknown name that are told again."""


class UnusableScope(ValueError):
    """A scope that no request could ever use. Its text names what is unknown and lists what there is."""


class UnknownPipe(UnusableScope):
    """There is no such pipe."""

    def __init__(self, named: str, pipes: Iterable[str]) -> None:
        super().__init__(f"there is no pipe '{named[:LONGEST_NAME]}'; there are {', '.join(sorted(pipes))}")


class UnknownParameter(UnusableScope):
    """The pipe has no such parameter, so that fixing it would restrict nothing."""

    def __init__(self, pipe: Endpoint, named: str) -> None:
        names = ", ".join(each.name for each in pipe.parameters)
        super().__init__(
            f"the pipe '{pipe.name}' has no parameter '{named[:LONGEST_NAME]}' to fix; it has {names}"
        )


class UselessValue(UnusableScope):
    """The parameter can never have the value that is fixed, so that every request would be refused."""

    def __init__(self, pipe: Endpoint, refused: ParameterRefused) -> None:
        told = str(refused).removesuffix(".").replace("The parameter", "the parameter", 1)
        super().__init__(f"the pipe '{pipe.name}' could not be asked: {told}")


def refuse_unusable(endpoints: Mapping[str, Endpoint], scopes: Iterable[Scope]) -> None:
    """See that every pipe there is, and can be asked with what is fixed for it; raises UnusableScope."""
    for scope in scopes:
        if scope.resource is None:
            continue
        if scope.resource not in endpoints:
            raise UnknownPipe(scope.resource, endpoints)
        _refuse_fixed(endpoints[scope.resource], scope.fixed_params)


def _refuse_fixed(pipe: Endpoint, fixed: Mapping[str, str]) -> None:
    parameters = {each.name: each for each in pipe.parameters}
    for name, value in fixed.items():
        if name not in parameters:
            raise UnknownParameter(pipe, name)
        try:
            parameters[name].parsed(value)
        except ParameterRefused as refused:
            raise UselessValue(pipe, refused) from None
