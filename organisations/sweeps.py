"""Work that `tick` repeats: each looks in the tables for what is due, and may run twice at once.

A sweep stands for no organisation, wherever it is called.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from guards.servers import server_trouble, valkey_trouble
from organisations import scope

Func = Callable[[], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Sweep:
    """`every` an interval, or at each full minute."""

    name: str
    func: Func
    every: timedelta | None
    minutely: bool


_sweeps: dict[str, Sweep] = {}


def sweep(*, every: timedelta | None = None, minutely: bool = False) -> Callable[[Func], Func]:
    """Register a function, in a module that the package's AppConfig.ready() imports."""
    if (every is None) is not minutely:
        raise ValueError("A sweep runs at an interval or at each full minute.")

    def register(func: Func) -> Func:
        func = scope.nobody()(func)
        name = f"{func.__module__}.{func.__qualname__}"
        _sweeps[name] = Sweep(name=name, func=func, every=every, minutely=minutely)
        return func

    return register


def for_each(things: Iterable[T], act: Callable[[T], object]) -> None:
    """Act on each of `things`, whatever becomes of the others: of all organisations, none waits for another's.

    Raises at the end what has failed, as one ExceptionGroup; at once where a server is away.
    """
    failures = []
    for thing in things:
        try:
            act(thing)
        except Exception as error:
            if server_trouble(error) or valkey_trouble(error):
                raise
            failures.append(error)
    if failures:
        raise ExceptionGroup("Some failed, the others are done", failures)


def registered() -> list[Sweep]:
    """All sweeps of the packages that have started."""
    return list(_sweeps.values())
