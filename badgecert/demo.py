"""The demonstration: three organisations, their badges, and about forty people in every state an issuance can have.

Names and organisations are invented; their shape follows the customers' FAQs (seeds S0, S2, S3). Everything is made
by the same actions as in the product, with the clock set back, so that the past is as it would have been.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
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
from badgecert.demo_desk import leave_a_file, leave_a_proposal, leave_questions
from badges.actions import issuances as act
from badges.actions.badges import BadgeContent, make_badge, publish_badge
from badges.actions.showing import make_share_link
from badges.activity import record
from badges.drawing.badge import BadgeArt, draw_badge
from badges.drawing.monogram import draw_monogram
from badges.drawing.pictures import to_png
from badges.models import AchievementType, ActivityKind, Badge, ExpiryRule, Issuance, Visibility
from certificates.actions.domains import confirm_domain
from certificates.domains import DomainQuestion, Says
from earners.actions.collections import make_collection, publish_collection
from earners.actions.profile import save_section, welcome_earner
from earners.actions.public_page import save_public_page
from earners.actions.requests import Wish, answer_request, open_request
from earners.models import RequestKind
from issuers.actions import add_staff, register_issuer
from issuers.models import Issuer, StaffRole
from notifications.actions.bounces import record_bounce
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.expiring import queue_due_expiry_mails
from notifications.models import BounceKind

# Everybody's; the demonstration answers on this machine only.
PASSWORD = "plum-ink-and-brass-line"  # noqa: S105  # shown at the start on purpose

AMARA = "amara@okafor.example"


@dataclass(frozen=True, kw_only=True)
class StaffPerson:
    name: str
    email: str
    role: StaffRole


@dataclass(frozen=True, kw_only=True)
class Organisation:
    slug: str
    name: str
    description: str
    url: str
    email: str
    postal_address: str
    time_zone: str
    brand_colour: str
    monogram: tuple[str, str]
    staff: tuple[StaffPerson, ...]


@dataclass(frozen=True, kw_only=True)
class BadgePlan:
    slug: str
    issuer: str
    art: BadgeArt
    content: dict[str, object]
    live: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Award:
    """One line of the demo's history: who was given what, how many days ago, and what became of it."""

    name: str
    email: str
    badge: str
    days_ago: int
    then: tuple[str, ...] = ("claim",)
    # The page of demo_links that this issuance stands for.
    page: str = ""


@dataclass(frozen=True, kw_only=True)
class AskedFor:
    """One request of an earner, and what the organisation said."""

    email: str
    badge: str
    days_ago: int
    wish: Wish
    answer: str = ""


NEEDLE, MEMBER, PRACTITIONER, CHARTER = (
    "clean-needle-technique",
    "practice-member",
    "certified-practice-professional",
    "chartered-analyst",
)

ORGANISATIONS = (
    Organisation(
        slug="northgate",
        name="Northgate Council for Clinical Safety",
        description="Professional body for clinical safety since 1987. It runs the Clean Needle Technique course.",
        url="https://northgate.example",
        email="badges@northgate.example",
        postal_address="4 Quay Street, Northgate",
        time_zone="Europe/Brussels",
        brand_colour="#0f4c5c",
        monogram=("N", "navy"),
        staff=(
            StaffPerson(name="Mieke Peeters", email="mieke@northgate.example", role=StaffRole.OWNER),
            StaffPerson(name="Jonas Wouters", email="jonas@northgate.example", role=StaffRole.MANAGER),
            StaffPerson(name="Inès Lambert", email="ines@northgate.example", role=StaffRole.DESIGNER),
            StaffPerson(name="Tom Claes", email="tom@northgate.example", role=StaffRole.VIEWER),
        ),
    ),
    Organisation(
        slug="practice-association",
        name="Customer Practice Association",
        description="Members improve how organisations treat the people they serve.",
        url="https://practice.example",
        email="membership@practice.example",
        postal_address="220 Harbour Road, Halifax",
        time_zone="America/Halifax",
        brand_colour="#2f3b73",
        monogram=("C", "indigo"),
        staff=(StaffPerson(name="Dolores Reyes", email="dolores@practice.example", role=StaffRole.OWNER),),
    ),
    Organisation(
        slug="market-analysts",
        name="Institute of Chartered Market Analysts",
        description="Sets the examinations and the code of conduct for market analysts.",
        url="https://analysts.example",
        email="charter@analysts.example",
        postal_address="11 Bell Lane, Singapore",
        time_zone="Asia/Singapore",
        brand_colour="#5a3a12",
        monogram=("A", "bronze"),
        staff=(
            StaffPerson(name="Wei Ling Tan", email="weiling@analysts.example", role=StaffRole.OWNER),
            StaffPerson(name="Daniel Koh", email="daniel@analysts.example", role=StaffRole.MANAGER),
        ),
    ),
)


