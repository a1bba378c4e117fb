#!/usr/bin/env bash
# Puts the program `shop` into this folder: its package, the program, and a snapshot of each of two
# servers. Builds the command that reads them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cp --recursive "$here/shop" package
sed -i "s|@ROOT@|$ROOT|" package/Cargo.toml
"$here/share.sh" package
cargo build --quiet --manifest-path package/Cargo.toml --target-dir "$TARGET"
cargo build --quiet --manifest-path "$ROOT/Cargo.toml" --target-dir "$TARGET" -p cargo-objgraph
cp "$TARGET/debug/shop" .
./shop 1 web-1.objgraph
./shop 3 web-2.objgraph
