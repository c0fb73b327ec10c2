from django.db import models


class KnownKey(models.Model):
    """A SECRET_KEY that this database has been used with: not the key, but what only it makes (`cms.keys`)."""

    proof = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.proof[:8]
