"""Every address of the admin, for tests that ask for all of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter

# A parameter in a regular expression, and what text in one must not hold to mean itself.
PARAMETER = re.compile(r"\(\?P<(\w+)>([^()]*)\)")
SYMBOLS = re.compile(r"[\\^$.*+?{}\[\]|()]")


class Unread:
    """In place of a converter: a regular expression that cannot be filled in."""


@dataclass(frozen=True)
class Route:
    """A view's full name and its path parts: text, or the converter of a parameter."""

    name: str
    parts: tuple[tuple[str, object], ...]  # (parameter name or literal text, converter or None)

    def numeric(self) -> bool:
        return bool(self.ids())

    def ids(self) -> list[str]:
        """The names of the parameters that say whose row is meant."""
        return [name for name, converter in self.parts if self.takes_id(name, converter)]

    @staticmethod
    def takes_id(name: str, converter: object) -> bool:
        if isinstance(converter, IntConverter):
            return True
        return isinstance(converter, StringConverter) and name in {"pk", "object_id", "id"}

    def path(self, ids: Mapping[str, object], model: tuple[str, str]) -> str:
        """The address with these ids, and the model where the route names one."""
        words = {
            "app_label": model[0], "app_name": model[0], "content_type_app_name": model[0],
            "model_name": model[1], "content_type_model_name": model[1],
            "group": "all", "filter_spec": "width-50", "action_name": "publish",
        }  # fmt: skip
        made = ""
        for name, converter in self.parts:
            if converter is None:
                made += name
            elif self.takes_id(name, converter):
                made += str(ids[name])
            elif isinstance(converter, UUIDConverter):
                made += "00000000-0000-0000-0000-000000000000"
            elif isinstance(converter, SlugConverter | StringConverter):
                made += words.get(name, "html")
            else:
                made += "x"
        return made


def admin_routes() -> list[Route]:
    return [route for route in all_routes() if not is_unread(route)]


def unread_routes() -> set[str]:
    """The addresses, as they are written, of which the crawler asks none."""
    return {"".join(name for name, _converter in route.parts) for route in all_routes() if is_unread(route)}


def is_unread(route: Route) -> bool:
    return any(isinstance(converter, Unread) for _name, converter in route.parts)


@cache
def all_routes() -> list[Route]:
    return [route for route in walk(get_resolver(), (), "") if route.parts and route.parts[0][0].startswith("admin/")]


def walk(resolver: URLResolver, parts: tuple, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        own = parts + tuple(split(pattern))
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern, own, inner)
        else:
            yield Route(name=f"{namespace}{pattern.name}", parts=merge(own))


def split(pattern: URLPattern | URLResolver) -> Iterator[tuple[str, object]]:
    if not hasattr(pattern.pattern, "_route"):
        yield from split_expression(str(pattern.pattern._regex))
        return
    rest = str(pattern.pattern._route)
    while "<" in rest:
        literal, _, rest = rest.partition("<")
        parameter, _, rest = rest.partition(">")
        if literal:
            yield literal, None
        name = parameter.rpartition(":")[2]
        yield name, pattern.pattern.converters[name]
    if rest:
        yield rest, None


def split_expression(regex: str) -> Iterator[tuple[str, object]]:
    """A regular expression of plain text and of named parameters that take numbers; any other as it is, unread."""
    texts = PARAMETER.split(regex.removeprefix("^").removesuffix("$"))
    named = list(zip(texts[1::3], texts[2::3], strict=True))
    plain = [text.replace(r"\.", "\0") for text in texts[::3]]
    if any(map(SYMBOLS.search, plain)) or any(r"\d+" not in taken.split("|") for _name, taken in named):
        yield regex, Unread()
        return
    for text, (name, _taken) in zip(plain, [*named, ("", "")], strict=True):
        if text:
            yield text.replace("\0", "."), None
        if name:
            yield name, IntConverter()


def merge(parts: tuple) -> tuple:
    merged: list = []
    for name, converter in parts:
        if converter is None and merged and merged[-1][1] is None:
            merged[-1] = (merged[-1][0] + name, None)
        else:
            merged.append((name, converter))
    return tuple(merged)
