# Any Debian image with Python 3.11 or newer will do as a base.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS packages
WORKDIR /app
COPY requirements/uv.txt requirements/prod.txt requirements/
RUN python3 -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
 && /venv/bin/uv pip install --no-cache --python /venv/bin/python --require-hashes -r requirements/prod.txt \
 && /venv/bin/pip uninstall --yes uv

FROM ${BASE}
# Pango sets the text of the PDF certificates.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home badgecert \
 && install -d -o badgecert /var/lib/badgecert
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=badgecert.settings \
    BADGECERT_VAR=/var/lib/badgecert
USER badgecert
# The address and the key are thrown away; collectstatic only needs to start.
RUN SECRET_KEY=building BASE_URL=https://building.example.org python manage.py collectstatic --no-input
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--workers", "2", "--blocking-threads", "2", "badgecert.wsgi:application"]
