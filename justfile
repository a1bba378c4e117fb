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

# Check the formatting
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

# Compare counters with a full recount, after each test
drift:
    .ci/steps.sh drift

# Run the corpus of the fuzzer through every reader of foreign text
fuzz:
    .ci/steps.sh fuzz

# Ten million objects, and lists of that length
huge:
    .ci/steps.sh huge

# Search for leaks while threads move references, for a minute
stress:
    .ci/steps.sh stress

# The release build
release:
    .ci/steps.sh release

# Each feature by itself
features:
    .ci/steps.sh features

# The types of other crates, with all their features
ecosystem:
    .ci/steps.sh ecosystem

# The feature `owners`
owners:
    .ci/steps.sh owners

# The tests that need a nightly compiler, if one is installed
nightly:
    .ci/steps.sh nightly

# The code that depends on the processor, for each target that is installed
targets:
    .ci/steps.sh targets

# std's own tests of `Rc` and `Arc`, if a package with them is installed
alloctests:
    .ci/steps.sh alloctests

# Run the examples
examples:
    .ci/steps.sh examples

# The quick benchmark
bench:
    .ci/steps.sh bench

# Measure everything, with compile costs: a quarter of an hour
compare:
    .ci/steps.sh compare

# Renew the picture of the README
picture:
    .ci/steps.sh picture
