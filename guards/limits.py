"""How often a door may be used from outside."""

import logging

from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def over_limit(request: HttpRequest, *, group: str, rate: str, key: str | None = None, counts: bool = True) -> bool:
    """Count this use of the door `group`, if it `counts`; whether it is over `rate` ("20/m").

    Counted by `key`, or without one by the visitor's address; of an IPv6 address by its /64, for whoever has one of
    those has them all. Where Valkey is away nobody is turned back: the doors that ask must not depend on it.
    """
    by = "ip" if key is None else lambda _group, _request: key
    try:
        return bool(is_ratelimited(request, group=group, key=by, rate=rate, increment=counts))
    except RedisError as error:
        logger.warning("Cannot count how often %s is used: %s", group, error)
        return False
