#!/usr/bin/env bash
# Lets a package use what the checkout has built: its target folder, and the versions of its dependencies.
set -euo pipefail
cp "$ROOT/Cargo.lock" "$1"
mkdir -p "$1/.cargo"
printf '[build]\ntarget-dir = "%s"\n' "$TARGET" >"$1/.cargo/config.toml"
