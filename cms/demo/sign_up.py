"""A page with which people join the register by themselves."""

from uuid import uuid4

from organisations.models import Organisation
from registers.models import Group, LegalBasis, Purpose, Register, RegisterPurpose
from sites.models import HomePage, SignUpPage


def make_sign_up(*, organisation: Organisation, register: Register) -> SignUpPage:
    """The friends of the choir: where they live, what they like, and whether they want its news."""
    news = Purpose.objects.create(name="News of the choir", description="Four letters a year.")
    RegisterPurpose.objects.create(register=register, purpose=news, legal_basis=LegalBasis.CONSENT)
    friends = Group.objects.create(register=register, name="Friends")
    page = SignUpPage(
        title="Friends of the choir",
        slug="friends",
        intro="<p>Four letters a year: concerts, open rehearsals, and a song to sing at home.</p>",
        register=register,
        group=friends,
        questions=[
            _question("text", label="Where do you live?", column="city"),
            _question(
                "checkboxes",
                label="What do you like?",
                column="attributes.interests",
                options="Concerts\nWorkshops\nTravel",
            ),
            {
                "type": "consent",
                "id": str(uuid4()),
                "value": {
                    "label": "Yes, send me the letters of the choir.",
                    "help_text": "",
                    "purpose": str(news.pk),
                    "required": True,
                },
            },
        ],
    )
    HomePage.objects.get(pk=organisation.home_page_id).add_child(instance=page)
    page.save_revision().publish()
    return page


def _question(kind: str, **value: str) -> dict[str, object]:
    return {"type": kind, "id": str(uuid4()), "value": {"help_text": "", "required": False, **value}}
