#!/bin/sh
# The browser that the tests drive: used where installed, else installed when that is possible, else named.
set -eu
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core
  exit 0
fi
echo "The browser tests need Chromium. Install it and run make test again, for example: sudo apt-get install chromium" >&2
exit 1
