from organisations.models.known_key import KnownKey
from organisations.models.log import OrganisationLogEntry
from organisations.models.media import Document, Image, Rendition
from organisations.models.organisation import Organisation, Theme
from organisations.models.scoped import OrganisationModel, organisation_key
from organisations.models.user import Membership, Role, User

__all__ = [
    "Document",
    "Image",
    "KnownKey",
    "Membership",
    "Organisation",
    "OrganisationLogEntry",
    "OrganisationModel",
    "Rendition",
    "Role",
    "Theme",
    "User",
    "organisation_key",
]
