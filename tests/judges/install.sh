#!/usr/bin/env bash
# Installs the judges of tests/judges.rs that no distribution has, each in one exact version, outside the sources.
# The others are Debian's: default-jre-headless nodejs npm chromium chromium-driver spamassassin w3m python3 python3-pip poppler-utils.
set -euo pipefail
folder="$(cd "$(dirname "$0")/../.." && pwd)/target/judges"
mkdir -p "$folder"
npm install --prefix "$folder" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
    vnu-jar@26.9.27 axe-core@4.14.1 @jsx-email/doiuse-email@1.0.4
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --upgrade \
    --target "$folder/python" feedparser==6.0.14
