"""The figures. Each bench makes its own data in the empty database of the run."""

import io
import json
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from importlib import import_module
from itertools import chain
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.urls import reverse
from PIL import Image

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.actions.issuances import NewIssuance, issue_badges
from badges.disclosure import can_see
from badges.models import Badge, Issuance, Visibility
from certificates.integrity import fault_in, record_of
from certificates.models import Credential, SigningKey
from certificates.openbadges import baking
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.keys import from_multikey
from certificates.openbadges.proofs import add_proof, check_proof, single_proof
from certificates.openbadges.signing import CredentialSigner
from earners.actions.profile import welcome_earner
from earners.actions.public_page import save_public_page
from issuers.models import Issuer
from scripts.bench.answer_times import answer_times
from scripts.bench.bulk import bulk_issue
from scripts.bench.certificates import certificates
from scripts.bench.desk import desk
from scripts.bench.figure import Figure
from scripts.bench.load import Page, all_at_once, in_rotation
from scripts.bench.mail import mail
from scripts.bench.sweeps import expiring_storm, reminders
from scripts.bench.web_server import start_web_server
from tests.embedded import free_port
from tests.factories import make_issuer, make_published_badge, make_user

PORTFOLIO_BADGES = 500
VISITORS = 500


def account_answers(port: int) -> Iterator[Figure]:
    """Whether the time of an answer tells what an address is."""
    serve(port)
    yield from answer_times(port)


def public_page(port: int) -> Iterator[Figure]:
    """What an employer opens: the page, made or kept, its JSON, and both when nothing has changed."""
    issuance = example_issuance()
    path = issuance.get_absolute_url()
    serve(port)
    making = free_port()
    start_web_server(making, BENCH_KEEPS_NO_PAGES="yes")
    know_the_tables()
    etag, json_etag = etag_of(port, path), etag_of(port, f"{path}.json")
    accept = {"Accept": "text/html"}
    rates = in_rotation(
        port,
        {
            "hello": Page("/bench/hello"),
            "one row": Page(f"/bench/row/{issuance.issuer.slug}"),
            "public_page_made": Page(path, headers=accept, port=making),
            "public_page": Page(path, headers=accept),
            "public_page_304": Page(path, headers={**accept, "If-None-Match": etag}, status=304),
            "public_json": Page(f"{path}.json"),
            "public_json_304": Page(f"{path}.json", headers={"If-None-Match": json_etag}, status=304),
        },
    )
    for name in ("one row", "public_page_made", "public_page", "public_page_304", "public_json", "public_json_304"):
        yield against(rates, name, reference="hello")
    for made in ("public_page_made", "public_page"):
        yield against(rates, "public_page_304", reference=made)
    yield against(rates, "public_json_304", reference="public_json")


def crowd(port: int) -> Iterator[Figure]:
    """Five hundred visitors at once on one badge: the first to a server that just started, then four times more."""
    path = example_issuance().get_absolute_url()
    serve(port)
    know_the_tables()
    page = Page(path, headers={"Accept": "text/html"})
    rounds = [all_at_once(port, page, visitors=VISITORS) for _round in range(5)]
    for name, waits in (("crowd_first_p95", rounds[0]), ("crowd_p95", list(chain.from_iterable(rounds[1:])))):
        p95 = sorted(waits)[len(waits) * 95 // 100] * 1000
        yield Figure(name, p95, "ms", "500 ms", p95 / 500, len(waits))


def portfolio(port: int) -> Iterator[Figure]:
    """The first page of an earner who holds 500 badges, and what strangers see of them; each beside one who holds five."""
    earners = {number: earner_of(number) for number in (PORTFOLIO_BADGES, 5)}
    serve(port)
    know_the_tables()
    pages = {"hello": Page("/bench/hello")}
    for number, earner in earners.items():
        cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(earner)}", "Accept": "text/html"}
        public = reverse("earners:public_portfolio", args=[f"bench-{number}"])
        kept = {"Accept": "text/html", "If-None-Match": etag_of(port, public)}
        mine = reverse("earners:portfolio")
        pages |= {
            f"portfolio_{number}": Page(mine, headers=cookie),
            f"portfolio_{number}_found": Page(f"{mine}?q=practitioner&sort=expiry&page=2", headers=cookie),
            f"public_portfolio_{number}": Page(public, headers={"Accept": "text/html"}),
            f"public_portfolio_{number}_304": Page(public, headers=kept, status=304),
        }
    rates = in_rotation(port, pages)
    for name in (name for name in pages if str(PORTFOLIO_BADGES) in name):
        yield against(rates, name, reference=name.replace(str(PORTFOLIO_BADGES), "5"))
    yield against(rates, "portfolio_500", reference="hello")
    # The promise: the first page within 20 ms, all of them found and sorted within 150 ms.
    for name in ("portfolio_500", "portfolio_500_found"):
        taken, hello = (milliseconds_alone(port, pages[page]) for page in (name, "hello"))
        yield Figure(f"{name}_alone", taken, "ms", "hello", taken / hello, 50)


def issue_1000(port: int) -> Iterator[Figure]:
    """A thousand newcomers in one transaction, accounts and outbox included, against as many bare rows."""
    badge = make_published_badge(make_issuer())
    by = User.objects.get(staff_memberships__issuer=badge.issuer)
    people = [
        NewIssuance(recipient_name=f"Person {n}", recipient_email=f"p{n}@bench.example", issued_on=date(2026, 11, 1))
        for n in range(1000)
    ]
    taken = seconds(lambda: issue_badges(people, badge_version=badge.current_version, by=by))
    issued = list(Issuance.objects.filter(badge=badge))
    bare = seconds(lambda: audit.record_many("bench", issued, by=None))
    yield Figure(
        "issue_1000",
        taken * 1000 / len(people),
        "ms per badge",
        "one bare row each, in one statement",
        taken / bare,
        len(people),
    )


