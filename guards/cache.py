"""The cache is a convenience: when Valkey is away, pages are slower and limits are open, and nothing breaks."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.functional import cached_property
from redis import exceptions

logger = logging.getLogger(__name__)

T = TypeVar("T")


LEFT_ALONE = 10.0  # seconds for which a cache that hangs is not asked, so that a page waits for it once


class _Hung:
    """Of this process: until when (monotonic) nothing is asked of a cache that did not answer in time."""

    until = 0.0


def attempt(work: Callable[[], T], otherwise: T) -> T:
    if monotonic() < _Hung.until:
        return otherwise
    try:
        return work()
    except exceptions.RedisError as error:
        logger.warning("The cache is away: %s", error)
        if isinstance(error, exceptions.TimeoutError):  # who refuses does so at once, and may be back the next moment
            _Hung.until = monotonic() + LEFT_ALONE
        return otherwise


class KeptClient(RedisCacheClient):
    """Django's client makes an object of redis-py, which is not small, for each command; one serves all threads."""

    @cached_property
    def _kept(self) -> Any:
        return super().get_client()

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._kept


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache that forgets everything, rather than raise, while the server is away."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return attempt(lambda: super(ForgivingRedisCache, self).add(*args, **kwargs), False)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return attempt(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        attempt(lambda: super(ForgivingRedisCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return attempt(lambda: super(ForgivingRedisCache, self).touch(*args, **kwargs), False)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return attempt(lambda: super(ForgivingRedisCache, self).delete(*args, **kwargs), False)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return attempt(lambda: super(ForgivingRedisCache, self).get_many(*args, **kwargs), {})

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return attempt(lambda: super(ForgivingRedisCache, self).has_key(*args, **kwargs), False)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError where there is nothing to count, as Django's caches do."""
        counted = attempt(lambda: super(ForgivingRedisCache, self).incr(key, delta, version), None)
        if counted is None:
            raise ValueError(f"No {key!r} in the cache.")
        return counted

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        return attempt(lambda: super(ForgivingRedisCache, self).set_many(*args, **kwargs), [])

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        attempt(lambda: super(ForgivingRedisCache, self).delete_many(*args, **kwargs), None)
