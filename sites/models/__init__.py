from sites.models.appointments import Appointment
from sites.models.content import ContentPage
from sites.models.home import HomePage
from sites.models.messages import EventMessage
from sites.models.notices import NoticePage
from sites.models.replies import FormVersion, Submission
from sites.models.rsvp import RsvpPage
from sites.models.seats import Capacity, Registration, Round
from sites.models.signup_pages import SignUpPage
from sites.models.signups import SignUp

__all__ = [
    "Appointment",
    "Capacity",
    "ContentPage",
    "EventMessage",
    "FormVersion",
    "HomePage",
    "NoticePage",
    "Registration",
    "Round",
    "RsvpPage",
    "SignUp",
    "SignUpPage",
    "Submission",
]
