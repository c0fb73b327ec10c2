"""Pictures drawn for the image bank, so that none has to be borrowed."""

from io import BytesIO
from math import pi, sin

from django.core.files.images import ImageFile
from PIL import Image as Picture
from PIL import ImageDraw, ImageFilter

from organisations.models import Image, Organisation

SIZE = (1600, 900)


def northern_lights() -> Picture.Image:
    """A winter night: green light over dark hills and snow."""
    width, height = SIZE
    sky = Picture.linear_gradient("L").resize(SIZE)
    picture = Picture.merge("RGB", [sky.point(lambda v, top=top: top - v * top // 400) for top in (22, 40, 66)])
    light = Picture.new("RGB", SIZE)
    draw = ImageDraw.Draw(light)
    for x in range(0, width, 4):
        base = height * 0.42 + 90 * sin(x / 210) + 40 * sin(x / 67)
        reach = 190 + 90 * sin(x / 130 + 1)
        strength = 0.55 + 0.45 * sin(x / 90)
        draw.line(
            [(x, base - reach), (x, base)], fill=(int(40 * strength), int(200 * strength), int(130 * strength)), width=4
        )
    picture = Picture.blend(picture, light.filter(ImageFilter.GaussianBlur(38)), 0.55)
    draw = ImageDraw.Draw(picture)
    for shade, level, wave in (((16, 34, 44), 0.66, 330), ((12, 26, 35), 0.74, 240), ((196, 212, 222), 0.86, 520)):
        ridge = [(x, height * level + 46 * sin(x / wave * pi)) for x in range(0, width + 20, 20)]
        draw.polygon([(0, height), *ridge, (width, height)], fill=shade)
    return picture


def stage() -> Picture.Image:
    """A stage with a warm curtain and one lit circle."""
    width, height = SIZE
    picture = Picture.new("RGB", SIZE, (70, 18, 30))
    draw = ImageDraw.Draw(picture)
    for x in range(0, width, 8):
        fold = 0.75 + 0.25 * sin(x / 26)
        draw.rectangle([x, 0, x + 8, height], fill=(int(122 * fold), int(26 * fold), int(44 * fold)))
    draw.rectangle([0, height * 0.82, width, height], fill=(58, 38, 30))
    glow = Picture.new("L", SIZE)
    ImageDraw.Draw(glow).ellipse([width * 0.3, height * 0.52, width * 0.7, height * 0.98], fill=150)
    picture.paste((250, 220, 160), mask=glow.filter(ImageFilter.GaussianBlur(60)))
    return picture


def add_picture(*, organisation: Organisation, title: str, description: str, picture: Picture.Image) -> Image:
    """Put a picture into the organisation's image bank."""
    file = BytesIO()
    picture.save(file, "JPEG", quality=86, optimize=True)
    file.seek(0)
    image: Image = Image.objects.create(
        title=title,
        description=description,
        collection=organisation.collection,
        file=ImageFile(file, name=f"{title.lower().replace(' ', '-')}.jpg"),
    )
    return image
