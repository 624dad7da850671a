"""Faults in who may ask what, how often, and until when."""

from tests.mutants.fault import Fault

TOKENS = "tests/test_tokens.py"
REGISTRY = "tests/test_registry.py"
LIMITS = "tests/test_limits.py"

FAULTS = (
    Fault(
        "the algorithm is whatever the token says",
        "wrapped_assets/access/tokens.py",
        "self._jws.decode_complete(text, self._key(salt), [_ALGORITHM])",
        'PyJWS().decode_complete(text, self._key(salt), ["HS256", "HS384", "HS512"])',
        (f"{TOKENS}::test_no_other_algorithm_even_with_the_key",),
    ),
    Fault(
        "the signature is not looked at",
        "wrapped_assets/access/tokens.py",
        "self._jws.decode_complete(text, self._key(salt), [_ALGORITHM])",
        'self._jws.decode_complete(text, self._key(salt), [_ALGORITHM], {"verify_signature": False})',
        (f"{TOKENS}::test_keys_that_somebody_may_have",),
    ),
    Fault(
        "exp ignored",
        "wrapped_assets/access/tokens.py",
        """        if grant.expires_at is not None and grant.expires_at <= self._clock():
            raise TokenRefused("expired")
""",
        "",
        (f"{TOKENS}::test_a_token_ends_at_its_second",),
    ),
    Fault(
        "a token lives on for the second in which it ends",
        "wrapped_assets/access/tokens.py",
        "grant.expires_at <= self._clock()",
        "grant.expires_at < self._clock()",
        (f"{TOKENS}::test_a_token_ends_at_its_second",),
    ),
    Fault(
        "a token that was never issued here is good when its signature is",
        "wrapped_assets/access/tokens.py",
        "if self._registry and (grant.jti is None or self._registry.revoked(grant.jti)):",
        "if self._registry and grant.jti and self._registry.revoked(grant.jti):",
        (f"{TOKENS}::test_a_token_that_was_never_issued",),
    ),
    Fault(
        "of a key that stands twice the last counts",
        "wrapped_assets/access/grants.py",
        "    if len(found) != len(pairs):\n",
        "    if len(found) > len(pairs):\n",
        (f"{TOKENS}::test_a_key_that_stands_twice",),
    ),
    Fault(
        "fixed_params beaten by the URL",
        "wrapped_assets/access/grants.py",
        "return free | dict(self.fixed_params)",
        "return dict(self.fixed_params) | dict(given)",
        (f"{TOKENS}::test_what_is_fixed_beats_the_request_in_any_case",),
    ),
    Fault(
        "fixed_params beaten by capital letters",
        "wrapped_assets/access/grants.py",
        "if name.casefold() not in fixed}",
        "if name not in fixed}",
        (f"{TOKENS}::test_what_is_fixed_beats_the_request_in_any_case",),
    ),
    Fault(
        "a scope for one pipe is good for those whose names begin like it",
        "wrapped_assets/access/grants.py",
        "scope.type == READ and scope.resource == pipe",
        "scope.type == READ and pipe.startswith(scope.resource or pipe)",
        (f"{TOKENS}::test_a_scope_is_for_one_pipe",),
    ),
    Fault(
        "a restriction that the endpoint does not know restricts nothing",
        "wrapped_assets/serving/api/parameters.py",
        "if not scope.fixed_params.keys() <= {parameter.name for parameter in declared}:",
        "if not scope.fixed_params.keys() & {parameter.name for parameter in declared}:",
        ("tests/test_api_isolation.py::test_a_restriction_that_the_endpoint_does_not_know_refuses",),
    ),
    Fault(
        "a rate limit by customer instead of token",
        "wrapped_assets/serving/http/authentication.py",
        "self._limits.hit(grant.name, grant.rps)",
        "self._limits.hit(grant.workspace_id, grant.rps)",
        ("tests/test_api_pipes.py::TestRefusals::test_each_token_has_a_limit_of_its_own",),
    ),
    Fault(
        "a rate limit in fixed seconds lets twice as many through around their edge",
        "wrapped_assets/serving/http/rate_limits.py",
        "self._shared = MovingWindowRateLimiter(storage)",
        "self._shared = __import__('limits').strategies.FixedWindowRateLimiter(storage)",
        (f"{LIMITS}::test_around_the_edge_of_a_second_no_more_get_through[memory]",),
    ),
    Fault(
        "a revoked address is still shown",
        "wrapped_assets/access/registry/link_rows.py",
        'label("expires_at")).where(_LIVE),',
        'label("expires_at")),',
        (f"{REGISTRY}::test_a_revoked_address_is_gone_with_all_that_led_there[sqlite]",),
    ),
    Fault(
        "a short link leads to a revoked address",
        "wrapped_assets/access/registry/link_rows.py",
        'shorts.c.short == bindparam("short"), _LIVE)',
        'shorts.c.short == bindparam("short"))',
        (f"{REGISTRY}::test_a_revoked_address_is_gone_with_all_that_led_there[sqlite]",),
    ),
    Fault(
        "a share link never ends",
        "wrapped_assets/access/registry/link_rows.py",
        "or_(shorts.c.expires_at.is_(None), shorts.c.expires_at > _AT)",
        "or_(shorts.c.expires_at.is_(None), shorts.c.created_at <= _AT)",
        (f"{REGISTRY}::test_a_share_link_ends[sqlite]",),
    ),
    Fault(
        "the address that a share link led to outlives it",
        "wrapped_assets/access/registry/link_rows.py",
        "_LIVE_BY_ANY_SHORT.where(shorts.c.expires_at > _AT),",
        "_LIVE_BY_ANY_SHORT.where(shorts.c.expires_at.is_not(None)),",
        (f"{REGISTRY}::test_a_share_has_an_address_of_its_own_that_ends_with_it[sqlite]",),
    ),
    Fault(
        "a token revoked by another process is good for as long as this one lives",
        "wrapped_assets/access/registry/token_rows.py",
        "    note_change(connection)\n    return",
        "    return",
        (f"{REGISTRY}::test_each_change_alone_is_seen_by_another_process[sqlite-a token is revoked]",),
    ),
    Fault(
        "a refresh ends the old token before there is a new one",
        "wrapped_assets/serving/api/token_admin.py",
        'text = self.authority.issue(grant, static=old.kind == "static", instead_of=str(old.grant.jti))',
        "self.registry.revoke_token(str(old.grant.jti))\n"
        '            text = self.authority.issue(grant, static=old.kind == "static")',
        ("tests/test_token_admin.py::test_a_refresh_that_stops_half_way_leaves_the_old_token",),
    ),
    Fault(
        "what was asked before a revocation is remembered after it",
        "wrapped_assets/access/registry/memory.py",
        "            if found != self._generation.state:\n",
        "            if found.epoch != self._generation.state.epoch:\n",
        (f"{REGISTRY}::test_each_change_alone_is_seen_by_another_process[sqlite-a token is revoked]",),
    ),
)
