"""Whole names with the family name first are a choice of their own: before, the header decided whenever it was read."""

from django.db import migrations

FULL_NAME, FAMILY_FIRST = "full_name", "family_first"
# The headers that did, folded, as they were then.
HEADERS = frozenset(
    "фио,ф и о,фамилия имя,фамилия и имя,фамилия имя отчество,sukunimi ja etunimi,sukunimi ja etunimet,"
    "sukunimi etunimi,sukunimi etunimet,last name first name,surname and first name,surname first name,surname name,"
    "nachname vorname,name vorname,efternamn och förnamn,efternamn förnamn,nom et prénom,nom prénom,nom prénoms,"
    "cognome e nome,cognome nome,apellidos y nombre,apellidos nombre,nazwisko i imię,nazwisko imię,"
    "achternaam voornaam,etternavn fornavn,efternavn fornavn".split(",")
)


def name_the_choice(apps, _schema_editor):
    batches = apps.get_model("registers", "Import").objects.filter(mapping__contains=[{"family_first": True}])
    for batch in batches.only("mapping").iterator():
        for entry in batch.mapping:
            if entry.pop("family_first", False) and entry["target"] == FULL_NAME:
                entry["target"] = FAMILY_FIRST
        batch.save(update_fields=["mapping"])
    for memory in apps.get_model("registers", "RememberedMapping").objects.only("targets").iterator():
        said = [known for header, known in memory.targets.items() if header in HEADERS]
        named = [known for known in said if known["target"] == FULL_NAME]
        for known in named:
            known["target"] = FAMILY_FIRST
        if named:
            memory.save(update_fields=["targets"])


class Migration(migrations.Migration):
    dependencies = [("registers", "0014_same_contacts")]

    operations = [migrations.RunPython(name_the_choice, migrations.RunPython.noop, elidable=True)]
