from typing import Any

from wagtail.fields import StreamField


class Stream(StreamField):
    """A StreamField whose blocks stay out of migrations: they change the forms, never the table."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, _args, kwargs = super().deconstruct()
        kwargs["block_lookup"] = {}
        return name, "wagtail.fields.StreamField", [[]], kwargs
