"""What a process of its own does with a registry, for tests of several: `python -m tests.registry_process <what> <url> ...`.

It says `ready` once it is, starts when a line comes in, and prints what it found as JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from tests.tokens import SECRET
from wrapped_assets.access.registry import Registry
from wrapped_assets.access.tokens import Authority, TokenRefused
from wrapped_assets.assets import edition_tokens

PATIENCE_SECONDS = 20.0


def until_refused(url: str, token: str, url_key: str) -> Mapping[str, object]:
    """Ask again and again until the token and the link are refused; when each was accepted for the last time."""
    with Registry.open(url) as registry:
        authority = Authority(SECRET, registry)
        authority.verify(token)
        assert registry.resolve(url_key) is not None
        _ready()
        last = {"token": 0.0, "link": 0.0}
        reason, asked, deadline = "", 0, time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            at, asked = time.time(), asked + 1
            is_linked = registry.resolve(url_key) is not None
            if is_linked:
                last["link"] = at
            try:
                authority.verify(token)
                last["token"] = at
            except TokenRefused as refused:
                reason = refused.reason
                if not is_linked:
                    break
        return {**last, "reason": reason, "asked": asked}


def issue(url: str, customers: str) -> Mapping[str, object]:
    """Open the registry, which nobody may have made yet, and give each customer a link and a token."""
    companies = {f"w-{number}": f"Company {number}" for number in range(int(customers))}
    _ready()
    sys.stdin.readline()
    with Registry.open(url) as registry:
        report = edition_tokens.issue(registry, 2025, companies, datetime.now(UTC))
        keys = {link.subject: [link.url_key, link.short] for link in registry.links_of_edition(2025)}
        return {"links": report.new_links, "tokens": report.new_tokens, "keys": keys}


def _ready() -> None:
    print("ready", flush=True)


WHAT: Mapping[str, Callable[..., Mapping[str, object]]] = {"until_refused": until_refused, "issue": issue}

if __name__ == "__main__":
    print(json.dumps(WHAT[sys.argv[1]](*sys.argv[2:])))
