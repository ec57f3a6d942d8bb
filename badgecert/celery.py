"""The Celery application. Tasks live in each app's tasks.py as shared tasks; the schedule is in the settings."""

import os

from celery import Celery

from badgecert import file_queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "badgecert.settings")

file_queue.register()
app = Celery("badgecert")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
