"""Tags would be seen in the lists of all organisations: nobody is offered a way to give one."""

import pytest

from organisations.models import Document, Image
from tests.organisations.treasure import make_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(cast):
    make_files(cast.choir)
    return {"image": Image.objects.get(), "document": Document.objects.get()}


@pytest.mark.parametrize("kind", ["image", "document"])
def test_no_tag_is_given_to_many(cast, files, kind):
    file = files[kind]
    listed = cast.editor.client.get(f"/admin/{kind}s/").content.decode()
    assert f"/admin/bulk/organisations/{kind}/delete/" in listed
    assert "add_tags" not in listed
    address = f"/admin/bulk/organisations/{kind}/add_tags/?id={file.pk}"
    assert cast.editor.client.post(address, {"tags": "spring"}).status_code == 404
    assert "spring" not in cast.stranger.client.get(f"/admin/{kind}s/").content.decode()
