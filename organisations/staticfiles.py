"""Static files with names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Falls back to the plain name where `collectstatic` has not run, as in tests."""

    manifest_strict = False
