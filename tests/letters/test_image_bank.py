"""Uploads to the image bank: read by their bytes, counted before they unpack, drawn anew."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Pillow

from organisations.models import Image


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(person, collection, content, name="photo.jpg"):
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    return person.client.post(
        reverse("wagtailimages:add"), {"title": "A photo", "file": file, "collection": collection.pk}
    )


def photo(kind="JPEG", size=(60, 40), **options):
    out = BytesIO()
    Pillow.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def gps():
    exif = Pillow.Exif()
    exif[0x010F] = "Secret Camera"
    exif[0x0112] = 6  # lies on its side
    exif[0x8825] = {1: "N", 2: (60.0, 10.0, 0.0)}
    return exif


def kept():
    with Image.objects.get().file.open() as file:
        return file.read()


def test_where_a_photo_was_taken_is_not_kept(cast):
    response = upload(cast.editor, cast.choir.collection, photo(exif=gps(), comment=b"by Eero"))
    assert response.status_code == 302
    stored = kept()
    with Pillow.open(BytesIO(stored)) as picture:
        assert not picture.getexif()
        assert picture.size == (40, 60)  # upright
    assert b"Secret Camera" not in stored
    assert b"by Eero" not in stored
    image = Image.objects.get()
    assert (image.width, image.height, image.file_size) == (40, 60, len(stored))
    rendition = image.get_rendition("width-30")
    with rendition.file.open() as file:
        assert b"Exif" not in file.read()


def test_a_telephones_own_format_is_kept_as_one_that_every_mail_program_shows(cast):
    for kind, name in (("HEIF", "IMG_2044.HEIC"), ("PNG", "logo.heic")):
        upload(cast.editor, cast.choir.collection, photo(kind, exif=gps()), name)
    image = Image.objects.get()  # what only calls itself so is refused
    assert image.file.name.endswith(".jpg")
    with Pillow.open(BytesIO(kept())) as picture:
        assert (picture.format, len(picture.getexif())) == ("JPEG", 0)


def test_what_is_transparent_on_a_telephone_becomes_white(cast):
    out = BytesIO()
    Pillow.new("RGBA", (60, 40), (0, 0, 0, 0)).save(out, "HEIF")
    upload(cast.editor, cast.choir.collection, out.getvalue(), "sticker.heic")
    with Pillow.open(BytesIO(kept())) as picture:
        assert picture.getpixel((30, 20)) == (255, 255, 255)


def test_what_hangs_on_the_end_of_a_picture_is_cut_off(cast):
    upload(cast.editor, cast.choir.collection, photo() + b"<script>alert(1)</script>")
    assert b"script" not in kept()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "logo.svg"),
        (b"<html><script>alert(1)</script></html>", "photo.jpg"),
        (photo("PNG"), "photo.jpg"),
        (photo("BMP"), "photo.bmp"),
        (b"", "photo.jpg"),
        (photo()[:200], "photo.jpg"),
        (photo("HEIF")[:-10], "IMG_2044.HEIC"),
    ],
    ids=["svg", "web page", "wrong name", "bitmap", "empty", "cut short", "cut short on a telephone"],
)
def test_what_is_no_picture_is_refused(cast, content, name):
    response = upload(cast.editor, cast.choir.collection, content, name)
    assert response.status_code == 200
    assert not Image.objects.exists()


def test_a_small_file_with_a_huge_picture_is_refused_before_it_unpacks(cast):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
    response = upload(cast.editor, cast.choir.collection, bomb, "bomb.png")
    assert response.status_code == 200
    assert not Image.objects.exists()


def test_a_file_above_the_limit_is_refused_with_the_limit(cast, settings):
    response = upload(cast.editor, cast.choir.collection, photo() + b"0" * settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
    assert "too big" in response.content.decode()
    assert not Image.objects.exists()


def test_a_moving_picture_keeps_moving_and_a_transparent_one_see_through(cast):
    frames = [Pillow.new("P", (20, 20), number) for number in range(3)]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50, comment=b"by Eero")
    upload(cast.editor, cast.choir.collection, out.getvalue(), "wave.gif")
    stored = kept()
    assert b"by Eero" not in stored
    Image.objects.all().delete()

    out = BytesIO()
    Pillow.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    upload(cast.editor, cast.choir.collection, out.getvalue(), "logo.png")
    with Pillow.open(BytesIO(kept())) as picture:
        assert picture.convert("RGBA").getpixel((5, 5))[3] == 0


def test_a_picture_of_the_bank_can_be_chosen_in_a_page(cast):
    upload(cast.editor, cast.choir.collection, photo())
    chooser = reverse("wagtailimages_chooser:choose")
    assert "A photo" in cast.editor.client.get(chooser).content.decode()
    assert "A photo" not in cast.stranger.client.get(chooser).content.decode()


def test_nobody_uploads_into_anothers_bank(cast):
    response = upload(cast.stranger, cast.choir.collection, photo())
    assert response.status_code in (200, 404)
    assert not Image.objects.exists()


def test_several_pictures_at_once_pass_the_same_door(cast):
    def send(content):
        file = SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg")
        data = {"title": "A photo", "files[]": file, "collection": cast.choir.collection.pk}
        return cast.editor.client.post(reverse("wagtailimages:add_multiple"), data).json()

    assert send(photo(exif=gps()))["success"]
    assert b"Secret Camera" not in kept()
    assert not send(photo()[:200])["success"]
    image = Image.objects.get()
    answer = cast.editor.client.post(
        reverse("wagtailimages:edit_multiple", args=[image.pk]),
        {f"image-{image.pk}-title": "A better title", f"image-{image.pk}-collection": cast.choir.collection.pk},
    )
    assert answer.json()["success"], answer.content
