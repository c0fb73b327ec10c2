from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistersConfig(AppConfig):
    name = "registers"
    verbose_name = _("Registers")

    def ready(self) -> None:
        from organisations.reach import set_places  # noqa: PLC0415
        from registers import (  # noqa: F401, PLC0415  they register what they hear and know of
            absences,
            birthdays,
            companies,
            couples,
            documents,
            erasure,
            followups,
            reasons,
            removal,
            stars,
        )
        from registers.automations import own, running  # noqa: F401, PLC0415
        from registers.duplicates import sweeps as duplicate_sweeps  # noqa: F401, PLC0415
        from registers.imports import sweeps  # noqa: F401, PLC0415  registers the sweeps
        from registers.limits import GivenPlaces  # noqa: PLC0415
        from registers.retyping import changing  # noqa: F401, PLC0415

        set_places(GivenPlaces())