def _skills(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "url": ""} for name in names]


BADGES = (
    BadgePlan(
        slug=NEEDLE,
        issuer="northgate",
        art=BadgeArt(
            shape="shield",
            top_text="CLEAN NEEDLE",
            ribbon="TECHNIQUE",
            icon="shield-plus",
            level=3,
            palette="plum",
        ),
        content={
            "name": "Clean Needle Technique",
            "description": "Knows and has shown how to needle without harm: clean field, clean hands, safe disposal.",
            "achievement_type": AchievementType.COURSE,
            "criteria_to_earn": (
                "1. Complete the Clean Needle Technique course\n"
                "2. Pass the written examination with 80% or more\n"
                "3. Pass the observed practical examination"
            ),
            "skills": _skills("Infection control", "Safe disposal", "Hand hygiene", "Patient safety"),
            "certificate_design": "engraved",
            "certificate_wording": {},
            "signatories": [{"name": "Prof. Ilse Vandamme", "title": "Chair of the Council"}],
        },
        live={"offers_paper": True},
    ),
    BadgePlan(
        slug=MEMBER,
        issuer="practice-association",
        art=BadgeArt(
            shape="scallop", top_text="PRACTICE MEMBER", bottom_text="ASSOCIATION", icon="users", palette="teal"
        ),
        content={
            "name": "Practice Member",
            "description": "Member of the Customer Practice Association in good standing.",
            "achievement_type": AchievementType.MEMBERSHIP,
            "criteria_to_earn": "Join the association and agree to its code of conduct.",
            "criteria_to_maintain": "Renew the membership every year.",
            "skills": _skills("Customer experience"),
        },
        live={
            "expiry_rule": ExpiryRule.PERIOD,
            "expiry_months": 12,
            "renewal_url": "https://practice.example/renew",
            "renewal_instructions": "Log in to the association's site, open the invoice under the bell, and pay it. "
            "Your badge keeps its link.",
        },
    ),
    BadgePlan(
        slug=PRACTITIONER,
        issuer="practice-association",
        art=BadgeArt(
            shape="hexagon",
            top_text="CERTIFIED",
            ribbon="PROFESSIONAL",
            icon="badge-check",
            level=4,
            palette="indigo",
        ),
        content={
            "name": "Certified Practice Professional",
            "description": "Has proven experience and knowledge in customer practice by examination.",
            "achievement_type": AchievementType.CERTIFICATION,
            "criteria_to_earn": "1. Three years of practice\n2. Pass the certification examination",
            "criteria_to_maintain": "Earn 20 credits every two years and pay the maintenance fee.",
            "skills": _skills("Customer experience", "Service design", "Measurement", "Leadership"),
            "certificate_design": "ledger",
            "certificate_wording": {},
            "signatories": [
                {"name": "Dolores Reyes", "title": "Executive Director"},
                {"name": "Ngozi Adebayo", "title": "Chair of Examiners"},
            ],
        },
        live={
            "expiry_rule": ExpiryRule.PERIOD,
            "expiry_months": 24,
            "renewal_url": "https://practice.example/maintain",
            "renewal_instructions": "Submit your credits on the Maintain page and pay the fee.",
        },
    ),
    BadgePlan(
        slug=CHARTER,
        issuer="market-analysts",
        art=BadgeArt(
            shape="octagon", top_text="CHARTERED", ribbon="ANALYST", icon="landmark", level=2, palette="bronze"
        ),
        content={
            "name": "Chartered Market Analyst",
            "description": "Holds the charter of the Institute after three examinations and a sponsored election.",
            "achievement_type": AchievementType.CERTIFICATION,
            "criteria_to_earn": (
                "1. Pass the examinations at levels I, II and III\n"
                "2. Three years of work in the field\n"
                "3. Be elected to the charter"
            ),
            "criteria_to_maintain": "Keep the code of conduct and stay a member.",
            "skills": _skills("Technical analysis", "Risk management", "Behavioural finance", "Ethics"),
        },
    ),
)

