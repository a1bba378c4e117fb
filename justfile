# Each recipe is a step of .ci/steps.sh, which .ci/run calls too.

# List the recipes
default:
    @just --list

# Every check, as in CI
ci:
    .ci/run

# Install what the tests need beyond cargo
setup:
    .ci/steps.sh setup

# The README's test command
test:
    .ci/steps.sh test

# The README's commands on a bare toolchain, in a fresh folder
bare:
    .ci/steps.sh bare

# The tests that build whole programs
programs:
    .ci/steps.sh programs

# Is everything formatted?
fmt:
    .ci/steps.sh fmt

# Lints, with tracking on and off
clippy:
    .ci/steps.sh clippy

# Documentation without warnings
docs:
    .ci/steps.sh docs

# Tests with tracking off
off:
    .ci/steps.sh off

# Tests with tracking on in a release build
always:
    .ci/steps.sh always

# Counters against a full recount, after each test
drift:
    .ci/steps.sh drift

# What reads text that others wrote: the corpus of the fuzzer
fuzz:
    .ci/steps.sh fuzz

# Ten million objects, and lists that long
huge:
    .ci/steps.sh huge

# Leaks looked for while threads move references about, for a minute
stress:
    .ci/steps.sh stress

# The release build
release:
    .ci/steps.sh release

# Each feature by itself
features:
    .ci/steps.sh features

# The types of other crates, all at once
ecosystem:
    .ci/steps.sh ecosystem

# Each handle is known
owners:
    .ci/steps.sh owners

# What needs a nightly compiler, where there is one
nightly:
    .ci/steps.sh nightly

# std's own tests of `Rc` and `Arc`, where a package has them
alloctests:
    .ci/steps.sh alloctests

# Run the examples
examples:
    .ci/steps.sh examples

# The quick benchmark
bench:
    .ci/steps.sh bench

# Everything that is measured, compile costs too: a quarter of an hour
compare:
    .ci/steps.sh compare

# Renew the picture of the README
picture:
    .ci/steps.sh picture
