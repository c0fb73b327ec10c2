from sms.models.inbound import Inbound
from sms.models.keywords import Keyword
from sms.models.messages import SmsMessage
from sms.models.numbers import ShortNumber

__all__ = ["Inbound", "Keyword", "ShortNumber", "SmsMessage"]
