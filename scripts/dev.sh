#!/bin/sh
# The one entry for people who run, test or change BadgeCert. It installs what is missing and says what.
set -eu
cd "$(dirname "$0")/.."

usage() {
  cat <<'END'
sh scripts/dev.sh run [--port N]        install what is missing, load the demo, serve it until Ctrl-C
sh scripts/dev.sh test [PYTEST OPTION…] install what is missing, run every test
sh scripts/dev.sh check                 lint, formats, types, layers, templates, migrations, deployment
sh scripts/dev.sh fix                   repair what lint and formats can repair
sh scripts/dev.sh bench [NAME…] --json  measure; one JSON object a line
sh scripts/dev.sh faults [NAME…] --json break a running site while its mail leaves, and count; one JSON object a line
sh scripts/dev.sh screenshots [NAME…]   pictures of the demo's pages into var/screenshots
sh scripts/dev.sh containers            build the image, run docker-compose.yml with podman, issue a badge, take it down
sh scripts/dev.sh interop               verify our credentials with JavaScript implementations (needs Node 20)
sh scripts/dev.sh migrations            make each app's one initial migration again (until 1.0)
sh scripts/dev.sh lock [--upgrade]      make requirements/*.txt again from pyproject.toml

PYTHON names the Python to use (3.11 or newer).
END
}

say() { echo "==> $*" >&2; }

give_up() {
  echo "Stopped: $*" >&2
  exit 1
}

python_is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  python=.venv/bin/python
  if venv_works; then
    return
  fi
  for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if python_is_new_enough "$python"; then
      return
    fi
  done
  give_up "Python 3.11 or newer is needed. Install it, or name it: PYTHON=/path/to/python3.11 sh scripts/dev.sh $verb"
}

# Adds to $missing the Debian packages of what this machine lacks.
need_library() { /sbin/ldconfig -p 2>/dev/null | grep -q "$1" || missing="$missing $2"; }
need_program() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }

need_for_pages() {
  # WeasyPrint draws the PDF certificates with Pango.
  need_library libpangoft2-1.0.so.0 libpangoft2-1.0-0
  need_library libharfbuzz-subset.so.0 libharfbuzz-subset0
}

need_for_tests() {
  need_program chromium chromium
  # A PDF reader's own opinion of our signatures.
  need_program pdfsig poppler-utils
  # The QR codes, as a reader that is not ours sees them.
  need_program zbarimg zbar-tools
  command -v valkey-server >/dev/null 2>&1 || need_program redis-server redis-server
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
}

need_for_venv() {
  venv_works || "$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
}

install_missing() {
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null 2>&1 ||
    give_up "this machine has no apt-get. Please install what these Debian packages hold, then try again:$missing"
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 ||
      give_up "only root may install packages. Please run as root: apt-get install --no-install-recommends$missing"
    as_root=sudo
  fi
  say "Installing Debian packages, which takes a minute or two:$missing"
  log=$(mktemp)
  # shellcheck disable=SC2086  # one word for each package
  {
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
  } >"$log" 2>&1 || {
    cat "$log" >&2
    give_up "apt-get could not install$missing (its own words are above). Is this machine online?"
  }
  rm "$log"
}

venv_works() { [ -x .venv/bin/python ] && python_is_new_enough .venv/bin/python; }

install_requirements() { # prod | dev | containers
  wanted=$(cat requirements/uv.txt "requirements/$1.txt" | sha256sum)
  [ "$(cat ".venv/installed-$1" 2>/dev/null)" != "$wanted" ] || return 0
  say "Installing the Python packages of requirements/$1.txt into .venv"
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt >&2 ||
    give_up "pip could not install uv (its own words are above). Is this machine online?"
  # uv does not read pip's settings: hand a mirror on.
  [ -z "${PIP_INDEX_URL:-}" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
  .venv/bin/uv pip install -q --python .venv/bin/python --require-hashes -r "requirements/$1.txt" >&2 ||
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "requirements/$1.txt" >&2 ||
    give_up "the Python packages could not be installed (the reasons are above). Is this machine online?"
  echo "$wanted" >".venv/installed-$1"
}

prepare() { # prod | dev
  need_for_venv
  install_missing
  if ! venv_works; then
    say "Making the virtual environment .venv with $("$python" --version)"
    "$python" -m venv --clear .venv || give_up "$python could not make a virtual environment in .venv."
  fi
  install_requirements "$1"
}

steps=0
failures=0
step() { # NAME COMMAND…
  name=$1
  steps=$((steps + 1))
  shift
  if output=$("$@" 2>&1); then
    echo "ok      $name"
  else
    echo "FAILED  $name"
    echo "$output"
    failures=$((failures + 1))
  fi
}

# `check --deploy` judges a site as it would be deployed, not the demo in .env.
as_deployed() {
  env BADGECERT_ENV_FILE=/dev/null BASE_URL=https://badges.example.org DEMO=false DEBUG=false \
    SECRET_KEY="$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    DJANGO_SETTINGS_MODULE=badgecert.settings "$@"
}

format_templates() { # [--check]
  find templates -name '*.html' -print0 | xargs -0 -r .venv/bin/djade --target-version 5.2 "$@"
}

check() {
  step "ruff check" .venv/bin/ruff check .
  step "ruff format" .venv/bin/ruff format --check .
  step "templates (djade)" format_templates --check
  step "layers (import-linter)" .venv/bin/lint-imports
  step "types (mypy)" .venv/bin/mypy
  step "migrations" env DJANGO_SETTINGS_MODULE=tests.settings .venv/bin/python manage.py makemigrations --check --dry-run
  step "deployment (check --deploy)" as_deployed .venv/bin/python manage.py check --deploy --fail-level WARNING
  [ "$failures" = 0 ] || give_up "$failures of $steps checks failed."
  echo "All $steps checks passed."
}

# Until 1.0 each app has one initial migration, made again when its models change; 0002_append_only is hand-made.
make_migrations() {
  for app in core accounts issuers badges certificates earners notifications; do
    env DJANGO_SETTINGS_MODULE=tests.settings .venv/bin/python manage.py makemigrations -v 0 --no-header -n initial \
      "$app" || return 1
  done
}

migrations() {
  kept=$(mktemp -d)/migrations.tar
  find . -path ./.venv -prune -o -path '*/migrations/000*.py' -print | tar -cf "$kept" -T -
  find . -path ./.venv -prune -o -path '*/migrations/000*.py' -exec rm {} +
  if ! make_migrations; then
    tar -xf "$kept"
    give_up "the migrations could not be made (the reasons are above). They are as they were."
  fi
  tar -tf "$kept" | grep -v '/0001_initial.py$' | tar -xf "$kept" -T -
  .venv/bin/ruff format -q ./*/migrations ./*/*/migrations
}

