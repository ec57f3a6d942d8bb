"""What waits at the demonstration's desk: a file that somebody has to look at, a change that a second person has to agree to,
and questions from the help page."""

from collections.abc import Sequence
from datetime import timedelta

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.files import upload_file
from badges.actions.proposals import propose_changes
from badges.models import Badge, Batch, ChangeKind, Issuance, Proposal
from earners.actions.questions import ask_organisation, mark_answered
from issuers.actions import update_issuer
from issuers.models import Issuer, Topic

# Rows that are ready, that hold the badge already, that look odd, and that cannot be issued.
COURSE = """\
name,email,completed_on
Lotte Maes,lotte@maes.example,
Thabo Nkosi-Dlamini,thabo@nkosi.example,
Amara Okafor-Lindqvist,amara@okafor.example,
KOFI ASANTE-BOATENG,kofi@asante.example,
ZoÃ« FernÃ¡ndez,zoe@fernandez.example,
Jo Whitlock,jo.whitlock.example,
Mehmet Yılmaz,mehmet@yilmaz.example,31/11/2026
Lotte Maes,Lotte@maes.example,
"""


def leave_a_file(badge: Badge, *, by: User) -> Batch:
    return upload_file(badge, content=COURSE.encode(), file_name="course-november.csv", by=by)


def leave_a_proposal(issuer: Issuer, issuances: Sequence[Issuance], *, owner: User, by: User) -> Proposal:
    """The organisation asks for a second person from now on, so that this one waits."""
    issuer.bulk_changes_need_approval = True
    update_issuer(issuer, by=owner, changed=["bulk_changes_need_approval"])
    return propose_changes(
        ChangeKind.CORRECT,
        [
            (issuance, {"narrative": "Elected to the charter by the council in its 41st session."})
            for issuance in issuances
        ],
        by=by,
        reason="The session was missing on these charters",
        public_reason="",
        notify=False,
    )


def leave_questions(issuer: Issuer, *, by: User) -> None:
    """One was answered, one waits."""
    with clock.at(clock.now() - timedelta(days=2)):
        answered = ask_organisation(
            issuer,
            topic=Topic.LOG_IN,
            name="Samuel Achterberg",
            address="samuel@achterberg.example",
            text="I changed my employer, and your mails went to the old address. How do I get in now?",
            network="192.0.2.20",
        )
    with clock.at(clock.now() - timedelta(days=1)):
        mark_answered(answered, by=by)
    with clock.at(clock.now() - timedelta(hours=5)):
        ask_organisation(
            issuer,
            topic=Topic.DATES,
            name="Inés Quiroga",
            address="ines@quiroga.example",
            text="I took the course in October, and have heard nothing since. When does the badge come?",
            network="192.0.2.21",
        )
