# `.ci/steps.sh` defines the steps of the checks, and names each once.

# List the recipes and the steps
default:
    @just --list
    @echo "Steps:"
    @.ci/steps.sh | sed 's/^/    /'

# Run every step, as CI does, or those named
ci *steps:
    .ci/run {{steps}}

# Check what the published crates depend on: licences, duplicates, sources, advisories
deny:
    .ci/steps.sh deny

# Compare the public API with that of the last release, or of a commit
semver baseline="":
    BASELINE={{baseline}} .ci/steps.sh semver

# Check all that a release needs beyond the steps
release:
    .ci/steps.sh release

# Run steps, or one of the tasks `test`, `site`, `picture`, `stories` and `compare`
step +names:
    .ci/steps.sh {{names}}

# Build the guides as a book in `target/book`, and check it
book:
    .ci/steps.sh book
