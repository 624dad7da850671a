"""Whether the scopes of a new token can be used at all: a misspelt name would show only later, to the token's holder, as a 403 or 404."""

from collections.abc import Iterable, Mapping

from wrapped_assets.access.grants import Scope
from wrapped_assets.product import Endpoint
from wrapped_assets.serving.api.endpoints import ParameterRefused, parsed

LONGEST_NAME = 100
"""Characters of an unknown name that are told again."""


class UnusableScope(ValueError):
    """A scope that no request could ever use. Its text names what is unknown and lists what there is."""


def refuse_unusable(endpoints: Mapping[str, Endpoint], scopes: Iterable[Scope]) -> None:
    """See that every pipe there is, and can be asked with what is fixed for it; raises UnusableScope."""
    for scope in scopes:
        if scope.resource is None:
            continue
        if scope.resource not in endpoints:
            named, known = scope.resource[:LONGEST_NAME], ", ".join(sorted(endpoints))
            raise UnusableScope(f"there is no pipe '{named}'; there are {known}")
        _refuse_fixed(endpoints[scope.resource], scope.fixed_params)


def _refuse_fixed(pipe: Endpoint, fixed: Mapping[str, str]) -> None:
    parameters = {each.name: each for each in pipe.parameters}
    for name, value in fixed.items():
        if name not in parameters:
            raise UnusableScope(
                f"the pipe '{pipe.name}' has no parameter '{name[:LONGEST_NAME]}' to fix; it has {', '.join(parameters)}"
            )
        try:
            parsed(parameters[name], value)
        except ParameterRefused as refused:
            told = str(refused).removesuffix(".").replace("The parameter", "the parameter", 1)
            raise UnusableScope(f"the pipe '{pipe.name}' could not be asked: {told}") from None
