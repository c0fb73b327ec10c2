from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from campaigns import audiences  # noqa: PLC0415  models must be loaded first

        for source in (audiences.RegisterSource(), audiences.GroupSource(), audiences.SegmentSource()):
            audiences.register_source(source)
