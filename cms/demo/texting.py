"""A number that people send text messages to, and the words that make them friends of the choir."""

from registers.models import Group, Purpose, Register
from sms.models import Keyword, ShortNumber


def make_texting(*, register: Register) -> None:
    number = ShortNumber.objects.create(
        number="18230", other_reply="We did not understand that. Send FRIEND to hear from us, or BYE to leave."
    )
    friends = Group.objects.get(register=register, name="Friends")
    news = Purpose.objects.get(name="News of the choir")
    shared = {"number": number, "register": register, "group": friends, "purpose": news}
    Keyword.objects.create(
        **shared,
        word="FRIEND",
        act=Keyword.Act.JOIN,
        promise="Send FRIEND and your name to 18230, and we tell you of our concerts. BYE ends it.",
        takes_name=True,
        reply="Welcome, friend of the choir! We tell you of our concerts. Send BYE to leave.",
    )
    Keyword.objects.create(**shared, word="BYE", act=Keyword.Act.LEAVE, reply="You have left our list. Thank you!")
