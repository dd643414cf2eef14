#!/bin/sh
# The PostgreSQL server that the tests start for themselves: used where installed, else installed when that is possible, else named.
set -eu
command -v initdb >/dev/null && exit 0
for bin in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin; do
  [ -x "$bin/initdb" ] && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql
  exit 0
fi
echo "The configuration tests need PostgreSQL's server. Install it and run make test again, for example: sudo apt-get install postgresql" >&2
exit 1
