import badgecert.core.clock
import badgecert.core.models
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("badges", "0001_initial"),
        ("issuers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarSweep",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("swept_at", models.DateTimeField()),
                ("doubted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                ("beat_at", models.DateTimeField(verbose_name="last seen")),
            ],
            options={
                "verbose_name": "heartbeat",
                "verbose_name_plural": "heartbeats",
            },
        ),
        migrations.CreateModel(
            name="ExpirySweep",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                ("swept_on", models.DateField()),
                ("sweeping_on", models.DateField(null=True)),
                ("reached", models.UUIDField(null=True)),
                (
                    "issuer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="issuers.issuer"
                    ),
                ),
            ],
            options={
                "verbose_name": "sweep of what expires",
                "verbose_name_plural": "sweeps of what expires",
            },
        ),
        migrations.CreateModel(
            name="MailMinute",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                ("key", models.CharField(max_length=300)),
                ("minute_at", models.DateTimeField()),
                ("taken", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["minute_at"], name="mail_minutes_by_time")],
                "constraints": [models.UniqueConstraint(fields=("key", "minute_at"), name="minute_is_counted_once")],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("issuance", "Badge issued"),
                            ("first_copy", "First copy to oneself"),
                            ("reminder", "Reminder"),
                            ("corrected", "Badge corrected"),
                            ("renewed", "Badge renewed"),
                            ("suspended", "Badge under review"),
                            ("restored", "Badge counts again"),
                            ("revoked", "Badge revoked"),
                            ("expiring", "Badges expire"),
                            ("shared", "Badge shared"),
                            ("request", "Request, to the earner"),
                            ("request_desk", "Request, to staff"),
                            ("question", "Question from the help page"),
                            ("trial", "Test, to oneself"),
                            ("password", "New password"),
                            ("locked", "Account locked"),
                            ("address_added", "Address to confirm"),
                            ("merge_proof", "Accounts to join"),
                            ("address_changed", "Address changed"),
                            ("recipient_changed", "Address of a badge changed"),
                            ("second_factor_reset", "Second factor reset"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("sequence", models.PositiveIntegerField(default=1, verbose_name="number")),
                ("to_address", models.EmailField(max_length=254, verbose_name="to")),
                ("to_domain", models.CharField(max_length=254)),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Urgent"), (1, "Normal"), (2, "Bulk")], default=1, verbose_name="priority"
                    ),
                ),
                ("details", models.JSONField(blank=True, default=dict)),
                ("message_id", models.CharField(max_length=320)),
                ("provider_id", models.CharField(blank=True, max_length=200)),
                ("subject", models.CharField(blank=True, max_length=250, verbose_name="subject")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("uncertain", "Uncertain"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                ("next_at", models.DateTimeField(default=badgecert.core.clock.now, verbose_name="next attempt")),
                ("trying_since", models.DateTimeField(blank=True, null=True)),
                ("turn_at", models.DateTimeField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("worker", models.CharField(blank=True, max_length=100)),
                ("last_error", models.CharField(blank=True, max_length=300, verbose_name="why")),
                ("sealed_body", models.BinaryField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("uncertain_at", models.DateTimeField(blank=True, null=True, verbose_name="uncertain since")),
                ("remind_at", models.DateTimeField(blank=True, null=True)),
                (
                    "issuance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="badges.issuance",
                        verbose_name="issuance",
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="issuers.issuer",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Bounce",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                ("address_key", models.CharField(blank=True, max_length=254)),
                (
                    "kind",
                    models.CharField(
                        choices=[("hard", "Bounced"), ("soft", "Delayed"), ("complaint", "Not wanted")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                ("detail", models.CharField(blank=True, max_length=300, verbose_name="why")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                (
                    "issuer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bounces",
                        to="issuers.issuer",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bounces", to="notifications.message"
                    ),
                ),
            ],
            options={
                "verbose_name": "bounce",
                "verbose_name_plural": "bounces",
                "ordering": ("-happened_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="MessageFact",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                ("fact_key", models.CharField(max_length=120)),
                (
                    "issuance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="badges.issuance",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="facts", to="notifications.message"
                    ),
                ),
            ],
            options={
                "verbose_name": "fact",
                "verbose_name_plural": "facts",
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                ("reminders_stopped_at", models.DateTimeField(blank=True, null=True)),
                ("expiry_stopped_at", models.DateTimeField(blank=True, null=True)),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="issuers.issuer"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mail_preferences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "mail preference",
                "verbose_name_plural": "mail preferences",
            },
        ),
        migrations.CreateModel(
            name="Resend",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resend_of",
                        to="notifications.message",
                    ),
                ),
                (
                    "original",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="resends", to="notifications.message"
                    ),
                ),
            ],
            options={
                "verbose_name": "resend",
                "verbose_name_plural": "resends",
            },
        ),
        migrations.CreateModel(
            name="SitePause",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                ("is_only", models.BooleanField(default=True, editable=False, unique=True)),
                ("reason", models.CharField(max_length=300, verbose_name="why it is paused")),
                (
                    "paused_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "pause of all mail",
                "verbose_name_plural": "pauses of all mail",
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=badgecert.core.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=badgecert.core.clock.now, editable=False, verbose_name="created"),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("issuance", "Badge issued"),
                            ("reminder", "Reminder"),
                            ("corrected", "Badge corrected"),
                            ("renewed", "Badge renewed"),
                            ("suspended", "Badge under review"),
                            ("restored", "Badge counts again"),
                            ("revoked", "Badge revoked"),
                            ("expiring", "Badges expire"),
                            ("request_asked", "Request passed on"),
                            ("request_asked_back", "Question about a request"),
                            ("request_answered", "Request answered"),
                            ("request_approved", "Request done"),
                            ("request_declined", "Request declined"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=60, verbose_name="subject")),
                ("opening", models.CharField(blank=True, max_length=600, verbose_name="opening words")),
                (
                    "badge",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wordings",
                        to="badges.badge",
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wordings", to="issuers.issuer"
                    ),
                ),
            ],
            options={
                "verbose_name": "wording of a mail",
                "verbose_name_plural": "wordings of mails",
            },
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "uncertain", "sending"))),
                fields=["priority", "next_at"],
                name="messages_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "queued"), ("turn_at", None)),
                fields=["priority", "next_at"],
                name="messages_without_turn",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("remind_at__isnull", False)),
                fields=["remind_at", "issuer", "user"],
                name="messages_with_reminders",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["issuer", "-created_at"], name="messages_by_issuer"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("kind", "issuance"), ("state", "sent")),
                fields=["issuer", "-sent_at"],
                name="badges_sent_by_issuer",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("kind", "shared")), fields=["user", "-created_at"], name="badges_shared"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "sent"), _negated=True),
                fields=["issuer", "state"],
                name="messages_not_sent",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", False)), fields=["sent_at"], name="messages_by_sending"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("kind__in", ("issuance", "reminder")), _negated=True),
                fields=["issuer", "kind", "-created_at"],
                name="messages_by_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(django.db.models.functions.text.Upper("to_address"), name="messages_by_address"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("provider_id", ""), _negated=True),
                fields=["provider_id"],
                name="messages_by_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "kind__in",
                            ("issuance", "reminder", "corrected", "renewed", "suspended", "restored", "revoked"),
                        ),
                        _negated=True,
                    ),
                    models.Q(("issuance__isnull", False), ("issuer__isnull", False)),
                    _connector="OR",
                ),
                name="message_about_an_issuance_names_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "kind__in",
                            (
                                "trial",
                                "password",
                                "locked",
                                "address_added",
                                "merge_proof",
                                "address_changed",
                                "recipient_changed",
                                "second_factor_reset",
                            ),
                        ),
                        _negated=True,
                    ),
                    ("user__isnull", False),
                    _connector="OR",
                ),
                name="message_about_an_account_names_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "expiring"), _negated=True),
                    models.Q(("issuer__isnull", False), ("user__isnull", False)),
                    _connector="OR",
                ),
                name="message_about_what_expires_names_whose",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "shared"), _negated=True),
                    models.Q(("issuance__isnull", False), ("issuer", None), ("user__isnull", False)),
                    _connector="OR",
                ),
                name="message_that_shares_a_badge_names_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("remind_at", None), models.Q(("kind", "issuance"), ("state", "sent")), _connector="OR"
                ),
                name="only_sent_issuance_mails_have_reminders",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sent"), _negated=True),
                    models.Q(("sealed_body", None), ("sent_at__isnull", False)),
                    _connector="OR",
                ),
                name="message_sent_keeps_no_body",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sending"), _negated=True),
                    models.Q(("lease_until__isnull", False), ("sealed_body__isnull", False)),
                    _connector="OR",
                ),
                name="message_being_sent_has_a_lease",
            ),
        ),
        migrations.AddIndex(
            model_name="bounce",
            index=models.Index(
                condition=models.Q(("kind__in", ("hard", "complaint")), ("settled_at", None)),
                fields=["issuer", "address_key"],
                name="bounces_that_stop_mail",
            ),
        ),
        migrations.AddConstraint(
            model_name="bounce",
            constraint=models.UniqueConstraint(fields=("message", "kind"), name="bounce_is_noted_once"),
        ),
        migrations.AddConstraint(
            model_name="messagefact",
            constraint=models.UniqueConstraint(fields=("fact_key",), name="fact_key_is_told_once"),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(fields=("user", "issuer"), name="one_preference_a_person_and_issuer"),
        ),
        migrations.AddConstraint(
            model_name="sitepause",
            constraint=models.CheckConstraint(condition=models.Q(("is_only", True)), name="mail_pauses_once"),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(
                condition=models.Q(("badge", None)), fields=("issuer", "kind"), name="one_wording_of_a_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(fields=("badge", "kind"), name="one_wording_of_a_kind_and_badge"),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(("opening", ""), ("subject", ""), _negated=True), name="a_wording_says_something"
            ),
        ),
    ]
