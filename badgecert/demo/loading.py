"""Making it all happen, at the times at which it would have."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from badgecert.accounts.actions import confirm_address, count_failed_login
from badgecert.accounts.actions.alternate_addresses import add_address
from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.dates import day_in
from badgecert.core.models import Picture
from badgecert.core.pictures import picture_from_drawing
from badgecert.dashboard.counting import all_days, count_days
from badgecert.demo.desk import leave_a_file, leave_a_proposal, leave_questions
from badgecert.demo.plans import (
    AMARA,
    AWARDS,
    BADGES,
    CHARTER,
    EARNERS,
    NEEDLE,
    ORGANISATIONS,
    PASSWORD,
    REQUESTS,
    Award,
    BadgePlan,
    Organisation,
    StaffPerson,
)
from badges.actions import issuances as act
from badges.actions.badges import BadgeContent, make_badge, publish_badge
from badges.actions.showing import make_share_link
from badges.activity import record
from badges.drawing.badge import draw_badge
from badges.drawing.monogram import draw_monogram
from badges.drawing.pictures import to_png
from badges.models import ActivityKind, Badge, Issuance, Visibility
from certificates.actions.domains import confirm_domain
from certificates.domains import DomainQuestion, Says
from earners.actions.collections import make_collection, publish_collection
from earners.actions.profile import save_section, welcome_earner
from earners.actions.public_page import save_public_page
from earners.actions.requests import answer_request, open_request
from issuers.actions import add_staff, register_issuer
from issuers.models import Issuer, StaffRole
from notifications.actions.bounces import record_bounce
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.expiring import queue_due_expiry_mails
from notifications.models import BounceKind


def load(say: Callable[[str], object]) -> dict[str, str]:
    """Make everything. Returns the code of each page of `demo_links`."""
    issuers = {plan.slug: _organisation(plan) for plan in ORGANISATIONS}
    badges = {plan.slug: _badge(plan, issuers[plan.issuer]) for plan in BADGES}
    say(f"Made {len(issuers)} organisations and {len(badges)} badges.")
    pages = {}
    for award in sorted(AWARDS, key=lambda award: -award.days_ago):
        issuance = _award(award, badges[award.badge])
        if award.page:
            pages[award.page] = issuance.code
    for email, _note in EARNERS:
        _set_password(User.objects.get(email=email))
    _tell_what_ends()
    _look_at_badges()
    count_days(all_days())
    _fill_profile(User.objects.get(email=AMARA))
    _show(User.objects.get(email=AMARA))
    _ask()
    _leave_work(badges[NEEDLE], badges[CHARTER])
    say(f"Issued {len(AWARDS)} badges.")
    return pages


def _organisation(plan: Organisation) -> Issuer:
    with clock.at(clock.now() - timedelta(days=800)):
        owner, *others = [_staff_person(person) for person in plan.staff]
        issuer = register_issuer(
            owner=owner,
            by=None,
            slug=plan.slug,
            name=plan.name,
            description=plan.description,
            url=plan.url,
            email=plan.email,
            postal_address=plan.postal_address,
            time_zone=plan.time_zone,
            brand_colour=plan.brand_colour,
            logo=_drawn(draw_monogram(*plan.monogram)),
            cooling_off_minutes=0,
        )
        for person, user in zip(plan.staff[1:], others, strict=True):
            add_staff(issuer, user=user, role=person.role, by=None)
    # An invented domain cannot be asked; in the story it has answered.
    return confirm_domain(issuer, typed=plan.url, by=owner, question=_Answered())


class _Answered(DomainQuestion):
    def says(self, domain: str, did: str) -> Says:
        return Says.YES


def _staff_person(person: StaffPerson) -> User:
    user = User.objects.create_user(person.email, PASSWORD, name=person.name)
    confirm_address(user, address=user.email)
    return user


def _badge(plan: BadgePlan, issuer: Issuer) -> Badge:
    owner = _owner(issuer)
    with clock.at(clock.now() - timedelta(days=790)):
        badge = make_badge(
            issuer,
            by=owner,
            slug=plan.slug,
            content=BadgeContent(**{"picture": _drawn(draw_badge(plan.art)), "art": asdict(plan.art), **plan.content}),  # type: ignore[arg-type]
            **plan.live,
        )
        return publish_badge(badge, by=owner)


def _award(award: Award, badge: Badge) -> Issuance:
    """Issue it, deliver its mail, and let happen what happened, each thing some days after the one before."""
    by = _owner(badge.issuer)
    moment = _morning(clock.now() - timedelta(days=award.days_ago), badge.issuer.time_zone)
    with clock.at(moment):
        issued_on = clock.today(badge.issuer.time_zone)
        [issuance] = act.issue_badges(
            [
                act.NewIssuance(
                    recipient_name=award.name,
                    recipient_email=award.email,
                    issued_on=issued_on,
                    expires_on=badge.expires_on_for(issued_on),
                    completed_on=issued_on - timedelta(days=6),
                )
            ],
            badge_version=badge.current_version,
            by=by,
        )
        deliver_due_messages()
    step = timedelta(days=award.days_ago / (len(award.then) + 1)) if award.then else timedelta()
    for number, event in enumerate(award.then, start=1):
        with clock.at(moment + step * number):
            issuance = _EVENTS[event](issuance, by)
            deliver_due_messages()
    return issuance


def _tell_what_ends() -> None:
    """The mails before badges expire, as they left in the past two months."""
    afternoon = clock.now().replace(hour=15)
    for days_ago in range(60, 0, -1):
        with clock.at(afternoon - timedelta(days=days_ago)):
            if queue_due_expiry_mails():
                deliver_due_messages()


def _look_at_badges() -> None:
    """Who shared theirs, and how often others looked at them since: some each week, as in life."""
    shared = Issuance.objects.filter(claimed_at__isnull=False, revoked_at=None).order_by("issued_at", "code")
    for number, issuance in enumerate(shared):
        since_claim = (clock.now() - (issuance.claimed_at or clock.now())).days
        if number % 3 == 0 and since_claim > 1:
            with clock.at(clock.now() - timedelta(days=min(since_claim - 1, 80))):
                record(issuance, ActivityKind.SHARED, 1 + number % 2)
        for week in range(min(since_claim // 7, 30)):
            looks = (7 * number + 5 * week) % 9 if number % 3 == 0 else (number + week) % 3
            if looks:
                with clock.at(clock.now() - timedelta(days=7 * week + number % 7)):
                    record(issuance, ActivityKind.OPENED, looks)


def _fill_profile(user: User) -> None:
    """What she says about herself; a second address that she confirmed, and a third whose link waits in the mailbox."""
    save_section(
        by=user,
        employer="St Mary's Hospital",
        job_title="Infection control nurse",
        place="Ghent, Belgium",
        about="I lead hand hygiene audits in three wards.",
        links=["https://amara.okafor.example"],
    )
    confirm_address(user, address="amara@home.example")
    add_address(user, address="amara.okafor@stmarys.example")


def _show(user: User) -> None:
    """Her public page with a collection, links that she gave to employers, and how often others looked."""
    public = list(Issuance.objects.shown_publicly().filter(earner=user).order_by("issued_at"))
    with clock.at(clock.now() - timedelta(days=40)):
        save_public_page(
            public_name="amara-okafor",
            is_public=True,
            shows_work=True,
            shows_about=True,
            shows_links=True,
            new_badges="",
            allows_search_engines=False,
            by=user,
        )
        collection = make_collection(title="For employers", issuance_ids=[one.pk for one in public], by=user)
        publish_collection(collection, is_published=True, by=user)
        today = clock.today()
        make_share_link(public[0], name="for Acme HR", parts=["name", "dates"], by=user)
        make_share_link(
            public[0], name="for Ghent University", parts=["files"], ends_on=today + timedelta(days=14), by=user
        )
    for weeks_ago, times in enumerate((3, 7, 4, 6, 0, 5, 2, 1, 0, 3, 1)):
        with clock.at(clock.now() - timedelta(weeks=weeks_ago)):
            for issuance in public:
                record(issuance, ActivityKind.OPENED, times)


def _ask() -> None:
    """What earners asked in the past days: one waits for its answer, one has it, one wants paper."""
    for asked in REQUESTS:
        issuance = Issuance.objects.get(earner__email=asked.email, badge__slug=asked.badge)
        with clock.at(clock.now() - timedelta(days=asked.days_ago)):
            request = open_request(issuance, asked.wish, by=_earner(issuance))
            deliver_due_messages()
        if asked.answer:
            with clock.at(clock.now() - timedelta(days=asked.days_ago - 1)):
                answer_request(request, text=asked.answer, by=_owner(issuance.issuer))
                deliver_due_messages()


def _leave_work(course: Badge, charter: Badge) -> None:
    """What staff find at their desks: a file with rows to mend, a change that waits for a second person, questions."""
    leave_questions(course.issuer, by=_owner(course.issuer))
    deliver_due_messages()
    with clock.at(clock.now() - timedelta(hours=3)):
        leave_a_file(course, by=_owner(course.issuer))
        leave_a_proposal(
            charter.issuer,
            list(Issuance.objects.standing().filter(badge=charter).with_what_they_say().order_by("issued_at")[:3]),
            owner=_owner(charter.issuer),
            by=User.objects.get(email="daniel@analysts.example"),
        )


def _claim(issuance: Issuance, by: User) -> Issuance:
    earner = _earner(issuance)
    confirm_address(earner, address=issuance.recipient_email)
    welcome_earner(
        display_name=issuance.current_version.recipient_name, language="en-gb", claimed=[issuance], by=earner
    )
    return issuance


def _bounce(issuance: Issuance, by: User) -> Issuance:
    detail = "550 5.1.1 The mailbox does not exist"
    record_bounce(issuance.messages.get(), kind=BounceKind.HARD, detail=detail)
    return issuance


def _lock(issuance: Issuance, by: User) -> Issuance:
    """Ten wrong passwords: she waits at the desk to be unlocked."""
    earner = _earner(issuance)
    _set_password(earner)
    for _ in range(settings.FAILED_LOGINS_BEFORE_LOCK):
        count_failed_login(earner)
    return issuance


_EVENTS: dict[str, Callable[[Issuance, User], Issuance]] = {
    "bounce": _bounce,
    "claim": _claim,
    "lock": _lock,
    "decline": lambda issuance, by: act.decline_issuance(issuance, by=_earner(issuance)),
    "publish": lambda issuance, by: act.set_visibility(issuance, visibility=Visibility.PUBLIC, by=_earner(issuance)),
    "hide": lambda issuance, by: act.set_visibility(issuance, visibility=Visibility.PRIVATE, by=_earner(issuance)),
    "suspend": lambda issuance, by: act.suspend_issuance(
        issuance, reason="A complaint is being looked at", by=by, notify=True
    ),
    "restore": lambda issuance, by: act.restore_issuance(
        issuance, reason="The complaint was unfounded", by=by, notify=True
    ),
    "revoke": lambda issuance, by: act.revoke_issuance(issuance, reason="issued in error", by=by, notify=True),
    "reinstate": lambda issuance, by: act.reinstate_issuance(
        issuance, reason="The fee had been paid", by=by, notify=True
    ),
    "renew": lambda issuance, by: act.renew_issuance(
        issuance,
        expires_on=issuance.badge.expires_on_for(clock.today(issuance.issuer.time_zone)) or clock.today(),
        by=by,
        reason="Membership paid",
        notify=True,
    ),
    "correct": lambda issuance, by: act.correct_issuance(
        issuance,
        by=by,
        reason="Marriage certificate seen",
        public_reason="Name changed",
        recipient_name="Ana Okafor-Reyes",
        notify=True,
    ),
}


def _morning(moment: datetime, zone: str) -> datetime:
    """Ten o'clock there, on that day."""
    day = day_in(moment, zone)
    return datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo(zone))


def _owner(issuer: Issuer) -> User:
    return User.objects.get(staff_memberships__issuer=issuer, staff_memberships__role=StaffRole.OWNER)


def _earner(issuance: Issuance) -> User:
    return User.objects.get(issuances=issuance)


def _set_password(user: User) -> None:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    confirm_address(user, address=user.email)


def _drawn(svg: str) -> Picture:
    return picture_from_drawing(svg=svg, png=to_png(svg, 600))