AWARDS = (
    Award(
        name="Amara Okafor-Lindqvist", email=AMARA, badge=NEEDLE, days_ago=250, then=("claim", "publish"), page="valid"
    ),
    Award(name="Amara Okafor-Lindqvist", email=AMARA, badge=PRACTITIONER, days_ago=695, then=("claim", "publish")),
    Award(name="Amara Okafor-Lindqvist", email=AMARA, badge=CHARTER, days_ago=2, then=()),
    Award(name="Amara Okafor-Lindqvist", email=AMARA, badge=MEMBER, days_ago=420),
    # Every age of waiting, with its reminders.
    Award(name="Bram de Wit", email="bram@dewit.example", badge=NEEDLE, days_ago=1, then=(), page="unclaimed"),
    Award(name="D’Angelo O’Neill", email="dangelo@oneill.example", badge=NEEDLE, days_ago=33, then=()),
    Award(name="Nguyễn Thị Minh Khai", email="minhkhai@nguyen.example", badge=CHARTER, days_ago=64, then=()),
    Award(name="Žofie Dvořáková", email="zofie@dvorakova.example", badge=PRACTITIONER, days_ago=95, then=()),
    Award(name="Jón Þórðarson", email="jon@thordarson.example", badge=MEMBER, days_ago=130, then=()),
    # A mail that came back.
    Award(name="Ingrid Sørensen", email="ingrid@soerensen.example", badge=NEEDLE, days_ago=5, then=("bounce",)),
    # Names of the world.
    Award(name="王小明", email="xiaoming@wang.example", badge=CHARTER, days_ago=40),
    Award(name="司馬相如", email="xiangru@sima.example", badge=NEEDLE, days_ago=120),
    Award(name="山田 花子", email="hanako@yamada.example", badge=NEEDLE, days_ago=80),
    Award(name="김민준", email="minjun@kim.example", badge=CHARTER, days_ago=200),
    Award(name="محمد عبد الرحمن", email="mohamed@rahman.example", badge=NEEDLE, days_ago=60, then=("claim", "publish")),
    Award(name="فاطمة الزهراء بنت يوسف", email="fatima@yusuf.example", badge=PRACTITIONER, days_ago=90),
    Award(name="יעל בן־דוד", email="yael@bendavid.example", badge=NEEDLE, days_ago=75),
    Award(name="สมชาย ใจดี", email="somchai@jaidee.example", badge=CHARTER, days_ago=20),
    Award(name="प्रिया शर्मा", email="priya@sharma.example", badge=NEEDLE, days_ago=33),
    Award(name="Trần Văn Đức", email="duc@tran.example", badge=MEMBER, days_ago=15),
    Award(name="Ὑπατία Παπαδοπούλου", email="ypatia@papadopoulou.example", badge=CHARTER, days_ago=310),
    Award(name="Владимир Ильич Козлов", email="vladimir@kozlov.example", badge=PRACTITIONER, days_ago=150),
    Award(name="Ō", email="o@single.example", badge=NEEDLE, days_ago=55),
    Award(name="Null", email="christopher@null.example", badge=MEMBER, days_ago=25),
    Award(
        name="Wolfeschlegelsteinhausenbergerdorff-Montmorency-Cholmondeley",
        email="hubert@wolfe.example",
        badge=NEEDLE,
        days_ago=44,
        then=("claim", "publish"),
    ),
    Award(
        name="María del Carmen Fernández de Córdoba y Álvarez de Toledo",
        email="mariadelcarmen@fernandez.example",
        badge=PRACTITIONER,
        days_ago=300,
    ),
    Award(name="Şeyma Çağlar İğdır", email="seyma@caglar.example", badge=NEEDLE, days_ago=210),
    Award(name="Łukasz Żółć", email="lukasz@zolc.example", badge=CHARTER, days_ago=18),
    Award(name="Siobhán Ní Bhriain", email="siobhan@nibhriain.example", badge=MEMBER, days_ago=100),
    Award(
        name="Anne-Sophie L’Hôpital",
        email="annesophie@lhopital.example",
        badge=NEEDLE,
        days_ago=12,
        then=("claim", "lock"),
    ),
    Award(name="Te Ariki Tāwhiao", email="teariki@tawhiao.example", badge=PRACTITIONER, days_ago=360),
    # The other states.
    Award(name="Kwame Mensah", email="kwame@mensah.example", badge=MEMBER, days_ago=335, page="expiring"),
    Award(name="Lucía Gutiérrez", email="lucia@gutierrez.example", badge=MEMBER, days_ago=430, page="expired"),
    Award(name="Oskar Weiß", email="oskar@weiss.example", badge=MEMBER, days_ago=500, then=("claim", "renew")),
    Award(
        name="Ana Okafor",
        email="ana@okafor.example",
        badge=NEEDLE,
        days_ago=90,
        then=("claim", "correct"),
        page="corrected",
    ),
    Award(
        name="Grzegorz Brzęczyszczykiewicz",
        email="grzegorz@brzeczyszczykiewicz.example",
        badge=CHARTER,
        days_ago=140,
        then=("claim", "suspend"),
        page="suspended",
    ),
    Award(
        name="Piet Jansen",
        email="piet@jansen.example",
        badge=NEEDLE,
        days_ago=70,
        then=("claim", "revoke"),
        page="revoked",
    ),
    Award(
        name="Chloé Dubois",
        email="chloe@dubois.example",
        badge=PRACTITIONER,
        days_ago=50,
        then=("claim", "hide"),
        page="private",
    ),
    Award(name="Robert Tables", email="robert@tables.example", badge=NEEDLE, days_ago=10, then=("decline",)),
    Award(
        name="Aino Mäkelä",
        email="aino@makela.example",
        badge=CHARTER,
        days_ago=260,
        then=("claim", "suspend", "restore"),
    ),
    Award(
        name="Zbyněk Šťastný",
        email="zbynek@stastny.example",
        badge=PRACTITIONER,
        days_ago=170,
        then=("claim", "revoke", "reinstate"),
    ),
)

