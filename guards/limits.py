"""How often a door may be used from outside."""

import logging

from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def over_limit(request: HttpRequest, *, group: str, key: str, rate: str) -> bool:
    """Count this use of the door `group` by `key`; whether it is over `rate` ("20/m").

    Where Valkey is away nobody is turned back: the doors that ask must not depend on it.
    """
    try:
        return bool(is_ratelimited(request, group=group, key=lambda _group, _request: key, rate=rate, increment=True))
    except RedisError as error:
        logger.warning("Cannot count how often %s is used: %s", group, error)
        return False
