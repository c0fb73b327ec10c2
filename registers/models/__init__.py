from registers.models.absence import Absence
from registers.models.access import AccessLog
from registers.models.activity import Activity
from registers.models.automation import Automation, AutomationRun
from registers.models.company import Company, Employment
from registers.models.consent import Channel, Consent, Purpose, Suppression, SuppressionKind
from registers.models.contact import Contact
from registers.models.couple import Couple, Partner
from registers.models.diary import Appointment, FollowUp
from registers.models.document import ContactDocument
from registers.models.duplicates import (
    DuplicateSearch,
    DuplicateSet,
    FormerContact,
    MergeRecord,
    NotSame,
)
from registers.models.export import Export, ExportPurpose
from registers.models.group import Group, GroupMembership
from registers.models.imports import ChosenContacts, Import, ImportChange, ImportRow
from registers.models.legal_basis import LegalBasis, RegisterPurpose
from registers.models.mapping import RememberedMapping
from registers.models.note import Note
from registers.models.reach import Reach
from registers.models.reason import ContactReason, Reason
from registers.models.register import Field, Register
from registers.models.removal import Removal
from registers.models.retyping import TypeChange
from registers.models.saved_view import ChosenColumns, SavedView
from registers.models.segment import Segment
from registers.models.star import BirthdayPlan, Star
from registers.models.unique import UniqueValue

__all__ = [
    "Absence",
    "AccessLog",
    "Activity",
    "Appointment",
    "Automation",
    "AutomationRun",
    "BirthdayPlan",
    "Channel",
    "ChosenColumns",
    "ChosenContacts",
    "Company",
    "Consent",
    "Contact",
    "ContactDocument",
    "ContactReason",
    "Couple",
    "DuplicateSearch",
    "DuplicateSet",
    "Employment",
    "Export",
    "ExportPurpose",
    "Field",
    "FollowUp",
    "FormerContact",
    "Group",
    "GroupMembership",
    "Import",
    "ImportChange",
    "ImportRow",
    "LegalBasis",
    "MergeRecord",
    "NotSame",
    "Note",
    "Partner",
    "Purpose",
    "Reach",
    "Reason",
    "Register",
    "RegisterPurpose",
    "RememberedMapping",
    "Removal",
    "SavedView",
    "Segment",
    "Star",
    "Suppression",
    "SuppressionKind",
    "TypeChange",
    "UniqueValue",
]