lock() {
  # A week's patience: a hijacked release is usually found and removed by then.
  week_ago=$(.venv/bin/python -c 'import datetime as d; print(d.datetime.now(d.UTC).date() - d.timedelta(7))')
  compile="uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate"
  compile=".venv/bin/$compile --exclude-newer $week_ago"
  echo uv | $compile - -o requirements/uv.txt "$@"
  echo podman-compose | $compile - -o requirements/containers.txt "$@"
  $compile pyproject.toml -o requirements/prod.txt "$@"
  $compile pyproject.toml --group dev -o requirements/dev.txt "$@"
}

verb=${1:-help}
[ $# -eq 0 ] || shift
missing=""
case $verb in
  run)
    find_python
    need_for_pages
    prepare prod
    .venv/bin/python scripts/write_env.py "$@"
    exec .venv/bin/python manage.py demo
    ;;
  test)
    find_python
    need_for_pages
    need_for_tests
    prepare dev
    # One process for each core; `-n 0` keeps to this one, as a debugger wants it.
    exec .venv/bin/python -m pytest -n auto --maxprocesses 4 --dist loadgroup --no-loadscope-reorder "$@"
    ;;
  check | fix | lock | migrations)
    find_python
    prepare dev
    case $verb in
      check) check ;;
      migrations) migrations ;;
      fix)
        .venv/bin/ruff check --fix --exit-zero --quiet .
        .venv/bin/ruff format .
        # Its exit code only says whether it changed something.
        format_templates "$@" || true
        .venv/bin/ruff check .
        ;;
      lock) lock "$@" ;;
    esac
    ;;
  bench)
    find_python
    need_for_pages
    need_for_tests
    prepare dev
    exec .venv/bin/python -m scripts.bench "$@"
    ;;
  faults)
    find_python
    need_for_pages
    need_for_tests
    prepare dev
    exec .venv/bin/python -m scripts.faults "$@"
    ;;
  screenshots)
    find_python
    need_for_pages
    need_program chromium chromium
    prepare dev
    exec .venv/bin/python -m scripts.screenshots "$@"
    ;;
  containers)
    find_python
    need_program podman podman
    need_program runc runc
    need_program debootstrap debootstrap
    need_program ip iproute2
    prepare dev
    install_requirements containers
    exec .venv/bin/python -m scripts.containers
    ;;
  interop)
    find_python
    need_program node nodejs
    need_program npm npm
    prepare dev
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] ||
      give_up "the JavaScript implementations need Node 20 or newer, and this machine has $(node --version)."
    say "Installing the JavaScript packages of scripts/interop into its node_modules"
    (cd scripts/interop && npm ci --silent >&2) ||
      give_up "npm could not install them (its own words are above). Is this machine online?"
    ours=$(.venv/bin/python -m scripts.interop.make_ours)
    printf "%s" "$ours" | node scripts/interop/verify_ours.mjs
    ;;
  help | -h | --help) usage ;;
  *)
    usage >&2
    give_up "there is no command $verb."
    ;;
esac
