"""Which secret keys the database has been used with.

What a key has hashed nobody finds again without it: under another one those who have unsubscribed are written to, and
links in letters are dead, without a word. So the database keeps a proof of each key, and Kokoon does not start where
one of them is neither SECRET_KEY nor among SECRET_KEY_FALLBACKS.
"""

import hashlib
import hmac

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections, transaction

from cms import environment
from organisations.models import KnownKey


def need_keys() -> None:
    """For processes that people meet. Where the database is away, or not prepared yet, nothing is asked of it.

    They leave the first key to `prepare`: which of them starts first must not decide which key is the right one.
    """
    environment.need_secret_key()
    try:
        with transaction.atomic():
            if KnownKey.objects.exists():
                keep_keys()
    except DatabaseError:
        return  # said by whoever needs it first
    finally:
        connections.close_all()  # processes are forked from this one, and a connection can't be shared


def keep_keys(*, forget_lost: bool = False) -> bool:
    """Remember SECRET_KEY; False where none is set. Raises ImproperlyConfigured where a key of before is missing."""
    if not environment.text("SECRET_KEY", ""):
        return False
    current, *old = (_proof(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    known = set(KnownKey.objects.values_list("proof", flat=True))
    if lost := known - {current, *old}:
        if not forget_lost:
            raise ImproperlyConfigured(
                "SECRET_KEY is not the one that this database has been used with, and who has unsubscribed would be "
                "written to again. Set that one, or name it in SECRET_KEY_FALLBACKS. If it is lost for good: "
                "`manage.py prepare --forget-lost-keys`."
            )
        KnownKey.objects.filter(proof__in=lost).delete()
    KnownKey.objects.bulk_create([KnownKey(proof=proof) for proof in {current} - known], ignore_conflicts=True)
    return True


def _proof(key: str) -> str:
    return hmac.new(key.encode(), b"kokoon.known-key", hashlib.sha256).hexdigest()
