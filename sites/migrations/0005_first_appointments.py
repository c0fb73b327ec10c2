from django.db import migrations
from django.utils import timezone


def note_what_is_published(apps, schema_editor):
    """Guests of events that are live know the time and place that stand there now."""
    Appointment = apps.get_model("sites", "Appointment")
    now = timezone.now()
    rooms = apps.get_model("sites", "Capacity").objects.filter(page__live=True).select_related("page")
    Appointment.objects.bulk_create(
        (
            Appointment(
                organisation_id=room.organisation_id,
                page_id=room.page_id,
                starts_at=room.page.starts_at,
                ends_at=room.page.ends_at,
                where=", ".join(part for part in (room.page.place, room.page.address) if part),
                published_at=now,
                settled_at=now,
            )
            for room in rooms.iterator(chunk_size=500)
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("sites", "0004_appointments")]
    operations = [migrations.RunPython(note_what_is_published, migrations.RunPython.noop)]
