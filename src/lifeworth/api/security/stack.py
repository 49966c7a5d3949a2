"""The order in which a request passes all this, outermost first."""

from __future__ import annotations

from starlette.middleware import Middleware

from lifeworth.api.options import ServeOptions
from lifeworth.api.security.bodies import Bodies
from lifeworth.api.security.csrf import Csrf
from lifeworth.api.security.headers import SafeHeaders
from lifeworth.api.security.hosts import Hosts
from lifeworth.api.security.identity import Gate, Identity
from lifeworth.api.security.limits import Paced


def stack(options: ServeOptions) -> list[Middleware]:
    """What to put before an application whose state has `doors` and `trail`.

    The headers come first, so that a refusal has them too. The host is looked at before anybody is asked who they are; who they
    are before their pace, since it depends on that; their pace before they are refused, since a refusal is work too; and the body
    last, when it is known that anybody wants it.
    """
    return [
        Middleware(SafeHeaders, options=options),
        Middleware(Hosts, options=options),
        Middleware(Identity, options=options),
        Middleware(Paced),
        Middleware(Gate),
        Middleware(Csrf, options=options),
        Middleware(Bodies, options=options),
    ]