def sign_credentials(port: int) -> Iterator[Figure]:
    """A thousand credentials of one badge on one core, each with its own words, against the plain way."""
    document, _proof = example_credential()
    key = Ed25519PrivateKey.generate()
    method, created = f"{document['issuer']['id']}#key-1", clock.now()
    people = [of_somebody_else(document, number) for number in range(1000)]
    signer = CredentialSigner(key=key, verification_method=method, created=created)
    taken = seconds(lambda: [signer.add_proof(person) for person in people])

    def sign_plainly() -> None:
        for person in people[:50]:
            add_proof(person, key=key, verification_method=method, created=created)

    plain = seconds(sign_plainly) / 50
    yield Figure(
        "sign_credentials",
        len(people) / taken,
        "per second",
        "each converted anew",
        plain * len(people) / taken,
        len(people),
    )


def verify_credential(port: int) -> Iterator[Figure]:
    """The whole proof of a credential on one core, against what the public page checks each time it is made."""
    document, proof = example_credential()
    seen = can_see(example_issuance().code)
    record = record_of(seen)
    key = from_multikey(SigningKey.objects.get(issuer=example_badge().issuer).public)
    whole = median(seconds(lambda: check_proof(document, proof, key=key)) for _time in range(50))
    quick = median(seconds(lambda: fault_in(seen, record)) for _time in range(50))
    yield Figure("verify_credential", 1 / whole, "per second", "the page's own check", quick / whole, 50)


def bake_png(port: int) -> Iterator[Figure]:
    """The credential spliced into the badge's picture, against drawing and packing the same pixels anew."""
    credential = Credential.objects.get(version_id=can_see(example_issuance().code).version_id)
    png = bytes(example_badge().current_version.picture.png)
    splice = median(seconds(lambda: baking.bake_png(png, v3=credential.document)) for _time in range(200))

    def pack_anew() -> None:
        with Image.open(io.BytesIO(png)) as image:
            image.save(io.BytesIO(), "PNG")

    anew = median(seconds(pack_anew) for _time in range(5))
    yield Figure("bake_png", splice * 1_000_000, "microseconds", "packing the pixels anew", splice / anew, 200)


BENCHES: dict[str, Callable[[int], Iterator[Figure]]] = {
    bench.__name__: bench
    for bench in (
        public_page,
        crowd,
        portfolio,
        certificates,
        issue_1000,
        bulk_issue,
        sign_credentials,
        verify_credential,
        bake_png,
        account_answers,
        mail,
        reminders,
        expiring_storm,
        desk,
    )
}


def against(rates: dict[str, float], name: str, *, reference: str) -> Figure:
    return Figure(name, rates[name], "requests per second", reference, rates[name] / rates[reference], 5)


def milliseconds_alone(port: int, page: Page) -> float:
    """Of one answer while nobody else asks: the median of fifty."""
    in_rotation(port, {"warm": page}, rounds=1, seconds=0.3)
    return median(seconds(lambda: page.ask_once(port)) for _time in range(50)) * 1000


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@cache
def serve(port: int) -> None:
    start_web_server(port)


def know_the_tables() -> None:
    """As autovacuum does a minute after rows were written; before it, PostgreSQL plans for tables that it takes for empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@cache
def example_badge() -> Badge:
    return make_published_badge(make_issuer())


@cache
def example_issuance() -> Issuance:
    return issued(example_badge(), make_user())


def example_credential() -> tuple[JsonObject, JsonObject]:
    """A signed credential and its proof."""
    text = Credential.objects.get(version_id=can_see(example_issuance().code).version_id).document
    document = json.loads(text)
    return document, single_proof(document)


def of_somebody_else(document: JsonObject, number: int) -> JsonObject:
    """The same badge for another person, not signed."""
    person: JsonObject = {name: member for name, member in document.items() if name != "proof"}
    hashed, named = person["credentialSubject"]["identifier"]
    return {
        **person,
        "id": f"{settings.BASE_URL}/v/{number:012}",
        "credentialSubject": {
            **person["credentialSubject"],
            "id": f"urn:uuid:{uuid.uuid4()}",
            "identifier": [hashed, {**named, "identityHash": f"Person {number}"}],
        },
        "credentialStatus": {
            **person["credentialStatus"],
            "id": f"{person['credentialStatus']['statusListCredential']}#{number}",
            "statusListIndex": str(number),
        },
    }


@cache
def earner_of(number: int) -> User:
    """Holds so many badges and shows them all."""
    earner = make_user()
    issuer: Issuer = make_issuer()
    for one in range(number):
        issued(make_published_badge(issuer, slug=f"bench-{number}-{one}"), earner)
    Issuance.objects.filter(earner=earner).update(visibility=Visibility.PUBLIC)
    save_public_page(
        public_name=f"bench-{number}", is_public=True, new_badges="", allows_search_engines=False, by=earner
    )
    return earner


def issued(badge: Badge, earner: User) -> Issuance:
    by = User.objects.get(staff_memberships__issuer=badge.issuer)
    new = NewIssuance(
        recipient_name="Amara Okafor-Lindqvist", recipient_email=earner.email, issued_on=date(2026, 11, 1)
    )
    [issuance] = issue_badges([new], badge_version=badge.current_version, by=by)
    welcome_earner(display_name=new.recipient_name, language="", claimed=[issuance], by=earner)
    return issuance


def session_of(user: User) -> str:
    """A logged-in session's key."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def etag_of(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:  # ours
        return str(answer.headers["ETag"])