REQUESTS = (
    AskedFor(
        email=AMARA,
        badge=NEEDLE,
        days_ago=6,
        wish=Wish(kind=RequestKind.OTHER, text="My employer asks how many hours the course has."),
        answer="Twenty-four hours of teaching, and half a day for the practical examination.",
    ),
    AskedFor(
        email="ana@okafor.example",
        badge=NEEDLE,
        days_ago=2,
        wish=Wish(
            kind=RequestKind.NAME,
            wanted_name="Ana Okafor Reyes",
            text="In my passport the two names stand without a hyphen.",
        ),
    ),
    AskedFor(
        email="mohamed@rahman.example",
        badge=NEEDLE,
        days_ago=1,
        wish=Wish(kind=RequestKind.PAPER, postal_address="Mohamed Abdelrahman\n18 Sluisstraat\n9000 Gent\nBelgium"),
    ),
    AskedFor(
        email="lucia@gutierrez.example",
        badge=MEMBER,
        days_ago=12,
        wish=Wish(kind=RequestKind.RENEWAL, text="I paid the invoice last month."),
    ),
)

# People whose password is PASSWORD, with what their portfolio shows.
EARNERS = (
    (AMARA, "Four badges: valid, ending soon, expired, and a new one to claim; two addresses, a third to confirm"),
    ("kwame@mensah.example", "A membership that ends soon"),
    ("lucia@gutierrez.example", "A membership that has expired"),
    ("ana@okafor.example", "A badge whose name was corrected"),
    ("chloe@dubois.example", "A private badge"),
    ("mohamed@rahman.example", "A name written from right to left"),
    ("robert@tables.example", "Said that a badge was not his, and can take that back"),
)

# A code that could be one and is not.
NOT_FOUND_CODE = "00000000000"


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
