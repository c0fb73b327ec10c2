"""Every screen answers, for the editor; the viewer looks and changes nothing; the stranger finds nothing."""

import pytest
from django.urls import reverse

from registers.books import create_register
from registers.columns import columns_for
from registers.contacts import save_contact
from registers.memberships import add_to_group
from registers.models import AccessLog, Contact, Group, Import, Register, Segment
from registers.saved_views import choose_columns
from tests.registers.importing import DATA, check, upload


@pytest.fixture
def people(register, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    names = [
        ("Aino", "Virtanen", "Kemi"),
        ("<script>alert(1)</script>", '=HYPERLINK("x")', "Oulu"),
        ("Bo", "Öberg", "Kemi"),
    ]
    contacts = [
        save_contact(
            register=register,
            values={"first_name": first, "last_name": last, "city": city, "email": f"p{at}@example.fi"},
            source="test",
        )
        for at, (first, last, city) in enumerate(names)
    ]
    group = Group.objects.create(register=register, name="Board")
    add_to_group(group=group, contacts=[contacts[0].pk])
    rule = {"match": "all", "conditions": [{"column": "city", "op": "is", "value": "Kemi"}]}
    segment = Segment.objects.create(register=register, name="Kemi", rule=rule)
    batch = check(upload(register, DATA / "cyrillic-tab-utf16.txt"))
    return {"register": register, "contact": contacts[1], "group": group, "segment": segment, "batch": batch}


def urls(people):
    register, contact, group, segment, batch = (row.pk for row in people.values())
    per_register = ["contacts", "contact_results", "edit", "columns", "export", "add_contact", "import", "imports",
                    "add_group", "add_segment", "segment_count"]  # fmt: skip
    return [
        *(reverse(f"registers:{name}", args=[register]) for name in per_register),
        *(reverse(f"registers:{name}", args=[contact]) for name in ("contact", "edit_contact", "delete_contact")),
        *(reverse(f"registers:{name}", args=[batch]) for name in ("import_step", "import_progress", "import_rejects")),
        *(
            reverse(f"registers:{name}", args=[group])
            for name in ("group", "group_results", "edit_group", "delete_group", "add_members", "add_member_results")
        ),
        reverse("registers:segment", args=[segment]),
    ]


LISTS = ["index", "add", "groups", "segments", "suppressions"]
POSTS = [
    ("edit", "register"), ("delete", "register"), ("columns", "register"), ("bulk", "register"),
    ("export", "register"), ("add_contact", "register"), ("import", "register"), ("add_group", "register"),
    ("add_segment", "register"), ("edit_contact", "contact"), ("delete_contact", "contact"), ("import_step", "batch"),
    ("import_confirm", "batch"), ("import_cancel", "batch"), ("edit_group", "group"), ("delete_group", "group"),
    ("group", "group"), ("add_members", "group"), ("segment", "segment"), ("delete_segment", "segment"),
]  # fmt: skip


def body(response):
    return b"".join(response) if response.streaming else response.content


def test_every_screen_answers_and_no_name_runs(people, editor):
    for url in [*urls(people), *(reverse(f"registers:{name}") for name in LISTS)]:
        response = editor.get(url)
        assert response.status_code == 200, url
        assert b"<script>alert" not in body(response), url


def test_a_stranger_finds_nothing(people, stranger):
    for url in urls(people):
        assert stranger.get(url).status_code == 404, url
    for name, what in POSTS:
        url = reverse(f"registers:{name}", args=[people[what].pk])
        assert stranger.post(url).status_code == 404, url
    for name in LISTS:
        page = stranger.get(reverse(f"registers:{name}")).content
        assert b"Board" not in page
        assert f"/registers/{people['register'].pk}/".encode() not in page
    assert Contact.objects.count() == 3
    assert Import.objects.get().state == "ready"


def test_the_list_of_registers_tells_how_many_people_each_holds_and_who_came_last(people, editor):
    empty = create_register(name="Empty", fields=[])
    other = create_register(name="Other", fields=[])
    added = save_contact(register=other, values={"first_name": "Bo"}, source="test")

    def shown(**query):
        rows = editor.get(reverse("registers:index"), query).context["object_list"]
        return [(row.name, row.contact_count, row.newest) for row in rows]

    members = Contact.objects.filter(register=people["register"])
    full = (people["register"].name, members.count(), members.order_by("pk").last().created_at)
    assert sorted(shown()) == sorted([full, (empty.name, 0, None), (other.name, 1, added.created_at)])
    assert [name for name, _count, _newest in shown(ordering="-contact_count")] == [full[0], "Other", "Empty"]
    assert [name for name, _count, _newest in shown(ordering="newest")][:2] == [full[0], "Other"]


def test_a_viewer_looks_and_changes_nothing(people, viewer):
    pages = [
        reverse("registers:index"),
        reverse("registers:contacts", args=[people["register"].pk]),
        reverse("registers:contact", args=[people["contact"].pk]),
        reverse("registers:groups"),
        reverse("registers:group", args=[people["group"].pk]),
        reverse("registers:segments"),
    ]
    for url in pages:
        response = viewer.get(url)
        assert response.status_code == 200, url
        assert b"Add contact" not in response.content
    rule, its_people = (
        reverse("registers:segment", args=[people["segment"].pk]),
        f"{pages[1]}?segment={people['segment'].pk}",
    )
    assert (rule in response.content.decode(), its_people in response.content.decode()) == (False, True)
    waiting = reverse("registers:import_step", args=[people["batch"].pk])
    assert waiting not in viewer.get(reverse("wagtailadmin_home")).content.decode()
    count = reverse("registers:segment_count", args=[people["register"].pk])
    assert viewer.get(f"{count}?match=all&column-0=city&op-0=is&value-0=Kemi").json()["count"] is not None
    before = list(Register.objects.values()), list(Group.objects.values()), Contact.objects.count()
    for name, what in POSTS:
        if name == "columns":
            continue
        viewer.post(
            reverse(f"registers:{name}", args=[people[what].pk]), {"act": "delete", "every": "1", "confirmed": "1"}
        )
    assert (list(Register.objects.values()), list(Group.objects.values()), Contact.objects.count()) == before
    assert Segment.objects.exists()
    assert Import.objects.get().state == "ready"


def test_looking_is_written_down(people, editor):
    AccessLog.objects.all().delete()
    editor.get(reverse("registers:contacts", args=[people["register"].pk]))
    for name in ("contact", "edit_contact", "add_note"):
        editor.get(reverse(f"registers:{name}", args=[people["contact"].pk]))
    entries = list(AccessLog.objects.order_by("id").values_list("action", "subject", "count", "user"))
    pk = editor.user.pk
    assert entries == [
        ("list", f"register:{people['register'].pk}", 3, pk),
        *[("view", f"contact:{people['contact'].pk}", 1, pk)] * 3,
    ]


def test_the_list_searches_filters_and_sorts(people, editor):
    url = reverse("registers:contacts", args=[people["register"].pk])

    def names(**query):
        return [str(contact) for contact in editor.get(url, query).context["object_list"]]

    assert names(q="öberg") == ["Bo Öberg"]
    assert names(group=people["group"].pk) == ["Aino Virtanen"]
    assert sorted(names(segment=people["segment"].pk)) == ["Aino Virtanen", "Bo Öberg"]
    assert names(has="no_email") == []
    assert len(names(has="email", ordering="-city")) == 3
    assert names(ordering="attributes__x") == names()


@pytest.mark.parametrize(
    ("column", "values", "rising", "falling"),
    [
        ("city", ["", "Äänekoski", "kemi", "Kemi", "Zürich"], "CDEBA", "BECDA"),  # who has the same stands by name
        ("contains", ["", "10", "9"], "CBA", "BCA"),
        ("joined", ["3.4.2020", "", "1.12.1999"], "CAB", "ACB"),
        ("given", ["", "10 €", "9 €"], "CBA", "BCA"),
        ("diet", ["", "zinc", "Oat"], "CBA", "BCA"),
        ("tags", ["b", "", "a, b"], "CAB", "ACB"),
        ("language", ["", "fi", "en"], "CBA", "BCA"),
    ],
)
def test_the_list_is_sorted_by_any_column_with_blanks_last(editor, organisation, column, values, rising, falling):
    own = [{"label": "Contains", "type": "number"}, {"label": "Joined", "type": "date"}]
    own += [{"label": "Given", "type": "money"}, {"label": "Diet", "type": "choice", "options": ["zinc", "Oat"]}]
    own.append({"label": "Tags", "type": "multiple_choice", "options": ["b", "a"]})
    register = create_register(name="Sorted", fields=own)
    of_register = next(each for each in columns_for(register) if each.name == column)
    for name, value in zip("ABCDE", values, strict=False):
        contact = Contact(register=register, first_name=name)
        of_register.write(contact, of_register.parse(value))
        contact.save()
    choose_columns(register=register, user=editor.user, columns=[of_register.key])
    for ordering, order in ((of_register.key, rising), (f"-{of_register.key}", falling)):
        page = editor.get(reverse("registers:contacts", args=[register.pk]), {"ordering": ordering.replace(".", "__")})
        assert "".join(str(contact) for contact in page.context["object_list"]) == order


def test_owners_read_who_looked(people, editor, owner, stranger):
    looked_at = reverse("registers:contact", args=[people["contact"].pk])
    editor.get(looked_at)
    page = owner.get(reverse("registers:access")).content.decode()
    assert f'<a href="{looked_at}">' in page
    assert "editor@example.fi" in page
    assert "script&gt; =HYPERLINK(&quot;x&quot;)</a>" in page
    assert owner.get(reverse("registers:access_results"), {"action": "export"}).status_code == 200
    assert "contact:" not in stranger.get(reverse("registers:access")).content.decode()
    assert "contact:" not in editor.get(reverse("registers:access"), follow=True).content.decode()


def test_the_tab_says_which_segment_it_is(people, editor):
    segment = people["segment"]
    for name, title in (("segment", segment.name), ("delete_segment", "Delete segment")):
        page = editor.get(reverse(f"registers:{name}", args=[segment.pk])).content.decode()
        assert title in page.partition("<title>")[2].partition("</title>")[0]
        assert "New segment" not in page


def test_a_mistake_in_a_column_is_marked_by_one_sign(people, editor):
    """Wagtail draws one before every .error-message."""
    row = {"fields-TOTAL_FORMS": "1", "fields-INITIAL_FORMS": "0", "fields-0-label": "Diet", "fields-0-type": "choice"}
    page = editor.post(reverse("registers:add"), {"name": "Guests", **row}).content.decode()
    said = page.partition("Write the choices")[0].rpartition("<p ")[2]
    assert said == 'class="error-message">'


@pytest.mark.parametrize("typed", ["\u200b", "\ufeff \u2060", "\u202e"])
def test_invisible_marks_are_no_name(register, editor, typed):
    contacts, groups = Contact.objects.count(), Group.objects.count()
    page = editor.post(reverse("registers:add_group", args=[register.pk]), {"name": typed}).content.decode()
    assert "Name the group." in page
    page = editor.post(reverse("registers:add_contact", args=[register.pk]), {"first_name": typed}).content.decode()
    assert "Fill in at least a name" in page
    assert (Contact.objects.count(), Group.objects.count()) == (contacts, groups)
