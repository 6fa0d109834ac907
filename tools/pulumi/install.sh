#!/usr/bin/env bash
# Prints the folder that holds a usable `pulumi`; builds one from go.mod where none is installed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target="${1:?usage: install.sh FOLDER}"
case "$target" in /*) ;; *) target="$PWD/$target" ;; esac
oldest="3.79.0"

new_enough() { [ "$(printf '%s\n%s\n' "$oldest" "$1" | sort -V | head -n 1)" = "$oldest" ]; }

if installed=$(command -v pulumi) && [ "$installed" != "$target/pulumi" ]; then
  # A build from source may report no version at all; whoever built one knows what they run.
  version=$(pulumi version 2>/dev/null | sed 's/^v//; s/[-+].*//' || true)
  if [ -z "$version" ] || [ "$version" = "0.0.0" ] || new_enough "$version"; then
    dirname "$installed"
    exit 0
  fi
  echo "pulumi $version on PATH is older than $oldest: building $oldest for this project" >&2
fi

release=$(sed -n 's#^\tgithub.com/pulumi/pulumi/pkg/v3 \(v[0-9.]*\)$#\1#p' "$here/go.mod")
if [ -x "$target/pulumi" ] && [ "$(cat "$target/.release" 2>/dev/null)" = "$release" ]; then
  echo "$target"
  exit 0
fi
if ! command -v go >/dev/null; then
  echo "error: neither Pulumi nor Go is installed: install Pulumi $oldest or newer (pulumi.com/docs/install) or Go 1.21 or newer (go.dev/doc/install), then run this again" >&2
  exit 1
fi

echo "building Pulumi $release with $(go version | cut -d' ' -f3), about two minutes the first time" >&2
if [ ! -e "$target" ]; then mkdir -p "$target" && touch "$target/.made-by-make"; fi
cd "$here"
# checklinkname: a dependency of this release links to runtime symbols that newer Go hides.
flags="-s -w -X github.com/pulumi/pulumi/pkg/v3/version.Version=$release"
if go tool link -checklinkname=0 -V=full >/dev/null 2>&1; then flags="$flags -checklinkname=0"; fi
GOBIN="$target" GOFLAGS=-mod=readonly go install -ldflags "$flags" \
  github.com/pulumi/pulumi/pkg/v3/cmd/pulumi \
  github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python >&2
sdk=$(go list -m -f '{{.Dir}}' github.com/pulumi/pulumi/sdk/v3)
install -m 755 \
  "$sdk/python/cmd/pulumi-language-python-exec" \
  "$sdk/python/dist/pulumi-analyzer-policy-python" \
  "$sdk/python/dist/pulumi-resource-pulumi-python" "$target"
echo "$release" > "$target/.release"
echo "$target"
