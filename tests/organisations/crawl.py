"""Every address of the admin, for tests that ask for all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter


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
            "group": "all", "filter_spec": "width-50", "action_name": "approve",
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
    return [route for route in walk(get_resolver(), (), "") if route.parts and route.parts[0][0].startswith("admin/")]


def walk(resolver: URLResolver, parts: tuple, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        if not hasattr(pattern.pattern, "_route"):
            continue  # regular expressions: the catch-alls
        own = parts + tuple(split(pattern))
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern, own, inner)
        else:
            yield Route(name=f"{namespace}{pattern.name}", parts=merge(own))


def split(pattern: URLPattern | URLResolver) -> Iterator[tuple[str, object]]:
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


def merge(parts: tuple) -> tuple:
    merged: list = []
    for name, converter in parts:
        if converter is None and merged and merged[-1][1] is None:
            merged[-1] = (merged[-1][0] + name, None)
        else:
            merged.append((name, converter))
    return tuple(merged)
